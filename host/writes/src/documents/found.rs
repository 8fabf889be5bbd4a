//! The documents that match a query.

use std::sync::Arc;

use quidditch_engine::SearchRequest;
use quidditch_index::{Cost, ReadSession, SnapshotDocument, View};
use quidditch_service::Service;
use quidditch_service::writing::{ApiError, Target};

/// The documents of an index that match.
pub(super) struct Found<'a> {
    target: &'a Target,
    view: Arc<View>,
    pub(super) documents: Vec<SnapshotDocument>,
}

/// A document that matches.
pub(super) struct FoundDocument {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) version: u64,
    pub(super) seq_no: u64,
}

impl<'a> Found<'a> {
    /// Finds at most this many documents.
    pub(super) async fn of(
        service: &Service,
        target: &'a Target,
        request: &SearchRequest,
        max_docs: u64,
        cost: &Arc<Cost>,
    ) -> Result<Self, ApiError> {
        let snapshot = &target.snapshot;
        let functions = service.functions().as_ref();
        let found = service.engine().matching_target(&target.searched(), request, functions, cost).await;
        let mut documents = found.map_err(|error| ApiError::failed_search(snapshot.name(), error))?;
        documents.truncate(usize::try_from(max_docs).unwrap_or(usize::MAX));
        let view = snapshot.view_of_all(&ReadSession::new(snapshot.reader(), cost)).await?;
        Ok(Found { target, view, documents })
    }

    /// Reads some of them.
    pub(super) async fn read(
        &self,
        documents: &[SnapshotDocument],
        cost: &Arc<Cost>,
    ) -> Result<Vec<FoundDocument>, ApiError> {
        let reads = ReadSession::new(self.target.snapshot.reader(), cost);
        let read = reads.run(|| {
            let mut all = Vec::with_capacity(documents.len());
            let mut missing = None;
            for document in documents {
                let Some(address) = self.view.address(*document) else { continue };
                // Both are tried, so that all missing bytes are known at once.
                match (self.view.stored(address), self.view.revision(address)) {
                    (Ok(stored), Ok(revision)) => all.push(FoundDocument {
                        id: stored.id,
                        source: stored.source,
                        version: revision.version,
                        seq_no: revision.seq_no,
                    }),
                    (Err(error), _) | (_, Err(error)) => missing = Some(error),
                }
            }
            missing.map_or(Ok(all), Err)
        });
        Ok(read.await?)
    }
}
