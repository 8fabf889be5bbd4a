//! Counts matches.

use tantivy::{Score, SegmentReader};

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use crate::Error;
use crate::request::TotalHits;

/// Counts matches, as exactly as a request tracks them. Its result is their number; beyond the limit of the request, a number
/// above the limit.
pub(crate) struct Count {
    pub(crate) total_hits: TotalHits,
}

impl Collector for Count {
    type Partial = u64;

    fn demand(&self) -> Demand {
        if self.total_hits == TotalHits::Off { Demand::Nothing } else { Demand::Count }
    }

    fn may_skip(&self) -> bool {
        self.total_hits != TotalHits::Exact
    }

    fn merge_cost(&self, _: &SegmentReader) -> tantivy::Result<Option<u64>> {
        Ok(Some(0))
    }

    fn columns(&self, _: &mut dyn FnMut(&str)) {}

    fn open<'a>(&'a self, _: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, u64>, Error> {
        Ok(Box::new(SegmentCount { total_hits: self.total_hits, matched: 0 }))
    }

    fn merge(&self, partials: Vec<u64>) -> u64 {
        partials.into_iter().sum()
    }
}

struct SegmentCount {
    total_hits: TotalHits,
    matched: u64,
}

impl SegmentCollector<u64> for SegmentCount {
    fn count(&mut self, matched: u64) {
        self.matched = matched;
    }

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        self.matched += matches.docs.len() as u64;
        Ok(())
    }

    fn threshold(&self) -> Option<Score> {
        let is_settled = match self.total_hits {
            TotalHits::Exact => false,
            TotalHits::UpTo(limit) => self.matched > limit,
            TotalHits::Off => true,
        };
        is_settled.then_some(Score::INFINITY)
    }

    fn finish(self: Box<Self>) -> Result<u64, Error> {
        Ok(self.matched)
    }
}
