//! From the errors of other crates to those of the API.

use http::StatusCode;
use quidditch_engine::Error as EngineError;
use quidditch_index::MappingUpdateError;
use quidditch_indexing::{AliasError, IndexingError};
use quidditch_service::writing::{ApiError, Refusal};

/// An error of changing an index.
pub(crate) fn indexing_failure(error: IndexingError) -> ApiError {
    let reason = error.to_string();
    match error {
        IndexingError::AlreadyExists { name } => {
            Refusal::bad_request("resource_already_exists_exception", reason).detail("index", name).into()
        }
        IndexingError::IsAlias { name } => invalid_index_name(&name, "already exists as alias"),
        IndexingError::Mapping(MappingUpdateError::Conflict(reason)) => ApiError::Argument(reason),
        IndexingError::Mapping(MappingUpdateError::Invalid(error)) | IndexingError::Index(error) => error.into(),
        IndexingError::Contention { .. } => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "process_cluster_event_timeout_exception", reason).into()
        }
        _ => ApiError::Argument(reason),
    }
}

/// An error of changing aliases.
pub(crate) fn alias_failure(error: AliasError) -> ApiError {
    let reason = error.to_string();
    match error {
        AliasError::InvalidName { name, reason } => invalid_alias_name(&name, reason),
        AliasError::IsIndex { name } => {
            let reason = format!("Invalid alias name [{name}], an index exists with the same name as the alias");
            Refusal::bad_request("invalid_alias_name_exception", reason).detail("index", name).into()
        }
        AliasError::Missing { name } => missing_aliases(&name),
        AliasError::SeveralWriteIndices { .. } => Refusal::bad_request("illegal_state_exception", reason).into(),
        AliasError::TooMany => ApiError::Argument(reason),
        AliasError::Indexing(error) => indexing_failure(error),
    }
}

/// The error if an index cannot have this name.
pub(crate) fn invalid_index_name(name: &str, reason: &str) -> ApiError {
    let reason = format!("Invalid index name [{name}], {reason}");
    let refusal = Refusal::bad_request("invalid_index_name_exception", reason);
    refusal.detail("index", name).detail("index_uuid", "_na_").into()
}

/// The error if an alias cannot have this name.
pub(crate) fn invalid_alias_name(name: &str, reason: &str) -> ApiError {
    let reason = format!("Invalid alias name [{name}]: {reason}");
    Refusal::bad_request("invalid_alias_name_exception", reason).into()
}

/// The error if aliases do not exist.
pub(crate) fn missing_aliases(names: &str) -> ApiError {
    Refusal::new(StatusCode::NOT_FOUND, "aliases_not_found_exception", format!("aliases [{names}] missing"))
        .detail("resource.type", "aliases")
        .detail("resource.id", names)
        .into()
}

/// The error if the filter of an alias cannot be used.
pub(crate) fn invalid_filter(alias: &str, error: &EngineError) -> ApiError {
    let cause = Refusal::bad_request("parsing_exception", error.to_string());
    let reason = format!("failed to parse filter for alias [{alias}]");
    Refusal::bad_request("illegal_argument_exception", reason).caused_by(cause).into()
}
