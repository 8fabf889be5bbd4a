//! Finds the nested objects of hits that match.

use std::ops::Range;
use std::sync::Arc;

use quidditch_index::{Snapshot, SnapshotDocument, View};
use tantivy::query::Scorer;
use tantivy::{DocAddress, DocId, Score, TantivyError};

use super::NestedHitsPlan;
use crate::Error;
use crate::collect::{BestHits, Collector, Hit, Matches, SegmentContext};
use crate::nested::block;
use crate::progress::Progress;
use crate::request::NestedInnerHits;

/// The objects of one hit that match.
pub(crate) struct NestedFound {
    pub(crate) matched: u64,
    pub(crate) best: Option<BestHits>,
    /// For each object of the page, what was found inside of it.
    pub(crate) inside: Vec<FoundInHit>,
}

/// What was found in one hit, for each of the inner hits of a list; `None` for those that are not planned.
pub(crate) type FoundInHit = Vec<Option<NestedFound>>;

/// The index in which objects are found.
pub(crate) struct Finder<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) view: &'a View,
    pub(crate) progress: &'a Arc<Progress>,
}

impl NestedFound {
    /// The page of objects.
    pub(crate) fn page(&self, inner_hits: &NestedInnerHits) -> &[Hit] {
        let hits = self.best.as_ref().map_or(&[][..], |best| &best.hits);
        &hits[inner_hits.from.min(hits.len())..inner_hits.window().min(hits.len())]
    }
}

impl Finder<'_> {
    /// Finds the objects of hits, for each hit in their order.
    pub(crate) fn find_all(
        &self,
        all: &[NestedInnerHits],
        plans: &[Option<NestedHitsPlan>],
        hits: &[SnapshotDocument],
    ) -> Result<Vec<FoundInHit>, Error> {
        let mut found: Vec<FoundInHit> = hits.iter().map(|_| Vec::with_capacity(plans.len())).collect();
        for (inner_hits, plan) in all.iter().zip(plans) {
            match plan {
                Some(plan) => {
                    let of_plan = self.find(inner_hits, plan, hits)?;
                    found.iter_mut().zip(of_plan).for_each(|(list, found)| list.push(Some(found)));
                }
                None => found.iter_mut().for_each(|list| list.push(None)),
            }
        }
        Ok(found)
    }

    fn find(
        &self,
        inner_hits: &NestedInnerHits,
        plan: &NestedHitsPlan,
        hits: &[SnapshotDocument],
    ) -> Result<Vec<NestedFound>, Error> {
        let searcher = self.view.searcher();
        let weight = plan.query.weight(plan.scores.enabled(searcher))?;
        let mut addresses = Vec::with_capacity(hits.len());
        for (position, hit) in hits.iter().enumerate() {
            let reason = || TantivyError::InvalidArgument(format!("split {} of a hit is not open", hit.split));
            addresses.push((self.view.address(*hit).ok_or_else(reason)?, position));
        }
        // Documents are visited in their order, segment by segment.
        addresses.sort_unstable();
        let mut found: Vec<Option<(u64, Option<BestHits>)>> = hits.iter().map(|_| None).collect();
        for of_segment in addresses.chunk_by(|(one, _), (next, _)| one.segment_ord == next.segment_ord) {
            let ordinal = of_segment[0].0.segment_ord;
            let reader = searcher.segment_reader(ordinal);
            let split = self.view.split_of(ordinal as usize);
            let first_position = self.snapshot.first_position(split);
            let segment = SegmentContext {
                reader,
                split,
                first_position,
                progress: self.progress,
                is_only: false,
                matched: None,
            };
            let parents = plan.parents.of(reader)?;
            let mut scorer = weight.scorer(reader, 1.0)?;
            for (DocAddress { doc_id, .. }, position) in of_segment {
                self.progress.check_fetch_time()?;
                let mut collecting = plan.collector.open(&segment)?;
                let (docs, scores) = matches(&mut *scorer, block(&parents, *doc_id));
                collecting.collect(&Matches { docs: &docs, scores: &scores })?;
                found[*position] = Some(plan.collector.merge(vec![collecting.finish()?]));
            }
        }
        self.progress.check()?;
        let mut all = Vec::with_capacity(hits.len());
        for (matched, best) in found.into_iter().flatten() {
            let mut found = NestedFound { matched, best, inside: Vec::new() };
            let page: Vec<SnapshotDocument> = found.page(inner_hits).iter().map(|hit| hit.document).collect();
            found.inside = self.find_all(&inner_hits.inside, &plan.inside, &page)?;
            all.push(found);
        }
        Ok(all)
    }
}

/// The matches in a range of documents, with their scores. Ranges ascend.
fn matches(scorer: &mut dyn Scorer, range: Range<DocId>) -> (Vec<DocId>, Vec<Score>) {
    let (mut docs, mut scores) = (Vec::new(), Vec::new());
    if scorer.doc() < range.start {
        scorer.seek(range.start);
    }
    while scorer.doc() < range.end {
        docs.push(scorer.doc());
        scores.push(scorer.score());
        scorer.advance();
    }
    (docs, scores)
}
