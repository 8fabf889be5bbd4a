//! The search component of one bundle: the search module, and the dispatcher in the same memory.
//!
//! `components/search` is built as a core module that says what it imports and exports in WIT, and becomes a component here, together
//! with the dispatcher. wit-component calls what it does with the dispatcher adapting: what one core module imports is
//! answered by another one, which brings imports of its own.

use wasmparser::{Parser, Validator};
use wit_component::ComponentEncoder;

use crate::roles::Roles;
use crate::{BundleError, dispatcher};

/// The component of a search module, with a dispatcher of functions that are this. What remains to be imported is what the app gets
/// from its host, the catalog, and the functions.
///
/// # Errors
/// [`BundleError::App`], if `search` is no search module, and [`BundleError::Composition`].
pub(crate) fn component(search: &[u8], functions: &[Roles]) -> Result<Vec<u8>, BundleError> {
    if Parser::is_component(search) {
        return Err(BundleError::App("it is a component, and no core module".into()));
    }
    // What follows takes that for granted.
    Validator::new().validate_all(search).map_err(|error| BundleError::App(error.into()))?;
    let dispatcher = dispatcher::module(functions).map_err(BundleError::Composition)?;
    let mut encoder = ComponentEncoder::default();
    encoder.module(search).map_err(|error| BundleError::App(error.into()))?;
    let encoded =
        encoder.adapter(dispatcher::FUNCTIONS, &dispatcher).and_then(|encoder| encoder.validate(true).encode());
    encoded.map_err(|error| BundleError::Composition(error.into()))
}
