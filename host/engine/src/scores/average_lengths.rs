//! The average lengths of fields, which decide how far block-max bounds can be trusted.

use std::collections::BTreeSet;

use quidditch_index::{FieldKind, Snapshot};
use tantivy::query::Query;
use tantivy::{Score, Searcher, SegmentReader, schema};

use super::statistics::Statistics;

/// Two averages that differ by less than this are the same, computed differently.
const ROUNDING: f64 = 1e-6;

/// The average lengths of all texts that a query searches.
///
/// For each block of a term's postings, a segment stores the length and the frequency that led to the best score with the
/// segment's own average length, and tantivy computes the greatest score of the block from these. With another average, another
/// document may be the best of its block, so that this bound is too low. How much at most, follows from the formula of BM25:
///
/// The score grows as `x = (0.3 + 0.9 * length / average) / frequency` shrinks. Where the average is multiplied by `r > 1`, no
/// document of the block can have a smaller `x` than `1 / r` times that of the stored pair; where it is divided by `r`, the
/// stored pair's `x` grows at most `r` times, and those of others do not shrink. In both cases, the greatest score is at most `r`
/// times the bound.
pub(crate) struct AverageLengths(Vec<(schema::Field, f64)>);

impl AverageLengths {
    pub(crate) fn of(query: &dyn Query, snapshot: &Snapshot, searcher: &Searcher) -> tantivy::Result<Self> {
        let mut searched = BTreeSet::new();
        query.query_terms(&mut |term, _| _ = searched.insert(term.field()));
        let mut lengths = Vec::new();
        for field in snapshot.mapping().fields() {
            let number = field.tantivy_field();
            if matches!(field.kind(), FieldKind::Text { .. }) && searched.contains(&number) {
                let statistics = Statistics::new(snapshot, field).read(searcher)?;
                lengths.push((number, statistics.terms as f64 / statistics.documents.max(1) as f64));
            }
        }
        Ok(AverageLengths(lengths))
    }

    /// What a score that must be exceeded is to be multiplied by, so that blocks of this segment are only skipped if really no
    /// document in them exceeds it. At most 1.
    pub(crate) fn threshold_factor(&self, segment: &SegmentReader) -> tantivy::Result<Score> {
        let mut smallest: f64 = 1.0;
        for (field, average) in &self.0 {
            let terms = segment.inverted_index(*field)?.total_num_tokens();
            if terms == 0 || segment.max_doc() == 0 {
                continue;
            }
            // tantivy's average counts all documents.
            let ratio = average / (terms as f64 / f64::from(segment.max_doc()));
            let factor = ratio.min(1.0 / ratio);
            if factor < 1.0 - ROUNDING {
                smallest = smallest.min(factor);
            }
        }
        Ok(smallest as Score)
    }
}
