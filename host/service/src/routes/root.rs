//! `/` and `/_health`: what the server is, and that it is alive.

use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Name and version, which clients ask for first.
pub(crate) fn root(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({
        "name": "quidditch",
        "cluster_name": "quidditch",
        "version": { "distribution": "quidditch", "number": env!("CARGO_PKG_VERSION") },
        "tagline": "Catches the one you are after",
    })))
}

/// Reports that the process is alive. It does not check storage: an outage there must not get healthy processes restarted.
pub(crate) fn health(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({ "status": "ok" })))
}
