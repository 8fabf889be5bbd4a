//! Fetching: reads the documents of the hits.

use quidditch_index::{ReadSession, Snapshot, StoredDocument, View};
use tantivy::TantivyError;

use crate::Error;
use crate::collect::{Hit, SortOrder};
use crate::request::SearchRequest;
use crate::response::HitDocument;
use crate::scores::Scores;

/// Reads the sources of the hits, all together, and makes the hits of the response of them. `order` is what they were sorted
/// by, and `scores` says whether they have scores.
pub(crate) async fn fetch(
    snapshot: &Snapshot,
    view: &View,
    request: &SearchRequest,
    (hits, order, scores): (&[Hit], Option<&SortOrder>, Scores),
    reads: &ReadSession,
) -> Result<Vec<HitDocument>, Error> {
    let address = |hit: &Hit| {
        view.address(hit.document).ok_or_else(|| {
            let split = hit.document.split;
            TantivyError::InvalidArgument(format!("split {split} of a hit is not open"))
        })
    };
    let addresses = hits.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    let stored = reads
        .run(|| -> Result<Vec<StoredDocument>, Error> {
            let all: Vec<_> = addresses.iter().map(|address| view.stored(*address)).collect();
            Ok(all.into_iter().collect::<Result<_, _>>()?)
        })
        .await?;
    let mut documents = Vec::with_capacity(stored.len());
    for (hit, stored) in hits.iter().zip(stored) {
        let source = request.source.apply(stored.source);
        let source =
            source.map_err(|error| TantivyError::InternalError(format!("a stored source is not JSON: {error}")))?;
        documents.push(HitDocument {
            index: snapshot.name().to_owned(),
            id: stored.id,
            score: (scores == Scores::Needed).then_some(hit.score),
            source,
            sort: order.map(|order| order.values(&hit.keys)).unwrap_or_default(),
        });
    }
    Ok(documents)
}
