//! The settings of an index that are known.

/// When a setting can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Only when the index is created.
    OnlyWhenCreated,
    /// At any time.
    Always,
}

/// Which values a setting may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Any: they have no effect here.
    Any,
    /// `true` and `false`, which have no effect here.
    Boolean,
    /// Integers, which have no effect here.
    Integer { min: i64, max: i64 },
    /// Times, which have no effect here.
    Time,
    /// Only the default: others would change answers.
    Only(&'static str),
    /// None: it would change answers.
    Unsupported,
}

use Change::{Always, OnlyWhenCreated};

const COUNT: Values = Values::Integer { min: 0, max: i64::MAX };
const AT_LEAST_ONE: Values = Values::Integer { min: 1, max: i64::MAX };
const OFF: Values = Values::Only("false");

/// The largest `from + size` of a search.
const RESULT_WINDOW: i64 = 10_000;

/// Names without `index.`; one that ends with a dot stands for all names that begin with it.
const KNOWN: &[(&str, Change, Values)] = &[
    ("allocation.max_retries", Always, COUNT),
    ("analysis.", OnlyWhenCreated, Values::Any),
    ("analyze.max_token_count", Always, AT_LEAST_ONE),
    ("auto_expand_replicas", Always, Values::Any),
    ("blocks.metadata", Always, OFF),
    ("blocks.read", Always, OFF),
    ("blocks.read_only", Always, OFF),
    ("blocks.read_only_allow_delete", Always, OFF),
    ("blocks.write", Always, OFF),
    ("codec", OnlyWhenCreated, Values::Any),
    ("default_pipeline", Always, Values::Only("_none")),
    ("final_pipeline", Always, Values::Only("_none")),
    ("flush_after_merge", Always, Values::Any),
    ("gc_deletes", Always, Values::Time),
    ("hidden", Always, OFF),
    ("highlight.max_analyzed_offset", Always, AT_LEAST_ONE),
    ("indexing.slowlog.", Always, Values::Any),
    ("knn", OnlyWhenCreated, OFF),
    ("load_fixed_bitset_filters_eagerly", OnlyWhenCreated, Values::Boolean),
    ("mapping.coerce", OnlyWhenCreated, Values::Only("true")),
    ("mapping.depth.limit", Always, AT_LEAST_ONE),
    ("mapping.field_name_length.limit", Always, AT_LEAST_ONE),
    ("mapping.ignore_malformed", OnlyWhenCreated, OFF),
    ("mapping.nested_fields.limit", Always, COUNT),
    ("mapping.nested_objects.limit", Always, COUNT),
    ("mapping.total_fields.limit", Always, COUNT),
    ("max_adjacency_matrix_filters", Always, COUNT),
    ("max_docvalue_fields_search", Always, COUNT),
    ("max_inner_result_window", Always, AT_LEAST_ONE),
    ("max_ngram_diff", OnlyWhenCreated, COUNT),
    ("max_refresh_listeners", Always, COUNT),
    ("max_regex_length", Always, AT_LEAST_ONE),
    ("max_rescore_window", Always, AT_LEAST_ONE),
    ("max_result_window", Always, Values::Integer { min: 1, max: RESULT_WINDOW }),
    ("max_script_fields", Always, COUNT),
    ("max_shingle_diff", OnlyWhenCreated, COUNT),
    ("max_slices_per_pit", Always, AT_LEAST_ONE),
    ("max_slices_per_scroll", Always, AT_LEAST_ONE),
    ("max_terms_count", Always, AT_LEAST_ONE),
    ("merge.", Always, Values::Any),
    ("number_of_replicas", Always, COUNT),
    ("number_of_routing_shards", OnlyWhenCreated, AT_LEAST_ONE),
    ("number_of_shards", OnlyWhenCreated, Values::Integer { min: 1, max: 1_024 }),
    ("optimize_auto_generated_id", Always, Values::Boolean),
    ("priority", Always, COUNT),
    ("query.default_field", Always, Values::Only("*")),
    ("query.parse.allow_unmapped_fields", OnlyWhenCreated, Values::Only("true")),
    ("query_string.lenient", OnlyWhenCreated, OFF),
    ("refresh_interval", Always, Values::Time),
    ("replication.type", OnlyWhenCreated, Values::Any),
    ("requests.cache.enable", Always, Values::Boolean),
    ("routing.", Always, Values::Any),
    ("routing_partition_size", OnlyWhenCreated, Values::Only("1")),
    ("search.default_pipeline", Always, Values::Only("_none")),
    ("search.idle.after", Always, Values::Time),
    ("search.slowlog.", Always, Values::Any),
    ("search.throttled", Always, OFF),
    ("shard.check_on_startup", OnlyWhenCreated, Values::Any),
    ("similarity.", OnlyWhenCreated, Values::Unsupported),
    ("soft_deletes.", OnlyWhenCreated, Values::Any),
    ("sort.", OnlyWhenCreated, Values::Unsupported),
    ("store.", OnlyWhenCreated, Values::Any),
    ("translog.", Always, Values::Any),
    ("unassigned.", Always, Values::Any),
    ("verified_before_close", Always, Values::Boolean),
    ("warmer.enabled", Always, Values::Boolean),
    ("write.wait_for_active_shards", Always, Values::Any),
];

/// When a setting can be changed and which values it may have; `None` if there is no such setting.
pub(super) fn known_setting(name: &str) -> Option<(Change, Values)> {
    let is_it = |known: &str| if known.ends_with('.') { name.starts_with(known) } else { name == known };
    KNOWN.iter().find(|(known, ..)| is_it(known)).map(|(_, change, values)| (*change, *values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(KNOWN.is_sorted_by(|(left, ..), (right, ..)| left < right));
    }
}
