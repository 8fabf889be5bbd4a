//! One document by its `_id`.

use std::sync::Arc;

use quidditch_function::FunctionResolver;
use quidditch_index::{Cost, Revision, Snapshot, StoredDocument, View};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, Term};

use crate::engine::Engine;
use crate::explanation::Explanation;
use crate::function_failures::FunctionFailures;
use crate::plan::Mappings;
use crate::{Error, SearchRequest, SearchTarget};

impl Engine {
    /// The document with this `_id`; `None` if the index does not contain it.
    ///
    /// # Errors
    /// [`Error::Index`] and [`Error::Search`].
    pub async fn document(
        &self,
        snapshot: &Snapshot,
        id: &str,
        cost: &Arc<Cost>,
    ) -> Result<Option<StoredDocument>, Error> {
        self.read_document(snapshot, id, cost, |view, address| Ok(view.stored(address)?)).await
    }

    /// The same, with the write that it is from.
    ///
    /// # Errors
    /// As [`Engine::document`].
    pub async fn document_with_revision(
        &self,
        snapshot: &Snapshot,
        id: &str,
        cost: &Arc<Cost>,
    ) -> Result<Option<(StoredDocument, Revision)>, Error> {
        self.read_document(snapshot, id, cost, stored_with_revision).await
    }

    async fn read_document<T>(
        &self,
        snapshot: &Snapshot,
        id: &str,
        cost: &Arc<Cost>,
        read: impl Fn(&View, DocAddress) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let reads = self.reads(snapshot, cost);
        let selected = snapshot.select(|split| split.may_have_id(id));
        let view = snapshot.view(&selected, &reads).await?;
        let term = Term::from_field_text(snapshot.id_field(), id);
        let address = reads.run(|| find(&view, &term)).await?;
        match address {
            Some(address) => reads.run(|| read(&view, address).map(Some)).await,
            None => Ok(None),
        }
    }
}

/// The explanation of a score.
#[derive(Debug)]
pub struct Explained {
    /// The explanation.
    pub explanation: Explanation,
    /// The functions that failed where the request tolerates it.
    pub function_failures: Vec<FunctionFailures>,
}

impl Engine {
    /// Explains the score of the document with this `_id`, whether it matches the request's query and the filter of the index or
    /// not; `None` if the index does not contain it. What reading costs is added to `cost`.
    ///
    /// # Errors
    /// As [`Engine::search`].
    pub async fn explain(
        &self,
        target: &SearchTarget<'_>,
        request: &SearchRequest,
        id: &str,
        functions: &dyn FunctionResolver,
        cost: &Arc<Cost>,
    ) -> Result<Option<Explained>, Error> {
        let snapshot = target.snapshot;
        let reads = self.reads(snapshot, cost);
        let allowance = self.allowance(request);
        let resolved = self.resolve_target(target, Mappings::default(), request, functions, &allowance, cost).await?;
        // The statistics of terms are those of all splits.
        let view = snapshot.view_of_all(&reads).await?;
        let term = Term::from_field_text(snapshot.id_field(), id);
        let Some(address) = reads.run(|| find(&view, &term)).await? else { return Ok(None) };
        let explanation = reads.run(|| {
            resolved.restart();
            resolved.explain(view.searcher(), address)
        });
        let explanation = explanation.await?;
        Ok(Some(Explained { explanation, function_failures: resolved.function_failures() }))
    }
}

/// Reads a document. Both parts are tried, so that all missing bytes are known at once.
fn stored_with_revision(view: &View, address: DocAddress) -> Result<(StoredDocument, Revision), Error> {
    let (stored, revision) = (view.stored(address), view.revision(address));
    Ok((stored?, revision?))
}

/// The address of the document with a term of `_id`.
fn find(view: &View, id: &Term) -> Result<Option<DocAddress>, Error> {
    let mut found = None;
    let mut failure = None;
    for (ordinal, segment) in view.searcher().segment_readers().iter().enumerate() {
        // Every segment is searched, so that all missing bytes are known at once.
        match find_in(segment, id) {
            Ok(Some(doc)) => found = Some(DocAddress::new(ordinal as u32, doc)),
            Ok(None) => {}
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(found), |error| Err(error.into()))
}

fn find_in(segment: &SegmentReader, id: &Term) -> tantivy::Result<Option<DocId>> {
    let postings = segment.inverted_index(id.field())?.read_postings(id, IndexRecordOption::Basic)?;
    let Some(mut postings) = postings else { return Ok(None) };
    let mut newest = None;
    while postings.doc() != TERMINATED {
        if !segment.is_deleted(postings.doc()) {
            newest = Some(postings.doc());
        }
        postings.advance();
    }
    Ok(newest)
}
