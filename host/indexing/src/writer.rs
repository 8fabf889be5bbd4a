//! The writer of an index.

use std::fmt;
use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_index::format::splits_prefix;
use quidditch_index::{IndexError, SplitId, check_index_name};
use quidditch_storage::Storage;
use ulid::Ulid;

use crate::query_check::QueryCheck;

/// Changes one index: adds and deletes documents, merges splits, collects garbage.
///
/// Any number of writers, in any number of processes, may work on an index at the same time. Each change becomes visible as a
/// whole, or not at all.
///
/// Work that computes, such as adding documents and merging, blocks the thread that polls it.
#[derive(Clone)]
pub struct IndexWriter {
    storage: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
    index: String,
    query_check: Option<Arc<dyn QueryCheck>>,
}

impl fmt::Debug for IndexWriter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IndexWriter").field("index", &self.index).finish_non_exhaustive()
    }
}

impl IndexWriter {
    /// A writer of the index of that name. The first change fails if the index does not exist.
    ///
    /// # Errors
    /// [`IndexError::InvalidName`].
    pub fn new(storage: &Arc<dyn Storage>, clock: &Arc<dyn Clock>, index: &str) -> Result<Self, IndexError> {
        check_index_name(index)?;
        Ok(IndexWriter {
            storage: Arc::clone(storage),
            clock: Arc::clone(clock),
            index: index.to_owned(),
            query_check: None,
        })
    }

    /// The same writer, whose documents may have queries in `percolator` fields. Without this, such documents are rejected.
    #[must_use]
    pub fn with_query_check(self, check: Arc<dyn QueryCheck>) -> Self {
        IndexWriter { query_check: Some(check), ..self }
    }

    /// Name of the index.
    pub fn index(&self) -> &str {
        &self.index
    }

    pub(crate) fn query_check(&self) -> Option<&Arc<dyn QueryCheck>> {
        self.query_check.as_ref()
    }

    pub(crate) fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_millis(&self) -> i64 {
        self.clock.unix_millis()
    }

    /// A new ULID. The garbage collection reads the age of an object from the ULID in its name.
    pub(crate) fn new_ulid(&self) -> Ulid {
        new_ulid(&*self.clock)
    }

    pub(crate) fn new_split_id(&self) -> SplitId {
        self.new_ulid().to_string().into()
    }

    /// Removes objects that no manifest lists, given by their names among the splits. What cannot be removed costs space until the
    /// next garbage collection, and nothing else, so that is not an error.
    pub(crate) async fn remove_objects(&self, objects: Vec<String>) {
        for object in objects {
            let _ = self.storage.delete(&format!("{}{object}", splits_prefix(&self.index))).await;
        }
    }
}

/// A new ULID with the time of the clock.
pub(crate) fn new_ulid(clock: &dyn Clock) -> Ulid {
    Ulid::from_datetime(clock.now())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::fixture::{store_with_index, writer};
    use crate::{AddOptions, MergeOptions};

    fn assert_send<T: Send>(_: T) {}

    #[test]
    fn futures_can_be_sent_to_other_threads() {
        let storage = futures::executor::block_on(store_with_index(json!({})));
        let writer = writer(&storage);
        let (add_options, merge_options) = (AddOptions::default(), MergeOptions::default());
        assert_send(writer.add_documents(&b"{}"[..], &add_options, |_| ()));
        assert_send(writer.delete_ids(&["a"]));
        assert_send(writer.delete_documents(&[]));
        assert_send(writer.merge_splits(&merge_options, |_| ()));
        assert_send(writer.collect_garbage(crate::GARBAGE_GRACE));
    }
}
