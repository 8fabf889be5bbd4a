//! A search may be computed in parts, by processes that know nothing but the serialised request and the version of the index.

mod support;

use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_engine::{PartialResult, SearchPart, SearchRequest};
use quidditch_index::Snapshot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use support::{engine, functions, ids, index, search, udf};

/// What arrives where `value` is sent.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).expect("is serialised")).expect("is read back")
}

/// Computes each group of splits by itself and merges the results.
fn search_in_parts(snapshot: &Snapshot, body: &Json, groups: &[Vec<usize>]) -> Json {
    let engine = engine();
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits()).expect("valid");
    let text = serde_json::to_string(&request).expect("is serialised");
    let mut parts: Vec<PartialResult> = Vec::new();
    for splits in groups {
        let part = sent(&SearchPart { splits: splits.clone(), now_millis: 0 });
        let request = SearchRequest::parse(&text, &[], engine.limits()).expect("valid");
        let result = block_on(engine.search_part(snapshot, &request, &part, &functions(), &Default::default()));
        parts.push(sent(&result.expect("succeeds")));
    }
    let merged = block_on(engine.merge_parts(snapshot, &request, parts, 0, &functions(), &Default::default()));
    serde_json::to_value(merged.expect("succeeds")).expect("is serialised")
}

fn document(number: usize) -> Json {
    let texts = ["red", "red blue", "blue blue old"];
    let mut document = json!({
        "_id": number.to_string(), "n": number % 7, "x": number as f64 / 3.0, "flag": number.is_multiple_of(2),
        "text": texts[number % 3], "at": number * 86_400_000,
    });
    if !number.is_multiple_of(5) {
        document["tag"] = json!(format!("t{}", number % 4));
    }
    document
}

fn mapping() -> Json {
    json!({"properties": {
        "n": {"type": "long"}, "x": {"type": "float"}, "flag": {"type": "boolean"}, "text": {"type": "text"},
        "at": {"type": "date"}, "tag": {"type": "keyword"}
    }})
}

fn bodies() -> Vec<Json> {
    let query = json!({"match": {"text": "red old"}});
    vec![
        json!({}),
        json!({"query": query, "from": 2, "size": 5}),
        json!({"query": query, "track_total_hits": 3}),
        json!({"query": query, "track_total_hits": true, "sort": [{"tag": {"order": "desc", "missing": "_first"}}, "_doc"]}),
        json!({"query": query, "sort": [{"x": "desc"}, "_score"], "track_scores": true, "min_score": 0.1}),
        json!({"sort": [{"flag": "desc"}, {"at": {"order": "asc"}}], "size": 3, "_source": ["n"]}),
        json!({"sort": [{"nowhere": {"unmapped_type": "long"}}, {"n": "desc"}], "size": 30}),
        json!({"query": {"bool": {"filter": [udf("bit", json!({"bit": 1}))]}}, "sort": ["_doc"]}),
        json!({"sort": [{"tag": {"missing": "t1x"}}, {"n": {"order": "desc", "mode": "avg"}}, {"_id": "desc"}], "size": 30}),
        json!({"sort": {"tag": {"missing": "t1", "order": "desc"}, "x": {"numeric_type": "double"}}, "size": 30}),
        json!({"query": {"exists": {"field": "t*"}}, "sort": "at", "timeout": "-1", "_source": "n"}),
        json!({"query": query, "size": 0}),
        json!({"query": query, "size": 0, "track_total_hits": false}),
        json!({"query": query, "size": 2, "sort": ["_doc"], "aggs": aggregations()}),
        json!({"query": query, "sort": [{"n": "desc"}, "_id"], "search_after": [4, "3"], "track_scores": true}),
        json!({"sort": [{"tag": {"missing": "t1x"}}, "n"], "search_after": ["t1y", 2], "size": 4}),
        json!({"query": query, "post_filter": {"term": {"flag": true}}, "aggs": {"n": {"sum": {"field": "n"}}}}),
        json!({"query": query, "rescore": {"window_size": 3, "query": {"rescore_query": {"match": {"text": "blue"}}}}}),
        json!({"query": query, "collapse": {"field": "tag"}, "from": 1, "size": 2}),
        json!({"query": query, "sort": ["x"], "collapse": {"field": "n", "inner_hits": [
            {"name": "best", "size": 2}, {"name": "oldest", "sort": ["at"], "from": 1, "_source": ["x"]}
        ]}}),
        json!({"query": query, "indices_boost": [{"test": 2.5}], "min_score": 0.5}),
        json!({"size": 0, "aggs": aggregations()}),
        json!({"query": {"bool": {"should": [
            {"fuzzy": {"text": {"value": "bled", "fuzziness": 2, "max_expansions": 1, "_name": "similar"}}},
            {"term": {"tag": {"value": "t1", "_name": "tag"}}},
        ]}}, "sort": "n", "size": 7}),
        json!({"query": {"query_string": {"query": "red~1 \"blue old\"~1 tag:t*", "fields": ["text", "tag^2"]}}}),
    ]
}

/// Every type of aggregation, at the top and inside of buckets.
fn aggregations() -> Json {
    let inside = json!({
        "stats": {"extended_stats": {"field": "x"}}, "values": {"value_count": {"field": "tag", "missing": "none"}},
        "middle": {"percentiles": {"field": "x", "percents": [50, 90]}}, "below": {"percentile_ranks": {"field": "x", "values": [3]}},
        "tags": {"cardinality": {"field": "tag"}}, "few": {"cardinality": {"field": "n", "precision_threshold": 2}},
        "weighted": {"weighted_avg": {"value": {"field": "x"}, "weight": {"field": "n"}}},
    });
    let with_inside = |mut aggregation: Json| {
        aggregation["aggs"] = inside.clone();
        aggregation
    };
    json!({
        "all": with_inside(json!({"global": {}})),
        "tags": with_inside(json!({"terms": {"field": "tag", "order": {"stats.sum": "desc"}, "size": 3}})),
        "numbers": with_inside(json!({"terms": {"field": "n", "missing": 1.5, "order": {"_key": "desc"}}})),
        "every": {"terms": {"field": "tag", "min_doc_count": 0, "exclude": "t1"}},
        "steps": with_inside(json!({"histogram": {"field": "x", "interval": 2.5, "extended_bounds": {"min": -3, "max": 20}}})),
        "months": with_inside(json!({"date_histogram": {"field": "at", "calendar_interval": "month", "time_zone": "Europe/Berlin"}})),
        "days": {"date_histogram": {"field": "at", "fixed_interval": "36h", "keyed": true, "offset": "+6h"}},
        "ranges": with_inside(json!({"range": {"field": "x", "ranges": [{"to": 2}, {"from": 1, "to": 9}, {"from": 9}]}})),
        "dates": {"date_range": {"field": "at", "ranges": [{"to": "1970-01-10"}, {"from": "1970-01-05"}]}},
        "even": with_inside(json!({"filter": {"term": {"flag": true}}})),
        "filters": {"filters": {"filters": [{"match": {"text": "old"}}, udf("bit", json!({"bit": 1}))], "other_bucket": true}},
        "untagged": with_inside(json!({"missing": {"field": "tag"}})),
        "nested": {"terms": {"field": "flag"}, "aggs": {"inner": {"histogram": {"field": "n", "interval": 3}, "aggs": inside.clone()}}},
        "pairs": with_inside(json!({"composite": {"size": 5, "after": {"tag": "t0", "n": 2}, "sources": [
            {"tag": {"terms": {"field": "tag", "missing_bucket": true}}}, {"n": {"terms": {"field": "n", "order": "desc"}}}
        ]}})),
        "weeks": {"composite": {"sources": [
            {"week": {"date_histogram": {"field": "at", "calendar_interval": "week", "order": "desc"}}},
            {"x": {"histogram": {"field": "x", "interval": 0.7}}}
        ]}},
        "best": {"top_hits": {"size": 2, "explain": true, "highlight": {"fields": {"text": {}}}}},
        "bests": {"terms": {"field": "tag"}, "aggs": {"best": {"top_hits": {"size": 1, "sort": [{"x": "desc"}], "fields": ["n"]}}}},
        "sample": with_inside(json!({"sampler": {"shard_size": 5}})),
        "diverse": with_inside(json!({"diversified_sampler": {"field": "tag", "max_docs_per_value": 2}})),
        "wide": with_inside(json!({"variable_width_histogram": {"field": "x", "buckets": 3}})),
        "significant": with_inside(json!({"significant_terms": {"field": "tag", "min_doc_count": 1, "percentage": {}}})),
        "words": {"significant_text": {"field": "text", "min_doc_count": 1, "percentage": {}}},
        "min": {"min": {"field": "x"}}, "max": {"max": {"field": "at"}}, "sum": {"sum": {"field": "x"}}, "avg": {"avg": {"field": "n"}},
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn parts_merge_to_the_response_of_the_search(count in 1..40usize, per_split in 1..12usize, group_of in prop::collection::vec(0..3usize, 40)) {
        let documents: Vec<Json> = (0..count).map(document).collect();
        let splits: Vec<&[Json]> = documents.chunks(per_split).collect();
        let snapshot = index(mapping(), &splits);
        let in_group = |group: usize| (0..splits.len()).filter(|split| group_of[*split] == group).collect();
        let groups: Vec<Vec<usize>> = (0..3).map(in_group).collect();
        for body in bodies() {
            let mut whole = search(&snapshot, &functions(), &body).expect("succeeds");
            let mut merged = search_in_parts(&snapshot, &body, &groups);
            whole["took"] = Json::Null;
            merged["took"] = Json::Null;
            prop_assert_eq!(&whole, &merged, "{} in {:?}", body, groups);
        }
    }
}

#[test]
fn the_order_of_the_index_goes_through_all_splits() {
    let documents: Vec<Json> = (0..6).map(document).collect();
    let snapshot = index(mapping(), &documents.chunks(2).collect::<Vec<_>>());
    let response = search(&snapshot, &functions(), &json!({"sort": ["_doc"]})).expect("succeeds");
    assert_eq!(ids(&response), ["0", "1", "2", "3", "4", "5"]);
    let response = search(&snapshot, &functions(), &json!({"sort": [{"_doc": "desc"}], "size": 3})).expect("succeeds");
    assert_eq!(ids(&response), ["5", "4", "3"]);
    assert_eq!(response["hits"]["hits"][0]["sort"], json!([5]), "a number of its own for each document");
}
