//! Writing single documents: each by its `_id` and on a condition, and many of them in one commit.

mod condition;
mod current;
mod document_update;
mod operation;
mod outcome;
mod plan;
mod retired;
#[cfg(test)]
mod tests;
mod transaction;

pub use condition::{Condition, Conflict};
pub use current::WriteCache;
pub use document_update::{CurrentDocument, DocumentUpdate, UpdateError, Updated};
pub use operation::{WriteAction, WriteOperation};
pub use outcome::{Effect, Refused, WriteReport, WriteResult, Written};
use transaction::Transaction;

use crate::commit::CommitError;
use crate::merge::is_merge_due;
use crate::{IndexWriter, IndexingError};

impl IndexWriter {
    /// Performs operations, one after another, and makes their results visible in one commit. Operations whose condition does not
    /// hold, or whose document is not valid, are refused, and the others are performed: the results have the order of the
    /// operations. New fields are added to the mapping in the same commit.
    ///
    /// If another writer changes the index in the meantime, all operations are performed again on what it has written. So the
    /// results are exact, in any number of processes.
    ///
    /// Reading documents and indexing them block the thread that polls the future.
    ///
    /// # Errors
    /// [`IndexError::NotFound`], [`IndexingError::Contention`], [`IndexError::Damaged`], [`IndexError::Storage`]. After each,
    /// nothing was written, except perhaps if the storage failed at the very last step and cannot tell whether it succeeded.
    ///
    /// [`IndexError::NotFound`]: quidditch_index::IndexError::NotFound
    /// [`IndexError::Damaged`]: quidditch_index::IndexError::Damaged
    /// [`IndexError::Storage`]: quidditch_index::IndexError::Storage
    pub async fn write(&self, cache: &WriteCache, operations: &[WriteOperation]) -> Result<WriteReport, IndexingError> {
        let mut transaction = Transaction::new(self, cache, operations);
        match self.commit(&mut transaction).await {
            Ok(manifest) => {
                transaction.remove_unused(Some(&manifest)).await;
                let merge_due = is_merge_due(&manifest.splits);
                Ok(WriteReport { results: transaction.into_results(), merge_due })
            }
            Err(CommitError::NotWritten(error)) => {
                transaction.remove_unused(None).await;
                Err(error)
            }
            Err(CommitError::Unknown(error)) => Err(error),
        }
    }
}
