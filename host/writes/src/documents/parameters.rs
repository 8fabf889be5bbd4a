//! URL parameters that all requests share which change documents.

use std::str::FromStr;

use quidditch_service::writing::{ApiError, Flag, Parameters, Refusal};

use crate::parameters::take_active_shards;

/// When a change is visible to searches. In this process it always is at once, so only the answer differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refresh {
    /// `false`, or `wait_for`.
    Unforced,
    /// `true`: the answer says so.
    Forced,
}

/// What all requests that change documents may say.
#[derive(Debug, Clone, Copy)]
pub(super) struct WriteParameters {
    pub(super) refresh: Refresh,
    /// Whether the name must be one of an alias.
    pub(super) require_alias: Flag,
}

impl Refresh {
    /// Takes `refresh`.
    pub(super) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        match parameters.take("refresh")?.as_deref() {
            None | Some("false" | "wait_for") => Ok(Refresh::Unforced),
            Some("" | "true") => Ok(Refresh::Forced),
            Some(other) => Err(ApiError::Argument(format!("Unknown value for refresh: [{other}]."))),
        }
    }
}

impl WriteParameters {
    /// Takes them, with those that change nothing: there is one shard, and no pipeline.
    pub(super) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let refresh = Refresh::take(parameters)?;
        parameters.take("timeout")?;
        parameters.take("routing")?;
        take_active_shards(parameters)?;
        if let Some(pipeline) = parameters.take("pipeline")? {
            check_pipeline(&pipeline)?;
        }
        let require_alias = parameters.take_flag_or("require_alias", Flag::Off)?;
        Ok(WriteParameters { refresh, require_alias })
    }
}

/// Checks the name of a pipeline: there is none.
pub(super) fn check_pipeline(name: &str) -> Result<(), ApiError> {
    if name == "_none" {
        return Ok(());
    }
    Err(ApiError::Argument(format!("pipeline with id [{name}] does not exist")))
}

/// Takes whether to wait until everything is done, which is always so.
pub(super) fn take_wait_for_completion(parameters: &mut Parameters) -> Result<(), ApiError> {
    match parameters.take_flag_or("wait_for_completion", Flag::On)? {
        Flag::On => Ok(()),
        Flag::Off => Err(ApiError::Argument(
            "[wait_for_completion=false] is not supported: the response is sent when the request has completed"
                .to_owned(),
        )),
    }
}

/// Reads a small number.
pub(super) fn parse_int<T: FromStr>(key: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::Argument(format!("Failed to parse int parameter [{key}] with value [{text}]")))
}

/// Reads a 64-bit number.
pub(super) fn parse_long(key: &str, text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| {
        let reason = format!("Failed to parse long parameter [{key}] with value [{text}]");
        let cause = Refusal::bad_request("number_format_exception", format!("For input string: \"{text}\""));
        Refusal::bad_request("illegal_argument_exception", reason).caused_by(cause).into()
    })
}
