//! The best documents of one segment, which go on to the aggregations inside at the end.

use quidditch_index::SnapshotDocument;
use tantivy::{DocId, Score, TantivyError};

use super::super::aggregation::{Opening, SegmentAggregation};
use super::super::batch::{BATCH, Batch, Inner};
use super::super::doc_scores::DocScores;
use super::super::failure;
use super::super::gathered::Repeats;
use super::super::kind::Kind;
use super::super::nodes::SegmentNodes;
use super::super::partial::{DocumentSample, Partial, Sampled, SampledValue};
use super::super::reader::{Reader, float_bits};
use super::best::{Best, Candidate};
use super::planned_sampler::Sampler;
use crate::Error;
use crate::collect::SegmentContext;
use crate::memory::Reservation;

/// A document of the segment that may be in a sample.
struct Found {
    score: Score,
    doc: DocId,
    /// As the column has it.
    value: Option<u64>,
}

impl Candidate for Found {
    type Value = Option<u64>;

    fn score(&self) -> Score {
        self.score
    }

    fn document(&self) -> SnapshotDocument {
        // All candidates are in one split.
        SnapshotDocument { split: 0, document: self.doc }
    }

    fn value(&self) -> &Option<u64> {
        &self.value
    }
}

/// The candidates of one bucket around.
#[derive(Default)]
struct Candidates {
    found: Vec<Found>,
    /// The score that others must exceed, once there are as many as the sample may have.
    worst: Option<Score>,
}

impl Candidates {
    /// Takes a document, which comes after all others in the index.
    fn offer(&mut self, found: Found, best: &Best) {
        if self.worst.is_some_and(|worst| found.score <= worst) {
            return;
        }
        self.found.push(found);
        if self.found.len() >= best.size.saturating_mul(2).max(64) {
            self.keep_best(best);
        }
    }

    fn keep_best(&mut self, best: &Best) {
        let kept = best.select(&self.found);
        let mut all: Vec<Option<Found>> = std::mem::take(&mut self.found).into_iter().map(Some).collect();
        self.found = kept.iter().filter_map(|place| all[*place].take()).collect();
        if self.found.len() == best.size {
            self.worst = self.found.last().map(|found| found.score);
        }
    }
}

pub(super) struct SegmentSampler<'a> {
    sampler: &'a Sampler,
    split: usize,
    /// The field by which documents are diversified.
    reader: Option<Reader>,
    scores: DocScores,
    /// For each bucket around.
    buckets: Vec<Candidates>,
    nodes: SegmentNodes<'a>,
    reservation: Reservation,
}

impl<'a> SegmentSampler<'a> {
    pub(super) fn open(sampler: &'a Sampler, opening: &Opening<'_>) -> Result<Self, Error> {
        // The results inside are those of single documents, which are always merged.
        let segment = SegmentContext { is_only: false, ..*opening.segment };
        let reader = match &sampler.diversity {
            Some((_, source)) => Some(Reader::open(source, opening.segment)?),
            None => None,
        };
        Ok(SegmentSampler {
            sampler,
            split: opening.segment.split,
            reader,
            scores: opening.scores_of(sampler.roots.as_ref())?,
            buckets: Vec::new(),
            nodes: sampler.inner.open(&Opening { segment: &segment, ..*opening })?,
            reservation: opening.memory.reservation(),
        })
    }

    /// The value of each document of a batch.
    fn values(&mut self, batch: Batch<'_>) -> Result<Vec<Option<u64>>, Error> {
        let mut values = vec![None; batch.docs.len()];
        let (Some(reader), Some((_, source))) = (&mut self.reader, &self.sampler.diversity) else { return Ok(values) };
        let mut has_several = false;
        if source.kind == Kind::Text {
            // A missing value has the number after the last one.
            let missing = source.missing.as_ref().map(|_| u64::MAX);
            reader.bits_or(batch, Repeats::Keep, missing).for_each(|position, ordinal| {
                has_several |= values[position].replace(ordinal).is_some();
            });
        } else {
            reader.numbers(batch, Repeats::Keep).for_each(|position, number| {
                has_several |= values[position].replace(float_bits(number)).is_some();
            });
        }
        if has_several {
            return Err(failure::argument(
                "the field by which a sample is diversified must have one value in a document",
            ));
        }
        Ok(values)
    }

    /// A value in a form that means the same in all segments.
    fn portable(&self, value: Option<u64>) -> Result<Option<SampledValue>, Error> {
        let (Some(value), Some((_, source))) = (value, &self.sampler.diversity) else { return Ok(None) };
        if source.kind != Kind::Text {
            return Ok(Some(SampledValue::Bits(value)));
        }
        let mut text = source.missing_text().unwrap_or_default().to_owned();
        if let Some(texts) = self.reader.as_ref().and_then(Reader::texts).filter(|_| value != u64::MAX) {
            text.clear();
            texts.ord_to_str(value, &mut text).map_err(TantivyError::from)?;
        }
        Ok(Some(SampledValue::Text(text)))
    }
}

impl SegmentAggregation for SegmentSampler<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        let values = self.values(batch)?;
        let SegmentSampler { sampler, scores, buckets, reservation, .. } = self;
        if buckets.len() < batch.parents() {
            buckets.resize_with(batch.parents(), Candidates::default);
        }
        scores.for_each(batch, |position, score| {
            let found = Found { score, doc: batch.docs[position], value: values[position] };
            buckets[batch.buckets[position] as usize].offer(found, &sampler.best);
            Ok(())
        })?;
        let found: usize = buckets.iter().map(|candidates| candidates.found.capacity()).sum();
        reservation.reach(found * size_of::<Found>() + buckets.len() * size_of::<Candidates>())?;
        Ok(())
    }

    fn finish(mut self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        let mut buckets = std::mem::take(&mut self.buckets);
        buckets.resize_with(parents, Candidates::default);
        // Every document of a sample is a bucket of its own, by its number among those of all samples.
        let (mut docs, mut samples): (Vec<(DocId, u32)>, Vec<Vec<Sampled>>) = (Vec::new(), Vec::with_capacity(parents));
        for mut candidates in buckets {
            candidates.keep_best(&self.sampler.best);
            let mut sample = Vec::with_capacity(candidates.found.len());
            for Found { score, doc, value } in candidates.found {
                docs.push((doc, docs.len() as u32));
                let value = self.portable(value)?;
                sample.push(Sampled { score, document: SnapshotDocument { split: self.split, document: doc }, value });
            }
            samples.push(sample);
        }
        let bytes =
            size_of::<Sampled>() + size_of::<(DocId, u32)>() + self.sampler.inner.0.len() * size_of::<Partial>();
        self.reservation.add(docs.len() * bytes)?;
        let total = docs.len();
        docs.sort_unstable();
        let (mut nodes, mut inner) = (self.nodes, Inner::default());
        for chunk in docs.chunks(BATCH) {
            inner.clear();
            chunk.iter().for_each(|(doc, bucket)| inner.push(*doc, *bucket));
            nodes.collect(inner.batch())?;
        }
        let mut results: Vec<_> = nodes.finish(total)?.into_iter().map(Vec::into_iter).collect();
        let partial = |documents: Vec<Sampled>| {
            let inner = results.iter_mut().map(|results| results.take(documents.len()).collect()).collect();
            Partial::Documents(Box::new(DocumentSample { documents, inner }))
        };
        Ok(samples.into_iter().map(partial).collect())
    }
}
