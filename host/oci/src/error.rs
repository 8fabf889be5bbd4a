//! Errors.

use docker_credential::CredentialRetrievalError;
use oci_client::errors::{OciDistributionError, OciErrorCode};

/// A failed operation on an OCI registry.
#[derive(Debug, thiserror::Error)]
pub enum OciError {
    /// The artifact does not exist.
    #[error("{0} does not exist in the OCI registry, or is not visible to you")]
    NotFound(String),
    /// The registry wants other credentials.
    #[error(
        "OCI registry [{registry}] denies access: log in with `docker login {registry}`, or check what you may do there"
    )]
    Denied {
        /// The registry.
        registry: String,
        /// What it answered.
        #[source]
        source: OciDistributionError,
    },
    /// Docker's credentials cannot be read.
    #[error("cannot read the credentials for OCI registry [{registry}] from {file}")]
    Credentials {
        /// The registry.
        registry: String,
        /// The file.
        file: String,
        /// What is wrong with it.
        #[source]
        source: CredentialRetrievalError,
    },
    /// Credentials of a kind that is not supported.
    #[error(
        "the credentials for OCI registry [{registry}] in {file} are an identity token, which is not supported: log in with a password or \
         an access token"
    )]
    IdentityToken {
        /// The registry.
        registry: String,
        /// The file.
        file: String,
    },
    /// The artifact is not a component that can be used.
    #[error("{reference} is not a component: {reason}")]
    NotAComponent {
        /// The reference.
        reference: String,
        /// Why.
        reason: String,
    },
    /// What arrived is not what was asked for.
    #[error("what the OCI registry sent for {reference} is damaged: {reason}")]
    Damaged {
        /// The reference.
        reference: String,
        /// How that was found.
        reason: String,
    },
    /// The artifact has no signature, and must have one.
    #[error("{0} has no cosign signature, and must have one by one of the given keys")]
    Unsigned(String),
    /// The artifact has signatures, and none of them is valid for one of the keys.
    #[error("{reference} has no valid cosign signature by one of the given keys: {reasons}")]
    NotSignedByKeys {
        /// The reference.
        reference: String,
        /// Why the signatures do not count.
        reasons: String,
    },
    /// A file does not contain a public key.
    #[error(
        "cannot read a public key from {file}, must be one as `cosign generate-key-pair` writes it to cosign.pub (ECDSA P-256, PEM): {reason}"
    )]
    CosignKey {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// The registry cannot be reached, or failed.
    #[error("OCI registry [{registry}] failed")]
    Failed {
        /// The registry.
        registry: String,
        /// What happened.
        #[source]
        source: OciDistributionError,
    },
}

impl OciError {
    /// The kind of an error of the client.
    pub(crate) fn from_client(error: OciDistributionError, reference: &oci_client::Reference) -> Self {
        let registry = reference.registry().to_owned();
        match Answer::of(&error) {
            Answer::NotFound => OciError::NotFound(reference.to_string()),
            Answer::Denied => OciError::Denied { registry, source: error },
            Answer::Other => match error {
                OciDistributionError::DigestError(error) => {
                    OciError::Damaged { reference: reference.to_string(), reason: error.to_string() }
                }
                error => OciError::Failed { registry, source: error },
            },
        }
    }
}

/// What a registry answered.
enum Answer {
    NotFound,
    Denied,
    Other,
}

impl Answer {
    fn of(error: &OciDistributionError) -> Self {
        match error {
            OciDistributionError::UnauthorizedError { .. } | OciDistributionError::AuthenticationFailure(_) => {
                Answer::Denied
            }
            OciDistributionError::ServerError { code: 401 | 403, .. } => Answer::Denied,
            OciDistributionError::ServerError { code: 404, .. } => Answer::NotFound,
            OciDistributionError::RegistryError { envelope, .. } => {
                envelope.errors.first().map_or(Answer::Other, |error| Answer::of_code(&error.code))
            }
            _ => Answer::Other,
        }
    }

    fn of_code(code: &OciErrorCode) -> Self {
        match code {
            OciErrorCode::Unauthorized | OciErrorCode::Denied => Answer::Denied,
            OciErrorCode::ManifestUnknown
            | OciErrorCode::NameUnknown
            | OciErrorCode::NotFound
            | OciErrorCode::BlobUnknown => Answer::NotFound,
            _ => Answer::Other,
        }
    }
}
