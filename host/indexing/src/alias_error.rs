//! Why aliases were not changed.

use quidditch_index::IndexError;
use quidditch_storage::StorageError;

use crate::IndexingError;

/// Greatest number of aliases of a store, counting each index of each alias. The object with them is read by searches.
pub const MAX_ALIASES: usize = 10_000;

/// Why aliases were not changed.
#[derive(Debug, thiserror::Error)]
pub enum AliasError {
    /// An alias cannot have this name.
    #[error("invalid alias name [{name}]: {reason}")]
    InvalidName {
        /// The name.
        name: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// An index has the name of the alias.
    #[error("invalid alias name [{name}]: an index has this name")]
    IsIndex {
        /// The name.
        name: String,
    },
    /// The alias to remove does not exist, or does not stand for the index.
    #[error("aliases [{name}] missing")]
    Missing {
        /// Name of the alias.
        name: String,
    },
    /// Several indices of an alias would be its write index.
    #[error("alias [{name}] has more than one write index [{}]", indices.join(","))]
    SeveralWriteIndices {
        /// Name of the alias.
        name: String,
        /// The indices.
        indices: Vec<String>,
    },
    /// There would be too many aliases.
    #[error("at most {MAX_ALIASES} aliases are allowed, counting each index of each alias")]
    TooMany,
    /// An index is missing, or the store failed.
    #[error(transparent)]
    Indexing(#[from] IndexingError),
}

impl From<StorageError> for AliasError {
    fn from(error: StorageError) -> Self {
        AliasError::Indexing(error.into())
    }
}

impl From<IndexError> for AliasError {
    fn from(error: IndexError) -> Self {
        AliasError::Indexing(error.into())
    }
}
