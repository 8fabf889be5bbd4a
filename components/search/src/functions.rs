//! The functions of the bundle.

mod bindings;
mod bound;
mod call_timer;
mod convert;
mod linked;

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::Function;
use quidditch_registry::{BundledFunctions, Record};

use self::bindings::catalog;
use self::linked::LinkedFunction;

/// All functions that are linked into this app, with their records from the catalog.
pub(crate) fn bundled(clock: &Arc<dyn Clock>) -> Result<BundledFunctions, serde_json::Error> {
    let records: Vec<Record> = serde_json::from_str(&catalog::records())?;
    // Scripts are after the functions that are linked.
    let functions = (0..).zip(records).map(|(slot, record)| {
        let linked = || Arc::new(LinkedFunction::new(slot, record.metadata(), Arc::clone(clock))) as Arc<dyn Function>;
        let function = record.published_script().unwrap_or_else(linked);
        (record, function)
    });
    Ok(BundledFunctions::new(functions))
}
