//! Several collectors in one pass.

use tantivy::{Score, SegmentReader};

use super::collector::{Collector, Demand, Matches, SegmentCollecting, SegmentCollector, SegmentContext};
use crate::Error;

impl<A: Collector, B: Collector> Collector for (A, B) {
    type Partial = (A::Partial, B::Partial);

    fn demand(&self) -> Demand {
        self.0.demand().max(self.1.demand())
    }

    fn may_skip(&self) -> bool {
        self.0.may_skip() && self.1.may_skip()
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        let (first, second) = (self.0.merge_cost(segment)?, self.1.merge_cost(segment)?);
        Ok(first.zip(second).map(|(first, second)| first.saturating_add(second)))
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        self.0.columns(record);
        self.1.columns(record);
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Self::Partial>, Error> {
        Ok(Box::new(Both(self.0.open(segment)?, self.1.open(segment)?)))
    }

    fn merge(&self, partials: Vec<Self::Partial>) -> Self::Partial {
        let (first, second) = partials.into_iter().unzip();
        (self.0.merge(first), self.1.merge(second))
    }
}

struct Both<'a, A, B>(SegmentCollecting<'a, A>, SegmentCollecting<'a, B>);

impl<A, B> SegmentCollector<(A, B)> for Both<'_, A, B> {
    fn count(&mut self, matched: u64) {
        self.0.count(matched);
        self.1.count(matched);
    }

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        self.0.collect(matches)?;
        self.1.collect(matches)
    }

    fn threshold(&self) -> Option<Score> {
        Some(self.0.threshold()?.min(self.1.threshold()?))
    }

    fn finish(self: Box<Self>) -> Result<(A, B), Error> {
        Ok((self.0.finish()?, self.1.finish()?))
    }
}

/// `None` collects nothing.
impl<C: Collector> Collector for Option<C> {
    type Partial = Option<C::Partial>;

    fn demand(&self) -> Demand {
        self.as_ref().map_or(Demand::Nothing, C::demand)
    }

    fn may_skip(&self) -> bool {
        self.as_ref().is_none_or(C::may_skip)
    }

    fn merge_cost(&self, segment: &SegmentReader) -> tantivy::Result<Option<u64>> {
        self.as_ref().map_or(Ok(Some(0)), |collector| collector.merge_cost(segment))
    }

    fn columns(&self, record: &mut dyn FnMut(&str)) {
        if let Some(collector) = self {
            collector.columns(record);
        }
    }

    fn open<'a>(&'a self, segment: &SegmentContext<'_>) -> Result<SegmentCollecting<'a, Self::Partial>, Error> {
        Ok(Box::new(Optional(self.as_ref().map(|collector| collector.open(segment)).transpose()?)))
    }

    fn merge(&self, partials: Vec<Self::Partial>) -> Self::Partial {
        self.as_ref().map(|collector| collector.merge(partials.into_iter().flatten().collect()))
    }
}

struct Optional<'a, P>(Option<SegmentCollecting<'a, P>>);

impl<P> SegmentCollector<Option<P>> for Optional<'_, P> {
    fn count(&mut self, matched: u64) {
        if let Some(collector) = &mut self.0 {
            collector.count(matched);
        }
    }

    fn collect(&mut self, matches: &Matches<'_>) -> Result<(), Error> {
        self.0.as_mut().map_or(Ok(()), |collector| collector.collect(matches))
    }

    fn threshold(&self) -> Option<Score> {
        self.0.as_ref().map_or(Some(Score::INFINITY), |collector| collector.threshold())
    }

    fn finish(self: Box<Self>) -> Result<Option<P>, Error> {
        self.0.map(|collector| collector.finish()).transpose()
    }
}
