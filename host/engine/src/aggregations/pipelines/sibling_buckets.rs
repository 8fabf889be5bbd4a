//! The values that a pipeline reads of the buckets of an aggregation next to it.

use super::super::answer::{Content, NamedAnswer};
use super::options::PipelineOptions;
use crate::Error;

/// Calls `take` with each bucket's name and value. A bucket without a value is left out.
pub(super) fn for_each_value(
    level: &[NamedAnswer<'_>],
    options: &PipelineOptions,
    mut take: impl FnMut(&dyn Fn() -> String, f64),
) -> Result<(), Error> {
    let steps = options.path.steps();
    let [first, rest @ ..] = &steps[..] else { return Ok(()) };
    let Some(found) = level.iter().find(|named| named.name == *first) else { return Ok(()) };
    let Content::Buckets(buckets) = &found.answer.content else { return Ok(()) };
    for bucket in &buckets.buckets {
        let value = options.path.value_from(rest, bucket, options.gaps)?;
        if let Some(value) = value.filter(|value| !value.is_nan()) {
            take(&|| bucket.name(), value);
        }
    }
    Ok(())
}
