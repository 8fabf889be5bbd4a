//! Documents that have a number in one of several ranges.

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, RangeQuery, Scorer, Weight};
use tantivy::{DocId, Score, SegmentReader};

use crate::columns::NumberRanges;
use crate::scores::explain_match;

/// Documents that have a number in one of the ranges. All score 1.
#[derive(Debug, Clone)]
pub(super) struct NumbersIn {
    ranges: NumberRanges,
    scan: Scan,
}

/// How a column is scanned.
#[derive(Debug, Clone)]
enum Scan {
    /// By tantivy, which compares many values at once, and only those near candidates of other clauses.
    Range(RangeQuery),
    Values,
}

impl NumbersIn {
    /// One range, and the query that scans the column for it.
    pub(super) fn range(range: NumberRanges, scan: RangeQuery) -> Self {
        NumbersIn { ranges: range, scan: Scan::Range(scan) }
    }

    pub(super) fn values(values: NumberRanges) -> Self {
        NumbersIn { ranges: values, scan: Scan::Values }
    }
}

impl Query for NumbersIn {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scan = match &self.scan {
            Scan::Range(query) => Some(query.weight(scoring)?),
            Scan::Values => None,
        };
        Ok(Box::new(NumbersWeight { ranges: self.ranges.clone(), scan }))
    }
}

struct NumbersWeight {
    ranges: NumberRanges,
    scan: Option<Box<dyn Weight>>,
}

impl Weight for NumbersWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = match (self.ranges.documents(segment)?, &self.scan) {
            (Some(documents), _) => documents,
            (None, Some(scan)) => return scan.scorer(segment, boost),
            (None, None) => self.ranges.scan(segment)?,
        };
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(documents), boost)))
    }

    fn count(&self, segment: &SegmentReader) -> tantivy::Result<u32> {
        if let Some(alive) = segment.alive_bitset() {
            return Ok(self.scorer(segment, 1.0)?.count(alive));
        }
        match self.ranges.counts(segment)? {
            Some(counts) => Ok(counts.into_iter().sum()),
            None => Ok(self.scorer(segment, 1.0)?.count_including_deleted()),
        }
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "has a number in the range")
    }
}
