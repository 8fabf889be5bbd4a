//! How deep, how many and how large aggregations may be.

use quidditch_engine::{Engine, Error, Limits};
use quidditch_function::error_chain;
use serde_json::{Value as Json, json};

use super::{document, indexed, mapping};
use crate::support::{functions, index, search, search_with};

fn nested(levels: usize) -> Json {
    let inner = if levels > 1 { nested(levels - 1) } else { json!({}) };
    json!({"a": {"filter": {"match_all": {}}, "aggs": inner}})
}

#[test]
fn nesting_and_number_are_limited() {
    let snapshot = indexed(5, 5);
    let limits = Limits { max_aggregation_depth: 3, max_aggregations: 4, ..Limits::default() };
    let engine = Engine::new(limits, std::sync::Arc::new(quidditch_clock::SystemClock::default()));
    let run = |aggs: Json| {
        search_with(&engine, &snapshot, &functions(), &json!({"aggs": aggs})).map_err(|error| error_chain(&error))
    };
    assert!(run(nested(3)).is_ok());
    insta::assert_snapshot!(run(nested(4)).expect_err("too deep"), @"aggregations nested too deeply: at most 3 levels are allowed (at aggs.a.aggs.a.aggs.a.aggs)");
    let many = |count: usize| {
        Json::Object((0..count).map(|index| (format!("a{index}"), json!({"min": {"field": "n"}}))).collect())
    };
    assert!(run(many(4)).is_ok());
    insta::assert_snapshot!(run(many(5)).expect_err("too many"), @"too many aggregations: at most 4 are allowed in a request (at aggs.a4)");
}

#[test]
fn buckets_and_memory_are_limited() {
    let snapshot = indexed(40, 40);
    let run = |limits: Limits, aggs: Json| {
        let engine = Engine::new(limits, std::sync::Arc::new(quidditch_clock::SystemClock::default()));
        search_with(&engine, &snapshot, &functions(), &json!({"size": 0, "aggs": aggs}))
    };
    let terms = json!({"t": {"terms": {"field": "x", "size": 100}}});
    let with_buckets = |buckets| Limits { max_buckets: buckets, ..Limits::default() };
    assert!(run(with_buckets(40), terms.clone()).is_ok());
    let error = run(with_buckets(39), terms.clone()).expect_err("one too many");
    assert!(matches!(error, Error::TooManyBuckets { max: 39, buckets: 40 }), "{error:?}");
    let histogram =
        json!({"h": {"histogram": {"field": "x", "interval": 0.001, "extended_bounds": {"min": 0, "max": 1e9}}}});
    let error = run(Limits::default(), histogram).expect_err("too many");
    assert!(matches!(error, Error::TooManyBuckets { max: 65_535, .. }), "{error:?}");
    let with_bytes = |max_aggregation_bytes| Limits { max_aggregation_bytes, ..Limits::default() };
    assert!(run(with_bytes(100_000), terms.clone()).is_ok());
    let error = run(with_bytes(500), terms).expect_err("too much");
    assert!(matches!(error, Error::AggregationMemory { max_bytes: 500, .. }), "{error:?}");
}

/// Aggregations with as many buckets as there are documents, or values of a document.
fn with_many_buckets() -> Vec<Json> {
    vec![
        json!({"terms": {"field": "x", "size": 100}}),
        json!({"terms": {"field": "id", "size": 100}}),
        json!({"multi_terms": {"terms": [{"field": "x"}, {"field": "flag"}], "size": 100}}),
        json!({"rare_terms": {"field": "at"}}),
        json!({"histogram": {"field": "x", "interval": 0.25}}),
        json!({"date_histogram": {"field": "at", "fixed_interval": "20d"}}),
        json!({"variable_width_histogram": {"field": "x", "buckets": 100}}),
        json!({"composite": {"size": 100, "sources": [{"x": {"terms": {"field": "x"}}}]}}),
        json!({"geohash_grid": {"field": "place", "precision": 8}}),
        json!({"geotile_grid": {"field": "place", "precision": 20}}),
        json!({"significant_terms": {"field": "id", "size": 100, "min_doc_count": 1, "percentage": {}}}),
        json!({"significant_text": {"field": "words", "size": 100, "min_doc_count": 1, "percentage": {}}}),
        json!({"range": {"field": "x", "ranges": (0..40).map(|to| json!({"to": to})).collect::<Vec<_>>()}}),
        json!({"filters": {"filters": vec![json!({"match_all": {}}); 40]}}),
    ]
}

#[test]
fn buckets_of_every_type_are_limited() {
    let mut mapping = mapping();
    mapping["properties"]["id"] = json!({"type": "keyword"});
    mapping["properties"]["words"] = json!({"type": "text"});
    let documents: Vec<Json> = (0..40)
        .map(|number| {
            let mut document = document(number);
            document["id"] = json!(format!("id{number}"));
            document["words"] = json!(format!("word{number}"));
            document["place"] = json!({"lat": number, "lon": number});
            document
        })
        .collect();
    let snapshot = index(mapping, &[&documents[..20], &documents[20..]]);
    for aggregation in with_many_buckets() {
        let run = |limits: Limits| {
            let engine = Engine::new(limits, std::sync::Arc::new(quidditch_clock::SystemClock::default()));
            search_with(&engine, &snapshot, &functions(), &json!({"size": 0, "aggs": {"a": aggregation}}))
        };
        let with_buckets = |max_buckets| Limits { max_buckets, ..Limits::default() };
        let found = run(with_buckets(40)).unwrap_or_else(|error| panic!("{aggregation}: {error:?}"));
        assert_eq!(found["aggregations"]["a"]["buckets"].as_array().map(Vec::len), Some(40), "{aggregation}");
        let error = run(with_buckets(39)).expect_err("one too many");
        assert!(matches!(error, Error::TooManyBuckets { max: 39, buckets: 40 }), "{aggregation}: {error:?}");
    }
}

#[test]
fn combinations_of_a_document_are_limited() {
    let composite = |tags: usize| {
        let tags: Vec<String> = (0..tags).map(|tag| tag.to_string()).collect();
        let numbers: Vec<usize> = (0..256).collect();
        let documents = [json!({"_id": "1", "tag": tags, "n": numbers})];
        let snapshot = index(mapping(), &[&documents[..]]);
        let sources = json!([{"t": {"terms": {"field": "tag"}}}, {"n": {"terms": {"field": "n"}}}]);
        let body = json!({"size": 0, "aggs": {"c": {"composite": {"size": 1, "sources": sources}}}});
        search(&snapshot, &functions(), &body).map_err(|error| error_chain(&error))
    };
    assert!(composite(256).is_ok());
    insta::assert_snapshot!(composite(257).expect_err("too many"), @"a document has 65792 combinations of values in the fields of an aggregation: at most 65536 are allowed");
}
