//! Comparing two answers to one request.
//!
//! What depends on the moment or on how a server is built does not count: times, shards, the profile. Of errors, the status and
//! the types count. Hits with the same score, or the same sort values, may come in any order.

mod comparable;
mod explanations;
mod hits;

use serde_json::{Map, Value as Json};

use comparable::comparable;
use explanations::explain_the_same;

use crate::answer::{Answer, Body, shortened};
use crate::difference::{Difference, Kind};
use crate::near::equal;

/// Keys at the top of a response that do not count.
const IGNORED: [&str; 3] = ["took", "_shards", "profile"];

/// What our answer differs in from theirs. Empty if they are the same.
pub(crate) fn compare(ours: &Answer, theirs: &Answer) -> Vec<Difference> {
    let one = |kind: Kind, path: &str, ours: String, theirs: String| {
        vec![Difference { kind, path: path.to_owned(), ours, theirs }]
    };
    let outcomes = || (ours.outcome(), theirs.outcome());
    if ours.status != theirs.status {
        let (our_outcome, their_outcome) = outcomes();
        let kind = Kind::Status { ours: our_outcome, theirs: their_outcome };
        return one(kind, "status", ours.summary(), theirs.summary());
    }
    if ours.is_error() || theirs.is_error() {
        let (our_outcome, their_outcome) = outcomes();
        if our_outcome == their_outcome {
            return Vec::new();
        }
        return one(
            Kind::Error { ours: our_outcome, theirs: their_outcome },
            "error",
            ours.summary(),
            theirs.summary(),
        );
    }
    match (&ours.body, &theirs.body) {
        (Body::Json(ours), Body::Json(theirs)) => compare_json(ours, theirs),
        (Body::Text(ours), Body::Text(theirs)) if ours == theirs => Vec::new(),
        (ours, theirs) => {
            let text = |body: &Body| match body {
                Body::Json(json) => shortened(&json.to_string()),
                Body::Text(text) => shortened(text),
            };
            one(Kind::Value("body".to_owned()), "body", text(ours), text(theirs))
        }
    }
}

fn compare_json(ours: &Json, theirs: &Json) -> Vec<Difference> {
    let (Json::Object(our_members), Json::Object(their_members)) = (ours, theirs) else {
        return compare_values("body", ours, theirs).into_iter().collect();
    };
    let mut differences = Vec::new();
    for (key, value) in our_members {
        if IGNORED.contains(&key.as_str()) {
            continue;
        }
        match their_members.get(key) {
            Some(their_value) if key == "aggregations" || key == "suggest" => {
                let (ours, theirs) = (comparable(value), comparable(their_value));
                if !hits::same(&ours, &theirs) {
                    differences.extend(compare_values(key, &ours, &theirs));
                }
            }
            Some(their_value) if ["items", "failures"].contains(&key.as_str()) => {
                differences.extend(compare_values(key, &operations(value), &operations(their_value)));
            }
            Some(their_value) if key == "fields" && ours.get("indices").is_some() => {
                differences.extend(compare_values(key, &capabilities(value), &capabilities(their_value)));
            }
            Some(their_value) if key == "hits" => differences.extend(hits::compare(value, their_value)),
            Some(their_value) if key == "explanation" && explain_the_same(value, their_value) => {}
            their_value => differences.extend(compare_values(key, value, their_value.unwrap_or(&Json::Null))),
        }
    }
    for (key, value) in their_members {
        if !our_members.contains_key(key) && !IGNORED.contains(&key.as_str()) {
            differences.extend(compare_values(key, &Json::Null, value));
        }
    }
    differences
}

/// The types of fields, without what differs as docs/compatibility.md says: fields with columns of their own, or without.
fn capabilities(fields: &Json) -> Json {
    let Json::Object(fields) = fields else { return fields.clone() };
    let counts = |(name, types): &(&String, &Json)| {
        let differ = ["wildcard", "flat_object", "binary"];
        !name.ends_with('.') && !differ.iter().any(|kind| types.get(kind).is_some())
    };
    let mut counted: Map<String, Json> =
        fields.iter().filter(counts).map(|(name, types)| (name.clone(), types.clone())).collect();
    for (kind, capability) in counted.values_mut().filter_map(Json::as_object_mut).flatten() {
        if let Json::Object(capability) = capability
            && kind.ends_with("_range")
        {
            capability.shift_remove("aggregatable");
        }
    }
    Json::Object(counted)
}

/// A mapping without the defaults that the other server shows.
pub(crate) fn without_defaults(mapping: &Json) -> Json {
    match mapping {
        Json::Object(members) => {
            let kind = members.get("type").and_then(Json::as_str).unwrap_or_default();
            let shown = |(key, value): &(&String, &Json)| {
                !DEFAULTS.iter().any(|(of_kind, of_key, default)| {
                    let is_default = || serde_json::from_str::<Json>(default).is_ok_and(|default| default == **value);
                    *of_kind == kind && of_key == key && is_default()
                })
            };
            Json::Object(
                members.iter().filter(shown).map(|(key, value)| (key.clone(), without_defaults(value))).collect(),
            )
        }
        other => other.clone(),
    }
}

/// Types of fields, with the keys and values that the other server shows if a mapping does not have them.
const DEFAULTS: [(&str, &str, &str); 7] = [
    ("completion", "analyzer", "\"simple\""),
    ("completion", "max_input_length", "50"),
    ("completion", "preserve_position_increments", "true"),
    ("completion", "preserve_separators", "true"),
    ("search_as_you_type", "doc_values", "false"),
    ("search_as_you_type", "max_shingle_size", "3"),
    ("wildcard", "doc_values", "false"),
];

/// What became of operations on documents, without what depends on how a server is built: shards, and the words of errors.
fn operations(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let is_error = members.contains_key("type") && members.contains_key("reason");
            let counts = |key: &str| key != "_shards" && (!is_error || ["type", "caused_by"].contains(&key));
            let members = members.iter().filter(|(key, _)| counts(key.as_str()));
            Json::Object(members.map(|(key, value)| (key.clone(), operations(value))).collect())
        }
        Json::Array(items) => items.iter().map(operations).collect(),
        other => other.clone(),
    }
}

/// Compares the values of a key by themselves.
fn compare_values(key: &str, ours: &Json, theirs: &Json) -> Option<Difference> {
    (!equal(ours, theirs)).then(|| Difference {
        kind: Kind::Value(key.to_owned()),
        path: key.to_owned(),
        ours: shortened(&ours.to_string()),
        theirs: shortened(&theirs.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Json) -> Answer {
        Answer { status, body: Body::Json(body.clone()) }
    }

    fn compared(ours: &Json, theirs: &Json) -> Vec<String> {
        compare(&answer(200, ours), &answer(200, theirs)).iter().map(Difference::to_string).collect()
    }

    fn error(status: u16, kind: &str) -> Answer {
        let cause = json!({ "type": kind, "reason": "because" });
        answer(
            status,
            &json!({ "error": { "root_cause": [cause], "type": kind, "reason": "because" }, "status": status }),
        )
    }

    #[test]
    fn times_and_shards_do_not_count() {
        let ours = json!({ "took": 1, "timed_out": false, "_shards": { "total": 3 }, "count": 5 });
        let theirs = json!({ "took": 9, "timed_out": false, "_shards": { "total": 1 }, "count": 5 });
        assert_eq!(compared(&ours, &theirs), [""; 0]);
        let theirs = json!({ "took": 9, "timed_out": true, "_shards": { "total": 1 }, "count": 4 });
        assert_eq!(compared(&ours, &theirs), ["timed_out: false instead of true", "count: 5 instead of 4"]);
    }

    #[test]
    fn an_empty_meta_that_only_they_show_does_not_count() {
        let ours = json!({ "aggregations": { "a": { "buckets": [{ "doc_count": 5 }] } } });
        let theirs = json!({ "aggregations": { "a": { "meta": {}, "buckets": [{ "meta": {}, "doc_count": 5 }] } } });
        assert_eq!(compared(&ours, &theirs), [""; 0]);
        let theirs = json!({ "aggregations": { "a": { "buckets": [{ "doc_count": 6 }] } } });
        assert_eq!(compared(&ours, &theirs).len(), 1);
    }

    #[test]
    fn the_order_of_significant_terms_and_the_words_of_explanations_do_not_count() {
        let ours = json!({ "aggregations": {
            "a": { "buckets": [{ "key": "x", "bg_count": 1 }, { "key": "y", "bg_count": 2 }] },
            "b": { "hits": [{ "_explanation": { "value": 1, "description": "one" }, "matched_queries": ["p", "q"] }] }
        } });
        let theirs = json!({ "aggregations": {
            "a": { "buckets": [{ "key": "y", "bg_count": 2 }, { "key": "x", "bg_count": 1 }] },
            "b": { "hits": [{ "_node": "n", "_explanation": { "value": 1.0 }, "matched_queries": ["q", "p"] }] }
        } });
        assert_eq!(compared(&ours, &theirs), [""; 0]);
        let theirs = json!({ "aggregations": { "a": { "buckets": [{ "key": "x", "bg_count": 1 }] } } });
        assert_eq!(compared(&ours, &theirs).len(), 1);
    }

    #[test]
    fn shards_and_words_of_errors_of_operations_do_not_count() {
        let operation = |status: u16, kind: &str, reason: &str, shards: u8| {
            let error = json!({ "type": kind, "reason": reason, "index": reason });
            json!({ "items": [{ "index": { "_shards": { "total": shards }, "status": status, "error": error } }] })
        };
        assert_eq!(compared(&operation(409, "a", "x", 1), &operation(409, "a", "y", 2)), [""; 0]);
        assert_eq!(compared(&operation(409, "a", "x", 1), &operation(409, "b", "x", 1)).len(), 1);
        assert_eq!(compared(&operation(409, "a", "x", 1), &operation(404, "a", "x", 1)).len(), 1);
    }

    #[test]
    fn keys_of_either_side_count() {
        assert_eq!(compared(&json!({ "a": 1 }), &json!({ "b": 2 })), ["a: 1 instead of null", "b: null instead of 2"]);
    }

    #[test]
    fn errors_are_compared_by_status_and_type() {
        let differences = |ours: &Answer, theirs: &Answer| {
            compare(ours, theirs).into_iter().map(|difference| difference.kind.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(differences(&error(400, "a"), &error(400, "a")), [""; 0]);
        assert_eq!(differences(&error(400, "a"), &error(400, "b")), ["error: a instead of b"]);
        assert_eq!(differences(&error(400, "a"), &error(404, "a")), ["status: a instead of a"]);
        assert_eq!(differences(&answer(200, &json!({})), &error(400, "b")), ["status: ok instead of b"]);
    }

    #[test]
    fn texts_are_compared_as_they_are() {
        let text = |text: &str| Answer::new(200, text.as_bytes());
        assert_eq!(compare(&text("a b"), &text("a b")), []);
        assert_eq!(compare(&text("a b"), &text("a c")).len(), 1);
    }
}
