//! Results that are not complete yet.

mod distinct;
mod hdr;
mod key_part;
mod moments;
mod outermost;
mod point_sum;
mod registers;
mod sample;
mod sampled;
mod stats;
mod weighted;

use quidditch_index::SnapshotDocument;
use serde::{Deserialize, Serialize};

use crate::collect::BestHits;

pub(super) use distinct::{Distinct, hash_bits, hash_text};
pub(super) use hdr::{Hdr, SortedHdr, kept_bits};
pub(super) use key_part::KeyPart;
pub(super) use moments::Moments;
pub(super) use outermost::{Outermost, Wrap};
pub(super) use point_sum::PointSum;
pub(super) use sample::{Sample, Sorted};
pub(super) use sampled::{Sampled, SampledValue};
pub(super) use stats::Stats;
pub(super) use weighted::Weighted;

/// What an aggregation found in some of the splits, for one bucket of the aggregation around it. Partial results merge, and can
/// be serialised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Partial {
    Count(u64),
    Stats(Stats),
    Distinct(Distinct),
    Weighted(Weighted),
    Sample(Sample),
    Hdr(Hdr),
    Outermost(Outermost),
    PointSum(PointSum),
    AutoDates(Box<AutoDates>),
    Moments(Box<Moments>),
    Hits(Box<BucketBest>),
    Documents(Box<DocumentSample>),
    Significant(Box<Significant>),
    /// Documents whose texts are read once they are merged.
    Texts(Vec<SnapshotDocument>),
    Buckets(Box<Buckets>),
}

/// Buckets, column by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Buckets {
    pub(super) keys: Keys,
    /// The number of documents of each bucket.
    pub(super) counts: Vec<u64>,
    /// Documents of buckets that were left out, as nothing that is merged can bring them into the answer.
    pub(super) others: u64,
    /// For each aggregation inside, its results for each bucket.
    pub(super) inner: Vec<Vec<Partial>>,
}

/// The keys of buckets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Keys {
    /// Their positions: there are as many in every result, in the same order.
    Positions,
    /// Numbers as bits that order like them. The aggregation knows whether they are integers or floats.
    Bits(Vec<u64>),
    Texts(Vec<String>),
    /// Combinations of values.
    Tuples(Vec<Vec<KeyPart>>),
}

impl Keys {
    /// The bits of [`Keys::Bits`].
    pub(super) fn bits(&self) -> &[u64] {
        match self {
            Keys::Bits(bits) => bits,
            _ => unreachable!("keys are not numbers"),
        }
    }

    /// The tuples of [`Keys::Tuples`].
    pub(super) fn tuples(&self) -> &[Vec<KeyPart>] {
        match self {
            Keys::Tuples(tuples) => tuples,
            _ => unreachable!("expected combinations of keys"),
        }
    }
}

impl Buckets {
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    pub(super) fn for_each_document(&mut self, change: &mut dyn FnMut(&mut SnapshotDocument)) {
        self.inner.iter_mut().flatten().for_each(|partial| partial.for_each_document(change));
    }
}

impl Partial {
    /// Calls `change` with each document that it names.
    pub(crate) fn for_each_document(&mut self, change: &mut dyn FnMut(&mut SnapshotDocument)) {
        match self {
            Partial::Hits(found) => found.best.hits.iter_mut().for_each(|hit| change(&mut hit.document)),
            Partial::Buckets(buckets) => buckets.for_each_document(change),
            Partial::AutoDates(dates) => dates.buckets.for_each_document(change),
            Partial::Documents(sample) => sample.for_each_document(change),
            Partial::Significant(significant) => significant.buckets.for_each_document(change),
            Partial::Texts(documents) => documents.iter_mut().for_each(change),
            Partial::Count(_)
            | Partial::Stats(_)
            | Partial::Distinct(_)
            | Partial::Weighted(_)
            | Partial::Sample(_)
            | Partial::Hdr(_)
            | Partial::Moments(_)
            | Partial::Outermost(_)
            | Partial::PointSum(_) => {}
        }
    }

    /// The count of a [`Partial::Count`].
    pub(super) fn count(&self) -> u64 {
        match self {
            Partial::Count(count) => *count,
            _ => unreachable!("not a count"),
        }
    }

    pub(super) fn buckets(&self) -> &Buckets {
        match self {
            Partial::Buckets(buckets) => buckets,
            _ => unreachable!("not buckets"),
        }
    }

    pub(super) fn into_buckets(self) -> Buckets {
        match self {
            Partial::Buckets(buckets) => *buckets,
            _ => unreachable!("not buckets"),
        }
    }
}

/// Buckets of the intervals of one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AutoDates {
    /// The number of the level.
    pub(super) level: usize,
    pub(super) buckets: Buckets,
}

/// What was found of the documents of one bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct BucketBest {
    pub(super) documents: u64,
    pub(super) best: BestHits,
}

/// The terms of a bucket, and how many documents it has, with and without terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Significant {
    pub(super) documents: u64,
    pub(super) buckets: Buckets,
}

/// The best documents of one bucket, with the results of the aggregations inside for each of them: which documents are among the
/// best of all is known only at the end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentSample {
    pub(super) documents: Vec<Sampled>,
    /// For each aggregation inside, its results for each document.
    pub(super) inner: Vec<Vec<Partial>>,
}

impl DocumentSample {
    fn for_each_document(&mut self, change: &mut dyn FnMut(&mut SnapshotDocument)) {
        self.documents.iter_mut().for_each(|sampled| change(&mut sampled.document));
        self.inner.iter_mut().flatten().for_each(|partial| partial.for_each_document(change));
    }
}
