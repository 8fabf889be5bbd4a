//! `/` and `/_health`: what the server is, and that it is alive.

use serde_json::json;

use crate::Service;
use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;
use crate::node::{API_VERSION, CLUSTER_NAME, ELASTICSEARCH_VERSION, NODE_NAME};

/// Name and version, which clients ask for first. The version is that of the API, so that clients know what they can use; for
/// Elasticsearch's clients, that of Elasticsearch.
pub(crate) fn root(service: &Service, call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    let (mut version, tagline) = match service.settings().product_header {
        true => (
            json!({ "number": ELASTICSEARCH_VERSION, "build_flavor": "default", "build_type": "quidditch" }),
            "You Know, for Search",
        ),
        false => (
            json!({ "distribution": "opensearch", "number": API_VERSION, "build_type": "quidditch" }),
            "Catches the one you are after",
        ),
    };
    version["quidditch"] = env!("CARGO_PKG_VERSION").into();
    version["build_snapshot"] = false.into();
    version["minimum_wire_compatibility_version"] = "7.10.0".into();
    version["minimum_index_compatibility_version"] = "7.0.0".into();
    Ok(Answer::json(&json!({
        "name": NODE_NAME,
        "cluster_name": CLUSTER_NAME,
        "cluster_uuid": "_na_",
        "version": version,
        "tagline": tagline,
    })))
}

/// Reports that the process is alive. It does not check storage: an outage there must not get healthy processes restarted.
pub(crate) fn health(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({ "status": "ok" })))
}
