//! A search may be computed in parts, by processes that know nothing but the serialised request and the version of the index.

use crate::support::{assert_has_each, engine, functions, ids, index, search, udf};
use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_engine::{PartialResult, SearchPart, SearchRequest, aggregation_types, pipeline_types};
use quidditch_index::Snapshot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

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
        "address": format!("10.0.{}.7", number % 3), "text": texts[number % 3], "at": number * 86_400_000,
    });
    if !number.is_multiple_of(5) {
        document["tag"] = json!(format!("t{}", number % 4));
        document["place"] = json!({"lat": number, "lon": number % 5});
    }
    let object = |place: usize| json!({"k": format!("o{}", (number + place) % 3), "v": number + place});
    document["objects"] = (0..number % 4).map(object).collect();
    document
}

fn mapping() -> Json {
    json!({"properties": {
        "n": {"type": "long"}, "x": {"type": "float"}, "flag": {"type": "boolean"}, "text": {"type": "text"},
        "at": {"type": "date"}, "tag": {"type": "keyword"}, "place": {"type": "geo_point"}, "address": {"type": "ip"},
        "objects": {"type": "nested", "properties": {"k": {"type": "keyword"}, "v": {"type": "long"}}}
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
        json!({"query": query, "size": 0, "aggs": other_aggregations()}),
        json!({"query": {"bool": {"should": [
            {"fuzzy": {"text": {"value": "bled", "fuzziness": 2, "max_expansions": 1, "_name": "similar"}}},
            {"term": {"tag": {"value": "t1", "_name": "tag"}}},
        ]}}, "sort": "n", "size": 7}),
        json!({"query": query, "size": 4, "search_after": [2, "red"], "sort": [
            {"_script": {"type": "number", "script": "doc['n'].value % 4"}},
            {"_script": {"type": "string", "script": "doc['flag'].value ? 'blue' : 'red'"}}
        ]}),
        json!({"derived": {"twice": {"type": "long", "script": "emit(doc['n'].value * 2)"}}, "query": {"range": {"twice": {"gte": 4}}},
               "sort": ["twice"], "aggs": {"twice": {"terms": {"field": "twice"}}}}),
        json!({"query": {"query_string": {"query": "red~1 \"blue old\"~1 tag:t*", "fields": ["text", "tag^2"]}}}),
    ]
}

/// Most types of aggregations, at the top and inside of buckets.
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
        "figures": {"stats": {"field": "x"}},
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
        "scripted": {"terms": {"script": "doc['n'].value % 3 == 0 ? 'third' : 'other'"}, "aggs": {
            "twice": {"sum": {"field": "x", "script": "_value * 2"}}, "places": {"cardinality": {"script": "doc['tag'].size() + doc['n'].value"}}
        }},
        "days_of": {"date_histogram": {"script": "doc['at'].value", "calendar_interval": "week"}},
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

/// The other types.
fn other_aggregations() -> Json {
    let with_inside = |mut aggregation: Json| {
        aggregation["aggs"] = json!({"s": {"sum": {"field": "x"}}, "t": {"terms": {"field": "tag"}}});
        aggregation
    };
    json!({
        "one": {"filter": {"ids": {"values": ["3"]}}, "aggs": {"matrix": {"matrix_stats": {"fields": ["n", "x"]}}}},
        "deviation": {"median_absolute_deviation": {"field": "x"}},
        "hdr": {"percentiles": {"field": "n", "hdr": {}}},
        "bounds": {"geo_bounds": {"field": "place"}}, "centroid": {"geo_centroid": {"field": "place"}},
        "distances": with_inside(json!({"geo_distance": {"field": "place", "origin": "0,0", "ranges": [{"to": 500_000}, {"from": 0}]}})),
        "hashes": with_inside(json!({"geohash_grid": {"field": "place", "precision": 3}})),
        "tiles": with_inside(json!({"geotile_grid": {"field": "place", "precision": 6}})),
        "addresses": with_inside(json!({"ip_range": {"field": "address", "ranges": [{"to": "10.0.1.0"}, {"mask": "10.0.0.0/16"}]}})),
        "matrix_of_filters": with_inside(json!({"adjacency_matrix": {"filters": {
            "even": {"term": {"flag": true}}, "high": {"range": {"n": {"gte": 3}}}
        }}})),
        "auto": with_inside(json!({"auto_date_histogram": {"field": "at", "buckets": 5}})),
        "rare": with_inside(json!({"rare_terms": {"field": "tag", "max_doc_count": 3}})),
        "multi": with_inside(json!({"multi_terms": {"terms": [{"field": "tag", "missing": "none"}, {"field": "n"}], "size": 4}})),
        "objects": {"nested": {"path": "objects"}, "aggs": {
            "v": {"sum": {"field": "objects.v"}}, "best": {"top_hits": {"size": 2, "sort": [{"objects.v": "desc"}]}},
            "k": {"terms": {"field": "objects.k"}, "aggs": {"back": with_inside(json!({"reverse_nested": {}}))}}
        }},
        "piped": {"histogram": {"field": "n", "interval": 2}, "aggs": {
            "s": {"sum": {"field": "x"}}, "c": {"cumulative_sum": {"buckets_path": "s"}},
            "d": {"derivative": {"buckets_path": "c"}}, "f": {"serial_diff": {"buckets_path": "_count"}},
            "m": {"moving_fn": {"buckets_path": "s", "window": 2, "script": "MovingFunctions.unweightedAvg(values)"}},
            "g": {"moving_avg": {"buckets_path": "s", "window": 2}},
            "b": {"bucket_script": {"buckets_path": {"s": "s", "n": "_count"}, "script": "params.s / params.n"}},
            "k": {"bucket_selector": {"buckets_path": {"n": "_count"}, "script": "params.n > 1"}},
            "o": {"bucket_sort": {"sort": [{"s": "desc"}], "size": 3}}
        }},
        "of_avg": {"avg_bucket": {"buckets_path": "piped>s"}}, "of_max": {"max_bucket": {"buckets_path": "piped>s"}},
        "of_min": {"min_bucket": {"buckets_path": "piped>s"}}, "of_sum": {"sum_bucket": {"buckets_path": "piped>s"}},
        "of_stats": {"stats_bucket": {"buckets_path": "piped>s"}},
        "of_squares": {"extended_stats_bucket": {"buckets_path": "piped>s"}},
        "of_percentiles": {"percentiles_bucket": {"buckets_path": "piped>s"}},
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
fn every_type_of_aggregation_is_computed_in_parts() {
    assert_has_each(aggregation_types().chain(pipeline_types()), &json!([aggregations(), other_aggregations()]));
}

#[test]
fn the_order_of_the_index_goes_through_all_splits() {
    // Nested objects have numbers, too.
    let without_objects = |number: usize| Json::from_iter([("_id", number.to_string())]);
    let documents: Vec<Json> = (0..6).map(without_objects).collect();
    let snapshot = index(mapping(), &documents.chunks(2).collect::<Vec<_>>());
    let response = search(&snapshot, &functions(), &json!({"sort": ["_doc"]})).expect("succeeds");
    assert_eq!(ids(&response), ["0", "1", "2", "3", "4", "5"]);
    let response = search(&snapshot, &functions(), &json!({"sort": [{"_doc": "desc"}], "size": 3})).expect("succeeds");
    assert_eq!(ids(&response), ["5", "4", "3"]);
    assert_eq!(response["hits"]["hits"][0]["sort"], json!([5]), "a number of its own for each document");
}
