//! The functions of the bundle.

mod bindings;
mod bound;
mod convert;
mod linked;

use std::sync::Arc;

use quidditch_function::Function;
use quidditch_registry::{BundledFunctions, Record};

use self::bindings::catalog;
use self::linked::LinkedFunction;

/// All functions that are linked to this app, by the catalog that came with them.
pub(crate) fn bundled() -> Result<BundledFunctions, serde_json::Error> {
    let records: Vec<Record> = serde_json::from_str(&catalog::records())?;
    let functions = (0..).zip(records).map(|(slot, record)| {
        let function: Arc<dyn Function> = Arc::new(LinkedFunction::new(slot, record.metadata()));
        (record, function)
    });
    Ok(BundledFunctions::new(functions))
}
