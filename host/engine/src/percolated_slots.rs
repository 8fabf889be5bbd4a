//! Says of hits which documents of a `percolate` query their stored queries match.

use quidditch_index::View;
use serde_json::Value as Json;

use crate::collect::Hit;
use crate::hits::HitDocument;
use crate::resolved_request::ResolvedRequest;

impl ResolvedRequest<'_> {
    /// Adds to the hits what each `percolate` query of the query shows. Those of other parts of the request show nothing, as clients expect
    /// it.
    pub(crate) fn add_percolated(&self, view: &View, hits: &[Hit], documents: &mut [HitDocument]) {
        let count = self.request.shown_percolations;
        let shown = self.request.percolations.iter().zip(&self.percolated).take(count);
        for (percolation, percolated) in shown {
            for (hit, document) in hits.iter().zip(&mut *documents) {
                let Some(address) = view.address(hit.document) else { continue };
                let segment = view.searcher().segment_reader(address.segment_ord).segment_id();
                if let Some(shown) = percolated.shown(segment, address.doc_id) {
                    let slots = shown.slots.iter().map(|slot| Json::from(*slot)).collect();
                    document.fields.insert(percolation.slots_field(count), Json::Array(slots));
                    document.highlight.extend(shown.highlight.clone());
                }
            }
        }
    }
}
