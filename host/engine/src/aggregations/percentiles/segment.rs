//! The values of one segment, for percentiles.

use super::super::aggregation::{Opening, SegmentAggregation};
use super::super::batch::Batch;
use super::super::failure;
use super::super::gathered::Repeats;
use super::super::partial::{Hdr, Partial, Sample};
use super::super::reader::Reader;
use super::super::source::{Missing, Source};
use crate::Error;
use crate::memory::Reservation;

pub(in super::super) fn sample(partial: &Partial) -> &Sample {
    match partial {
        Partial::Sample(sample) => sample,
        _ => unreachable!("not a sample"),
    }
}

pub(in super::super) fn merge_samples(partials: Vec<Partial>) -> Partial {
    let mut merged = Sample::default();
    for partial in partials {
        match partial {
            Partial::Sample(sample) => merged.merge(sample),
            _ => unreachable!("not a sample"),
        }
    }
    Partial::Sample(merged)
}

pub(super) fn hdr(partial: &Partial) -> &Hdr {
    match partial {
        Partial::Hdr(hdr) => hdr,
        _ => unreachable!("not values by their leading digits"),
    }
}

pub(super) fn merge_hdr(partials: Vec<Partial>) -> Partial {
    let mut merged = Hdr::default();
    for partial in partials {
        match partial {
            Partial::Hdr(hdr) => merged.merge(hdr),
            _ => unreachable!("not values by their leading digits"),
        }
    }
    Partial::Hdr(merged)
}

/// A sample of values for each bucket around.
pub(in super::super) struct SegmentSamples {
    reader: Reader,
    samples: Vec<Sample>,
    /// For the first bucket around, once its values are only counted.
    table: Option<CountTable>,
    /// Bytes of the table, and of the samples in addition to their own size.
    bytes: usize,
    reservation: Reservation,
}

impl SegmentSamples {
    pub(in super::super) fn open(source: &Source, opening: &Opening<'_>) -> Result<Self, Error> {
        let reader = Reader::open(source, opening.segment)?;
        let missing = source.missing.as_ref().map(Missing::number);
        let table = reader.bounds().and_then(|(first, last)| {
            let (first, last) = (first.min(missing.unwrap_or(first)), last.max(missing.unwrap_or(last)));
            CountTable::between(first, last)
        });
        let bytes = table.as_ref().map_or(0, |table| size_of_val(&table.counts[..]));
        let mut reservation = opening.memory.reservation();
        reservation.reach(bytes)?;
        Ok(SegmentSamples { reader, samples: Vec::new(), table, bytes, reservation })
    }
}

/// How many values there are in each range of a sample, where there are few ranges.
struct CountTable {
    first: u32,
    counts: Vec<u64>,
}

impl CountTable {
    /// Most ranges: 512 KiB.
    const MOST: usize = 1 << 16;

    /// For values from `first` to `last`; `None` if there are too many ranges between them.
    fn between(first: f64, last: f64) -> Option<Self> {
        let (first, last) = (Sample::range_of(first), Sample::range_of(last));
        let count = last.checked_sub(first)? as usize + 1;
        (count <= Self::MOST).then(|| CountTable { first, counts: vec![0; count] })
    }

    fn add_all(&mut self, values: &[f64]) {
        values.iter().for_each(|value| self.counts[(Sample::range_of(*value) - self.first) as usize] += 1);
    }

    fn add_to(&self, sample: &mut Sample) {
        for (range, count) in (self.first..).zip(&self.counts) {
            if *count > 0 {
                sample.add_count(range, *count);
            }
        }
    }
}

impl SegmentAggregation for SegmentSamples {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.samples.len() < parents {
            self.samples.resize_with(parents, Sample::default);
        }
        let SegmentSamples { reader, samples, table, bytes, .. } = self;
        let numbers = reader.numbers(batch, Repeats::Keep);
        if let ([only], Some(table)) = (&samples[..], table.as_mut())
            && only.is_counted()
        {
            table.add_all(&numbers.values);
            return Ok(());
        }
        numbers.for_each(|position, value| *bytes += samples[batch.buckets[position] as usize].add(value));
        self.reservation.reach(self.bytes + self.samples.len() * size_of::<Sample>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.samples.resize_with(parents, Sample::default);
        if let (Some(first), Some(table)) = (self.samples.first_mut(), &self.table)
            && first.is_counted()
        {
            table.add_to(first);
        }
        Ok(self.samples.into_iter().map(Partial::Sample).collect())
    }
}

/// Values by their leading digits for each bucket around.
pub(super) struct SegmentHdr {
    reader: Reader,
    kept_bits: u32,
    found: Vec<Hdr>,
    /// Bytes that the values use in addition to their own size.
    bytes: usize,
    reservation: Reservation,
}

impl SegmentHdr {
    pub(super) fn open(source: &Source, kept_bits: u32, opening: &Opening<'_>) -> Result<Self, Error> {
        let reader = Reader::open(source, opening.segment)?;
        Ok(SegmentHdr { reader, kept_bits, found: Vec::new(), bytes: 0, reservation: opening.memory.reservation() })
    }
}

impl SegmentAggregation for SegmentHdr {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.found.len() < parents {
            self.found.resize_with(parents, Hdr::default);
        }
        let SegmentHdr { reader, kept_bits, found, bytes, .. } = self;
        let mut least: f64 = 0.0;
        reader.numbers(batch, Repeats::Keep).for_each(|position, value| {
            least = least.min(value);
            *bytes += found[batch.buckets[position] as usize].add(value, *kept_bits);
        });
        if least < 0.0 {
            return Err(failure::argument(format!("[hdr] does not support negative values: found [{least}]")));
        }
        self.reservation.reach(self.bytes + self.found.len() * size_of::<Hdr>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.found.resize_with(parents, Hdr::default);
        Ok(self.found.into_iter().map(Partial::Hdr).collect())
    }
}
