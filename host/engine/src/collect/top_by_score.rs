//! The best matches by score.

use std::cmp::Reverse;

use quidditch_index::SnapshotDocument;
use tantivy::Score;

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use super::hit::Hit;
use super::top::Top;
use crate::Error;

/// The `capacity` matches with the best scores; of equal scores, the first in the index.
pub(crate) struct TopByScore {
    pub(crate) capacity: usize,
}

impl Collector for TopByScore {
    type Partial = Vec<Hit>;

    fn demand(&self) -> Demand {
        Demand::Scores
    }

    fn may_skip(&self) -> bool {
        true
    }

    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Vec<Hit>>, Error> {
        Ok(Box::new(SegmentTop { split: segment.split, top: Top::new(self.capacity) }))
    }

    fn merge(&self, partials: Vec<Vec<Hit>>) -> Vec<Hit> {
        let mut hits = partials.concat();
        hits.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document)));
        hits.truncate(self.capacity);
        hits
    }
}

struct SegmentTop {
    split: usize,
    /// Scores are never negative, so their bits order as they do.
    top: Top<Reverse<u32>>,
}

impl SegmentCollector<Vec<Hit>> for SegmentTop {
    fn count(&mut self, _: u64) {}

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        for (doc, score) in matches.docs.iter().zip(matches.scores) {
            self.top.offer(Reverse(score.to_bits()), *doc);
        }
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        self.top.worst().map(|(Reverse(bits), _)| Score::from_bits(*bits))
    }

    fn finish(self: Box<Self>) -> Result<Vec<Hit>, Error> {
        let split = self.split;
        let hit = |(Reverse(bits), document)| Hit {
            document: SnapshotDocument { split, document },
            score: Score::from_bits(bits),
            keys: Vec::new(),
        };
        Ok(self.top.into_sorted().into_iter().map(hit).collect())
    }
}
