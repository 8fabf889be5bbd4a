//! What can go wrong with an index, by what the caller can do about it.

use std::borrow::Cow;
use std::error::Error;

use quidditch_storage::{StorageError, Version};

use crate::ParseError;

/// A failed operation on an index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index does not exist.
    #[error("no such index [{name}]")]
    NotFound {
        /// Name that was asked for.
        name: String,
    },
    /// No index can have this name.
    #[error("invalid index name [{name}]: {reason}")]
    InvalidName {
        /// The name.
        name: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// A mapping that contains something unknown or impossible.
    #[error("invalid mapping at [{path}]: {reason}")]
    InvalidMapping {
        /// Where, from the root of the JSON, e.g. `properties.name.analyser`. Empty for the root.
        path: String,
        /// What is wrong there.
        reason: String,
    },
    /// The index has changed since the version that was asked for, which can no longer be read.
    #[error("index [{name}] is no longer at version {}", version.as_str())]
    Changed {
        /// Name of the index.
        name: String,
        /// The version of its manifest that was asked for.
        version: Version,
    },
    /// An object of the index is not what was written.
    #[error("object {object:?} is damaged")]
    Damaged {
        /// Key of the object.
        object: String,
        /// What is wrong with it.
        #[source]
        reason: Damage,
    },
    /// A request would hold more of the index in memory than it may.
    #[error(
        "the request reads more than [{max_bytes}] bytes of the index, the most that one request may hold in memory"
    )]
    TooLarge {
        /// The limit of the [`ReadSession`](crate::ReadSession).
        max_bytes: u64,
    },
    /// The store failed.
    #[error("the store of the index failed")]
    Storage(#[from] StorageError),
    /// The search library failed on data that was checked: a bug.
    #[error("the search library failed")]
    Search(#[from] tantivy::TantivyError),
}

/// What is wrong with a stored object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The manifest lists the object, and the store does not have it.
    #[error("missing")]
    Missing,
    /// It was written by a newer version of this program.
    #[error("unsupported format version {found} (this build reads {supported})")]
    UnsupportedVersion {
        /// The version that it has.
        found: u32,
        /// The version that this program reads.
        supported: u32,
    },
    /// It was written by an older version of this program, whose indices cannot be searched any more: they contain other terms for
    /// the same texts.
    #[error(
        "written in format version {found}, which this build does not read any more (it reads {supported}); create the index again and add its documents"
    )]
    OutdatedVersion {
        /// The version that it has.
        found: u32,
        /// The version that this program reads.
        supported: u32,
    },
    /// Its bytes are not what was written, or contradict the manifest.
    #[error("{0}")]
    Corrupt(String),
    /// Its bytes cannot be parsed.
    #[error("{what}")]
    Unparsable {
        /// What they are not.
        what: Cow<'static, str>,
        /// Why.
        #[source]
        error: ParseError,
    },
}

impl IndexError {
    /// An error of reading an object that the manifest lists: it must exist, and be as long as the manifest says.
    pub fn from_object_read(object: &str, error: StorageError) -> Self {
        let reason = match error {
            StorageError::NotFound { .. } => Damage::Missing,
            StorageError::InvalidRange { size, .. } => Damage::corrupt(format!("truncated to {size} bytes")),
            error => return error.into(),
        };
        Self::damaged(object, reason)
    }

    /// An object is damaged.
    pub fn damaged(object: impl Into<String>, reason: Damage) -> Self {
        IndexError::Damaged { object: object.into(), reason }
    }
}

impl Damage {
    /// [`Damage::Corrupt`].
    pub fn corrupt(reason: impl Into<String>) -> Self {
        Damage::Corrupt(reason.into())
    }

    /// [`Damage::Unparsable`].
    pub fn unparsable(what: impl Into<Cow<'static, str>>, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Damage::Unparsable { what: what.into(), error: ParseError::new(error) }
    }

    /// Its text with that of its cause.
    #[cfg(test)]
    pub(crate) fn with_cause(&self) -> String {
        match self.source() {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }
}
