//! Every type of pipeline, by its key in a request.

use super::parsed::Parsed;
use super::{
    bucket_script, bucket_selector, bucket_sort, cumulative_sum, derivative, moving_avg, moving_fn, percentiles_bucket,
    serial_diff, simple_value, stats_bucket,
};
use crate::json::{Node, ParseError};

type Parse = fn(&Node<'_>) -> Result<Parsed, ParseError>;

/// Sorted by name.
const TYPES: &[(&str, Parse)] = &[
    ("avg_bucket", simple_value::parse_avg),
    ("bucket_script", bucket_script::parse),
    ("bucket_selector", bucket_selector::parse),
    ("bucket_sort", bucket_sort::parse),
    ("cumulative_sum", cumulative_sum::parse),
    ("derivative", derivative::parse),
    ("extended_stats_bucket", stats_bucket::parse_extended),
    ("max_bucket", simple_value::parse_max),
    ("min_bucket", simple_value::parse_min),
    ("moving_avg", moving_avg::parse),
    ("moving_fn", moving_fn::parse),
    ("percentiles_bucket", percentiles_bucket::parse),
    ("serial_diff", serial_diff::parse),
    ("stats_bucket", stats_bucket::parse),
    ("sum_bucket", simple_value::parse_sum),
];

/// The types of pipelines, by name: for tests that cover all of them.
pub fn pipeline_types() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

/// The parser of a type of pipeline; `None` if there is none of this name.
pub(in super::super) fn find(name: &str) -> Option<Parse> {
    let index = TYPES.binary_search_by_key(&name, |(key, _)| key).ok()?;
    Some(TYPES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_for_the_search() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| name));
    }
}
