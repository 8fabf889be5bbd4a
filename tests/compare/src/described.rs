//! Which differences docs/compatibility.md describes, as far as a request and the two answers show it.

use serde_json::{Value as Json, json};

use crate::difference::{Difference, Kind};

/// What a query that does not fit the index is refused with.
const SHARD_ERROR: &str = "search_phase_execution_exception (query_shard_exception)";

/// Whether a difference is described.
pub(crate) fn is_described(difference: &Difference, body: &Json) -> bool {
    let Difference { kind, ours, theirs, .. } = difference;
    match kind {
        Kind::Error { ours: outcome, .. } => {
            is_query_elsewhere(outcome, body) || is_list_as_value(ours) || is_span_of_one_term(ours)
        }
        Kind::Status { ours: _, theirs: outcome } if outcome == "ok" => {
            is_list_as_value(ours)
                || is_span_of_one_term(ours)
                || ours.contains("\"NaN\" is not a number")
                || (ours.contains("in [field_value_factor]: set [missing]") && has_key(body, "post_filter"))
        }
        // A `range` of a `wildcard`.
        Kind::Status { ours: outcome, .. } => outcome == "ok" && theirs.ends_with(": TODO"),
        Kind::Sort | Kind::Order => sorts_by_position(body),
        Kind::Value(key) if key == "aggregations" => body.get("aggs").is_some_and(sorts_by_position),
        Kind::Value(key) if key == "inner_hits" => {
            body.get("derived").is_some() && body.get("collapse").is_some() && theirs.contains("\"hits\":[]")
        }
        Kind::Value(key) if key == "_source" => {
            body["_source"] == false && body["stored_fields"].to_string().contains("\"_source\"")
        }
        _ => false,
    }
}

/// A request that asks for the same without what the difference is described for. If the servers agree about it, the difference is
/// that one.
pub(crate) fn undisputed(difference: &Difference, body: &Json) -> Option<Json> {
    let mut changed = body.clone();
    match &difference.kind {
        // Which documents a sampler takes, if it does not take all.
        Kind::Value(key) if key == "aggregations" => give_samplers_room(&mut changed),
        // Mistakes where there is no hit.
        Kind::Status { ours, theirs } if ours == SHARD_ERROR && theirs == "ok" => remove_key(&mut changed, "highlight"),
        _ => {}
    }
    (changed != *body).then_some(changed)
}

/// Queries outside of the query of the request that do not fit the index.
fn is_query_elsewhere(outcome: &str, body: &Json) -> bool {
    outcome == SHARD_ERROR && ["aggs", "highlight", "rescore", "sort"].iter().any(|key| body.get(key).is_some())
}

/// A list or an object in place of the value of a `term`, or in the list of a `terms` or a `terms_set`.
fn is_list_as_value(ours: &str) -> bool {
    let is_in_set = ours.contains(".terms_set.") && ours.contains("expected a string, found an object");
    is_in_set
        || ours.contains("[term] query accepts one value")
        || ours.contains("[terms] query accepts strings, numbers and booleans")
}

/// A span query on a field that has no positions.
fn is_span_of_one_term(ours: &str) -> bool {
    ours.contains("Can only use span")
}

/// Whether hits are sorted by `_doc`, also those of `top_hits`.
fn sorts_by_position(json: &Json) -> bool {
    match json {
        Json::Object(members) => members.iter().any(|(key, value)| {
            let is_sort = key == "sort" && value.to_string().contains("\"_doc\"");
            is_sort || sorts_by_position(value)
        }),
        Json::Array(items) => items.iter().any(sorts_by_position),
        _ => false,
    }
}

fn has_key(json: &Json, wanted: &str) -> bool {
    match json {
        Json::Object(members) => members.iter().any(|(key, value)| key == wanted || has_key(value, wanted)),
        Json::Array(items) => items.iter().any(|item| has_key(item, wanted)),
        _ => false,
    }
}

fn remove_key(json: &mut Json, unwanted: &str) {
    match json {
        Json::Object(members) => {
            members.shift_remove(unwanted);
            members.values_mut().for_each(|value| remove_key(value, unwanted));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| remove_key(item, unwanted)),
        _ => {}
    }
}

fn give_samplers_room(json: &mut Json) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                if let ("sampler" | "diversified_sampler", Json::Object(sampler)) = (key.as_str(), &mut *value) {
                    sampler.insert("shard_size".to_owned(), json!(10_000));
                    if key == "diversified_sampler" {
                        sampler.insert("max_docs_per_value".to_owned(), json!(10_000));
                    }
                }
                give_samplers_room(value);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(give_samplers_room),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(kind: Kind, ours: &str, theirs: &str) -> Difference {
        Difference { kind, path: String::new(), ours: ours.to_owned(), theirs: theirs.to_owned() }
    }

    #[test]
    fn samplers_that_do_not_take_all_are_asked_again() {
        let body = json!({ "aggs": { "a": { "sampler": { "shard_size": 3 } } } });
        let differs = difference(Kind::Value("aggregations".to_owned()), "1", "2");
        assert!(!is_described(&differs, &body));
        let room = json!({ "aggs": { "a": { "sampler": { "shard_size": 10_000 } } } });
        assert_eq!(undisputed(&differs, &body), Some(room.clone()));
        assert_eq!(undisputed(&differs, &room), None);
    }

    #[test]
    fn groups_without_hits_are_described_where_the_other_server_finds_none() {
        let body = json!({ "derived": { "d": {} }, "collapse": { "field": "k" } });
        let of = |theirs| difference(Kind::Value("inner_hits".to_owned()), "{}", theirs);
        assert!(is_described(&of(r#"{"group":{"hits":{"hits":[]}}}"#), &body));
        assert!(!is_described(&of(r#"{"group":{"hits":{"hits":[{"_id":"1"}]}}}"#), &body));
    }

    #[test]
    fn the_sort_of_the_request_says_nothing_of_its_aggregations() {
        let body = json!({ "sort": ["_doc"], "aggs": { "a": { "sum": { "field": "n" } } } });
        assert!(!is_described(&difference(Kind::Value("aggregations".to_owned()), "1", "2"), &body));
    }

    #[test]
    fn only_positions_in_the_index_may_differ_in_a_sort() {
        let differs = difference(Kind::Sort, "[0]", "[1]");
        assert!(is_described(&differs, &json!({ "sort": ["_doc"] })));
        assert!(!is_described(&differs, &json!({ "sort": ["price"] })));
    }

    #[test]
    fn mistakes_in_highlights_are_asked_again_without_them() {
        let kind = Kind::Status { ours: SHARD_ERROR.to_owned(), theirs: "ok".to_owned() };
        let differs = difference(kind, "400", "ok");
        let body = json!({ "query": { "match_all": {} }, "highlight": { "fields": {} } });
        assert_eq!(undisputed(&differs, &body), Some(json!({ "query": { "match_all": {} } })));
    }
}
