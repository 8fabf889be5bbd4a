//! Fetching: reads the documents of the hits.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use quidditch_index::{ReadSession, Snapshot, View};
use serde_json::{Map, Value as Json, json};
use tantivy::{DocAddress, TantivyError};

use crate::Error;
use crate::collect::{GroupKey, Hit, SortOrder, SortValue};
use crate::request::{SearchRequest, SourceFilter};
use crate::response::HitDocument;
use crate::scores::Scores;

/// The hits of a response.
pub(crate) struct Page<'a> {
    pub(crate) hits: &'a [Hit],
    /// What they were sorted by; `None` is by score.
    pub(crate) order: Option<&'a SortOrder>,
    /// Whether they have scores.
    pub(crate) scores: Scores,
    /// Which part of their documents they show.
    pub(crate) source: &'a SourceFilter,
    /// Most bytes of their sources, ids and sort values together.
    pub(crate) max_bytes: u64,
    /// Those of hits of the same response that were fetched already: from other indices, or that contain these hits.
    pub(crate) fetched_bytes: &'a AtomicU64,
}

/// Fetches the documents of hits, all together, so that they can be read without waiting.
pub(crate) async fn fetch_ahead(hits: &[&Hit], view: &View, reads: &ReadSession) -> Result<(), Error> {
    reads
        .run(|| {
            let mut missing = None;
            for hit in hits {
                if let Some(address) = view.address(hit.document)
                    && let Err(error) = view.stored(address)
                {
                    missing = Some(error);
                }
            }
            missing.map_or(Ok(()), |error| Err(Error::from(error)))
        })
        .await
}

/// Reads the sources of the hits, all together, and makes the hits of the response of them.
///
/// # Errors
/// [`Error::HitsTooLarge`], before more than the allowed bytes are in memory.
pub(crate) async fn fetch(
    snapshot: &Snapshot,
    view: &View,
    request: &SearchRequest,
    page: &Page<'_>,
    reads: &ReadSession,
) -> Result<Vec<HitDocument>, Error> {
    let address = |hit: &Hit| {
        view.address(hit.document).ok_or_else(|| {
            let split = hit.document.split;
            TantivyError::InvalidArgument(format!("split {split} of a hit is not open"))
        })
    };
    let addresses = page.hits.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    let fetcher = Fetcher { snapshot, view, request, page };
    reads.run(|| fetcher.documents(&addresses)).await
}

struct Fetcher<'a> {
    snapshot: &'a Snapshot,
    view: &'a View,
    request: &'a SearchRequest,
    page: &'a Page<'a>,
}

impl Fetcher<'_> {
    fn documents(&self, addresses: &[DocAddress]) -> Result<Vec<HitDocument>, Error> {
        let max_bytes = self.page.max_bytes;
        let mut documents = Vec::new();
        let mut bytes = self.page.fetched_bytes.load(Relaxed);
        let mut missing = None;
        for (hit, address) in self.page.hits.iter().zip(addresses) {
            if missing.is_some() {
                // Only to record what is missing: it is fetched together, and then the documents are read from the start.
                let _ = self.view.stored(*address);
                continue;
            }
            match self.document(hit, *address) {
                Ok(document) => {
                    bytes += document_bytes(&document);
                    if bytes > max_bytes {
                        return Err(Error::HitsTooLarge { max_bytes });
                    }
                    documents.push(document);
                }
                Err(error) => missing = Some(error),
            }
        }
        match missing {
            Some(error) => Err(error),
            None => {
                self.page.fetched_bytes.store(bytes, Relaxed);
                Ok(documents)
            }
        }
    }

    fn document(&self, hit: &Hit, address: DocAddress) -> Result<HitDocument, Error> {
        let Page { order, scores, .. } = *self.page;
        let stored = self.view.stored(address)?;
        let source = self.page.source.apply(stored.source);
        let source =
            source.map_err(|error| TantivyError::InternalError(format!("a stored source is not JSON: {error}")))?;
        Ok(HitDocument {
            index: self.snapshot.name().to_owned(),
            id: stored.id,
            ignored: stored.ignored,
            score: (scores == Scores::Needed).then_some(hit.score),
            source,
            matched_queries: None,
            fields: self.fields(hit),
            inner_hits: None,
            sort: order.map(|order| order.values(&hit.keys)).unwrap_or_default(),
        })
    }

    /// The value of the group of a collapsed hit.
    fn fields(&self, hit: &Hit) -> Map<String, Json> {
        let value = hit.group.as_ref().and_then(GroupKey::json);
        match (&self.request.collapse, value) {
            (Some(collapse), Some(value)) => Map::from_iter([(collapse.field.clone(), json!([value]))]),
            _ => Map::new(),
        }
    }
}

/// Bytes that count for the limit.
fn document_bytes(document: &HitDocument) -> u64 {
    let source = document.source.as_ref().map_or(0, |source| source.get().len());
    let sort: usize = document.sort.iter().map(SortValue::bytes).sum();
    (source + document.id.len() + sort) as u64
}
