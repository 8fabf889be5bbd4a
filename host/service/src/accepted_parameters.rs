//! URL parameters that clients always send, and that change nothing here: an index is searched as a whole, by one process.

use crate::error::ApiError;
use crate::parameters::Parameters;

/// The values that a parameter may have.
#[derive(Clone, Copy)]
enum Accepts {
    /// `true`, `false` or nothing.
    Boolean,
    /// An integer of at least this.
    AtLeast(u32),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A text that does not begin with an underscore, or one of these words.
    TextOr(&'static [&'static str]),
    AnyText,
}

type Accepted = &'static [(&'static str, Accepts)];

/// Where and how a search is computed.
const OF_SEARCHES: Accepted = &[
    ("batched_reduce_size", Accepts::AtLeast(2)),
    ("ccs_minimize_roundtrips", Accepts::Boolean),
    ("max_concurrent_shard_requests", Accepts::AtLeast(1)),
    // `true` asks for an additional part of the response.
    ("phase_took", Accepts::OneOf(&["false"])),
    ("pre_filter_shard_size", Accepts::AtLeast(1)),
    ("request_cache", Accepts::Boolean),
    ("search_pipeline", Accepts::OneOf(&["_none"])),
    SEARCH_TYPE,
];

/// Frequencies of terms are always those of the whole index.
const SEARCH_TYPE: (&str, Accepts) = ("search_type", Accepts::OneOf(&["query_then_fetch", "dfs_query_then_fetch"]));

/// Which copy of which shard answers: there is one.
const OF_SHARDS: Accepted = &[
    (
        "preference",
        Accepts::TextOr(&["_local", "_only_local", "_primary", "_primary_first", "_replica", "_replica_first"]),
    ),
    ("routing", Accepts::AnyText),
];

/// What a document is read from: it is always the index.
const OF_DOCUMENTS: Accepted = &[("realtime", Accepts::Boolean), ("refresh", Accepts::Boolean)];

/// How a node of a cluster asks the others.
const OF_CLUSTERS: Accepted =
    &[("cluster_manager_timeout", Accepts::AnyText), ("local", Accepts::Boolean), ("master_timeout", Accepts::AnyText)];

/// What tables are computed from.
const OF_TABLES: Accepted = &[
    // Segments are not loaded and unloaded.
    ("include_unloaded_segments", Accepts::Boolean),
    // All indices consist of primaries only.
    ("pri", Accepts::Boolean),
];

/// Which of the properties of nodes are shown.
const OF_NODES: Accepted = &[("full_id", Accepts::Boolean), ("timeout", Accepts::AnyText)];

/// What to wait for: the cluster is always as healthy as it can be.
const OF_HEALTH: Accepted = &[
    ("awareness_attribute", Accepts::AnyText),
    ("timeout", Accepts::AnyText),
    ("wait_for_active_shards", Accepts::OneOf(&["all", "0", "1"])),
    ("wait_for_events", Accepts::OneOf(&["immediate", "urgent", "high", "normal", "low", "languid"])),
    ("wait_for_no_initializing_shards", Accepts::Boolean),
    ("wait_for_no_relocating_shards", Accepts::Boolean),
    ("wait_for_nodes", Accepts::OneOf(&["1", ">=1", "<=1", "ge(1)", "le(1)", ">0"])),
    ("wait_for_status", Accepts::OneOf(&["green", "yellow", "red"])),
];

/// How settings are shown. None has defaults, or another form.
const OF_SETTINGS: Accepted = &[("include_defaults", Accepts::OneOf(&["false"]))];

/// How to write what is not stored yet: there is nothing.
const OF_FLUSHES: Accepted = &[("force", Accepts::Boolean), ("wait_if_ongoing", Accepts::Boolean)];

/// Which caches to clear: none needs to be.
const OF_CLEARING_CACHES: Accepted = &[
    ("fielddata", Accepts::Boolean),
    ("fields", Accepts::AnyText),
    ("file", Accepts::Boolean),
    ("query", Accepts::Boolean),
    ("request", Accepts::Boolean),
];

/// Takes the parameters of a search or count.
pub fn take_search_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_SEARCHES)?;
    take(parameters, OF_SHARDS)
}

/// Takes the parameters of several searches in one request. Returns how many of them may run at a time, if that is given.
pub(crate) fn take_msearch_parameters(parameters: &mut Parameters) -> Result<Option<usize>, ApiError> {
    let at_a_time = parameters.take("max_concurrent_searches")?;
    take(parameters, OF_SEARCHES)?;
    match at_a_time.map(|text| text.parse()) {
        None => Ok(None),
        Some(Ok(number @ 1..)) => Ok(Some(number)),
        Some(_) => {
            Err(ApiError::Argument("parameter [max_concurrent_searches] must be an integer of at least 1".to_owned()))
        }
    }
}

/// Takes the parameters of an evaluation of searches.
pub(crate) fn take_rank_eval_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, &[SEARCH_TYPE])
}

/// Takes the parameters that say which copy of which shard answers.
pub(crate) fn take_shard_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_SHARDS)
}

/// Takes the parameters of a count.
pub(crate) fn take_count_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_SHARDS)?;
    take(parameters, &[("terminate_after", Accepts::OneOf(&["0"]))])
}

/// Takes the parameters of reading a document.
pub(crate) fn take_document_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_DOCUMENTS)?;
    take(parameters, OF_SHARDS)
}

/// Takes the parameters that say which version of a document to read: there is one.
pub(crate) fn take_version_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, &[("version", Accepts::AnyText), ("version_type", Accepts::AnyText)])
}

/// Takes the parameters of what a cluster would be asked for.
pub fn take_cluster_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_CLUSTERS)
}

/// Takes the parameters of a flush.
pub(crate) fn take_flush_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_FLUSHES)
}

/// Takes the parameters of clearing caches.
pub(crate) fn take_clear_cache_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_CLEARING_CACHES)
}

/// Takes the parameters of tables.
pub(crate) fn take_table_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_TABLES)
}

/// Takes the parameters of the health of the cluster.
pub(crate) fn take_health_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_HEALTH)
}

/// Takes the parameters of a validation.
pub(crate) fn take_validate_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_SHARDS)
}

/// Takes the parameters of descriptions of nodes.
pub(crate) fn take_nodes_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_NODES)
}

/// Takes the parameters of descriptions of an index.
pub(crate) fn take_description_parameters(parameters: &mut Parameters) -> Result<(), ApiError> {
    take(parameters, OF_CLUSTERS)?;
    take(parameters, OF_SETTINGS)
}

fn take(parameters: &mut Parameters, accepted: Accepted) -> Result<(), ApiError> {
    for (key, accepts) in accepted {
        if let Some(value) = parameters.take(key)?
            && !accepts.allows(&value)
        {
            let reason = format!("parameter [{key}] must be {}, but is [{value}]", accepts.describe());
            return Err(ApiError::Argument(reason));
        }
    }
    Ok(())
}

impl Accepts {
    fn allows(self, value: &str) -> bool {
        match self {
            Accepts::Boolean => matches!(value, "true" | "false" | ""),
            Accepts::AtLeast(least) => value.parse::<i32>().is_ok_and(|number| i64::from(number) >= i64::from(least)),
            Accepts::OneOf(words) => words.contains(&value),
            Accepts::TextOr(words) => !value.starts_with('_') || words.contains(&value),
            Accepts::AnyText => !value.is_empty(),
        }
    }

    fn describe(self) -> String {
        let list = |words: &[&str]| words.iter().map(|word| format!("[{word}]")).collect::<Vec<_>>().join(", ");
        match self {
            Accepts::Boolean => "[true] or [false]".to_owned(),
            Accepts::AtLeast(least) => format!("an integer of at least {least}"),
            Accepts::OneOf([only]) => format!("[{only}]"),
            Accepts::OneOf(words) => format!("one of {}", list(words)),
            Accepts::TextOr(words) => format!("a text without an underscore at its start, or one of {}", list(words)),
            Accepts::AnyText => "a text".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Parameters {
        Parameters::parse(Some(query))
    }

    #[test]
    fn what_clients_send_by_default_is_accepted() {
        let mut parameters = parsed(
            "typed_keys=true&max_concurrent_shard_requests=5&search_type=query_then_fetch&batched_reduce_size=512&\
             ccs_minimize_roundtrips=true&preference=_local&routing=a&request_cache=true&pre_filter_shard_size=128&\
             phase_took=false",
        );
        take_search_parameters(&mut parameters).expect("accepted");
        assert_eq!(parameters.into_rest().expect("no duplicates"), [("typed_keys".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn other_values_are_errors_that_say_what_is_accepted() {
        let search = |query: &str| take_search_parameters(&mut parsed(query)).expect_err("refused").to_string();
        insta::assert_snapshot!(
            search("max_concurrent_shard_requests=0"),
            @"parameter [max_concurrent_shard_requests] must be an integer of at least 1, but is [0]"
        );
        insta::assert_snapshot!(
            search("search_type=QUERY_THEN_FETCH"),
            @"parameter [search_type] must be one of [query_then_fetch], [dfs_query_then_fetch], but is [QUERY_THEN_FETCH]"
        );
        insta::assert_snapshot!(
            search("request_cache=yes"),
            @"parameter [request_cache] must be [true] or [false], but is [yes]"
        );
        insta::assert_snapshot!(
            search("preference=_nope"),
            @"parameter [preference] must be a text without an underscore at its start, or one of [_local], [_only_local], [_primary], [_primary_first], [_replica], [_replica_first], but is [_nope]"
        );
        insta::assert_snapshot!(search("routing="), @"parameter [routing] must be a text, but is []");
    }
}
