//! The values of one segment, for percentiles.

use super::super::aggregation::{Opening, SegmentAggregation};
use super::super::batch::Batch;
use super::super::failure;
use super::super::gathered::Repeats;
use super::super::partial::Partial;
use super::super::reader::Reader;
use super::super::source::Source;
use super::hdr::Hdr;
use super::sample::Sample;
use crate::Error;
use crate::memory::Account;

pub(in super::super) fn sample(partial: &Partial) -> &Sample {
    match partial {
        Partial::Sample(sample) => sample,
        other => unreachable!("not a sample: {other:?}"),
    }
}

pub(in super::super) fn merge_samples(partials: Vec<Partial>) -> Partial {
    let mut merged = Sample::default();
    for partial in partials {
        match partial {
            Partial::Sample(sample) => merged.merge(sample),
            other => unreachable!("not a sample: {other:?}"),
        }
    }
    Partial::Sample(merged)
}

pub(super) fn hdr(partial: &Partial) -> &Hdr {
    match partial {
        Partial::Hdr(hdr) => hdr,
        other => unreachable!("not values by their leading digits: {other:?}"),
    }
}

pub(super) fn merge_hdr(partials: Vec<Partial>) -> Partial {
    let mut merged = Hdr::default();
    for partial in partials {
        match partial {
            Partial::Hdr(hdr) => merged.merge(hdr),
            other => unreachable!("not values by their leading digits: {other:?}"),
        }
    }
    Partial::Hdr(merged)
}

/// A sample of values for each bucket around.
pub(in super::super) struct SegmentSamples {
    reader: Reader,
    samples: Vec<Sample>,
    /// Bytes that the samples use in addition to their own size.
    bytes: usize,
    account: Account,
}

impl SegmentSamples {
    pub(in super::super) fn open(source: &Source, opening: &Opening<'_>) -> Result<Self, Error> {
        let reader = Reader::open(source, opening.segment.reader)?;
        Ok(SegmentSamples { reader, samples: Vec::new(), bytes: 0, account: opening.memory.account() })
    }
}

impl SegmentAggregation for SegmentSamples {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let parents = batch.parents();
        if self.samples.len() < parents {
            self.samples.resize_with(parents, Sample::default);
        }
        let SegmentSamples { reader, samples, bytes, .. } = self;
        let numbers = reader.numbers(batch, Repeats::Keep);
        numbers.for_each(|position, value| *bytes += samples[batch.buckets[position] as usize].add(value));
        self.account.reach(self.bytes + self.samples.len() * size_of::<Sample>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.samples.resize_with(parents, Sample::default);
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
    account: Account,
}

impl SegmentHdr {
    pub(super) fn open(source: &Source, kept_bits: u32, opening: &Opening<'_>) -> Result<Self, Error> {
        let reader = Reader::open(source, opening.segment.reader)?;
        Ok(SegmentHdr { reader, kept_bits, found: Vec::new(), bytes: 0, account: opening.memory.account() })
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
        self.account.reach(self.bytes + self.found.len() * size_of::<Hdr>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.found.resize_with(parents, Hdr::default);
        Ok(self.found.into_iter().map(Partial::Hdr).collect())
    }
}
