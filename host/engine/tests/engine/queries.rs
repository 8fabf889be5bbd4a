//! What queries match and score, in cases that once were wrong.

use std::sync::Arc;

use crate::support::{functions, ids, index, scores, search, search_with};
use quidditch_clock::SystemClock;
use quidditch_engine::{Engine, Limits};
use quidditch_function::error_chain;
use serde_json::{Value as Json, json};

fn documents() -> Vec<Json> {
    vec![
        json!({"_id": "yes", "flag": true, "n": 1}),
        json!({"_id": "no", "flag": false, "n": 2}),
        json!({"_id": "none", "n": 3}),
    ]
}

fn response(body: &Json) -> Json {
    let mapping = json!({"properties": {"flag": {"type": "boolean"}, "n": {"type": "long"}}});
    search(&index(mapping, &[&documents()]), &functions(), body).expect("valid")
}

#[test]
fn booleans_have_an_order() {
    for (range, expected) in [
        (json!({"gte": true}), &["yes"][..]),
        (json!({"gt": true}), &[]),
        (json!({"gt": false}), &["yes"]),
        (json!({"lte": false}), &["no"]),
        (json!({"lt": "true"}), &["no"]),
        (json!({"lt": false}), &[]),
        (json!({"gte": false, "lte": true}), &["yes", "no"]),
        (json!({"gte": null, "lt": true}), &["no"]),
    ] {
        assert_eq!(ids(&response(&json!({"query": {"range": {"flag": range}}}))), expected, "{range}");
    }
}

#[test]
fn a_single_weight_is_the_score_in_every_score_mode() {
    for mode in ["multiply", "sum", "avg", "first", "max", "min"] {
        let scored = |functions: Json| {
            let query =
                json!({"function_score": {"functions": functions, "score_mode": mode, "boost_mode": "replace"}});
            scores(&response(&json!({"query": query})))
        };
        assert_eq!(scored(json!([{"weight": 4}])), [4.0; 3], "{mode}");
    }
    let averaged = json!({"function_score": {
        "functions": [{"weight": 4}, {"weight": 2}], "score_mode": "avg", "boost_mode": "replace"
    }});
    assert_eq!(scores(&response(&json!({"query": averaged}))), [1.0; 3], "an average of ones, whatever their weights");
}

#[test]
fn only_negative_clauses_match_the_others_unless_told_not_to() {
    let found = |extra: Json| {
        let mut query = json!({"must_not": [{"term": {"flag": true}}]});
        query.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        ids(&response(&json!({"query": {"bool": query}})))
    };
    assert_eq!(found(json!({})), ["no", "none"]);
    assert_eq!(found(json!({"adjust_pure_negative": true})), ["no", "none"]);
    assert_eq!(found(json!({"adjust_pure_negative": false})), [""; 0]);
    let should = json!({"adjust_pure_negative": false, "should": [{"term": {"n": 2}}]});
    assert_eq!(found(should), ["no"]);
}

#[test]
fn the_last_bound_of_a_range_wins() {
    for (range, expected) in [
        (json!({"gte": 3, "gt": 1}), &["no", "none"][..]),
        (json!({"gt": 1, "gte": 3}), &["none"]),
        (json!({"from": 1, "include_lower": false, "to": 2, "include_upper": true}), &["no"]),
        (json!({"include_lower": false, "from": 1}), &["no", "none"]),
        (json!({"include_lower": false, "gte": 2}), &["no", "none"]),
        (json!({"gte": 3, "from": null}), &["yes", "no", "none"]),
        (json!({"from": null, "to": null, "include_lower": true, "include_upper": true}), &["yes", "no", "none"]),
    ] {
        assert_eq!(ids(&response(&json!({"query": {"range": {"n": range}}}))), expected, "{range}");
    }
}

#[test]
fn what_clauses_become_is_limited() {
    let mapping = json!({"properties": {"text": {"type": "text"}, "day": {"type": "date"}}});
    let snapshot = index(mapping, &[&[json!({"_id": "1", "text": "w7", "day": "1970-01-02"})]]);
    let text = |words: usize| (0..words).map(|word| format!("w{word}")).collect::<Vec<_>>().join(" ");
    let days = |count: i64| (0..count).map(|day| day * 86_400_000).collect::<Vec<_>>();
    let found = |query: Json| search(&snapshot, &functions(), &json!({"query": query})).map(|found| ids(&found));
    let within = [
        json!({"match": {"text": text(1_024)}}),
        json!({"terms": {"day": days(1_024)}}),
        json!({"bool": {"must": [{"match": {"text": text(512)}}, {"match": {"text": text(512)}}]}}),
    ];
    for query in within {
        assert_eq!(found(query).expect("at the limit"), ["1"]);
    }
    let beyond = [
        json!({"match": {"text": text(1_025)}}),
        json!({"match": {"text": {"query": "w7 ".repeat(1_025), "operator": "and"}}}),
        json!({"terms": {"day": days(1_025)}}),
        json!({"bool": {"must": [{"match": {"text": text(512)}}, {"match": {"text": text(513)}}]}}),
    ];
    for query in beyond {
        let error = error_chain(&found(query).expect_err("over the limit"));
        assert!(error.starts_with("failed to create query: too many clauses"), "{error}");
    }
}

#[test]
fn patterns_of_fields_are_limited_like_other_clauses() {
    let mapping = json!({"properties": {
        "a1": {"type": "long"}, "a2": {"type": "long"}, "b1": {"type": "long"}, "b2": {"type": "long"}, "b3": {"type": "long"},
    }});
    let snapshot = index(mapping, &[&[json!({"_id": "1", "a2": 1, "b3": 1})]]);
    let engine = Engine::new(Limits { max_clauses: 2, ..Limits::default() }, Arc::new(SystemClock::default()));
    let found = |pattern: &str| {
        let body = json!({"query": {"exists": {"field": pattern}}});
        search_with(&engine, &snapshot, &functions(), &body).map(|found| ids(&found))
    };
    assert_eq!(found("a*").expect("two fields"), ["1"]);
    assert_eq!(found("a1*").expect("one field"), [""; 0]);
    assert!(error_chain(&found("b*").expect_err("three fields")).contains("too many clauses"));
}
