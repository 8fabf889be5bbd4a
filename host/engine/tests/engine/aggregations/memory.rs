//! Every type of aggregation counts the memory that it uses.

use quidditch_engine::{Engine, Error, Limits, aggregation_types};
use quidditch_index::Snapshot;
use serde_json::{Map, Value as Json, json};

use super::{document, mapping};
use crate::support::{functions, index, search_with};

/// What an aggregation keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    /// As much for each bucket around it.
    OfBuckets,
    /// More, the more documents there are.
    OfDocuments,
}

const FEW: usize = 20;
const MANY: usize = 60;

/// Documents with values of their own in all fields.
fn indexed(count: usize) -> Snapshot {
    let mut mapping = mapping();
    mapping["properties"]["id"] = json!({"type": "keyword"});
    mapping["properties"]["words"] = json!({"type": "text"});
    mapping["properties"]["objects"] = json!({"type": "nested", "properties": {"k": {"type": "keyword"}}});
    let documents: Vec<Json> = (0..count)
        .map(|number| {
            let mut document = document(number);
            document["id"] = json!(format!("id{number}"));
            document["words"] = json!(format!("word{number}"));
            document["place"] = json!({"lat": number, "lon": number});
            document["objects"] = json!([{"k": format!("a{number}")}, {"k": format!("b{number}")}]);
            document
        })
        .collect();
    index(mapping, &documents.chunks(count / 2).collect::<Vec<_>>())
}

/// An aggregation of each type, some in several forms.
fn rows() -> Vec<(&'static str, Keeps, Json)> {
    use Keeps::{OfBuckets, OfDocuments};
    let ids = json!({"ids": {"terms": {"field": "id", "size": 1_000}}});
    let filters = json!({"a": {"term": {"flag": true}}, "b": {"range": {"n": {"gte": 3}}}});
    let ranges = json!([{"to": 3}, {"from": 3}]);
    vec![
        ("adjacency_matrix", OfBuckets, json!({"filters": filters})),
        ("auto_date_histogram", OfDocuments, json!({"field": "at", "buckets": 1_000})),
        ("avg", OfBuckets, json!({"field": "x"})),
        ("cardinality", OfDocuments, json!({"field": "id"})),
        ("cardinality", OfDocuments, json!({"field": "x"})),
        ("cardinality", OfDocuments, json!({"script": "doc['x'].value * 3"})),
        ("cardinality", OfBuckets, json!({"field": "id", "precision_threshold": 1})),
        ("composite", OfDocuments, json!({"size": 1_000, "sources": [{"id": {"terms": {"field": "id"}}}]})),
        (
            "composite",
            OfDocuments,
            json!({"size": 1_000, "sources": [
                {"x": {"histogram": {"field": "x", "interval": 0.25}}}, {"flag": {"terms": {"field": "flag"}}}
            ]}),
        ),
        ("date_histogram", OfDocuments, json!({"field": "at", "fixed_interval": "20d", "min_doc_count": 1})),
        ("date_histogram", OfDocuments, json!({"field": "at", "calendar_interval": "week", "min_doc_count": 1})),
        ("date_range", OfBuckets, json!({"field": "at", "ranges": ranges})),
        ("diversified_sampler", OfDocuments, json!({"field": "id", "shard_size": 1_000})),
        ("extended_stats", OfBuckets, json!({"field": "x"})),
        ("filter", OfBuckets, json!({"term": {"flag": true}})),
        ("filters", OfBuckets, json!({"filters": filters})),
        ("geo_bounds", OfBuckets, json!({"field": "place"})),
        ("geo_centroid", OfBuckets, json!({"field": "place"})),
        ("geo_distance", OfBuckets, json!({"field": "place", "origin": "0,0", "ranges": ranges})),
        ("geohash_grid", OfDocuments, json!({"field": "place", "precision": 8})),
        ("geotile_grid", OfDocuments, json!({"field": "place", "precision": 20})),
        ("global", OfDocuments, json!({})),
        ("histogram", OfDocuments, json!({"field": "x", "interval": 0.25, "min_doc_count": 1})),
        ("histogram", OfDocuments, json!({"script": "doc['x'].value * 100", "interval": 0.5, "min_doc_count": 1})),
        ("ip_range", OfBuckets, json!({"field": "address", "ranges": [{"to": "10.0.1.0"}, {"mask": "10.0.0.0/16"}]})),
        ("matrix_stats", OfBuckets, json!({"fields": ["n", "x"]})),
        ("max", OfBuckets, json!({"field": "x"})),
        ("median_absolute_deviation", OfDocuments, json!({"field": "x"})),
        ("min", OfBuckets, json!({"field": "x"})),
        ("missing", OfBuckets, json!({"field": "tag"})),
        ("multi_terms", OfDocuments, json!({"size": 1_000, "terms": [{"field": "id"}, {"field": "flag"}]})),
        ("nested", OfDocuments, json!({"path": "objects"})),
        ("percentile_ranks", OfDocuments, json!({"field": "x", "values": [3]})),
        ("percentiles", OfDocuments, json!({"field": "x"})),
        ("percentiles", OfDocuments, json!({"field": "x", "hdr": {"number_of_significant_value_digits": 5}})),
        ("percentiles", OfDocuments, json!({"field": "x", "script": "_value * 2"})),
        ("range", OfBuckets, json!({"field": "x", "ranges": ranges})),
        ("rare_terms", OfDocuments, json!({"field": "at"})),
        ("reverse_nested", OfDocuments, json!({})),
        ("sampler", OfDocuments, json!({"shard_size": 1_000})),
        ("significant_terms", OfDocuments, json!({"field": "id", "size": 1_000, "min_doc_count": 1, "percentage": {}})),
        (
            "significant_text",
            OfDocuments,
            json!({"field": "words", "size": 1_000, "min_doc_count": 1, "percentage": {}}),
        ),
        ("stats", OfBuckets, json!({"field": "x"})),
        ("sum", OfBuckets, json!({"field": "x"})),
        ("terms", OfDocuments, json!({"field": "id", "size": 1_000})),
        ("terms", OfDocuments, json!({"field": "x", "size": 1_000})),
        ("terms", OfDocuments, json!({"script": "doc['id'].value + '!'", "size": 1_000})),
        ("top_hits", OfDocuments, json!({"size": 100, "_source": false})),
        ("top_hits", OfDocuments, json!({"size": 100, "_source": false, "sort": ["id", {"x": "desc"}]})),
        ("value_count", OfBuckets, json!({"field": "x"})),
        ("variable_width_histogram", OfDocuments, json!({"field": "x", "buckets": 1_000})),
        ("weighted_avg", OfBuckets, json!({"value": {"field": "x"}, "weight": {"field": "x"}})),
    ]
    .into_iter()
    .map(|(name, keeps, body)| {
        let mut aggregation = json!({ name: body });
        match name {
            "global" | "sampler" | "diversified_sampler" => aggregation["aggs"] = ids.clone(),
            "nested" => aggregation["aggs"] = json!({"k": {"terms": {"field": "objects.k", "size": 1_000}}}),
            "reverse_nested" => {
                aggregation["aggs"] = ids.clone();
                aggregation = json!({"nested": {"path": "objects"}, "aggs": {"r": aggregation}});
            }
            _ => {}
        }
        (name, keeps, aggregation)
    })
    .collect()
}

fn run(snapshot: &Snapshot, aggs: &Json, limits: Limits) -> Result<Json, Error> {
    let engine = Engine::new(limits, std::sync::Arc::new(quidditch_clock::SystemClock::default()));
    search_with(&engine, snapshot, &functions(), &json!({"size": 0, "aggs": aggs}))
}

/// The lowest limit with which aggregations succeed. One byte less is the error that it must be.
fn lowest(snapshot: &Snapshot, aggs: &Json) -> u64 {
    let run = |max_aggregation_bytes| run(snapshot, aggs, Limits { max_aggregation_bytes, ..Limits::default() });
    let (mut too_few, mut enough) = (0, 4_000_000);
    run(enough).unwrap_or_else(|error| panic!("{aggs}: {error:?}"));
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        match run(middle) {
            Ok(_) => enough = middle,
            Err(Error::AggregationMemory { max_bytes, wanted_bytes })
                if max_bytes == middle && wanted_bytes > middle =>
            {
                too_few = middle;
            }
            Err(error) => panic!("{aggs}: {error:?}"),
        }
    }
    enough
}

#[test]
fn every_type_is_limited() {
    let rows = rows();
    for name in aggregation_types() {
        assert!(rows.iter().any(|(row, ..)| *row == name), "add a row for {name}");
    }
    let (few, many) = (indexed(FEW), indexed(MANY));
    for (name, keeps, aggregation) in rows {
        let one = json!({"a": aggregation});
        let of_few = lowest(&few, &one);
        assert!(of_few > 0, "{aggregation}");
        if keeps == Keeps::OfDocuments {
            let of_many = lowest(&many, &one);
            let more = ((MANY - FEW) * size_of::<u32>()) as u64;
            assert!(of_many >= of_few + more, "{aggregation}: {of_few} bytes of few documents, {of_many} of many");
        }
        if name == "global" {
            continue;
        }
        // In buckets, each of two uses its own.
        let in_buckets = |count: usize| {
            let inside: Map<String, Json> =
                (0..count).map(|number| (format!("a{number}"), aggregation.clone())).collect();
            json!({"t": {"terms": {"field": "id", "size": 1_000}, "aggs": inside}})
        };
        let (of_one, of_two) = (lowest(&many, &in_buckets(1)), lowest(&many, &in_buckets(2)));
        let more = (MANY * size_of::<u64>()) as u64;
        assert!(of_two >= of_one + more, "{aggregation}: {of_one} bytes inside of buckets, {of_two} of two");
    }
}

#[test]
fn documents_in_very_many_buckets_are_limited() {
    let values: Vec<usize> = (0..250).collect();
    let documents: Vec<Json> = (0..20).map(|id| json!({"_id": id.to_string(), "n": values, "x": values})).collect();
    let snapshot = index(mapping(), &[&documents[..]]);
    let limits = || Limits { max_aggregation_bytes: 1_000_000, ..Limits::default() };
    let mut terms = json!({"terms": {"field": "n", "size": 1}});
    for _ in 0..5 {
        terms = json!({"terms": {"field": "n", "size": 1}, "aggs": {"a": terms}});
    }
    let pairs = json!({"multi_terms": {"size": 1, "terms": [{"field": "n"}, {"field": "x"}]}});
    for aggregation in [terms, pairs] {
        let error = run(&snapshot, &json!({"a": aggregation}), limits()).expect_err("250 x 250 buckets and more");
        assert!(matches!(error, Error::AggregationMemory { max_bytes: 1_000_000, .. }), "{aggregation}: {error:?}");
    }
}

/// Documents are handed on in batches, of which one may end among the buckets of a document.
#[test]
fn buckets_of_one_document_are_all_counted() {
    let values: Vec<usize> = (0..3_000).collect();
    let documents = [json!({"_id": "1", "n": values, "flag": true}), json!({"_id": "2", "n": values, "flag": false})];
    let snapshot = index(mapping(), &[&documents[..]]);
    let inside = json!({
        "f": {"filter": {"term": {"flag": true}}, "aggs": {"n": {"value_count": {"field": "n"}}}},
        "s": {"filters": {"filters": [{"term": {"flag": false}}]}}, "h": {"top_hits": {"_source": false}},
    });
    let aggs = json!({"t": {"terms": {"field": "n", "size": 3_000}, "aggs": inside}});
    let response = run(&snapshot, &aggs, Limits::default()).expect("succeeds");
    let buckets = response["aggregations"]["t"]["buckets"].as_array().expect("buckets");
    assert_eq!(buckets.len(), 3_000);
    for bucket in buckets {
        assert_eq!(bucket["f"], json!({"doc_count": 1, "n": {"value": 3_000}}), "{}", bucket["key"]);
        assert_eq!(bucket["s"]["buckets"], json!([{"doc_count": 1}]), "{}", bucket["key"]);
        assert_eq!(bucket["h"]["hits"]["total"]["value"], 2, "{}", bucket["key"]);
    }
}
