//! `PUT /_udf/{name}/{version}`: publishes a component.

use http::StatusCode;
use quidditch_function::{Provenance, Target};
use quidditch_registry::{Publication, Published};
use quidditch_service::Caller;
use quidditch_service::writing::{Answer, ApiError, Call};
use serde_json::json;

use super::failure::{forbidden, registry, registry_failure};
use crate::Writes;
use crate::parameters::take_change_parameters;

/// Where the record says that a function comes from.
const SOURCE: &str = "HTTP";

/// Publishes the component in the request body and compiles it for each supported target. If this component is already published
/// under the same name and version, nothing changes.
pub(crate) async fn put_function(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let (name, version) = (call.name("name"), call.name("version"));
    take_change_parameters(&mut call.parameters)?;
    let Call { parameters, path, component, caller, .. } = call;
    parameters.finish(&path)?;
    if component.is_empty() {
        return Err(ApiError::body("request body is required: a component"));
    }
    let provenance = Provenance {
        published_unix_millis: writes.clock.unix_millis(),
        published_by: caller.map(|Caller(name)| name),
        published_from: Some(SOURCE.to_owned()),
    };
    let publication = Publication { name, version, component, provenance };
    let registry = registry(writes)?;
    if !registry.can_publish() {
        return Err(forbidden("this program has no compiler: publish the component with `quidditch udf publish`"));
    }
    let published = registry.publish_for(&publication, &Target::NAMED).await;
    let Published { record, new, .. } = published.map_err(registry_failure)?;
    let (status, result) = if new { (StatusCode::CREATED, "created") } else { (StatusCode::OK, "noop") };
    let answer = json!({
        "name": record.name, "version": record.version, "sha256": record.sha256, "size": record.size, "result": result,
    });
    Ok(Answer::json_with(status, &answer))
}
