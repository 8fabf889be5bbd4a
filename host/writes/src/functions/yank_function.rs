//! `DELETE /_udf/{name}/{version}`: yanks a version.

use quidditch_service::Caller;
use quidditch_service::writing::{Answer, ApiError, Call};
use serde_json::json;

use super::failure::{registry, registry_failure};
use crate::Writes;
use crate::parameters::take_change_parameters;

/// Yanks a version. It stays where calls name it exactly.
pub(crate) async fn yank_function(writes: &Writes, mut call: Call) -> Result<Answer, ApiError> {
    let (name, version) = (call.name("name"), call.name("version"));
    take_change_parameters(&mut call.parameters)?;
    let caller = call.caller.take().map(|Caller(name)| name);
    call.finish()?;
    let changed = registry(writes)?.yank(&name, &version, caller).await.map_err(registry_failure)?;
    let result = if changed { "yanked" } else { "noop" };
    Ok(Answer::json(&json!({ "name": name, "version": version, "result": result })))
}
