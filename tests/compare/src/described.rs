//! Which differences docs/compatibility.md describes, as far as a request and the two answers show it.

use serde_json::{Value as Json, json};

use crate::difference::{Difference, Kind};
use crate::near::equal;

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
                || ours.contains("is not within the years -9999 to 9999")
                || (ours.contains("in [field_value_factor]: set [missing]") && has_key(body, "post_filter"))
        }
        Kind::Status { ours: outcome, .. }
            if theirs.contains("Can only use interval queries on text fields")
                && theirs.contains("[search_as_you_type]") =>
        {
            outcome == "ok"
        }
        // Numbers in Java's notation, and numbers that are kept in 64 bits here.
        Kind::Document => ours.contains("\"NaN\" is not a number") || ours.contains("number out of range"),
        // A `range` of a `wildcard`.
        Kind::Status { ours: outcome, .. } => outcome == "ok" && theirs.ends_with(": TODO"),
        Kind::Sort => differ_in_positions(ours, theirs, body),
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
        Kind::Value(key) if key == "aggregations" => {
            // Which documents a sampler takes, if it does not take all.
            give_samplers_room(&mut changed);
            changed.get_mut("aggs").into_iter().for_each(remove_positions);
        }
        // Which hits are on a page.
        Kind::Hits if sort_levels(&body["sort"]).contains(&"_doc") => {
            remove_position(&mut changed["sort"]);
            changed["size"] = json!(10_000);
            if let Json::Object(members) = &mut changed {
                members.retain(|key, _| !["from", "search_after"].contains(&key.as_str()));
                members.retain(|key, value| key != "sort" || !sort_levels(value).is_empty());
            }
        }
        Kind::Value(key) if key == "inner_hits" => {
            let parts = changed.as_object_mut().into_iter().flatten();
            parts.filter(|(key, _)| *key != "sort").for_each(|(_, part)| remove_positions(part));
        }
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

/// Whether sort values only differ where hits are sorted by `_doc`.
fn differ_in_positions(ours: &str, theirs: &str, body: &Json) -> bool {
    let values = |text: &str| serde_json::from_str::<Vec<Json>>(text).unwrap_or_default();
    let (ours, theirs, levels) = (values(ours), values(theirs), sort_levels(&body["sort"]));
    let mut places = ours.iter().zip(&theirs).zip(&levels);
    ours.len() == levels.len()
        && theirs.len() == levels.len()
        && places.all(|((ours, theirs), level)| *level == "_doc" || equal(ours, theirs))
}

/// What hits are sorted by.
fn sort_levels(sort: &Json) -> Vec<&str> {
    match sort {
        Json::String(name) => vec![name],
        Json::Object(members) => members.keys().map(String::as_str).collect(),
        Json::Array(items) => items.iter().flat_map(sort_levels).collect(),
        _ => Vec::new(),
    }
}

/// Removes `_doc` from the sorts of `top_hits` and of inner hits. Without it, hits that are otherwise equal have any order.
fn remove_positions(json: &mut Json) {
    match json {
        Json::Object(members) => {
            members.values_mut().for_each(remove_positions);
            if let Some(sort) = members.get_mut("sort") {
                remove_position(sort);
                if sort_levels(sort).is_empty() {
                    members.shift_remove("sort");
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(remove_positions),
        _ => {}
    }
}

fn remove_position(sort: &mut Json) {
    match sort {
        Json::String(name) if name == "_doc" => *sort = Json::Null,
        Json::Object(levels) => drop(levels.shift_remove("_doc")),
        Json::Array(items) => {
            items.iter_mut().for_each(remove_position);
            items.retain(|item| !sort_levels(item).is_empty());
        }
        _ => {}
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
    fn other_inner_hits_are_not_described() {
        let of = |body: &Json| {
            let differs = difference(Kind::Value("inner_hits".to_owned()), "{}", r#"{"group":{"hits":{"hits":[]}}}"#);
            is_described(&differs, body)
        };
        assert!(!of(&json!({ "collapse": { "field": "k" } })));
        assert!(!of(&json!({ "derived": { "d": {} } })));
    }

    #[test]
    fn only_positions_in_the_index_may_differ_in_a_sort() {
        let of = |sort: Json, ours: &str, theirs: &str| {
            is_described(&difference(Kind::Sort, ours, theirs), &json!({ "sort": sort }))
        };
        assert!(of(json!("_doc"), "[0]", "[1]"));
        assert!(of(json!(["price", { "_doc": "desc" }]), "[7,0]", "[7,1]"));
        assert!(of(json!({ "_doc": "asc", "price": "asc" }), "[0,7]", "[3,7]"));
        assert!(!of(json!(["price"]), "[0]", "[1]"));
        assert!(!of(json!(["price", "_doc"]), "[7,0]", "[8,1]"));
        assert!(!of(json!(["price", "_doc"]), "[7,0]", "[7]"));
        assert!(!of(json!(["price", "_doc"]), "[7,0]", "null"));
    }

    #[test]
    fn the_order_of_hits_is_not_described() {
        let differs = difference(Kind::Order, "[a] with [0]", "[b] with [1]");
        assert!(!is_described(&differs, &json!({ "sort": ["_doc"] })));
    }

    #[test]
    fn hits_inside_are_asked_again_without_their_positions() {
        let aggregations = difference(Kind::Value("aggregations".to_owned()), "1", "2");
        let top_hits = |sort: Json| json!({ "sort": ["_doc"], "aggs": { "a": { "top_hits": { "sort": sort } } } });
        assert!(!is_described(&aggregations, &top_hits(json!(["_doc"]))));
        let without = json!({ "sort": ["_doc"], "aggs": { "a": { "top_hits": {} } } });
        assert_eq!(undisputed(&aggregations, &top_hits(json!(["_doc"]))), Some(without));
        let price = top_hits(json!(["price"]));
        assert_eq!(undisputed(&aggregations, &top_hits(json!(["price", { "_doc": {} }]))), Some(price.clone()));
        assert_eq!(undisputed(&aggregations, &price), None);

        let inner_hits = difference(Kind::Value("inner_hits".to_owned()), "1", "2");
        let collapse = |sort: Json| json!({ "sort": "_doc", "collapse": { "inner_hits": { "sort": sort } } });
        assert_eq!(undisputed(&inner_hits, &collapse(json!([{ "_doc": "asc" }, "a"]))), Some(collapse(json!(["a"]))));
        assert_eq!(undisputed(&inner_hits, &collapse(json!(["a"]))), None);
    }

    #[test]
    fn pages_by_position_are_asked_again_as_one_page_without_it() {
        let differs = difference(Kind::Hits, "[1]", "none");
        let body = json!({ "sort": ["price", "_doc"], "from": 3, "size": 5 });
        assert!(!is_described(&differs, &body));
        assert_eq!(undisputed(&differs, &body), Some(json!({ "sort": ["price"], "size": 10_000 })));
        assert_eq!(undisputed(&differs, &json!({ "sort": ["price"], "size": 5 })), None);
    }

    #[test]
    fn intervals_of_a_search_as_you_type_are_described() {
        let of = |ours: &str, kind: &str| {
            let theirs =
                format!("400 x: Can only use interval queries on text fields - not on [a] which is of type [{kind}]");
            let of_kind = Kind::Status { ours: ours.to_owned(), theirs: SHARD_ERROR.to_owned() };
            is_described(&difference(of_kind, ours, &theirs), &json!({}))
        };
        assert!(of("ok", "search_as_you_type"));
        assert!(!of("ok", "keyword"));
        assert!(!of("parsing_exception", "search_as_you_type"));
    }

    #[test]
    fn the_sort_of_the_request_says_nothing_of_its_aggregations() {
        let body = json!({ "sort": ["_doc"], "aggs": { "a": { "sum": { "field": "n" } } } });
        let differs = difference(Kind::Value("aggregations".to_owned()), "1", "2");
        assert!(!is_described(&differs, &body));
        assert_eq!(undisputed(&differs, &body), None);
    }

    #[test]
    fn queries_outside_of_the_query_may_be_refused_with_another_type() {
        let of = |ours: &str, body: Json| {
            let kind = Kind::Error { ours: ours.to_owned(), theirs: "number_format_exception".to_owned() };
            is_described(&difference(kind, "a reason", "another"), &body)
        };
        assert!(of(SHARD_ERROR, json!({ "rescore": {} })));
        assert!(of(SHARD_ERROR, json!({ "aggs": {} })));
        assert!(!of(SHARD_ERROR, json!({ "query": { "term": {} } })));
        assert!(!of("parsing_exception", json!({ "rescore": {} })));
    }

    #[test]
    fn mistakes_that_only_we_name_are_described() {
        let of = |theirs: &str, ours: &str, body: Json| {
            let kind = Kind::Status { ours: SHARD_ERROR.to_owned(), theirs: theirs.to_owned() };
            is_described(&difference(kind, ours, theirs), &body)
        };
        for reason in [
            "400 parsing_exception: [term] query accepts one value",
            "400 parsing_exception: [terms] query accepts strings, numbers and booleans",
            "400 parsing_exception: expected a string, found an object (at query.terms_set.f.terms[0])",
            "400 illegal_argument_exception: Can only use span queries on text fields",
            "400 number_format_exception: \"NaN\" is not a number",
            "400 parse_exception: date \"1700000000000\" is not within the years -9999 to 9999",
        ] {
            assert!(of("ok", reason, json!({})), "{reason}");
            assert!(!of("parsing_exception", reason, json!({})), "{reason}");
        }
        assert!(!of("ok", "400 parsing_exception: expected a string, found an object (at query.match.f)", json!({})));
        assert!(!of("ok", "400 parsing_exception: [match] query accepts one value", json!({})));
        let missing = "field [a] in [field_value_factor]: set [missing]";
        assert!(of("ok", missing, json!({ "post_filter": {} })));
        assert!(!of("ok", missing, json!({ "query": {} })));
    }

    #[test]
    fn documents_with_numbers_that_only_they_read_are_described() {
        let of = |ours: &str| is_described(&difference(Kind::Document, ours, "accepted"), &Json::Null);
        assert!(of("field [n] of type [integer]: \"NaN\" is not a number"));
        assert!(of("not valid JSON: number out of range at line 1 column 138"));
        assert!(!of("field [n] of type [integer]: \"x\" is not a number"));
        assert!(!of("accepted"));
    }

    #[test]
    fn ranges_of_a_wildcard_are_described() {
        let of = |ours: &str, theirs: &str| {
            let kind = Kind::Status { ours: ours.to_owned(), theirs: "unsupported_operation_exception".to_owned() };
            is_described(&difference(kind, ours, theirs), &json!({}))
        };
        assert!(of("ok", "500 unsupported_operation_exception: TODO"));
        assert!(!of("ok", "500 unsupported_operation_exception: something else"));
        assert!(!of(SHARD_ERROR, "500 unsupported_operation_exception: TODO"));
    }

    #[test]
    fn an_empty_source_is_described_where_none_is_asked_for() {
        let of = |body: Json| is_described(&difference(Kind::Value("_source".to_owned()), "null", "{}"), &body);
        assert!(of(json!({ "_source": false, "stored_fields": ["_source"] })));
        assert!(!of(json!({ "_source": false })));
        assert!(!of(json!({ "_source": ["a"], "stored_fields": ["_source"] })));
    }

    #[test]
    fn mistakes_in_highlights_are_asked_again_without_them() {
        let kind = Kind::Status { ours: SHARD_ERROR.to_owned(), theirs: "ok".to_owned() };
        let differs = difference(kind, "400", "ok");
        let body = json!({ "query": { "match_all": {} }, "highlight": { "fields": {} } });
        assert_eq!(undisputed(&differs, &body), Some(json!({ "query": { "match_all": {} } })));
    }
}
