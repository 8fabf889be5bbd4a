//! `/` and `/_health`: who answers, and that somebody does.

use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::errors::ApiError;

/// What clients look at first.
pub(crate) fn root(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({
        "name": "quidditch",
        "cluster_name": "quidditch",
        "version": { "distribution": "quidditch", "number": env!("CARGO_PKG_VERSION") },
        "tagline": "Catches the one you are after",
    })))
}

/// Says that the process answers. Asks no store, so that a store in trouble does not get healthy processes restarted.
pub(crate) fn health(call: Call) -> Result<Answer, ApiError> {
    call.finish()?;
    Ok(Answer::json(&json!({ "status": "ok" })))
}
