//! For tests: an index, opened with all of its splits, which are small enough to be read whole.

use std::ops::Deref;
use std::sync::Arc;

use quidditch_index::{Cost, IndexError, ReadSession, ReadSettings, Snapshot, SplitReader, StoredDocument, View};
use quidditch_storage::Storage;
use tantivy::{DocAddress, Searcher};

#[derive(Debug)]
pub(crate) struct TestIndex {
    snapshot: Snapshot,
    view: Arc<View>,
}

impl TestIndex {
    pub(crate) async fn open(storage: &Arc<dyn Storage>, name: &str) -> Result<Self, IndexError> {
        let settings = ReadSettings { whole_split_bytes: u64::MAX, ..ReadSettings::default() };
        let reader = Arc::new(SplitReader::new(Arc::clone(storage), settings));
        let cost = Arc::new(Cost::default());
        let snapshot = Snapshot::open(&reader, name, &cost).await?;
        let view = snapshot.view_of_all(&ReadSession::new(&reader, &cost)).await?;
        Ok(TestIndex { snapshot, view })
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    pub(crate) fn searcher(&self) -> &Searcher {
        self.view.searcher()
    }

    pub(crate) fn stored(&self, address: DocAddress) -> Result<StoredDocument, IndexError> {
        self.view.stored(address)
    }
}

impl Deref for TestIndex {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}
