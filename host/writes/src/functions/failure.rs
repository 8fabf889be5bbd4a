//! From the errors of a registry to those of the API.

use http::StatusCode;
use quidditch_function::{Cause, FailurePhase, FunctionError, error_chain};
use quidditch_registry::{Registry, RegistryError};
use quidditch_service::writing::{ApiError, Refusal};

use crate::Writes;

/// What stores functions.
///
/// # Errors
/// A host that may not.
pub(super) fn registry(writes: &Writes) -> Result<&Registry, ApiError> {
    let reason = "this program cannot change functions, which other users may call: use `quidditch udf`";
    writes.registry.as_deref().ok_or_else(|| forbidden(reason))
}

pub(super) fn forbidden(reason: &str) -> ApiError {
    Refusal::new(StatusCode::FORBIDDEN, "security_exception", reason).into()
}

/// An error of publishing a function, or of changing one.
pub(super) fn registry_failure(error: RegistryError) -> ApiError {
    match error {
        RegistryError::Storage(error) => ApiError::Index(error.into()),
        RegistryError::Function(error) => function_failure(error),
        RegistryError::NoSigningKey => forbidden(
            "functions must be signed, and this server has no trusted key to sign with: start it with --signing-key, or use `quidditch udf publish`",
        ),
        RegistryError::VersionTaken(_) => {
            Refusal::bad_request("resource_already_exists_exception", error.to_string()).into()
        }
        RegistryError::Damaged(_) => {
            let reason = error_chain(&error);
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", reason).into()
        }
        error => ApiError::Argument(error_chain(&error)),
    }
}

/// An error of a function that a path names.
pub(super) fn function_failure(error: FunctionError) -> ApiError {
    match error.cause {
        Cause::NotFound(reason) => ApiError::Missing(reason),
        Cause::InvalidArgument(reason) if error.phase == FailurePhase::Load => ApiError::Argument(reason),
        _ => ApiError::Script(Box::new(error)),
    }
}
