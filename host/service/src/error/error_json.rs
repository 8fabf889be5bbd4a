//! The bodies of error responses.

use http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::exception::Exception;

/// The error of an index.
pub(super) struct Failure {
    pub(super) index: String,
    pub(super) exception: Exception,
}

impl Failure {
    pub(super) fn to_json(&self) -> Json {
        json!({ "shard": 0, "index": self.index, "reason": self.exception.to_json() })
    }
}

/// The body of an error response.
pub(super) fn error_json(status: StatusCode, exception: &Exception) -> Json {
    let mut error = Map::from_iter([("root_cause".to_owned(), json!([exception.without_cause()]))]);
    error.extend(exception.to_json());
    json!({ "error": error, "status": status.as_u16() })
}

/// The body of the response to a search that has failed in these indices.
pub(super) fn phase_error_json(status: StatusCode, summary: &str, failures: &[Failure]) -> Json {
    let causes: Vec<_> = failures.iter().map(|failure| failure.exception.without_cause()).collect();
    let failures: Vec<Json> = failures.iter().map(Failure::to_json).collect();
    let error = json!({
        "root_cause": causes,
        "type": "search_phase_execution_exception",
        "reason": summary,
        "phase": "query",
        "grouped": true,
        "failed_shards": failures,
    });
    json!({ "error": error, "status": status.as_u16() })
}
