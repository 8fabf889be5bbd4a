//! Results that are not complete yet.

use serde::{Deserialize, Serialize};

use super::cardinality::Distinct;
use super::composite::KeyPart;
use super::geo_bounds::Outermost;
use super::geo_centroid::PointSum;
use super::percentiles::{Hdr, Sample};
use super::stats::Stats;
use super::weighted_avg::Weighted;

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

/// What buckets are told apart by.
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
            other => unreachable!("keys are not numbers: {other:?}"),
        }
    }

    /// The tuples of [`Keys::Tuples`].
    pub(super) fn tuples(&self) -> &[Vec<KeyPart>] {
        match self {
            Keys::Tuples(tuples) => tuples,
            other => unreachable!("expected combinations of keys: {other:?}"),
        }
    }
}

impl Buckets {
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }
}

impl Partial {
    /// The count of a [`Partial::Count`].
    pub(super) fn count(&self) -> u64 {
        match self {
            Partial::Count(count) => *count,
            other => unreachable!("not a count: {other:?}"),
        }
    }

    pub(super) fn buckets(&self) -> &Buckets {
        match self {
            Partial::Buckets(buckets) => buckets,
            other => unreachable!("not buckets: {other:?}"),
        }
    }

    pub(super) fn into_buckets(self) -> Buckets {
        match self {
            Partial::Buckets(buckets) => *buckets,
            other => unreachable!("not buckets: {other:?}"),
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
