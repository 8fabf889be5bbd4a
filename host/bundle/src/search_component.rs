//! The search component of one bundle: the search module, and the dispatcher in the same memory.
//!
//! `components/search` is built as a core module that says what it imports and exports in WIT, and becomes a component here, together
//! with the dispatcher. wit-component calls what it does with the dispatcher adapting: what one core module imports is
//! answered by another one, which brings imports of its own.

use std::error::Error;

use wasmparser::{Parser, Validator};
use wit_component::ComponentEncoder;

use crate::dispatcher;
use crate::roles::Roles;

/// The component of a search module, with a dispatcher of functions that are this. What remains to be imported is what the app gets
/// from its host, the catalog, and the functions.
pub(crate) fn component(search: &[u8], functions: &[Roles]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    if Parser::is_component(search) {
        return Err("it is a component, and no core module".into());
    }
    // What follows takes that for granted.
    Validator::new().validate_all(search)?;
    let dispatcher = dispatcher::module(functions)?;
    let mut encoder = ComponentEncoder::default();
    encoder.module(search)?.adapter(dispatcher::FUNCTIONS, &dispatcher)?;
    Ok(encoder.validate(true).encode()?)
}
