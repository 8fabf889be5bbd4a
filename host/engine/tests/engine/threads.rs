//! How many threads search a segment makes no difference to an answer.

use std::sync::LazyLock;

use crate::support::{self, functions, index, search, search_with, udf};
use quidditch_engine::Engine;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// So many that a segment is divided between two threads.
const DOCUMENTS: u64 = 140_000;

fn document(number: u64) -> Json {
    let n = number * 7_919 % 1_000;
    json!({
        "_id": number.to_string(), "n": n, "x": (number * 7_919 % 100_003) as f64 / 7.0, "tag": format!("t{}", n % 17),
        "at": 1_400_000_000_000 + number * 3_600_000,
    })
}

/// A large split, of which some documents are deleted, and a small one.
fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
        let large: Vec<Json> = (0..DOCUMENTS).map(document).collect();
        let small: Vec<Json> = (0..DOCUMENTS).step_by(1_001).map(document).collect();
        let mapping = json!({"properties": {
            "n": {"type": "long"}, "x": {"type": "double"}, "tag": {"type": "keyword"}, "at": {"type": "date"}
        }});
        index(mapping, &[&large, &small])
    });
    &SNAPSHOT
}

fn threads(count: usize) -> Engine {
    support::engine().with_threads(count).expect("threads")
}

/// Searches with one thread and with two, and returns the answer if it is the same.
#[track_caller]
fn same(body: &Json) -> Json {
    let without_time = |answer: Result<Json, quidditch_engine::Error>| {
        let mut answer = answer.unwrap_or_else(|error| panic!("{body}: {error:?}"));
        answer.as_object_mut().expect("a response").remove("took");
        answer
    };
    let alone = without_time(search(snapshot(), &functions(), body));
    let together = without_time(search_with(&threads(2), snapshot(), &functions(), body));
    assert_eq!(alone, together, "{body}");
    alone
}

#[test]
fn hits_and_their_order_are_the_same() {
    let script_score = |script: &str| {
        json!({"script_score": {
            "query": {"match_all": {}}, "script": {"source": script}
        }})
    };
    for query in [
        json!({"match_all": {}}),
        json!({"range": {"n": {"gte": 100, "lt": 900}}}),
        udf("bit", json!({"bit": 1})),
        json!({"bool": {"filter": [{"range": {"x": {"lt": 5_000}}}, udf("bit", json!({"bit": 2}))]}}),
        script_score("doc['n'].value"),
        script_score("1 + doc['x'].value / 3"),
        json!({"function_score": {"field_value_factor": {"field": "n"}, "boost_mode": "replace"}}),
    ] {
        for rest in [
            json!({"size": 30}),
            json!({"size": 30, "track_total_hits": true}),
            json!({"size": 0, "track_total_hits": true}),
            json!({"size": 30, "from": 7, "sort": [{"n": "desc"}, {"x": "asc"}], "track_total_hits": true}),
            json!({"size": 5, "sort": [{"tag": "desc"}, "_doc"]}),
            json!({"size": 5, "min_score": 0.5, "post_filter": {"term": {"tag": "t3"}}, "track_total_hits": true}),
            json!({"size": 5, "collapse": {"field": "tag"}}),
        ] {
            let mut body = rest;
            body["query"] = query.clone();
            same(&body);
        }
    }
}

#[test]
fn deleted_documents_are_left_out_of_every_part() {
    let answer = same(&json!({"size": 0, "track_total_hits": true}));
    assert_eq!(answer["hits"]["total"]["value"], DOCUMENTS);
    let answer = same(&json!({"size": 0, "aggs": {"tags": {"terms": {"field": "tag", "size": 17}}}}));
    let buckets = answer["aggregations"]["tags"]["buckets"].as_array().expect("buckets");
    assert_eq!(buckets.iter().map(|bucket| bucket["doc_count"].as_u64().expect("a count")).sum::<u64>(), DOCUMENTS);
}

#[test]
fn aggregations_are_the_same() {
    let sub = json!({"s": {"stats": {"field": "x"}}, "top": {"top_hits": {"size": 2, "sort": [{"x": "desc"}]}}});
    for aggregation in [
        json!({"terms": {"field": "tag"}, "aggs": {"s": {"extended_stats": {"field": "x"}}}}),
        json!({"terms": {"field": "tag"}, "aggs": sub}),
        json!({"date_histogram": {"field": "at", "fixed_interval": "1d"}, "aggs": {"t": {"terms": {"field": "tag"}}}}),
        json!({"terms": {"field": "n", "size": 20}}),
        json!({"terms": {"script": {"source": "doc['tag'].value + '!'"}}}),
        json!({"histogram": {"field": "x", "interval": 500}, "aggs": {"m": {"max": {"field": "n"}}}}),
        json!({"date_histogram": {"field": "at", "calendar_interval": "month", "time_zone": "Europe/Berlin"}}),
        json!({"range": {"field": "x", "ranges": [{"to": 100}, {"from": 100, "to": 9_000}, {"from": 8_000}]}}),
        json!({"filter": {"range": {"n": {"lt": 10}}}, "aggs": {"t": {"terms": {"field": "tag"}}}}),
        json!({"filters": {"filters": {"low": {"range": {"n": {"lt": 10}}}, "one": {"term": {"tag": "t1"}}}}}),
        json!({"missing": {"field": "n"}}),
        json!({"composite": {"size": 7, "sources": [{"tag": {"terms": {"field": "tag"}}}, {"n": {"terms": {"field": "n"}}}]}}),
        json!({"stats": {"field": "x"}}),
        json!({"sum": {"script": {"source": "doc['x'].value * 0.1"}}}),
        json!({"extended_stats": {"field": "x"}}),
        json!({"value_count": {"field": "x"}}),
        json!({"cardinality": {"field": "x"}}),
        json!({"cardinality": {"field": "tag"}}),
        json!({"percentiles": {"field": "x"}}),
        json!({"percentile_ranks": {"field": "x", "values": [10, 5_000]}}),
        json!({"weighted_avg": {"value": {"field": "x"}, "weight": {"field": "n"}}}),
        json!({"median_absolute_deviation": {"field": "x"}}),
        json!({"sampler": {"shard_size": 50}, "aggs": {"s": {"stats": {"field": "x"}}}}),
    ] {
        for query in [json!({"match_all": {}}), udf("bit", json!({"bit": 0}))] {
            same(&json!({"size": 3, "query": query, "aggs": {"a": aggregation}}));
        }
    }
}

#[test]
fn a_failing_function_ends_the_search() {
    let body = json!({"query": udf("fail", json!({"at": 500}))});
    let error = search_with(&threads(2), snapshot(), &functions(), &body).expect_err("a failing function");
    assert!(format!("{error:?}").contains("found 500"), "{error:?}");
}
