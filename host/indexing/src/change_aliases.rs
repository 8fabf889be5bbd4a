//! Changes the aliases.

use std::sync::Arc;

use quidditch_index::{Aliases, IndexError};
use quidditch_storage::{Storage, StorageError};
use ulid::Ulid;

use crate::IndexingError;

/// Greatest number of aliases of a store, counting each index of each alias. The object with them is read by searches.
pub const MAX_ALIASES: usize = 10_000;

/// How often a change is attempted when other writers are faster. 20: aliases change rarely, and a writer that collides once
/// rarely collides again.
const ATTEMPTS: u32 = 20;

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
    #[error("there would be more than {MAX_ALIASES} aliases, counting each index of each alias")]
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

/// Removes an index from all aliases.
///
/// # Errors
/// Those of the store.
pub(crate) async fn forget_index(storage: &Arc<dyn Storage>, index: &str) -> Result<(), IndexingError> {
    let forget = |aliases: &mut Aliases| {
        forget(aliases, index);
        Ok(())
    };
    match change(storage, forget).await {
        Ok(_) => Ok(()),
        Err(AliasError::Indexing(error)) => Err(error),
        Err(error) => unreachable!("removing checks no names: {error}"),
    }
}

/// Changes the aliases, again and again until no other writer is faster.
pub(crate) async fn change(
    storage: &Arc<dyn Storage>,
    change: impl Fn(&mut Aliases) -> Result<(), AliasError>,
) -> Result<Aliases, AliasError> {
    let mut refused: Option<Aliases> = None;
    for _ in 0..ATTEMPTS {
        let (before, version) = Aliases::read(storage).await?;
        // Storages retry requests whose responses are lost. Then the first write succeeds, and the second is refused.
        if let Some(written) = refused.take().filter(|refused| refused.change == before.change) {
            return Ok(written);
        }
        let mut after = before.clone();
        change(&mut after)?;
        if after == before {
            return Ok(after);
        }
        after.change = Ulid::generate().to_string();
        match after.write(storage, version).await {
            Ok(_) => return Ok(after),
            Err(StorageError::PreconditionFailed { .. }) => refused = Some(after),
            Err(error) => return Err(error.into()),
        }
    }
    Err(IndexingError::Contention { name: "_aliases".to_owned(), attempts: ATTEMPTS }.into())
}

/// Removes an index from all aliases.
pub(crate) fn forget(aliases: &mut Aliases, index: &str) {
    aliases.by_name.retain(|_, indices| {
        indices.remove(index);
        !indices.is_empty()
    });
}
