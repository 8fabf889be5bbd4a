//! Aggregations of values that scripts compute: a script that fails on a document fails the search only if the document is
//! aggregated.

use std::sync::Arc;

use super::aggregation::{Aggregation, Opening, SegmentAggregation};
use super::batch::Batch;
use super::partial::Partial;
use crate::Error;
use crate::columns::MatchedColumn;

/// Opens an aggregation, which then fails on documents on which one of its scripts failed.
pub(super) fn open_checked<'a>(
    aggregation: &'a dyn Aggregation,
    opening: &Opening<'_>,
) -> Result<Box<dyn SegmentAggregation + 'a>, Error> {
    let Some(matched) = opening.segment.matched else { return aggregation.open(opening) };
    // The aggregation around, which is being opened, looks after its own.
    let of_around = matched.take_failing();
    let opened = aggregation.open(opening)?;
    let failing = matched.take_failing();
    matched.put_failing(of_around);
    if failing.is_empty() {
        return Ok(opened);
    }
    Ok(Box::new(Checked { aggregation: opened, failing }))
}

struct Checked<'a> {
    aggregation: Box<dyn SegmentAggregation + 'a>,
    failing: Vec<Arc<MatchedColumn>>,
}

impl SegmentAggregation for Checked<'_> {
    fn collect(&mut self, batch: Batch<'_>) -> Result<(), Error> {
        self.failing.iter().try_for_each(|column| column.check(batch.docs))?;
        self.aggregation.collect(batch)
    }

    fn finish(self: Box<Self>, parents: usize) -> Result<Vec<Partial>, Error> {
        self.aggregation.finish(parents)
    }
}
