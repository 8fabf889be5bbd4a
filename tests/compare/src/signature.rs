//! What findings with the same cause have in common.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::document::Members;

/// The keys that say what kind a request is.
const KEYS: [&str; 129] = [
    "query",
    "bool",
    "must",
    "filter",
    "should",
    "must_not",
    "minimum_should_match",
    "constant_score",
    "function_score",
    "script_score",
    "functions",
    "score_mode",
    "boost_mode",
    "max_boost",
    "min_score",
    "boost",
    "weight",
    "field_value_factor",
    "modifier",
    "factor",
    "missing",
    "gauss",
    "exp",
    "linear",
    "multi_value_mode",
    "decay",
    "origin",
    "offset",
    "match",
    "match_all",
    "match_none",
    "term",
    "terms",
    "range",
    "exists",
    "ids",
    "geo_distance",
    "script",
    "wasm_udf",
    "operator",
    "zero_terms_query",
    "time_zone",
    "format",
    "sort",
    "mode",
    "_source",
    "match_phrase",
    "match_phrase_prefix",
    "match_bool_prefix",
    "multi_match",
    "query_string",
    "simple_query_string",
    "fuzzy",
    "prefix",
    "wildcard",
    "regexp",
    "dis_max",
    "boosting",
    "wrapper",
    "nested",
    "inner_hits",
    "terms_set",
    "path",
    "geo_bounding_box",
    "geo_polygon",
    "distance_feature",
    "more_like_this",
    "intervals",
    "span_term",
    "span_near",
    "span_or",
    "span_not",
    "span_first",
    "span_multi",
    "span_containing",
    "span_within",
    "field_masking_span",
    "fuzziness",
    "rewrite",
    "case_insensitive",
    "analyzer",
    "lenient",
    "aggs",
    "reverse_nested",
    "cardinality",
    "histogram",
    "date_histogram",
    "auto_date_histogram",
    "variable_width_histogram",
    "composite",
    "multi_terms",
    "rare_terms",
    "significant_terms",
    "significant_text",
    "adjacency_matrix",
    "filters",
    "top_hits",
    "sampler",
    "diversified_sampler",
    "percentiles",
    "percentile_ranks",
    "weighted_avg",
    "matrix_stats",
    "ip_range",
    "geohash_grid",
    "geotile_grid",
    "geo_bounds",
    "geo_centroid",
    "global",
    "derived",
    "suggest",
    "phrase",
    "completion",
    "highlight",
    "fields",
    "docvalue_fields",
    "script_fields",
    "stored_fields",
    "collapse",
    "rescore",
    "search_after",
    "post_filter",
    "explain",
    "_script",
    "_geo_distance",
    "_name",
    "min_doc_count",
    "include",
    "exclude",
];

/// Keys of a request that say what kind it is, in the order of writing: no names of fields.
pub(crate) fn keys_of(body: &Json) -> String {
    let mut keys = Vec::new();
    let mut visit = |key: &str| {
        if KEYS.contains(&key) && key != "query" && !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    };
    walk(body, &mut visit);
    keys.extend(constructs_of(body));
    keys.join(" ")
}

/// Names of what the scripts of a request call or read, without those of variables and fields.
fn constructs_of(body: &Json) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match body {
        Json::Object(members) => {
            for (key, value) in members {
                match value.as_str() {
                    Some(source) if key == "source" => names.extend(
                        source
                            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                            .filter(|name| name.len() > 2 && name.chars().all(char::is_alphabetic))
                            .map(str::to_owned),
                    ),
                    _ => names.extend(constructs_of(value)),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| names.extend(constructs_of(item))),
        _ => {}
    }
    names
}

fn walk(json: &Json, visit: &mut impl FnMut(&str)) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                visit(key);
                walk(value, visit);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

/// What kind of field the values of a document are for, and the values themselves.
pub(crate) fn values_of(document: &str) -> String {
    let Ok(Members(members)) = Members::parse(document) else { return String::new() };
    let text = |(key, value): &(String, Box<serde_json::value::RawValue>)| {
        let name = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
        format!("{value} as {name}")
    };
    members.iter().map(text).collect::<Vec<_>>().join(", ")
}
