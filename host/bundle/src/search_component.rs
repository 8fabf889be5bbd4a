//! Encodes the search component of a bundle: the code of `components/search` and the dispatcher, which share a memory.
//!
//! `components/search` is built as a core module that describes its imports and exports in WIT. Here it is encoded as a
//! component, together with the dispatcher. The dispatcher takes the role that wit-component calls an adapter: a core module that
//! implements imports of another one and brings imports of its own.

use quidditch_function::Roles;
use wasmparser::{Parser, Validator};
use wit_component::ComponentEncoder;

use crate::{BundleError, dispatcher};

/// Encodes the search component for functions with these roles. It still imports the interfaces of its host, the catalog, and
/// the functions.
///
/// # Errors
/// [`BundleError::App`] if `search` is not the search component, and [`BundleError::Composition`].
pub(crate) fn component(search: &[u8], functions: &[Roles]) -> Result<Vec<u8>, BundleError> {
    if Parser::is_component(search) {
        return Err(BundleError::App(
            "expected the core module that `cargo xtask package spin` builds, found a component".into(),
        ));
    }
    // The encoder expects a valid module.
    Validator::new().validate_all(search).map_err(|error| BundleError::App(error.into()))?;
    let dispatcher = dispatcher::module(functions).map_err(BundleError::Composition)?;
    let mut encoder = ComponentEncoder::default();
    encoder.module(search).map_err(|error| BundleError::App(error.into()))?;
    let encoded =
        encoder.adapter(dispatcher::FUNCTIONS, &dispatcher).and_then(|encoder| encoder.validate(true).encode());
    encoded.map_err(|error| BundleError::Composition(error.into()))
}
