//! The best match of each group, for the best groups.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use quidditch_index::SnapshotDocument;
use tantivy::{DocId, Score, SegmentReader};

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use super::deferred::deferred;
use super::finite::check_finite;
use super::group::{GroupSource, SegmentGroups};
use super::hit::{BestHits, Hit};
use super::segment_sort::SegmentSort;
use super::sort_key::{Key, SortKey};
use super::sort_order::SortOrder;
use crate::Error;
use crate::memory::Reservation;
use crate::progress::Progress;
use crate::scores::Scores;

/// The best matches of the `capacity` best groups. A group is as good as its best match; of equal matches, the first in the index
/// is the best.
pub(crate) struct TopGroups {
    pub(crate) groups: GroupSource,
    pub(crate) order: SortOrder,
    /// Whether the order is that of the request, which hits show, or descending scores.
    pub(crate) ranking: Ranking,
    pub(crate) capacity: usize,
}

/// What hits are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ranking {
    ByScore,
    /// The sort of the request, and whether hits have scores nevertheless.
    BySort(Scores),
}

impl Collector for TopGroups {
    type Partial = BestHits;

    fn demand(&self) -> Demand {
        let needs_scores = self.ranking != Ranking::BySort(Scores::Ignored) || self.order.needs_scores();
        if needs_scores { Demand::Scores } else { Demand::Documents }
    }

    fn may_skip(&self) -> bool {
        self.ranking == Ranking::ByScore
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        self.order.columns().for_each(&mut *record);
        record(self.groups.column());
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, BestHits>, Error> {
        if self.order.reads_computed() && segment.matched.is_none() {
            return Ok(deferred(segment, |segment| self.open(segment)));
        }
        Ok(Box::new(SegmentTop {
            split: segment.split,
            segment: segment.reader.clone(),
            groups: self.groups.open(segment.reader)?,
            sort: self.order.open(segment)?,
            ranking: self.ranking,
            capacity: self.capacity,
            best: HashMap::new(),
            ranked: BTreeSet::new(),
            max_score: None,
            progress: Arc::clone(segment.progress),
            candidates: segment.progress.memory().reservation(),
        }))
    }

    fn merge(&self, partials: Vec<BestHits>) -> BestHits {
        let max_score = partials.iter().filter_map(|partial| partial.max_score).max_by(Score::total_cmp);
        let mut hits: Vec<Hit> = partials.into_iter().flat_map(|partial| partial.hits).collect();
        self.order.sort(&mut hits);
        let mut seen = HashSet::new();
        hits.retain(|hit| seen.insert(hit.group.clone()));
        hits.truncate(self.capacity);
        BestHits { hits, max_score }
    }
}

/// A match with its keys; the smallest is the best.
type Ranked = (Vec<Key>, DocId);

struct SegmentTop<'a> {
    split: usize,
    segment: SegmentReader,
    groups: SegmentGroups,
    sort: SegmentSort<'a>,
    ranking: Ranking,
    capacity: usize,
    /// The best match of each of the best groups.
    best: HashMap<Option<u64>, Ranked>,
    /// The same, with the group of each, the best first.
    ranked: BTreeSet<(Ranked, Option<u64>)>,
    max_score: Option<Score>,
    progress: Arc<Progress>,
    /// For `best` and `ranked`.
    candidates: Reservation,
}

impl SegmentTop<'_> {
    /// Takes a match, whose keys were just read, if it is the best of its group and its group is one of the best.
    fn offer(&mut self, group: Option<u64>, doc: DocId) -> Result<(), Error> {
        // Documents ascend, so that of equal matches, the one that is there is the first in the index.
        let keys = &self.sort.keys;
        let outranked = match self.best.get(&group) {
            Some((best, _)) if keys >= best => return Ok(()),
            Some(best) => Some((best.clone(), group)),
            None if self.best.len() < self.capacity => None,
            None => match self.ranked.last() {
                Some(((worst, _), _)) if keys < worst => self.ranked.last().cloned(),
                _ => return Ok(()),
            },
        };
        if let Some(outranked) = outranked {
            self.best.remove(&outranked.1);
            self.ranked.remove(&outranked);
        }
        let ranked = (keys.clone(), doc);
        self.best.insert(group, ranked.clone());
        self.ranked.insert((ranked, group));
        let bytes = 2 * (size_of::<(Ranked, Option<u64>)>() + keys.len() * size_of::<Key>());
        self.candidates.reach(self.best.len() * bytes)?;
        Ok(())
    }
}

impl SegmentCollector<BestHits> for SegmentTop<'_> {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        for (score, doc) in matches.scores.iter().zip(matches.docs) {
            check_finite(*score, *doc, &self.segment)?;
        }
        if self.ranking != Ranking::BySort(Scores::Ignored) {
            self.max_score = matches.scores.iter().copied().chain(self.max_score).max_by(Score::total_cmp);
        }
        for (index, doc) in matches.docs.iter().enumerate() {
            let score = matches.scores.get(index).copied().unwrap_or_default();
            self.sort.read(*doc, score)?;
            let group = self.groups.of(*doc)?;
            self.offer(group, *doc)?;
        }
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        if self.ranking != Ranking::ByScore || self.best.len() < self.capacity {
            return None;
        }
        self.ranked.last().map(|((keys, _), _)| self.sort.score(keys))
    }

    fn finish(self: Box<Self>) -> Result<BestHits, Error> {
        let mut hits = Vec::new();
        let mut reservation = self.progress.memory().reservation();
        for ((keys, document), group) in &self.ranked {
            let portable = self.sort.portable(keys)?;
            let group = self.groups.portable(*group)?;
            let keys_bytes: usize = portable.iter().map(SortKey::bytes).sum();
            reservation.add(Hit::BYTES + keys_bytes + group.bytes())?;
            hits.push(Hit {
                document: SnapshotDocument { split: self.split, document: *document },
                score: self.sort.score(keys),
                keys: portable,
                group: Some(group),
            });
        }
        self.progress.keep(reservation);
        Ok(BestHits { hits, max_score: self.max_score })
    }
}
