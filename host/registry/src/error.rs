//! Errors.

use quidditch_function::{FunctionError, FunctionId, PROFILE_NAMESPACE};
use quidditch_storage::StorageError;

/// A failed operation on a registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Functions cannot have this name.
    #[error(
        "invalid function name [{0}], must be NAME or NAMESPACE/NAME, each a lower-case letter followed by up to 63 lower-case \
         letters, digits or _"
    )]
    InvalidName(String),
    /// Names of search profiles are not names of functions.
    #[error(
        "invalid function name [{0}], the namespace [{PROFILE_NAMESPACE}] is that of search profiles: use another one"
    )]
    ReservedNamespace(String),
    /// Stored scripts cannot have this id.
    #[error(
        "invalid id of a stored script [{0}], must be 1 to 200 letters, digits, `_`, `-` or `.`, and not begin with a dot"
    )]
    InvalidScriptId(String),
    /// A script that cannot be stored.
    #[error("invalid script: {0}")]
    InvalidScript(&'static str),
    /// A stored script that cannot be read.
    #[error("the stored script [{id}] is damaged")]
    DamagedScript {
        /// Its id.
        id: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Not a semantic version.
    #[error("invalid version [{version}], must be a semantic version such as 1.0.0")]
    InvalidVersion {
        /// As given.
        version: String,
        /// What is wrong with it.
        #[source]
        source: semver::Error,
    },
    /// A version cannot be deprecated or disabled with this note.
    #[error("invalid note: {0}")]
    InvalidNote(&'static str),
    /// A function must be signed, and no trusted signing key is configured.
    #[error("the function must be signed, and no trusted key is available to sign it with")]
    NoSigningKey,
    /// A published record must not be signed: it does not say what publishing the function now would.
    #[error("the record of function {0} does not describe what is published, publish it under another version")]
    NotSignable(FunctionId),
    /// Published versions never change.
    #[error("function {0} is already published with different contents, use another version")]
    VersionTaken(FunctionId),
    /// The function or version does not exist, or the component cannot be used.
    #[error(transparent)]
    Function(#[from] FunctionError),
    /// A record, or what has become of its version, cannot be read.
    #[error(transparent)]
    Damaged(#[from] DamagedRecord),
    /// The store failed.
    #[error("the store of functions failed")]
    Storage(#[from] StorageError),
}

/// A record, or what has become of its version, that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the {part} of function {function} is damaged")]
pub struct DamagedRecord {
    /// What is damaged, such as `record` or `yank`.
    pub part: &'static str,
    /// The function.
    pub function: FunctionId,
    /// What is wrong with it.
    #[source]
    pub source: serde_json::Error,
}
