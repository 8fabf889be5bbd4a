//! Dates of one segment. Their interval depends on the first and the last of them, so that they are kept until the end.

use tantivy::{DocId, i64_to_u64};

use super::super::aggregation::{Opening, SegmentAggregation};
use super::super::batch::{BATCH, Batch, Inner};
use super::super::bucket_map::BucketMap;
use super::super::gathered::Repeats;
use super::super::interval_starts::IntervalStarts;
use super::super::keyed::divide;
use super::super::nodes::{Nodes, SegmentNodes};
use super::super::partial::AutoDates;
use super::super::partial::{Buckets, Keys, Partial};
use super::super::reader::Reader;
use super::super::rounding::Rounding;
use super::super::source::{Missing, Source};
use super::level::Levels;
use crate::Error;
use crate::memory::Reservation;

pub(super) struct SegmentAutoDates<'a> {
    levels: &'a Levels,
    reader: Reader,
    missing: Option<i64>,
    dates: Vec<Found>,
    /// The first and the last date of each bucket around.
    ranges: Vec<Option<(i64, i64)>>,
    nodes: SegmentNodes<'a>,
    reservation: Reservation,
    /// For the buckets, which are made at the end.
    of_buckets: Reservation,
}

/// A date of a document in a bucket around.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Found {
    doc: DocId,
    parent: u32,
    millis: i64,
}

/// How dates of one bucket around are rounded.
struct Rounder<'a> {
    rounding: &'a Rounding,
    starts: Option<IntervalStarts>,
}

impl Rounder<'_> {
    /// How much memory it uses in addition to its own size.
    fn bytes(&self) -> usize {
        self.starts.as_ref().map_or(0, IntervalStarts::bytes)
    }

    fn round(&self, millis: i64) -> i64 {
        match &self.starts {
            Some(starts) => starts.start(starts.index(millis)),
            None => self.rounding.round(millis),
        }
    }
}

impl<'a> SegmentAutoDates<'a> {
    pub(super) fn open(
        source: &Source,
        levels: &'a Levels,
        inner: &'a Nodes,
        opening: &Opening<'_>,
    ) -> Result<Self, Error> {
        Ok(SegmentAutoDates {
            levels,
            reader: Reader::open(source, opening.segment)?,
            missing: source.missing.as_ref().map(|missing| match missing {
                Missing::Integer(integer) => *integer,
                other => other.number() as i64,
            }),
            dates: Vec::new(),
            ranges: Vec::new(),
            nodes: inner.open(opening)?,
            reservation: opening.memory.reservation(),
            of_buckets: opening.memory.reservation(),
        })
    }

    /// The level of a bucket around, and how its dates are rounded.
    fn level(&self, range: Option<(i64, i64)>) -> (usize, Rounder<'a>) {
        let levels = self.levels;
        let level = range.map_or(0, |(first, last)| levels.fitting(levels.round(0, first), levels.round(0, last), 0));
        let rounding = levels.rounding(level);
        let starts = match (rounding, range) {
            (Rounding::Even { .. }, _) | (_, None) => None,
            (_, Some((first, last))) => IntervalStarts::between(rounding, first, last),
        };
        (level, Rounder { rounding, starts })
    }
}

impl SegmentAggregation for SegmentAutoDates<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.ranges.len() < parents {
            self.ranges.resize(parents, None);
        }
        let SegmentAutoDates { reader, missing, dates, ranges, .. } = self;
        let to_integer = reader.to_integer();
        let missing = missing.map(|missing| reader.integer_bits(missing));
        reader.bits_or(batch, Repeats::Drop, missing).for_each(|position, bits| {
            let (doc, parent, millis) = (batch.docs[position], batch.buckets[position], to_integer(bits));
            dates.push(Found { doc, parent, millis });
            let range = &mut ranges[parent as usize];
            let (first, last) = range.unwrap_or((millis, millis));
            *range = Some((first.min(millis), last.max(millis)));
        });
        self.reservation.reach(self.dates.capacity() * size_of::<Found>() + self.ranges.len() * 24)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.ranges.resize(parents, None);
        let mut levels: Vec<(usize, Rounder<'_>)> = Vec::with_capacity(parents);
        for range in &self.ranges {
            let (level, rounder) = self.level(*range);
            self.reservation.add(size_of::<(usize, Rounder<'_>)>() + rounder.bytes())?;
            levels.push((level, rounder));
        }
        let (mut map, mut inner) = (BucketMap::new(None), Inner::default());
        let (mut nodes, mut of_buckets) = (self.nodes, self.of_buckets);
        let mut before: Option<(Found, u32)> = None;
        for dates in self.dates.chunks(BATCH) {
            inner.clear();
            for found in dates {
                let start = i64_to_u64(levels[found.parent as usize].1.round(found.millis));
                let bucket = map.bucket(found.parent, start);
                // A document with several dates in a bucket is in it once.
                let is_repeat = before.is_some_and(|(before, last)| {
                    last == bucket && before.doc == found.doc && before.parent == found.parent
                });
                before = Some((*found, bucket));
                if !is_repeat {
                    map.counts[bucket as usize] += 1;
                    inner.push(found.doc, bucket);
                }
            }
            of_buckets.reach(map.bytes() + inner.bytes())?;
            nodes.collect(inner.batch())?;
        }
        let inner = nodes.finish(map.len())?;
        let BucketMap { keys, parents: parents_of, counts, .. } = map;
        let all = Buckets { keys: Keys::Bits(keys), counts, others: 0, inner };
        let partials = divide(all, &parents_of, parents).into_iter().zip(levels);
        Ok(partials
            .map(|(partial, (level, _))| {
                Partial::AutoDates(Box::new(AutoDates { level, buckets: partial.into_buckets() }))
            })
            .collect())
    }
}
