//! Checks the queries that documents have in `percolator` fields.

use std::fmt;
use std::sync::Arc;

use futures::FutureExt;
use quidditch_clock::Clock;
use quidditch_engine::{Engine, Error as EngineError, Limits};
use quidditch_function::Cause;
use quidditch_index::format::Manifest;
use quidditch_index::{Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{InvalidQuery, QueryCheck};
use quidditch_service::writing::Refusal;
use quidditch_storage::{MemoryStorage, Storage, Version};
use serde_json::{Map, Value as Json};

/// The name of the index that queries are planned for. It is not stored.
const INDEX: &str = "stored-queries";

/// Checks the queries of documents: they are planned for an empty index with the mapping.
pub struct StoredQueryCheck {
    engine: Engine,
    reader: Arc<SplitReader>,
}

impl fmt::Debug for StoredQueryCheck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StoredQueryCheck").finish_non_exhaustive()
    }
}

impl StoredQueryCheck {
    /// A check by what a search may ask for by default.
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        StoredQueryCheck {
            engine: Engine::new(Limits::default(), Arc::clone(clock)),
            reader: Arc::new(SplitReader::new(storage, ReadSettings::default())),
        }
    }
}

impl QueryCheck for StoredQueryCheck {
    fn check(&self, mapping: &Mapping, query: &Map<String, Json>) -> Result<(), InvalidQuery> {
        let manifest = Manifest::new(INDEX.to_owned(), mapping.clone());
        let snapshot = Snapshot::from_manifest(&self.reader, INDEX, manifest, Version::new(INDEX));
        let checked = self.engine.check_stored_query(&snapshot, query).now_or_never();
        let error = match checked.expect("nothing is read of an empty index") {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if let EngineError::Function(error) = &error
            && matches!(error.cause, Cause::NotFound(_))
        {
            let reason = "a stored query cannot call published functions: use a script with its source";
            return Err(InvalidQuery { kind: "illegal_argument_exception", reason: reason.to_owned() });
        }
        let refusal = Refusal::of_query(INDEX, &error);
        Err(InvalidQuery { kind: refusal.kind(), reason: refusal.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use quidditch_clock::SystemClock;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stored_query_cannot_call_published_functions() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let query = json!({ "wasm_udf": { "name": "at_least" } });
        let query = query.as_object().expect("is an object");
        let InvalidQuery { kind, reason } =
            StoredQueryCheck::new(&clock).check(&Mapping::default(), query).expect_err("is refused");
        let expected = "a stored query cannot call published functions: use a script with its source";
        assert_eq!((kind, reason.as_str()), ("illegal_argument_exception", expected));
    }
}
