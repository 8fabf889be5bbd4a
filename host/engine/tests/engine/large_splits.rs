//! A large split has sorted columns and terms of many documents, from which searches take what smaller splits look up document by
//! document: the answers are the same.

use std::sync::{Arc, LazyLock};

use crate::support::{functions, index, search};
use futures::executor::block_on;
use quidditch_index::{Cost, ReadSettings, Snapshot, SplitReader};
use serde_json::{Value as Json, json};

/// More than a split has at least to have sorted columns.
const DOCUMENTS: u64 = 70_000;

/// Few enough that splits of them have none.
const SMALL: usize = 20_000;

fn mapping() -> Json {
    json!({"properties": {
        "n": {"type": "long"}, "x": {"type": "double"}, "single": {"type": "float"}, "small": {"type": "byte"},
        "many": {"type": "integer"}, "some": {"type": "long"}, "at": {"type": "date"}, "exact": {"type": "date_nanos"},
        "huge": {"type": "unsigned_long"}, "price": {"type": "scaled_float", "scaling_factor": 100},
        "tag": {"type": "keyword"}, "tags": {"type": "keyword"}, "rare": {"type": "keyword"}, "ip": {"type": "ip"}
    }})
}

fn document(number: u64) -> Json {
    let n = number as i64 * 7_919 % 50_021;
    let mut document = json!({
        "_id": number.to_string(), "n": n - 20_000, "x": (n - 25_000) as f64 / 7.0, "single": n as f64 / 3.0, "small": n % 100,
        "many": [n % 1_000, n % 77], "at": 1_400_000_000_000 + n * 3_600_000,
        "exact": format!("2020-01-01T00:00:00.{:09}Z", n * 19_000), "huge": 18_446_744_073_709_500_000_u64 + n as u64,
        "price": n as f64 / 100.0, "tag": format!("t{:02}", n % 17), "tags": [format!("a{}", n % 3), format!("b{}", n % 5)],
        "ip": format!("10.0.{}.{}", n % 7, n % 11),
    });
    if number.is_multiple_of(3) {
        document["some"] = n.into();
        document["rare"] = format!("r{}", n % 29).into();
    }
    if number.is_multiple_of(1_000) {
        document["x"] = json!([-0.0, 0.0]);
    }
    document
}

fn large() -> &'static Snapshot {
    static LARGE: LazyLock<Snapshot> = LazyLock::new(|| {
        let all: Vec<Json> = (0..DOCUMENTS).map(document).collect();
        index(mapping(), &[&all])
    });
    &LARGE
}

fn small() -> &'static Snapshot {
    static SMALL_SPLITS: LazyLock<Snapshot> = LazyLock::new(|| {
        let all: Vec<Json> = (0..DOCUMENTS).map(document).collect();
        let splits: Vec<&[Json]> = all.chunks(SMALL).collect();
        index(mapping(), &splits)
    });
    &SMALL_SPLITS
}

/// A large split of which many documents are replaced by those of a second one.
fn with_deletes() -> &'static Snapshot {
    static DELETES: LazyLock<Snapshot> = LazyLock::new(|| {
        let all: Vec<Json> = (0..DOCUMENTS).map(document).collect();
        let last: Vec<Json> = (0..DOCUMENTS).rev().take(SMALL).map(document).collect();
        index(mapping(), &[&all, &last])
    });
    &DELETES
}

fn answer(snapshot: &Snapshot, body: &Json) -> Json {
    let mut answer = search(snapshot, &functions(), body).unwrap_or_else(|error| panic!("{body}: {error:?}"));
    let response = answer.as_object_mut().expect("a response");
    response.remove("took");
    response.remove("_shards");
    answer
}

/// Searches all three indices, and returns the answer if it is the same.
#[track_caller]
fn same(body: &Json) -> Json {
    let expected = answer(small(), body);
    assert_eq!(answer(large(), body), expected, "{body}");
    assert_eq!(answer(with_deletes(), body), expected, "with deletes: {body}");
    expected
}

/// Ranges of few, many, all and no documents, at and between values, open and closed.
fn ranges() -> Vec<Json> {
    vec![
        json!({"range": {"n": {"gte": -20_000, "lt": -19_990}}}),
        json!({"range": {"n": {"gt": -20_000, "lte": -19_990}}}),
        json!({"range": {"n": {"gte": 5, "lte": 5}}}),
        json!({"range": {"n": {"gt": 5, "lt": 6}}}),
        json!({"range": {"n": {"gt": 9, "lt": 3}}}),
        json!({"range": {"n": {"gte": 29_999}}}),
        json!({"range": {"n": {"lt": 0}}}),
        json!({"range": {"n": {"gte": i64::MIN, "lte": i64::MAX}}}),
        json!({"range": {"n": {"gt": i64::MAX}}}),
        json!({"range": {"n": {"lt": i64::MIN}}}),
        json!({"range": {"x": {"gte": 0, "lte": 0}}}),
        json!({"range": {"x": {"gte": -0.5, "lt": 0.5}}}),
        json!({"range": {"x": {"gt": 1e300}}}),
        json!({"range": {"single": {"gte": 33.3, "lte": 33.4}}}),
        json!({"range": {"small": {"gte": 98}}}),
        json!({"range": {"many": {"gte": 3, "lte": 4}}}),
        json!({"range": {"some": {"gte": 3, "lte": 400}}}),
        json!({"range": {"at": {"gte": "2014-05-13", "lt": "2014-05-20"}}}),
        json!({"range": {"exact": {"gte": "2020-01-01T00:00:00.000019000Z", "lte": "2020-01-01T00:00:00.000190000Z"}}}),
        json!({"range": {"huge": {"gte": 18_446_744_073_709_500_001_u64, "lt": 18_446_744_073_709_500_009_u64}}}),
        json!({"range": {"price": {"gte": 1.5, "lt": 1.75}}}),
        json!({"term": {"n": 77}}),
        json!({"term": {"x": 1.0}}),
        json!({"term": {"at": "2014-05-14"}}),
        json!({"term": {"huge": 18_446_744_073_709_500_007_u64}}),
        json!({"terms": {"n": [1, 2, 3, 29_000]}}),
        json!({"terms": {"many": [1, 2]}}),
    ]
}

#[test]
fn ranges_of_numbers_are_the_same() {
    let mut empty = 0;
    for range in ranges() {
        for query in [
            range.clone(),
            json!({"bool": {"must_not": [range]}}),
            json!({"bool": {"must": [{"term": {"tag": "t03"}}], "filter": [range]}}),
            json!({"bool": {"should": [range, {"term": {"small": 7}}]}}),
        ] {
            let sort = json!([{"n": "asc"}, {"_id": "asc"}]);
            same(&json!({"query": query, "size": 5, "track_total_hits": true, "sort": sort}));
            let found = same(&json!({"query": query, "size": 0, "track_total_hits": true}));
            empty += u32::from(query == range && found["hits"]["total"]["value"] == 0);
        }
    }
    assert_eq!(empty, 5, "two that end before they begin, and three beyond all values");
}

#[test]
fn counts_of_all_documents_are_the_same() {
    let ranges = json!([
        {"to": -5}, {"from": -5, "to": 0}, {"from": 0, "to": 10.5}, {"from": 10.5}, {"from": 1e300}, {"to": -1e300}, {"from": 3, "to": 3}
    ]);
    let with_stats = json!({"s": {"stats": {"field": "n"}}});
    let mut aggregations = Vec::new();
    for field in ["n", "x", "single", "small", "many", "some", "price", "huge", "nothing"] {
        aggregations.push(json!({"range": {"field": field, "ranges": ranges}}));
    }
    aggregations.push(json!({"range": {"field": "some", "missing": 3, "ranges": ranges}}));
    aggregations.push(json!({"range": {"field": "n", "ranges": ranges}, "aggs": with_stats}));
    aggregations.push(json!({"date_range": {"field": "at", "ranges": [{"to": "2015"}, {"from": "2015", "to": "2017"}, {"from": "2017"}]}}));
    aggregations.push(json!({"date_range": {"field": "exact", "ranges": [{"to": "2020-01-01T00:00:00.001Z"}]}}));
    for field in ["tag", "tags", "rare", "ip", "nothing"] {
        aggregations.push(json!({"terms": {"field": field}}));
        aggregations.push(json!({"terms": {"field": field, "size": 100}}));
        aggregations.push(json!({"terms": {"field": field, "size": 2, "order": {"_key": "desc"}}}));
        aggregations.push(json!({"terms": {"field": field, "size": 2, "min_doc_count": 3_000}}));
        if field != "ip" {
            aggregations.push(json!({"terms": {"field": field, "missing": "none", "size": 3}}));
            aggregations.push(json!({"terms": {"field": field, "include": ".*1.*"}}));
        }
        aggregations.push(json!({"terms": {"field": field, "size": 3}, "aggs": with_stats}));
        for after in ["", "b1", "r12", "t03", "t030", "z"] {
            for size in [1, 3, 7] {
                let sources =
                    json!([{"a": {"terms": {"field": field}}}, {"b": {"terms": {"field": "small", "order": "desc"}}}]);
                let mut page = json!({"composite": {"size": size, "sources": sources}});
                if field != "ip" {
                    page["composite"]["after"] = json!({"a": after, "b": 50});
                }
                aggregations.push(page);
            }
        }
        let missing =
            json!([{"a": {"terms": {"field": field, "missing_bucket": true}}}, {"b": {"terms": {"field": "some"}}}]);
        aggregations.push(json!({"composite": {"size": 5, "sources": missing}}));
        let some = json!([{"a": {"terms": {"field": field}}}, {"b": {"terms": {"field": "some"}}}]);
        aggregations.push(json!({"composite": {"size": 5, "sources": some}}));
    }
    for aggregation in aggregations {
        same(&json!({"size": 0, "track_total_hits": true, "aggs": {"a": aggregation}}));
        same(&json!({"size": 0, "track_total_hits": true, "aggs": {"a": aggregation, "b": {"max": {"field": "n"}}}}));
        let global = json!({"global": {}, "aggs": {"a": aggregation}});
        same(&json!({"size": 0, "query": {"term": {"small": 3}}, "aggs": {"a": aggregation, "g": global}}));
    }
}

/// Searches the indices in which documents have the same order, so that of equal hits the same come first.
#[track_caller]
fn same_in_order(body: &Json) -> Json {
    let expected = answer(small(), body);
    assert_eq!(answer(large(), body), expected, "{body}");
    expected
}

/// Sorts by all fields, with ties and missing values, on the first page and on the second.
#[test]
fn hits_of_all_documents_are_the_same() {
    let missing = [json!({}), json!({"missing": "_first"}), json!({"missing": 7})];
    let fields = ["n", "x", "single", "small", "many", "some", "at", "exact", "huge", "price", "tag"];
    for (field, order) in fields.iter().flat_map(|field| ["asc", "desc"].map(|order| (*field, order))) {
        for options in &missing {
            if field == "exact" && options["missing"] == 7 {
                continue;
            }
            let mut sort = options.clone();
            sort["order"] = order.into();
            let (alone, unique) = (json!([{field: sort}]), json!([{field: sort}, {"tag": "desc"}, {"_id": "asc"}]));
            for (sort, search) in [(alone, same_in_order as fn(&Json) -> Json), (unique, same)] {
                let mut body = json!({"size": 13, "sort": sort, "_source": false, "track_total_hits": true});
                let first = search(&body);
                body["search_after"] = first["hits"]["hits"][12]["sort"].clone();
                search(&body);
            }
        }
    }
}

#[test]
fn pages_of_all_documents_are_the_same() {
    let body = |field: &str, order: &str| json!({"size": 11, "sort": [{field: order}], "_source": false});
    for (field, values) in [
        ("n", vec![json!(-20_001), json!(-20_000), json!(0), json!(30_020), json!(30_021)]),
        ("x", vec![json!(-1e300), json!(-0.0), json!(0), json!(0.05), json!(1e300)]),
        ("small", vec![json!(-1), json!(0), json!(50), json!(99), json!(100)]),
        ("some", vec![json!(-1), json!(50_000), json!(50_019), json!(i64::MAX)]),
        ("huge", vec![json!(0), json!(18_446_744_073_709_500_003_u64), json!(u64::MAX)]),
    ] {
        for (after, order) in values.iter().flat_map(|after| ["asc", "desc"].map(|order| (after, order))) {
            let mut page = body(field, order);
            page["search_after"] = json!([after]);
            same_in_order(&page);
        }
        let mut page = body(field, "desc");
        for (key, value) in [
            ("from", json!(4_000)),
            ("aggs", json!({"tags": {"terms": {"field": "tag"}}})),
            ("aggs", json!({"average": {"avg": {"field": "n"}}})),
            ("track_scores", json!(true)),
            ("post_filter", json!({"term": {"tag": "t03"}})),
            ("query", json!({"term": {"tag": "t04"}})),
        ] {
            page[key] = value;
            same_in_order(&page);
        }
    }
}

/// A process that has read nothing of the index yet.
fn cold(snapshot: &Snapshot) -> Snapshot {
    let reader = Arc::new(SplitReader::new(Arc::clone(snapshot.reader().storage()), ReadSettings::default()));
    block_on(Snapshot::open(&reader, snapshot.name(), &Cost::default())).expect("readable")
}

#[test]
fn what_the_first_hits_need_is_read_together() {
    for sort in [
        json!([{"n": "asc"}]),
        json!([{"n": "desc"}]),
        json!([{"x": "asc"}, {"tag": "desc"}]),
        json!([{"at": "desc"}, {"n": "asc"}]),
        json!([{"small": "desc"}]),
        json!([{"some": "asc"}]),
        json!([{"many": "asc"}]),
    ] {
        let mut body = json!({"size": 10, "sort": sort, "_source": false, "profile": true});
        for _ in 0..2 {
            let response = search(&cold(large()), &functions(), &body).expect("valid");
            let storage = &response["profile"]["storage"];
            assert_eq!(storage["late_round_trips"], 0, "{body}: {storage}");
            // The footer, the columns with the ends of the sorted column, and the stored documents.
            let round_trips = storage["round_trips"].as_u64().expect("a number");
            assert!(round_trips <= 4, "{body}: {storage}");
            body["search_after"] = response["hits"]["hits"][9]["sort"].clone();
        }
    }
}
