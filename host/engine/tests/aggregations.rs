//! Aggregations against a model that looks at each document, over any number of splits.

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use quidditch_engine::{Engine, Error, Limits};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};
use support::{functions, index, messages, search, search_with};

fn mapping() -> Json {
    json!({"properties": {
        "tag": {"type": "keyword"}, "n": {"type": "long"}, "x": {"type": "double"}, "at": {"type": "date"},
        "flag": {"type": "boolean"}, "text": {"type": "text"}, "place": {"type": "geo_point"}, "address": {"type": "ip"}
    }})
}

fn document(number: usize) -> Json {
    let mut document = json!({
        "_id": number.to_string(), "n": number % 7, "x": number as f64 / 4.0, "flag": number.is_multiple_of(2),
        "at": number * 20 * 86_400_000, "text": format!("red {}", ["old ship", "new boat", "old boat"][number % 3]),
        "address": format!("10.0.{}.{}", number % 3, number % 11),
    });
    if !number.is_multiple_of(3) {
        document["tag"] = json!(format!("t{}", number % 4));
    }
    if number.is_multiple_of(5) {
        document["tag"] = json!(["a", "b", "a"]);
        document["n"] = json!([1, 1, 5]);
    }
    document
}

fn documents(count: usize) -> Vec<Json> {
    (0..count).map(document).collect()
}

fn indexed(count: usize, per_split: usize) -> Snapshot {
    index(mapping(), &documents(count).chunks(per_split).collect::<Vec<_>>())
}

/// The aggregations of the response.
fn aggregated(snapshot: &Snapshot, aggs: Json) -> Json {
    let response = search(snapshot, &functions(), &json!({"size": 0, "aggs": aggs})).expect("succeeds");
    assert_eq!(response["hits"]["hits"], json!([]));
    response["aggregations"].clone()
}

fn refused(aggs: Json) -> String {
    let snapshot = indexed(10, 10);
    messages(&search(&snapshot, &functions(), &json!({"size": 0, "aggs": aggs})).expect_err("refused"))
}

/// Keys and counts of buckets.
fn buckets(answer: &Json) -> Vec<(Json, u64)> {
    let buckets = answer["buckets"].as_array().expect("buckets");
    buckets.iter().map(|bucket| (bucket["key"].clone(), bucket["doc_count"].as_u64().expect("a count"))).collect()
}

/// The distinct values of a field of a document.
fn values<'a>(document: &'a Json, field: &str) -> Vec<&'a Json> {
    let mut values: Vec<&Json> = match &document[field] {
        Json::Null => Vec::new(),
        Json::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    values.sort_by_key(|value| value.to_string());
    values.dedup();
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn terms_count_documents(count in 0..60usize, per_split in 1..20usize, field in 0..2usize, size in 1..8usize) {
        let field = ["tag", "n"][field];
        let snapshot = indexed(count, per_split);
        let mut expected: BTreeMap<String, (u64, f64)> = BTreeMap::new();
        for document in documents(count) {
            for value in values(&document, field) {
                let (documents, sum) = expected.entry(value.to_string()).or_default();
                *documents += 1;
                *sum += document["x"].as_f64().expect("a number");
            }
        }
        let mut expected: Vec<(String, (u64, f64))> = expected.into_iter().collect();
        expected.sort_by_key(|(_, (documents, _))| std::cmp::Reverse(*documents));
        let answer = aggregated(&snapshot, json!({"t": {
            "terms": {"field": field, "size": size}, "aggs": {"s": {"sum": {"field": "x"}}}
        }}));
        let found: Vec<(String, (u64, f64))> = answer["t"]["buckets"].as_array().expect("buckets").iter().map(|bucket| {
            let sum = bucket["s"]["value"].as_f64().expect("a sum");
            (bucket["key"].to_string(), (bucket["doc_count"].as_u64().expect("a count"), sum))
        }).collect();
        let others: u64 = expected.iter().skip(size).map(|(_, (documents, _))| documents).sum();
        expected.truncate(size);
        prop_assert_eq!(found, expected);
        prop_assert_eq!(answer["t"]["sum_other_doc_count"].as_u64(), Some(others));
    }

    #[test]
    fn histograms_count_documents(count in 1..60usize, per_split in 1..20usize, interval in 1..9i64, offset in -5..5i64) {
        let snapshot = indexed(count, per_split);
        let mut expected: BTreeMap<i64, u64> = BTreeMap::new();
        for number in 0..count {
            let key = ((number as f64 / 4.0 - offset as f64) / interval as f64).floor() as i64 * interval + offset;
            *expected.entry(key).or_default() += 1;
        }
        let answer = aggregated(&snapshot, json!({"h": {"histogram": {
            "field": "x", "interval": interval, "offset": offset, "min_doc_count": 1
        }}}));
        let expected: Vec<(Json, u64)> = expected.into_iter().map(|(key, count)| (json!(key as f64), count)).collect();
        prop_assert_eq!(buckets(&answer["h"]), expected);
    }
}

#[test]
fn figures_are_those_of_all_values() {
    let snapshot = indexed(30, 7);
    let answer = aggregated(
        &snapshot,
        json!({
            "stats": {"stats": {"field": "n"}}, "count": {"value_count": {"field": "tag"}},
            "distinct": {"cardinality": {"field": "tag"}}, "none": {"avg": {"field": "nowhere"}},
            "weighted": {"weighted_avg": {"value": {"field": "n"}, "weight": {"field": "x"}}}
        }),
    );
    let numbers: Vec<f64> = documents(30)
        .iter()
        .flat_map(|document| match &document["n"] {
            Json::Array(values) => values.clone(),
            value => vec![value.clone()],
        })
        .map(|value| value.as_f64().expect("a number"))
        .collect();
    let sum: f64 = numbers.iter().sum();
    assert_eq!(
        answer["stats"],
        json!({"count": numbers.len(), "min": 0.0, "max": 6.0, "avg": sum / numbers.len() as f64, "sum": sum})
    );
    let tags: usize = documents(30).iter().map(|document| values(document, "tag").len()).sum();
    assert_eq!(answer["count"], json!({"value": tags}));
    assert_eq!(answer["distinct"], json!({"value": 6}));
    assert_eq!(answer["none"], json!({"value": null}));
}

#[test]
fn documents_may_be_in_several_buckets_of_several_levels() {
    let snapshot = indexed(40, 9);
    let answer = aggregated(
        &snapshot,
        json!({"tags": {"terms": {"field": "tag", "order": {"_key": "asc"}}, "aggs": {
            "even": {"filter": {"term": {"flag": true}}, "aggs": {"numbers": {"terms": {"field": "n", "size": 20, "order": {"_key": "asc"}}}}},
            "odd": {"filters": {"filters": {"odd": {"term": {"flag": false}}}, "other_bucket": true}}
        }}}),
    );
    for bucket in answer["tags"]["buckets"].as_array().expect("buckets") {
        let in_bucket = |document: &Json| values(document, "tag").contains(&&bucket["key"]);
        let all: Vec<Json> = documents(40).into_iter().filter(in_bucket).collect();
        let even: Vec<&Json> = all.iter().filter(|document| document["flag"] == true).collect();
        assert_eq!(bucket["doc_count"], all.len());
        assert_eq!(bucket["even"]["doc_count"], even.len());
        assert_eq!(bucket["odd"]["buckets"]["odd"]["doc_count"], all.len() - even.len());
        assert_eq!(bucket["odd"]["buckets"]["_other_"]["doc_count"], even.len());
        let mut numbers: BTreeMap<i64, u64> = BTreeMap::new();
        for document in &even {
            for value in values(document, "n") {
                *numbers.entry(value.as_i64().expect("an integer")).or_default() += 1;
            }
        }
        let expected: Vec<(Json, u64)> = numbers.into_iter().map(|(key, count)| (json!(key), count)).collect();
        assert_eq!(buckets(&bucket["even"]["numbers"]), expected);
    }
}

#[test]
fn pages_of_combinations_are_the_whole() {
    let snapshot = indexed(40, 9);
    let source = |after: Json, size: usize| {
        let mut composite = json!({"size": size, "sources": [
            {"tag": {"terms": {"field": "tag", "missing_bucket": true, "order": "desc"}}},
            {"n": {"terms": {"field": "n"}}},
            {"month": {"date_histogram": {"field": "at", "calendar_interval": "quarter", "format": "yyyy-MM"}}}
        ]});
        if !after.is_null() {
            composite["after"] = after;
        }
        aggregated(&snapshot, json!({"c": {"composite": composite, "aggs": {"s": {"sum": {"field": "x"}}}}}))["c"]
            .clone()
    };
    let whole = source(Json::Null, 1_000);
    let all = whole["buckets"].as_array().expect("buckets").clone();
    assert!(all.len() > 50);
    let (mut pages, mut after) = (Vec::new(), Json::Null);
    loop {
        let page = source(after, 7);
        after = page["after_key"].clone();
        if after.is_null() {
            break;
        }
        pages.extend(page["buckets"].as_array().expect("buckets").clone());
    }
    assert_eq!(pages, all);
    // A key that no bucket has: the page begins with the next one.
    let page = source(json!({"tag": "t1x", "n": 3, "month": "1970-01"}), 1);
    let next = all.iter().find(|bucket| bucket["key"]["tag"].as_str().is_none_or(|tag| tag < "t1x"));
    assert_eq!(page["buckets"].get(0), next);
}

#[test]
fn global_aggregations_are_about_all_documents() {
    let snapshot = indexed(20, 3);
    let body = json!({
        "size": 1, "query": {"range": {"n": {"gte": 100}}},
        "aggs": {"all": {"global": {}, "aggs": {"sum": {"sum": {"field": "x"}}}}, "matches": {"value_count": {"field": "x"}}}
    });
    let response = search(&snapshot, &functions(), &body).expect("succeeds");
    assert_eq!(response["aggregations"]["all"], json!({"doc_count": 20, "sum": {"value": 47.5}}));
    assert_eq!(response["aggregations"]["matches"], json!({"value": 0}));
}

#[test]
fn terms_without_matches_have_buckets_if_wanted() {
    let snapshot = indexed(20, 4);
    for (field, keys) in [("tag", json!(["t0", "t1", "t2", "t3", "a", "b"])), ("n", json!([0, 1, 2, 3, 4, 5, 6]))] {
        let body = json!({
            "size": 0, "query": {"ids": {"values": ["8"]}},
            "aggs": {"t": {"terms": {"field": field, "min_doc_count": 0, "size": 20}}}
        });
        let response = search(&snapshot, &functions(), &body).expect("succeeds");
        let mut found = buckets(&response["aggregations"]["t"]);
        assert_eq!(found.iter().map(|(_, count)| count).sum::<u64>(), 1);
        assert_eq!(found.first().map(|(_, count)| *count), Some(1));
        found.sort_by_key(|(key, _)| key.to_string());
        let mut keys = keys.as_array().expect("a list").clone();
        keys.sort_by_key(Json::to_string);
        assert_eq!(found.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), keys);
    }
}

#[test]
fn a_search_reads_the_columns_of_its_aggregations_with_all_else() {
    let snapshot = indexed(40, 10);
    let body = json!({
        "size": 0, "profile": true, "query": {"term": {"flag": true}},
        "aggs": {
            "tags": {"terms": {"field": "tag", "min_doc_count": 0}, "aggs": {"s": {"stats": {"field": "x"}}}},
            "days": {"date_histogram": {"field": "at", "calendar_interval": "month"}},
            "far": {"filter": {"range": {"n": {"gte": 3}}}}, "all": {"global": {}}
        }
    });
    let response = search(&snapshot, &functions(), &body).expect("succeeds");
    assert_eq!(response["profile"]["storage"]["late_round_trips"], 0);
}

#[test]
fn fields_must_fit() {
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "tag"}}})), @"field [tag] of type [keyword] is not supported for aggregation [min]");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "text"}}})), @"field [text] is analyzed text and has no column, use a keyword field");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "place"}}})), @"field [place] of type [geo_point] is not supported for aggregation [terms]");
    insta::assert_snapshot!(refused(json!({"a": {"sum": {"field": "n", "missing": "x"}}})), @r#"[missing] of the field [n] must be a number, got ["x"]"#);
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "include": "1.*"}}})), @"the pattern [1.*] in [include] or [exclude] can only be used for keywords: list the values instead");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "order": {"b": "asc"}}}})), @"[order] of aggregation [a]: invalid path [b]: there is no aggregation [b] inside");
    insta::assert_snapshot!(refused(json!({"a": {"date_range": {"field": "at", "ranges": [{"to": "soon"}]}}})), @r#""soon" is not a date in the format [strict_date_optional_time||epoch_millis]"#);
}

#[test]
fn mistakes_say_where_they_are() {
    insta::assert_snapshot!(refused(json!({"a": {"mni": {"field": "n"}}})), @"unknown aggregation type [mni] (at aggs.a.mni)");
    insta::assert_snapshot!(refused(json!({"a": {}})), @"missing definition for aggregation [a] (at aggs.a)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}, "max": {"field": "n"}}})), @"found two types of the aggregation [a]: [min] and [max] (at aggs.a.max)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}, "aggs": {"b": {"min": {"field": "n"}}}}})), @"aggregation [a] of type [min] cannot have aggregations inside (at aggs.a.aggs)");
    insta::assert_snapshot!(refused(json!({"a>b": {"min": {"field": "n"}}})), @"invalid aggregation name [a>b]: it must not be empty and must not contain [, ] or > (at aggs.a>b)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n", "foo": 1}}})), @"[min] aggregation does not support [foo] (at aggs.a.min.foo)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {}}})), @"[min] aggregation requires [field] (at aggs.a.min)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n"}, "aggs": {"b": {"global": {}}}}})), @"aggregation [a] cannot have the global aggregation [b] inside: [global] is only allowed at the top (at aggs.a)");
    insta::assert_snapshot!(refused(json!({"a": {"histogram": {"field": "n", "interval": 0}}})), @"[interval] must be greater than 0, got [0] (at aggs.a.histogram.interval)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "size": 0}}})), @"[size] must be greater than 0 (at aggs.a.terms.size)");
}

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
        search_with(&engine, &snapshot, &functions(), &json!({"aggs": aggs})).map_err(|error| messages(&error))
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
        let with_bytes = |max_aggregation_bytes| Limits { max_aggregation_bytes, ..Limits::default() };
        let (mut too_few, mut enough) = (0, 100_000);
        run(with_bytes(enough)).unwrap_or_else(|error| panic!("{aggregation}: {error:?}"));
        while enough - too_few > 1 {
            let middle = u64::midpoint(too_few, enough);
            match run(with_bytes(middle)) {
                Ok(_) => enough = middle,
                Err(Error::AggregationMemory { .. }) => too_few = middle,
                Err(error) => panic!("{aggregation}: {error:?}"),
            }
        }
        // At least a number for each bucket or document.
        assert!(enough >= 40 * 4, "{aggregation}: {enough}");
    }
}

/// Aggregations of every type, with pipelines.
fn every_type() -> Json {
    json!({
        "h": {"histogram": {"field": "n", "interval": 2}, "aggs": {
            "s": {"sum": {"field": "x"}}, "c": {"cumulative_sum": {"buckets_path": "s"}},
            "d": {"derivative": {"buckets_path": "c"}}, "f": {"serial_diff": {"buckets_path": "_count"}},
            "m": {"moving_fn": {"buckets_path": "s", "window": 2, "script": "MovingFunctions.unweightedAvg(values)"}},
            "b": {"bucket_script": {"buckets_path": {"s": "s", "n": "_count"}, "script": "params.s / params.n"}},
            "t": {"terms": {"field": "tag"}}, "l": {"max_bucket": {"buckets_path": "t>_count"}}
        }},
        "t": {"terms": {"field": "tag", "order": {"_key": "asc"}}, "aggs": {
            "s": {"stats": {"field": "x"}}, "p": {"percentiles": {"field": "x"}}, "c": {"cardinality": {"field": "n"}},
            "k": {"bucket_selector": {"buckets_path": {"n": "_count"}, "script": "params.n > 1"}},
            "o": {"bucket_sort": {"sort": [{"s.max": "desc"}], "size": 3}}
        }},
        "f": {"terms": {"field": "n", "size": 2}}, "g": {"terms": {"field": "flag"}},
        "y": {"date_histogram": {"field": "at", "calendar_interval": "month", "time_zone": "Europe/Berlin"}},
        "auto": {"auto_date_histogram": {"field": "at", "buckets": 6}, "aggs": {"s": {"sum": {"field": "x"}}}},
        "autos": {"terms": {"field": "flag"}, "aggs": {"a": {"auto_date_histogram": {"field": "at", "buckets": 20}}}},
        "e": {"extended_stats_bucket": {"buckets_path": "h>s"}}, "q": {"percentiles_bucket": {"buckets_path": "h._count"}},
        "r": {"range": {"field": "x", "ranges": [{"to": 3}, {"from": 2, "to": 7}, {"from": 7}]}},
        "rare": {"rare_terms": {"field": "tag", "max_doc_count": 4}},
        "multi": {"multi_terms": {"terms": [{"field": "tag", "missing": "none"}, {"field": "n"}], "size": 4}, "aggs": {
            "v": {"value_count": {"field": "x"}}
        }},
        "deviation": {"median_absolute_deviation": {"field": "x"}}, "hdr": {"percentiles": {"field": "n", "hdr": {}}},
        "pairs": {"adjacency_matrix": {"filters": {
            "a": {"term": {"flag": true}}, "b": {"range": {"n": {"gte": 3}}}, "c": {"term": {"tag": "t1"}}
        }}},
        "composite": {"composite": {"size": 5, "sources": [
            {"n": {"terms": {"field": "n", "order": "desc"}}}, {"flag": {"terms": {"field": "flag"}}}
        ]}},
        "distances": {"geo_distance": {
            "field": "place", "origin": "0,0", "unit": "km", "ranges": [{"to": 1000}, {"from": 1000}]
        }},
        "hashes": {"geohash_grid": {"field": "place", "precision": 2}}, "tiles": {"geotile_grid": {"field": "place"}},
        "bounds": {"geo_bounds": {"field": "place"}}, "centroid": {"geo_centroid": {"field": "place"}},
        "best": {"top_hits": {"size": 4, "from": 1, "sort": [{"n": "desc"}], "docvalue_fields": ["tag"], "explain": true}},
        "bests": {"terms": {"field": "tag"}, "aggs": {"best": {"top_hits": {"size": 2, "_source": ["x"]}}}},
        "addresses": {"ip_range": {"field": "address", "missing": "10.0.9.9", "ranges": [
            {"to": "10.0.1.0"}, {"mask": "10.0.0.0/22"}, {"from": "10.0.1.5"}
        ]}},
        "wide": {"variable_width_histogram": {"field": "x", "buckets": 3}, "aggs": {"t": {"terms": {"field": "tag"}}}},
        "sample": {"sampler": {"shard_size": 7}, "aggs": {
            "s": {"sum": {"field": "x"}}, "t": {"terms": {"field": "tag"}}, "h": {"top_hits": {"size": 2, "_source": false}},
            "words": {"significant_text": {"field": "text", "min_doc_count": 1, "gnd": {"background_is_superset": false}}}
        }},
        "samples": {"terms": {"field": "flag"}, "aggs": {"d": {
            "diversified_sampler": {"field": "at", "shard_size": 5}, "aggs": {"n": {"value_count": {"field": "n"}}}
        }}},
        "significant": {"terms": {"field": "flag"}, "aggs": {"t": {
            "significant_terms": {"field": "tag", "min_doc_count": 1, "percentage": {}}, "aggs": {"x": {"max": {"field": "x"}}}
        }}},
        "numbers": {"filter": {"range": {"x": {"lt": 4}}}, "aggs": {"n": {"significant_terms": {
            "field": "n", "min_doc_count": 0, "background_filter": {"term": {"flag": true}},
            "mutual_information": {"include_negatives": true, "background_is_superset": false}
        }}}}
    })
}

/// All numbers in a text of JSON, in their order.
fn numbers(json: &Json) -> Vec<f64> {
    match json {
        Json::Number(number) => number.as_f64().into_iter().collect(),
        Json::Array(items) => items.iter().flat_map(numbers).collect(),
        Json::Object(entries) => entries.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn fields_depend_on_each_other_the_same_in_any_number_of_splits() {
    let aggs =
        json!({"t": {"terms": {"field": "flag"}, "aggs": {"m": {"matrix_stats": {"fields": ["n", "x", "at"]}}}}});
    let whole = numbers(&aggregated(&indexed(50, 50), aggs.clone()));
    assert!(whole.len() > 40);
    for per_split in [1, 7, 49] {
        let cut = numbers(&aggregated(&indexed(50, per_split), aggs.clone()));
        assert_eq!(cut.len(), whole.len());
        for (one, other) in cut.iter().zip(&whole) {
            assert!((one - other).abs() <= 1e-9 * one.abs().max(1.0), "{one} and {other}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn how_documents_are_cut_makes_no_difference(count in 0..60usize, per_split in 1..20usize) {
        let documents: Vec<Json> = (0..count)
            .map(|number| {
                let mut document = document(number);
                if !number.is_multiple_of(4) {
                    let (lat, lon) = ((number * 37 % 120) as f64 - 60.0, (number * 53 % 360) as f64 - 180.0);
                    document["place"] = json!([{"lat": lat, "lon": lon}, {"lat": lat / 2.0, "lon": -lon}]);
                }
                document
            })
            .collect();
        let cut = index(mapping(), &documents.chunks(per_split).collect::<Vec<_>>());
        let whole = index(mapping(), &documents.chunks(count.max(1)).collect::<Vec<_>>());
        let (cut, whole) = (aggregated(&cut, every_type()), aggregated(&whole, every_type()));
        for (name, answer) in whole.as_object().expect("aggregations") {
            prop_assert_eq!(&cut[name], answer, "{}", name);
        }
    }
}

#[test]
fn pipelines_say_where_they_are_wrong() {
    let inside =
        |pipeline: Json| refused(json!({"h": {"histogram": {"field": "n", "interval": 2}, "aggs": {"p": pipeline}}}));
    insta::assert_snapshot!(inside(json!({"derivative": {}})), @"[derivative] aggregation requires [buckets_path] (at aggs.h.aggs.p.derivative)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "s"}})), @"no aggregation found for the path [s] (at aggs.h.aggs)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "s["}})), @"invalid path to buckets [s[]: a name is followed by [.value], [[value]] or [['key']] (at aggs.h.aggs.p.derivative.buckets_path)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "p"}})), @"the pipeline aggregation [p] reads itself (at aggs.h.aggs)");
    insta::assert_snapshot!(inside(json!({"bucket_sort": {}})), @"[bucket_sort] requires at least one of [sort], [from] and [size] (at aggs.h.aggs.p.bucket_sort)");
    insta::assert_snapshot!(inside(json!({"bucket_script": {"buckets_path": "_count", "script": "x +"}})), @"a user function failed: function x + failed to bind: unexpected end of script. (at byte 3 of the script)");
    insta::assert_snapshot!(refused(json!({"a": {"max_bucket": {"buckets_path": "b"}}})), @"no aggregation found for the path [b] (at aggs)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n"}, "aggs": {"p": {"derivative": {"buckets_path": "_count"}}}}})), @"the pipeline aggregation [p] must be inside of a histogram, date_histogram or auto_date_histogram (at aggs.a.aggs)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}}, "p": {"max_bucket": {"buckets_path": "a"}}})), @"the path of the pipeline aggregation [p] must begin with an aggregation beside it that has several buckets (at aggs)");
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
        search(&snapshot, &functions(), &body).map_err(|error| messages(&error))
    };
    assert!(composite(256).is_ok());
    insta::assert_snapshot!(composite(257).expect_err("too many"), @"a document has 65792 combinations of values in the fields of an aggregation: at most 65536 are allowed");
}
