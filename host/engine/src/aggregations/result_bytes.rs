//! How much memory the results of a segment use.

use super::partial::{Buckets, DocumentSample, Partial, Sampled};

/// The least memory that results for this number of buckets use. It is counted before they are created.
pub(super) fn least_bytes(buckets: usize) -> usize {
    buckets.saturating_mul(size_of::<Partial>())
}

/// About how much memory the results of one aggregation use in addition to that. Those of aggregations inside of it are counted
/// separately.
pub(super) fn bytes_of_results(results: &[Partial]) -> usize {
    // Results of one aggregation are of one kind: where the first points to nothing, none does.
    match results.first().and_then(Partial::bytes_beside) {
        None => 0,
        Some(_) => results.iter().filter_map(Partial::bytes_beside).sum(),
    }
}

impl Partial {
    /// What it points to; `None` if those of its kind point to nothing.
    fn bytes_beside(&self) -> Option<usize> {
        Some(match self {
            Partial::Count(_)
            | Partial::Stats(_)
            | Partial::Weighted(_)
            | Partial::Outermost(_)
            | Partial::PointSum(_) => return None,
            Partial::Distinct(distinct) => distinct.bytes(),
            Partial::Sample(sample) => sample.bytes(),
            Partial::Hdr(hdr) => hdr.bytes(),
            Partial::Moments(moments) => moments.bytes(),
            Partial::Hits(found) => size_of_val(&**found) + found.best.bytes(),
            Partial::Documents(sample) => size_of_val(&**sample) + sample.bytes_beside(),
            Partial::Texts(documents) => size_of_val(&documents[..]),
            Partial::AutoDates(dates) => size_of_val(&**dates) + dates.buckets.bytes_beside(),
            Partial::Significant(significant) => size_of_val(&**significant) + significant.buckets.bytes_beside(),
            Partial::Buckets(buckets) => size_of_val(&**buckets) + buckets.bytes_beside(),
        })
    }
}

impl Buckets {
    fn bytes_beside(&self) -> usize {
        self.keys.bytes() + size_of_val(&self.counts[..]) + size_of_val(&self.inner[..])
    }
}

impl DocumentSample {
    fn bytes_beside(&self) -> usize {
        let documents: usize = self.documents.iter().map(Sampled::bytes).sum();
        documents + size_of_val(&self.inner[..])
    }
}
