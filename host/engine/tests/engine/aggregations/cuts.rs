//! How documents are cut into splits changes no answer.

use proptest::prelude::*;
use quidditch_engine::{aggregation_types, pipeline_types};
use serde_json::{Value as Json, json};

use super::{aggregated, document, indexed, mapping};
use crate::support::{assert_has_each, index};

/// Aggregations of most types, with pipelines.
fn most_types() -> Json {
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

/// The other types.
fn other_types() -> Json {
    json!({
        "h": {"histogram": {"field": "n", "interval": 2}, "aggs": {"s": {"sum": {"field": "x"}}}},
        "min": {"min": {"field": "x"}}, "max": {"max": {"field": "at"}}, "avg": {"avg": {"field": "x"}},
        "squares": {"extended_stats": {"field": "n"}}, "ranks": {"percentile_ranks": {"field": "x", "values": [2, 5]}},
        "weighted": {"weighted_avg": {"value": {"field": "x"}, "weight": {"field": "x"}}},
        "all": {"global": {}, "aggs": {"t": {"missing": {"field": "tag"}, "aggs": {"n": {"max": {"field": "n"}}}}}},
        "queries": {"filters": {"filters": [{"term": {"flag": true}}, {"match": {"text": "old"}}], "other_bucket": true}},
        "dates": {"date_range": {"field": "at", "ranges": [{"to": "1971-01-01"}, {"from": "1970-06-01"}]}},
        "scripted": {"terms": {"script": "doc['n'].value % 3"}, "aggs": {"x": {"sum": {"field": "x", "script": "_value * 2"}}}},
        "objects": {"nested": {"path": "objects"}, "aggs": {
            "v": {"sum": {"field": "objects.v"}}, "best": {"top_hits": {"size": 3, "sort": [{"objects.v": "desc"}]}},
            "k": {"terms": {"field": "objects.k"}, "aggs": {
                "first": {"top_hits": {"size": 2}}, "back": {"reverse_nested": {}, "aggs": {"n": {"stats": {"field": "n"}}}}
            }}
        }},
        "g_avg": {"avg_bucket": {"buckets_path": "h>s"}}, "g_min": {"min_bucket": {"buckets_path": "h>s"}},
        "g_sum": {"sum_bucket": {"buckets_path": "h>s"}}, "g_max": {"max_bucket": {"buckets_path": "h>s"}},
        "g_stats": {"stats_bucket": {"buckets_path": "h>s"}},
        "average": {"histogram": {"field": "n", "interval": 1}, "aggs": {"a": {"moving_avg": {"buckets_path": "_count"}}}},
    })
}

/// Figures that rounding changes.
fn rounded_type() -> Json {
    json!({"m": {"matrix_stats": {"fields": ["n", "x", "at"]}}})
}

#[test]
fn every_type_is_computed_in_splits() {
    assert_has_each(aggregation_types().chain(pipeline_types()), &json!([most_types(), other_types(), rounded_type()]));
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
    let aggs = json!({"t": {"terms": {"field": "flag"}, "aggs": rounded_type()}});
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
        for types in [most_types(), other_types()] {
            let (cut, whole) = (aggregated(&cut, types.clone()), aggregated(&whole, types));
            for (name, answer) in whole.as_object().expect("aggregations") {
                prop_assert_eq!(&cut[name], answer, "{}", name);
            }
        }
    }
}
