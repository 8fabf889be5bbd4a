//! The best matches by the values of fields.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use quidditch_index::SnapshotDocument;
use tantivy::{DocId, Score, SegmentReader};

use super::after::After;
use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use super::deferred::deferred;
use super::finite::check_finite;
use super::hit::{BestHits, Hit};
use super::segment_sort::SegmentSort;
use super::sort_key::{Key, Rank, SortKey};
use super::sort_order::SortOrder;
use super::top::Top;
use crate::Error;
use crate::columns::FirstSorted;
use crate::memory::Reservation;
use crate::progress::Progress;
use crate::scores::Scores;

/// The first `capacity` matches in the order of a sort; of equal ones, the first in the index.
pub(crate) struct TopByFields {
    pub(crate) order: SortOrder,
    /// Whether hits have scores, although they are sorted by something else.
    pub(crate) scores: Scores,
    pub(crate) capacity: usize,
    /// The first match is behind this.
    pub(crate) after: Option<After>,
}

impl Collector for TopByFields {
    type Partial = BestHits;

    fn demand(&self) -> Demand {
        let needs_scores = self.scores == Scores::Needed || self.order.needs_scores();
        if needs_scores { Demand::Scores } else { Demand::Documents }
    }

    fn may_skip(&self) -> bool {
        false
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some((self.capacity as u64).saturating_mul(Hit::MERGE_COST)))
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        self.order.columns().for_each(record);
    }

    fn of_all(&self, segment: &SegmentContext<'_>) -> Result<Option<BestHits>, Error> {
        let Some(first) = self.first_of_all() else { return Ok(None) };
        let Some(docs) = first.documents(segment.reader)? else { return Ok(None) };
        let mut collecting = self.open(segment)?;
        collecting.collect(&Matches { docs: &docs, scores: &[] })?;
        collecting.finish().map(Some)
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, BestHits>, Error> {
        if self.order.reads_computed() && segment.matched.is_none() {
            return Ok(deferred(segment, |segment| self.open(segment)));
        }
        let sort = self.order.open(segment)?;
        let after = match &self.after {
            Some(after) => Some(SegmentAfter { keys: sort.after(after)?, document: after.document }),
            None => None,
        };
        Ok(Box::new(SegmentTop {
            split: segment.split,
            segment: segment.reader.clone(),
            sort,
            after,
            is_index_order: self.order.is_index_order(),
            top: Top::new(self.capacity),
            first: Vec::new(),
            tracked: (self.scores == Scores::Needed).then_some(None),
            progress: Arc::clone(segment.progress),
            candidates: segment.progress.memory().reservation(),
        }))
    }

    fn merge(&self, partials: Vec<BestHits>) -> BestHits {
        let max_score = partials.iter().filter_map(|partial| partial.max_score).max_by(Score::total_cmp);
        let mut hits: Vec<Hit> = partials.into_iter().flat_map(|partial| partial.hits).collect();
        self.order.sort(&mut hits);
        hits.truncate(self.capacity);
        BestHits { hits, max_score }
    }
}

impl TopByFields {
    /// Which documents of a segment can be among the first if all match; `None` if that cannot be told without visiting them.
    pub(super) fn first_of_all(&self) -> Option<FirstSorted> {
        let needs_each = self.demand() == Demand::Scores || self.order.reads_computed();
        if needs_each { None } else { self.order.first(self.capacity, self.after.as_ref()) }
    }
}

struct SegmentTop<'a> {
    split: usize,
    segment: SegmentReader,
    sort: SegmentSort<'a>,
    after: Option<SegmentAfter>,
    /// Whether no match is better than those before it.
    is_index_order: bool,
    top: Top<Vec<Key>>,
    /// The first keys of the matches that are being collected.
    first: Vec<u64>,
    /// The greatest score so far, if scores are tracked.
    tracked: Option<Option<Score>>,
    progress: Arc<Progress>,
    /// For `top`.
    candidates: Reservation,
}

/// Where the page begins, in the keys of the segment.
struct SegmentAfter {
    keys: Vec<Key>,
    document: Option<SnapshotDocument>,
}

impl SegmentAfter {
    /// Whether a document is on the page or behind it. `keys` are those of the levels, and more.
    fn precedes(&self, keys: &[Key], document: SnapshotDocument) -> bool {
        match keys[..self.keys.len()].cmp(&self.keys) {
            Ordering::Greater => true,
            Ordering::Equal => self.document.is_some_and(|after| document > after),
            Ordering::Less => false,
        }
    }
}

/// The first of some positions whose match may be among the best. Most are behind all that are kept, which their first keys alone show.
fn next_candidate(top: &Top<Vec<Key>>, first: Option<&[u64]>, positions: Range<usize>) -> Option<usize> {
    match (first, top.worst()) {
        (Some(first), Some((worst, _))) => {
            let next = match worst[0] {
                Key { rank: Rank::Value, bits: worst } => first[positions.clone()].iter().position(|key| *key <= worst),
                worst => first[positions.clone()].iter().position(|key| Key::value(*key) <= worst),
            };
            next.map(|next| positions.start + next)
        }
        _ => (!positions.is_empty()).then_some(positions.start),
    }
}

impl SegmentCollector<BestHits> for SegmentTop<'_> {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        for (score, doc) in matches.scores.iter().zip(matches.docs) {
            check_finite(*score, *doc, &self.segment)?;
        }
        if let Some(max_score) = &mut self.tracked {
            *max_score = matches.scores.iter().copied().chain(*max_score).max_by(Score::total_cmp);
        }
        let first = self.sort.first_keys(matches.docs, &mut self.first);
        let mut at = 0;
        while let Some(index) = next_candidate(&self.top, first, at..matches.docs.len()) {
            at = index + 1;
            let doc = matches.docs[index];
            let score = matches.scores.get(index).copied().unwrap_or_default();
            self.sort.read(doc, score)?;
            let document = SnapshotDocument { split: self.split, document: doc };
            if self.after.as_ref().is_some_and(|after| !after.precedes(&self.sort.keys, document)) {
                continue;
            }
            if self.top.would_take(&self.sort.keys, doc) {
                self.top.offer(self.sort.keys.clone(), doc);
                let candidate_bytes = size_of::<(Vec<Key>, DocId)>() + self.sort.keys.len() * size_of::<Key>();
                self.candidates.reach(self.top.len() * candidate_bytes)?;
            }
        }
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        // The greatest score of all matches is not known before the last.
        let is_settled = self.is_index_order && self.tracked.is_none() && self.top.worst().is_some();
        is_settled.then_some(Score::INFINITY)
    }

    fn finish(self: Box<Self>) -> Result<BestHits, Error> {
        let mut hits = Vec::new();
        let mut reservation = self.progress.memory().reservation();
        for (keys, document) in self.top.into_sorted() {
            let portable = self.sort.portable(&keys)?;
            reservation.add(Hit::BYTES + portable.iter().map(SortKey::bytes).sum::<usize>())?;
            hits.push(Hit {
                document: SnapshotDocument { split: self.split, document },
                score: self.sort.score(&keys),
                keys: portable,
                group: None,
            });
        }
        self.progress.keep(reservation);
        Ok(BestHits { hits, max_score: self.tracked.flatten() })
    }
}
