//! Says of hits which documents of a `percolate` query their stored queries match.

use quidditch_index::View;
use serde_json::Value as Json;

use crate::collect::Hit;
use crate::hits::HitDocument;
use crate::resolved_request::ResolvedRequest;

impl ResolvedRequest<'_> {
    /// Adds a field to the hits for each `percolate` query of the query. Those of other parts of the request are not shown, as clients
    /// expect it.
    pub(crate) fn add_percolated_slots(&self, view: &View, hits: &[Hit], documents: &mut [HitDocument]) {
        let shown = self.request.percolations.iter().zip(&self.percolated).take(self.request.shown_percolations);
        for (percolation, percolated) in shown {
            for (hit, document) in hits.iter().zip(&mut *documents) {
                let Some(address) = view.address(hit.document) else { continue };
                let segment = view.searcher().segment_reader(address.segment_ord).segment_id();
                if let Some(slots) = percolated.slots(segment, address.doc_id) {
                    let slots = slots.iter().map(|slot| Json::from(*slot)).collect();
                    document.fields.insert(percolation.slots_field(), Json::Array(slots));
                }
            }
        }
    }
}
