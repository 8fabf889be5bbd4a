//! Aggregations against a model that looks at each document, over any number of splits.

mod cuts;
mod limits;
mod memory;
mod mistakes;

use std::collections::BTreeMap;

use crate::support::{functions, index, search};
use proptest::prelude::*;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {
        "tag": {"type": "keyword"}, "n": {"type": "long"}, "x": {"type": "double"}, "at": {"type": "date"},
        "flag": {"type": "boolean"}, "text": {"type": "text"}, "place": {"type": "geo_point"}, "address": {"type": "ip"},
        "objects": {"type": "nested", "properties": {"k": {"type": "keyword"}, "v": {"type": "long"}}}
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
    let object = |place: usize| json!({"k": format!("o{}", (number + place) % 3), "v": number * 5 % 13 + place});
    document["objects"] = (0..number % 4).map(object).collect();
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
fn a_full_page_counts_all_documents_of_its_combinations() {
    // Enough documents for many batches: the page is full after the first.
    let (both, one): (&[&str], &[&str]) = (&["a", "b"], &["a"]);
    let numbers: Vec<(u64, &[&str])> =
        (0..3_000).map(|number| (number * 7 % 1_000, if number % 3 == 0 { both } else { one })).collect();
    let document = |(id, (n, tags)): (usize, &(u64, &[&str]))| json!({"_id": id.to_string(), "n": n, "tag": tags});
    let documents: Vec<Json> = numbers.iter().enumerate().map(document).collect();
    let snapshot = index(mapping(), &[&documents[..]]);
    let mut counts: BTreeMap<(u64, &str), u64> = BTreeMap::new();
    for (n, tags) in &numbers {
        tags.iter().for_each(|tag| *counts.entry((*n, *tag)).or_default() += 1);
    }
    let page = |first: Json, second: Json| -> Vec<(Json, u64)> {
        let sources = json!([{"first": {"terms": first}}, {"second": {"terms": second}}]);
        let answer = aggregated(&snapshot, json!({"c": {"composite": {"size": 6, "sources": sources}}}));
        let pairs = buckets(&answer["c"]).into_iter();
        pairs.map(|(key, count)| (json!([key["first"], key["second"]]), count)).collect()
    };
    let (n, tag) = (json!({"field": "n"}), json!({"field": "tag"}));
    let by_number: Vec<(Json, u64)> = counts.iter().map(|((n, tag), count)| (json!([n, tag]), *count)).collect();
    assert_eq!(page(n.clone(), tag.clone()), by_number[..6]);
    let last: Vec<(Json, u64)> = by_number.iter().rev().take(6).cloned().collect();
    assert_eq!(page(json!({"field": "n", "order": "desc"}), json!({"field": "tag", "order": "desc"})), last);
    let with_itself: Vec<(Json, u64)> = (0..6).map(|n| (json!([n, n]), 3)).collect();
    assert_eq!(page(n.clone(), n.clone()), with_itself);
    let of_first_tag: Vec<(Json, u64)> = (0..6).map(|n| (json!(["a", n]), 3)).collect();
    assert_eq!(page(tag, n), of_first_tag);
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
