//! URL parameters that requests share which change something in a cluster.

use quidditch_service::writing::{ApiError, Parameters, Refusal, take_cluster_parameters};

/// Takes how long to wait for whom: a change is complete when it is stored.
pub(crate) fn take_change_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take_cluster_parameters(parameters)?;
    parameters.take("timeout")?;
    Ok(())
}

/// Takes how many copies of an index to wait for: there is one.
pub(crate) fn take_active_shards(parameters: &mut Parameters) -> Result<(), ApiError> {
    let Some(text) = parameters.take("wait_for_active_shards")? else { return Ok(()) };
    match text.parse::<i64>() {
        Ok(0 | 1) => Ok(()),
        Ok(number @ 2..) => Err(ApiError::Argument(format!(
            "invalid wait_for_active_shards[{number}]: cannot be greater than number of shard copies [1]"
        ))),
        Err(_) if text == "all" => Ok(()),
        _ => {
            let cause = Refusal::bad_request("number_format_exception", format!("For input string: \"{text}\""));
            let reason = format!("cannot parse ActiveShardCount[{text}]");
            Err(Refusal::bad_request("illegal_argument_exception", reason).caused_by(cause).into())
        }
    }
}
