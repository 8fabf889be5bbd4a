//! The best matches by score.

use std::cmp::Reverse;
use std::sync::Arc;

use quidditch_index::SnapshotDocument;
use tantivy::{Score, SegmentReader};

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use super::finite::check_finite;
use super::hit::{BestHits, Hit};
use super::top::Top;
use crate::Error;
use crate::progress::Progress;

/// The `capacity` matches with the best scores; of equal scores, the first in the index.
pub(crate) struct TopByScore {
    pub(crate) capacity: usize,
    /// The score and the document behind which the first match is.
    pub(crate) after: Option<(Score, SnapshotDocument)>,
}

impl Collector for TopByScore {
    type Partial = BestHits;

    fn demand(&self) -> Demand {
        Demand::Scores
    }

    fn may_skip(&self) -> bool {
        true
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some((self.capacity as u64).saturating_mul(Hit::MERGE_COST)))
    }

    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, BestHits>, Error> {
        Ok(Box::new(SegmentTop {
            split: segment.split,
            segment: segment.reader.clone(),
            top: Top::new(self.capacity),
            after: self.after,
            progress: Arc::clone(segment.progress),
        }))
    }

    fn merge(&self, partials: Vec<BestHits>) -> BestHits {
        let mut hits: Vec<Hit> = partials.into_iter().flat_map(|partial| partial.hits).collect();
        hits.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
        hits.truncate(self.capacity);
        BestHits { max_score: hits.first().map(|hit| hit.score), hits }
    }
}

struct SegmentTop {
    split: usize,
    segment: SegmentReader,
    /// Scores are never negative, so their bits order as they do.
    top: Top<Reverse<u32>>,
    after: Option<(Score, SnapshotDocument)>,
    progress: Arc<Progress>,
}

impl SegmentTop {
    /// The position of the first score that may be among the best. Documents ascend: a later one with the score of the worst is not.
    fn next_candidate(&self, scores: &[Score]) -> Option<usize> {
        match self.top.worst() {
            Some((Reverse(worst), _)) => scores.iter().position(|score| score.to_bits() > *worst),
            None => (!scores.is_empty()).then_some(0),
        }
    }
}

impl SegmentCollector<BestHits> for SegmentTop {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        let mut at = 0;
        while let Some(next) = self.next_candidate(&matches.scores[at..]) {
            let (doc, score) = (matches.docs[at + next], matches.scores[at + next]);
            at += next + 1;
            if let Some((after, document)) = self.after {
                // A score that is not finite is on no page before: it is reported.
                let is_before = score.is_finite() && score > after;
                let is_tie_before = score == after && SnapshotDocument { split: self.split, document: doc } <= document;
                if is_before || is_tie_before {
                    continue;
                }
            }
            self.top.offer(Reverse(score.to_bits()), doc);
        }
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        self.top.worst().map(|(Reverse(bits), _)| Score::from_bits(*bits))
    }

    fn finish(self: Box<Self>) -> Result<BestHits, Error> {
        let split = self.split;
        let mut reservation = self.progress.memory().reservation();
        reservation.add(self.top.len() * Hit::BYTES)?;
        self.progress.keep(reservation);
        let best = self.top.into_sorted();
        if let Some((Reverse(bits), doc)) = best.first() {
            // Infinity and NaN have greater bits than all other scores.
            check_finite(Score::from_bits(*bits), *doc, &self.segment)?;
        }
        let hit = |(Reverse(bits), document)| Hit {
            document: SnapshotDocument { split, document },
            score: Score::from_bits(bits),
            keys: Vec::new(),
            group: None,
        };
        let hits: Vec<Hit> = best.into_iter().map(hit).collect();
        Ok(BestHits { max_score: hits.first().map(|hit| hit.score), hits })
    }
}
