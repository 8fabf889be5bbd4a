//! How documents are cut into splits makes no difference to an answer, only to what is read for it.

use std::collections::BTreeMap;

use crate::support::{functions, index, search, udf};
use proptest::prelude::*;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"derived": {
        "third": {"type": "double", "script": {"source": "emit(doc['x'].value / 3)"}}
    }, "properties": {
        "text": {"type": "text"}, "tag": {"type": "keyword"}, "n": {"type": "long"}, "x": {"type": "double"},
        "at": {"type": "date"}, "place": {"type": "geo_point"},
        "typed": {"type": "search_as_you_type"}, "completed": {"type": "completion"}, "flat": {"type": "flat_object"},
        "ranked": {"type": "rank_feature"}, "lower": {"type": "rank_feature", "positive_score_impact": false},
        "topics": {"type": "rank_features"}, "stored": {"type": "percolator"}, "span": {"type": "integer_range"}, "big": {"type": "unsigned_long"}, "nanos": {"type": "date_nanos"}
    }})
}

/// The same, and objects that are documents of their own.
fn mapping_with_nested() -> Json {
    let mut mapping = mapping();
    mapping["properties"]["c"] = json!({"type": "nested", "properties": {"k": {"type": "keyword"}, "n": {"type": "long"}, "t": {"type": "text"}}});
    mapping
}

fn documents() -> impl Strategy<Value = Vec<Json>> {
    let words = prop::collection::vec(prop::sample::select(&["red", "green", "blue", "old", "new"][..]), 1..8);
    let document = (words, 0..4u8, -50..50i64, 0..1_000u32, -80.0..80.0f64);
    prop::collection::vec(document, 1..60).prop_map(|documents| {
        let mut all = Vec::new();
        for (number, (words, tag, n, day, lat)) in documents.into_iter().enumerate() {
            all.push(json!({
                "_id": number.to_string(), "text": words.join(" "), "tag": format!("t{tag}"), "n": n,
                "x": f64::from(day) / 8.0, "at": i64::from(day) * 86_400_000, "place": {"lat": lat, "lon": 10.0},
                "c": [{"k": format!("t{tag}"), "n": n, "t": words[0]}, {"k": "t1", "n": day, "t": words.join(" ")}],
                "ranked": f64::from(day) + 0.5, "lower": f64::from(tag) + 1.0, "topics": {(words[0]): f64::from(day) + 1.0},
                "typed": words.join(" "), "completed": {"input": words.join(" "), "weight": tag},
                "flat": {"tag": format!("t{tag}"), "words": {"all": words}}, "span": {"gte": n, "lt": n + 10},
                "stored": {"bool": {"should": [{"match": {"text": words[0]}}, {"range": {"n": {"gt": n}}}]}},
                "big": u64::MAX - u64::from(day), "nanos": i64::from(day) * 86_400_000,
            }));
        }
        all
    })
}

fn queries() -> Vec<Json> {
    vec![
        json!({"match": {"text": "red old"}}),
        json!({"match": {"text": {"query": "green blue new", "minimum_should_match": 2}}}),
        json!({"term": {"tag": "t1"}}),
        json!({"terms": {"tag": ["t0", "t3"]}}),
        json!({"term": {"n": 7}}),
        json!({"range": {"n": {"gte": -10, "lt": 20}}}),
        json!({"range": {"x": {"gt": 50.5}}}),
        json!({"range": {"at": {"gte": "1971-01-01", "lt": "1971-06-01"}}}),
        json!({"ids": {"values": ["3", "17", "nothing"]}}),
        json!({"exists": {"field": "tag"}}),
        json!({"exists": {"field": "t*"}}),
        json!({"term": {"_index": "test"}}),
        json!({"terms": {"_index": ["test", "another"]}}),
        json!({"range": {"n": {"from": -20, "to": 5, "include_lower": false, "include_upper": true}}}),
        json!({"match_phrase": {"text": "red old"}}),
        json!({"match_bool_prefix": {"text": "red o"}}),
        json!({"match_phrase": {"text": {"query": "red old", "slop": 3}}}),
        json!({"match_phrase_prefix": {"text": "red o"}}),
        json!({"match_phrase_prefix": {"text": {"query": "n", "max_expansions": 1}}}),
        json!({"match": {"text": {"query": "rod blue", "fuzziness": "AUTO"}}}),
        json!({"fuzzy": {"text": {"value": "ned", "fuzziness": 1, "max_expansions": 1}}}),
        json!({"prefix": {"text": {"value": "b", "rewrite": "scoring_boolean"}}}),
        json!({"multi_match": {"query": "red t1", "fields": ["te*", "tag^2"], "type": "cross_fields"}}),
        json!({"multi_match": {"query": "old n", "fields": ["text", "tag"], "type": "bool_prefix"}}),
        json!({"query_string": {"query": "text:(red AND \"old new\"~2) tag:t1^2 -n:[5 TO 9] gren~ b*"}}),
        json!({"simple_query_string": {"query": "red + (old | new) -blue", "fields": ["text"]}}),
        json!({"terms_set": {"text": {"terms": ["red", "old", "new"], "minimum_should_match_field": "n"}}}),
        json!({"geo_polygon": {"place": {"points": [[0, -50], [20, -50], [20, 40], [0, 60]]}}}),
        json!({"prefix": {"tag": "t"}}),
        json!({"wildcard": {"tag": "?1*"}}),
        json!({"regexp": {"text": "re?d|o.*"}}),
        json!({"regexp": {"text": {"value": "~(re.*)&@n@|ol<0-9>?d", "flags": "ALL"}}}),
        json!({"terms": {"tag": {"index": "test", "id": "3", "path": "tag"}}}),
        json!({"rank_feature": {"field": "ranked"}}),
        json!({"rank_feature": {"field": "lower", "boost": 2}}),
        json!({"rank_feature": {"field": "topics.red"}}),
        json!({"rank_feature": {"field": "topics.old", "log": {"scaling_factor": 2}}}),
        json!({"rank_feature": {"field": "ranked", "sigmoid": {"pivot": 70, "exponent": 0.6}}}),
        json!({"bool": {"must": {"match": {"text": "red"}}, "should": {"rank_feature": {"field": "ranked", "linear": {}}}}}),
        json!({"distance_feature": {"field": "at", "origin": "1971-02-03", "pivot": "7d"}}),
        json!({"distance_feature": {"field": "place", "origin": {"lat": 40, "lon": 11}, "pivot": "300km", "boost": 2}}),
        json!({"percolate": {"field": "stored", "documents": [{"text": "red old"}, {"n": 5}]}}),
        json!({"more_like_this": {
            "fields": ["text", "tag"], "like": [{"_id": "1"}, "old new blue"], "unlike": "blue",
            "min_term_freq": 1, "min_doc_freq": 2, "minimum_should_match": 1
        }}),
        json!({"intervals": {"text": {"all_of": {"max_gaps": 2, "intervals": [
            {"match": {"query": "red old", "ordered": true}}, {"prefix": {"prefix": "b"}}
        ]}}}}),
        json!({"intervals": {"text": {"match": {
            "query": "new", "filter": {"before": {"match": {"query": "green"}}}
        }}}}),
        json!({"span_near": {"slop": 3, "in_order": false, "clauses": [
            {"span_term": {"text": "red"}}, {"span_or": {"clauses": [{"span_term": {"text": "old"}}, {"span_multi": {
                "match": {"wildcard": {"text": "?l*"}}
            }}]}}
        ]}}),
        json!({"span_not": {
            "include": {"span_term": {"text": "red"}}, "exclude": {"span_first": {"match": {"span_term": {"text": "red"}}, "end": 2}}
        }}),
        json!({"dis_max": {"queries": [{"match": {"text": "red old"}}, {"term": {"tag": "t1"}}], "tie_breaker": 0.5}}),
        json!({"boosting": {
            "positive": {"match": {"text": "red"}}, "negative": {"range": {"n": {"gte": 0}}}, "negative_boost": 0.25
        }}),
        json!({"geo_bounding_box": {"place": {"top": 60, "left": -5, "bottom": 30, "right": 20}}}),
        json!({"geo_distance": {"distance": "2000km", "place": {"lat": 48, "lon": 10}}}),
        json!({"bool": {
            "must": [{"match": {"text": "red"}}], "filter": [{"range": {"n": {"gte": 0}}}],
            "should": [{"term": {"tag": "t2"}}], "must_not": [{"term": {"n": 5}}]
        }}),
        json!({"bool": {"filter": [udf("bit", json!({"bit": 1})), {"range": {"n": {"lt": 30}}}]}}),
        json!({"bool": {"filter": [udf("least", json!({"least": 3}))]}}),
        json!({"match_bool_prefix": {"typed": "red ol"}}),
        json!({"multi_match": {
            "query": "old red n", "type": "bool_prefix", "fields": ["typed", "typed._2gram", "typed._3gram"]
        }}),
        json!({"match": {"typed._2gram": "red old"}}),
        json!({"prefix": {"typed._index_prefix": "red o"}}),
        json!({"term": {"completed": "red"}}),
        json!({"term": {"flat.tag": "t1"}}),
        json!({"term": {"flat": "old"}}),
        json!({"prefix": {"flat.words.all": "o"}}),
        json!({"exists": {"field": "flat.tag"}}),
        json!({"term": {"span": 12}}),
        json!({"range": {"span": {"gte": 5, "lte": 20}}}),
        json!({"range": {"span": {"gte": -20, "lte": 20, "relation": "within"}}}),
        json!({"range": {"span": {"gte": 12, "lte": 13, "relation": "contains"}}}),
        json!({"range": {"big": {"gt": u64::MAX - 500}}}),
        json!({"terms": {"big": [u64::MAX, u64::MAX - 7]}}),
        json!({"range": {"nanos": {"gte": "1971-01-01", "lt": "1971-06-01T00:00:00.000000001Z"}}}),
        json!({"range": {"half": {"gt": -4, "lte": 10.5}}}),
        json!({"terms": {"half": [1, 2.5, -2]}}),
        json!({"range": {"twice": {"gt": -4, "lte": 20}}}),
        json!({"prefix": {"upper": "T"}}),
        json!({"range": {"third": {"gt": 3, "lte": 30}}}),
        json!({"script_score": {"query": {"term": {"tag": "t1"}}, "script": "randomScore(7, 'n')"}}),
        json!({"terms_set": {"text": {
            "terms": ["red", "old", "new"], "minimum_should_match_script": {"source": "params.num_terms - doc['n'].value % 2"}
        }}}),
        json!({"bool": {"must": [{"match": {"text": "red"}}], "must_not": [{"exists": {"field": "half"}}]}}),
        json!({"nested": {"path": "c", "query": {"match": {"c.t": "red old"}}, "score_mode": "sum"}}),
        json!({"nested": {"path": "c", "query": {"bool": {
            "must": [{"term": {"c.k": "t1"}}], "filter": [{"range": {"c.n": {"gte": 0}}}], "must_not": [{"term": {"c.t": "new"}}]
        }}}}),
        json!({"bool": {"must": [{"match": {"text": "red"}}], "must_not": [{"nested": {"path": "c", "query": {"term": {"c.k": "t2"}}}}]}}),
        json!({"term": {"c.k": "t1"}}),
        json!({"script_score": {
            "query": {"match": {"text": "blue"}}, "wasm_udf": {"name": "times", "parameters": {"factor": 0}}
        }}),
    ]
}

fn suggestions() -> Json {
    json!({
        "words": {"text": "ned grean blew", "term": {"field": "text", "suggest_mode": "always", "min_word_length": 2}},
        "popular": {"text": "old red", "term": {
            "field": "text", "suggest_mode": "popular", "min_word_length": 2, "prefix_length": 0, "max_term_freq": 3
        }},
        "text": {"text": "ned ald", "phrase": {"field": "typed", "confidence": 0, "max_errors": 2, "direct_generator": [
            {"field": "typed", "suggest_mode": "always", "prefix_length": 0, "min_word_length": 2}
        ]}},
        "completed": {"prefix": "red", "completion": {"field": "completed", "size": 100}},
        "distinct": {"prefix": "gren", "completion": {"field": "completed", "skip_duplicates": true, "fuzzy": {}}},
        "matching": {"regex": "(old|new).*", "completion": {"field": "completed", "size": 100}},
    })
}

/// Suggestions without what depends on where a document is.
fn suggested(snapshot: &Snapshot) -> Json {
    let response = search(snapshot, &functions(), &json!({"suggest": suggestions(), "size": 0})).expect("valid");
    let mut suggested = response["suggest"].clone();
    round_scores(&mut suggested);
    suggested
}

fn round_scores(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(round_scores),
        Json::Object(members) => members.values_mut().for_each(round_scores),
        Json::Number(number) if number.is_f64() => {
            let score = number.as_f64().expect("a number");
            *json = format!("{score:.5e}").into();
        }
        _ => {}
    }
}

/// What a search found: the total, and of each hit, by id, sort values and score.
struct Outcome {
    total: Json,
    hits: BTreeMap<String, (Json, Option<f64>)>,
}

fn outcome(snapshot: &Snapshot, body: &Json) -> Outcome {
    let response = search(snapshot, &functions(), body).expect("valid");
    let hits = response["hits"]["hits"].as_array().expect("hits");
    let hit =
        |hit: &Json| (hit["_id"].as_str().expect("an id").to_owned(), (hit["sort"].clone(), hit["_score"].as_f64()));
    let scores: Vec<_> = hits.iter().filter_map(|hit| hit["_score"].as_f64()).collect();
    assert!(scores.is_sorted_by(|left, right| left >= right), "{scores:?}");
    Outcome { total: response["hits"]["total"].clone(), hits: hits.iter().map(hit).collect() }
}

/// Scores are sums of a few numbers in single precision; the order in which they are added up is free.
fn are_equal(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-6 * one.abs().max(other.abs()),
        (one, other) => one == other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn splits_answer_as_one_index(documents in documents(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let one = index(mapping_with_nested(), &[&documents]);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(documents.len())).collect();
        cuts.extend([0, documents.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let parts: Vec<&[Json]> = cuts.windows(2).map(|pair| &documents[pair[0]..pair[1]]).collect();
        let many = index(mapping_with_nested(), &parts);
        prop_assert_eq!(suggested(&one), suggested(&many));
        for query in queries() {
            let derived = json!({
                "half": {"type": "double", "wasm_udf": {"name": "half"}},
                "twice": {"type": "long", "script": {"source": "emit(doc['n'].value * 2)"}},
                "upper": {"type": "keyword", "script": {"source": "emit(doc['tag'].value.toUpperCase())"}}
            });
            let by_score = json!({"derived": derived, "query": query, "size": 100, "track_total_hits": true});
            let by_field =
                json!({"derived": derived, "query": query, "size": 100, "sort": [{"tag": "asc"}, {"n": "desc"}]});
            let by_computed = json!({"derived": derived, "query": query, "size": 100, "sort": [{"half": "desc"}, "third"]});
            let scripts = json!([
                {"_script": {"type": "string", "script": "doc['tag'].value", "order": "desc"}},
                {"_script": {"type": "number", "script": "doc['x'].value * -1"}}
            ]);
            let by_script = json!({"derived": derived, "query": query, "size": 100, "sort": scripts});
            let by_nested = json!({"derived": derived, "query": query, "size": 100, "sort": [
                {"c.n": {"order": "desc", "nested": {"path": "c", "filter": {"term": {"c.k": "t1"}}}}}
            ]});
            for body in [by_score, by_field, by_computed, by_script, by_nested] {
                let (one, many) = (outcome(&one, &body), outcome(&many, &body));
                prop_assert_eq!(&one.total, &many.total, "{}", body);
                prop_assert!(one.hits.keys().eq(many.hits.keys()), "{}", body);
                for ((id, (one_sort, one_score)), (many_sort, many_score)) in one.hits.iter().zip(many.hits.values()) {
                    prop_assert_eq!(one_sort, many_sort, "{} of {}", id, body);
                    prop_assert!(are_equal(*one_score, *many_score), "{} of {}: {:?} {:?}", id, body, one_score, many_score);
                }
            }
        }
    }
}

/// Ten splits of ten documents each: numbers and days ascend from split to split.
fn ascending() -> Snapshot {
    let split = |from: i64| -> Vec<Json> {
        let document = |n: i64| {
            json!({"_id": format!("{n:03}"), "n": n, "x": n as f64, "at": n * 86_400_000, "text": "red", "tag": "t",
                   "place": {"lat": n as f64 / 2.0, "lon": 0}})
        };
        (from..from + 10).map(document).collect()
    };
    let splits: Vec<Vec<Json>> = (0..10).map(|number| split(number * 10)).collect();
    index(mapping(), &splits.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn splits_that_cannot_match_are_skipped() {
    let all = 10;
    for (query, searched) in [
        (json!({"match_all": {}}), all),
        (json!({"range": {"n": {"gte": 19, "lt": 31}}}), 3),
        (json!({"range": {"n": {"gt": 19, "lt": 30}}}), 1),
        (json!({"range": {"x": {"gt": 89.5}}}), 1),
        (json!({"range": {"at": {"gte": "1970-01-11", "lt": "1970-01-21"}}}), 1),
        (json!({"range": {"tag": {"gte": "a"}}}), all),
        (json!({"term": {"n": 55}}), 1),
        (json!({"term": {"at": "1970-02-01"}}), 1),
        (json!({"terms": {"n": [5, 95]}}), 2),
        (json!({"ids": {"values": ["055"]}}), 1),
        (json!({"geo_distance": {"distance": "1km", "place": {"lat": 20, "lon": 0}}}), 1),
        (json!({"geo_bounding_box": {"place": {"top": 20.25, "left": -1, "bottom": 19.75, "right": 1}}}), 1),
        (json!({"dis_max": {"queries": [{"term": {"n": 1}}, {"term": {"n": 99}}]}}), 2),
        (
            json!({"boosting": {
                "positive": {"term": {"n": 1}}, "negative": {"term": {"n": 99}}, "negative_boost": 0.5
            }}),
            1,
        ),
        (json!({"bool": {"filter": [{"range": {"n": {"lt": 50}}}, {"range": {"n": {"gte": 40}}}]}}), 1),
        (json!({"bool": {"should": [{"term": {"n": 1}}, {"term": {"n": 99}}]}}), 2),
        (json!({"bool": {"must": [{"match_all": {}}], "should": [{"term": {"n": 1}}]}}), all),
        (json!({"bool": {"must_not": [{"range": {"n": {"lt": 50}}}]}}), all),
        (json!({"constant_score": {"filter": {"term": {"n": 3}}}}), 1),
        (udf("least", json!({"least": 75})), 3),
        (json!({"bool": {"must_not": [udf("least", json!({"least": 75}))]}}), all),
        (json!({"match_none": {}}), 0),
    ] {
        let snapshot = ascending();
        let body = json!({"query": query, "size": 3, "sort": ["n"], "_source": false, "profile": true});
        let profile = search(&snapshot, &functions(), &body).expect("valid")["profile"].clone();
        assert_eq!(
            (&profile["splits_searched"], &profile["splits_skipped"]),
            (&json!(searched), &json!(all - searched)),
            "{query}"
        );
        assert_eq!(profile["storage"]["late_round_trips"], 0, "{query}: {}", profile["storage"]);
    }
}

#[test]
fn splits_whose_nested_objects_cannot_match_are_skipped() {
    let split = |from: i64| -> Vec<Json> {
        let document = |n: i64| json!({"_id": format!("{n:03}"), "c": [{"n": n, "t": "red"}, {"n": n, "k": "a"}]});
        (from..from + 10).map(document).collect()
    };
    let splits: Vec<Vec<Json>> = (0..10).map(|number| split(number * 10)).collect();
    let snapshot = index(mapping_with_nested(), &splits.iter().map(Vec::as_slice).collect::<Vec<_>>());
    for (query, searched, total) in [
        (json!({"nested": {"path": "c", "query": {"range": {"c.n": {"gte": 19, "lt": 31}}}}}), 3, 12),
        (
            json!({"nested": {"path": "c", "query": {"bool": {"must": [{"term": {"c.n": 55}}, {"term": {"c.t": "red"}}]}}}}),
            1,
            1,
        ),
        (json!({"nested": {"path": "c", "query": {"match_all": {}}}}), 10, 100),
        (json!({"nested": {"path": "x", "query": {"match_all": {}}, "ignore_unmapped": true}}), 10, 0),
    ] {
        let aggregations = json!({"c": {"nested": {"path": "c"}, "aggs": {"n": {"max": {"field": "c.n"}}}}});
        let body = json!({"query": query, "size": 3, "aggs": aggregations, "profile": true,
            "sort": [{"c.n": {"order": "desc", "nested": {"path": "c"}}}]});
        let response = search(&snapshot, &functions(), &body).expect("valid");
        let profile = &response["profile"];
        assert_eq!(profile["splits_searched"], searched, "{query}");
        assert_eq!(response["hits"]["total"]["value"], total, "{query}");
        assert_eq!(profile["storage"]["late_round_trips"], 0, "{query}: {}", profile["storage"]);
    }
}

#[test]
fn where_scores_do_not_count_skipped_splits_are_not_even_opened() {
    let sorted = json!({"query": {"range": {"n": {"gte": 90}}}, "sort": ["n"], "_source": false, "profile": true});
    let scored = json!({"query": {"bool": {"must": [{"match": {"text": "red"}}], "filter": [{"range": {"n": {"gte": 90}}}]}},
        "_source": false, "profile": true});
    let gets = |body: &Json| {
        let profile = search(&ascending(), &functions(), body).expect("valid")["profile"].clone();
        assert_eq!(profile["splits_searched"], 1);
        profile["storage"]["gets"].as_u64().expect("a number")
    };
    assert_eq!(gets(&sorted), 2, "a footer; then a column, which is so close to the ids that one read fetches both");
    assert!(gets(&scored) > 10, "how often a term occurs in all splits decides about its score");
}
