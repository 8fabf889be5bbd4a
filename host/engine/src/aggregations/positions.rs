//! Aggregations whose buckets are identified by their positions: `filter`, `filters`, `missing`, `global`, `range`.

use serde_json::Map;

use super::aggregation::Opening;
use super::answer::{Answer, Content};
use super::answering::Answering;
use super::batch::{Batch, Inner};
use super::keyed::divide;
use super::metric::{Metric, MetricError};
use super::nodes::{Nodes, SegmentNodes};
use super::partial::{Buckets, Keys, Partial};
use crate::Error;
use crate::memory::Reservation;

/// The same number of buckets for each bucket around, in one segment.
pub(super) struct SegmentPositions<'a> {
    /// How many buckets there are for each bucket around.
    width: usize,
    /// At parent x width + position.
    counts: Vec<u64>,
    nodes: SegmentNodes<'a>,
    inner: Inner,
    reservation: Reservation,
}

impl<'a> SegmentPositions<'a> {
    pub(super) fn open(width: usize, nodes: &'a Nodes, opening: &Opening<'_>) -> Result<Self, Error> {
        let (nodes, reservation) = (nodes.open(opening)?, opening.memory.reservation());
        Ok(SegmentPositions { width, counts: Vec::new(), nodes, inner: Inner::default(), reservation })
    }

    /// Begins a batch, whose documents are then added in ascending order.
    pub(super) fn begin(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.buckets.iter().max().map_or(0, |largest| *largest as usize + 1);
        let buckets = parents.saturating_mul(self.width);
        if self.counts.len() < buckets {
            self.reservation.reach(buckets.saturating_mul(size_of::<u64>()))?;
            self.counts.resize(buckets, 0);
        }
        self.inner.clear();
        Ok(())
    }

    /// Adds a document of the batch, by its position there, to the bucket at `place`.
    #[inline]
    pub(super) fn add(&mut self, batch: Batch<'_>, position: usize, place: usize) {
        let bucket = batch.buckets[position] as usize * self.width + place;
        self.counts[bucket] += 1;
        if !self.nodes.is_empty() {
            self.inner.push(batch.docs[position], bucket as u32);
        }
    }

    /// Whether documents are only counted, and for one bucket around.
    pub(super) fn only_counts_for_one(&self) -> bool {
        self.nodes.is_empty() && self.counts.len() == self.width
    }

    /// Counts documents in the bucket at `place`, if documents are only counted, and for one bucket around.
    pub(super) fn count(&mut self, place: usize, documents: usize) {
        self.counts[place] += documents as u64;
    }

    /// Ends a batch.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.nodes.collect(self.inner.batch())
    }

    pub(super) fn finish(mut self, parents: usize) -> Result<Vec<Partial>, Error> {
        let width = self.width;
        let buckets = parents.saturating_mul(width);
        // The counts, and the number of the bucket around each.
        self.reservation.reach(buckets.saturating_mul(size_of::<u64>() + size_of::<u32>()))?;
        self.counts.resize(buckets, 0);
        let inner = self.nodes.finish(buckets)?;
        let parents_of: Vec<u32> = (0..buckets).map(|bucket| (bucket / width.max(1)) as u32).collect();
        Ok(divide(Buckets { keys: Keys::Positions, counts: self.counts, others: 0, inner }, &parents_of, parents))
    }
}

/// Merges buckets at equal positions.
pub(super) fn merge(width: usize, nodes: &Nodes, partials: Vec<Partial>) -> Partial {
    let mut counts = vec![0; width];
    let mut lists: Vec<Vec<Vec<Partial>>> = nodes.0.iter().map(|_| (0..width).map(|_| Vec::new()).collect()).collect();
    for partial in partials {
        let buckets = partial.into_buckets();
        for (sum, count) in counts.iter_mut().zip(buckets.counts) {
            *sum += count;
        }
        for (lists, partials) in lists.iter_mut().zip(buckets.inner) {
            for (list, partial) in lists.iter_mut().zip(partials) {
                list.push(partial);
            }
        }
    }
    let inner = nodes.0.iter().zip(lists);
    let inner =
        inner.map(|(node, lists)| lists.into_iter().map(|list| node.aggregation.merge(list)).collect()).collect();
    Partial::Buckets(Box::new(Buckets { keys: Keys::Positions, counts, others: 0, inner }))
}

/// The buckets of a result one by one: their counts, and the results inside.
pub(super) fn each(buckets: Buckets) -> impl Iterator<Item = (u64, Vec<Partial>)> {
    let mut inner: Vec<_> = buckets.inner.into_iter().map(Vec::into_iter).collect();
    buckets.counts.into_iter().map(move |count| (count, inner.iter_mut().filter_map(Iterator::next).collect()))
}

/// The value that a path leads to in the one bucket of an aggregation: its count, or a value inside.
pub(super) fn metric(nodes: &Nodes, path: &[&str]) -> Result<Metric, MetricError> {
    match path {
        [] | ["doc_count"] => Ok(Metric::new(|partial| partial.buckets().counts[0] as f64)),
        ["_count" | "_key"] => Err(MetricError::NoSuchValue(path[0].to_owned())),
        path => {
            let (index, metric) = nodes.metric(path)?;
            Ok(Metric::new(move |partial| metric.of(&partial.buckets().inner[index][0])))
        }
    }
}

/// The answer of an aggregation with one bucket.
pub(super) fn answer<'a>(nodes: &'a Nodes, partial: Partial, answering: &mut Answering) -> Result<Answer<'a>, Error> {
    let (mut count, mut inner) = (0, Vec::new());
    for (bucket_count, partials) in each(partial.into_buckets()) {
        (count, inner) = (bucket_count, nodes.answer(partials, answering)?);
    }
    let shown = Map::from_iter([("doc_count".to_owned(), count.into())]);
    Ok(Answer { shown, content: Content::Bucket { count, inner } })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use quidditch_clock::ManualClock;

    use super::*;
    use crate::memory::{Memory, MemoryScope};
    use crate::progress::Progress;

    fn positions(width: usize, max_bytes: u64) -> SegmentPositions<'static> {
        let memory = Memory::new(MemoryScope::Aggregations, max_bytes);
        let reservation = memory.reservation();
        let progress = Progress::new(Arc::<ManualClock>::default(), Duration::MAX, Duration::MAX, Arc::clone(&memory));
        let nodes = SegmentNodes::new(Vec::new(), &progress, memory.reservation());
        SegmentPositions { width, counts: Vec::new(), nodes, inner: Inner::default(), reservation }
    }

    #[test]
    fn buckets_are_counted_before_they_are_made() {
        let begin = |width| {
            let mut positions = positions(width, 240);
            let begun = positions.begin(Batch { docs: &[7, 8], buckets: &[2, 0] });
            (begun.is_ok(), positions.counts.len())
        };
        assert_eq!(begin(10), (true, 30));
        assert_eq!(begin(11), (false, 0));
        assert_eq!(begin(usize::MAX), (false, 0));
        // Those around which a segment has no documents, too.
        assert!(positions(10, 240).finish(2).is_ok_and(|partials| partials.len() == 2));
        assert!(positions(10, 239).finish(2).is_err());
        assert!(positions(usize::MAX, 240).finish(2).is_err());
    }
}
