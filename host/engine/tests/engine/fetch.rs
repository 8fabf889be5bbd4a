//! What a response has of each hit: the same over any number of splits, within limits, and read together.

use std::sync::Arc;

use crate::support::{functions, index, search, search_with};
use quidditch_clock::SystemClock;
use quidditch_engine::{Engine, Error, Limits};
use quidditch_function::NativeFunctions;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

fn mapping() -> Json {
    json!({"properties": {
        "text": {"type": "text"}, "tag": {"type": "keyword"}, "n": {"type": "long"}, "at": {"type": "date"},
        "place": {"type": "geo_point"}
    }})
}

fn documents() -> Vec<Json> {
    let document = |number: i64| {
        json!({
            "_id": number.to_string(), "text": format!("The fox {number}. A red fox is here. Number {number} ends."),
            "tag": [format!("t{}", number % 3), "all"], "n": [number, -number], "at": number * 86_400_000,
            "place": {"lat": number as f64, "lon": 10.0},
        })
    };
    (0..12).map(document).collect()
}

fn found(snapshot: &Snapshot, body: &Json) -> Json {
    search(snapshot, &NativeFunctions::new(), body).expect("valid")
}

#[test]
fn hits_are_the_same_over_any_number_of_splits() {
    let documents = documents();
    let one = index(mapping(), &[&documents]);
    let many = index(mapping(), &[&documents[..5], &documents[5..6], &documents[6..]]);
    for keys in [
        json!({"fields": ["*", {"field": "at", "format": "yyyy"}]}),
        json!({"docvalue_fields": ["tag", "n", "at", "place", "_id"]}),
        json!({"script_fields": {"s": {"script": "doc['n']"}, "t": {"script": "doc['tag'].value + doc['n'].size()"}}}),
        json!({"highlight": {"fields": {"*": {"fragment_size": 10}}, "require_field_match": false}}),
        json!({"stored_fields": "_none_", "docvalue_fields": ["n"]}),
    ] {
        let mut body = json!({"query": {"match": {"text": "red number"}}, "sort": [{"n": "asc"}], "size": 20});
        let object = body.as_object_mut().expect("an object");
        object.extend(keys.as_object().expect("an object").clone());
        assert_eq!(found(&one, &body)["hits"], found(&many, &body)["hits"], "{body}");
    }
}

#[test]
fn columns_of_hits_are_read_with_their_sources() {
    let documents = documents();
    let trips = |keys: Json| {
        // A new one each time: nothing of it is cached.
        let index = index(mapping(), &[&documents[..6], &documents[6..]]);
        let mut body = json!({"query": {"term": {"tag": "t1"}}, "profile": true});
        body.as_object_mut().expect("an object").extend(keys.as_object().expect("an object").clone());
        let response = found(&index, &body);
        assert_eq!(response["profile"]["storage"]["late_round_trips"], 0, "{body}");
        response["profile"]["storage"]["round_trips"].as_u64().expect("a number")
    };
    let sources = trips(json!({}));
    assert_eq!(trips(json!({"docvalue_fields": ["n", "place"], "fields": ["at"]})), sources);
    assert_eq!(trips(json!({"script_fields": {"s": {"script": "doc['n'].value"}}, "_source": true})), sources);
}

#[test]
fn a_long_text_is_highlighted_up_to_a_limit() {
    let text = |units: usize| format!("{}fox", "a ".repeat((units - 3) / 2));
    let at_limit = json!({"_id": "1", "text": text(999_999)});
    let over_limit = json!({"_id": "1", "text": text(1_000_001)});
    let body = |options: Json| json!({"query": {"match": {"text": "fox"}}, "highlight": {"fields": {"text": options}}, "_source": false});
    let index_of = |document: &Json| index(mapping(), &[std::slice::from_ref(document)]);
    let response = found(&index_of(&at_limit), &body(json!({"fragment_size": 5})));
    assert_eq!(response["hits"]["hits"][0]["highlight"], json!({"text": ["a a <em>fox</em>"]}));
    let long = index_of(&over_limit);
    let error = search(&long, &NativeFunctions::new(), &body(json!({}))).expect_err("too long");
    assert!(matches!(error, Error::Shard { .. }), "{error}");
    let response = found(&long, &body(json!({"max_analyzer_offset": 1_000, "no_match_size": 3})));
    assert_eq!(response["hits"]["hits"][0]["highlight"], json!({"text": ["a a"]}));
}

#[test]
fn many_matches_and_patterns_take_bounded_time() {
    let document = json!({"_id": "1", "text": "fox. ".repeat(10_000)});
    let index = index(mapping(), &[std::slice::from_ref(&document)]);
    let phrase = json!({"match_phrase": {"text": "fox fox fox"}});
    let pattern = json!({"regexp": {"text": "(f|o|x|fo|ox)*(f|o|x)*(fo|x)+"}});
    let body = json!({
        "query": {"bool": {"should": [phrase, pattern, {"match": {"text": "fox"}}]}},
        "highlight": {"fields": {"text": {"number_of_fragments": 10_000, "fragment_size": 1, "order": "score"}}},
    });
    let fragments = &found(&index, &body)["hits"]["hits"][0]["highlight"]["text"];
    assert_eq!(fragments.as_array().map(Vec::len), Some(10_000));
}

#[test]
fn limits_of_values() {
    let index = index(mapping(), &[&documents()]);
    let values = |count: usize| json!({"docvalue_fields": vec!["n"; count]});
    let scripts = |count: usize| {
        let field = |number: usize| (number.to_string(), json!({"script": "1"}));
        json!({"script_fields": (0..count).map(field).collect::<serde_json::Map<_, _>>()})
    };
    let fields = |count: usize| json!({"fields": vec!["n"; count]});
    for (at, over) in [(values(100), values(101)), (scripts(32), scripts(33)), (fields(1_000), fields(1_001))] {
        found(&index, &at);
        let error = search(&index, &NativeFunctions::new(), &over).expect_err("over the limit");
        assert!(matches!(error, Error::Shard { .. }), "{error}");
    }
}

#[test]
fn highlighted_fields_have_a_limit() {
    let index = index(mapping(), &[&documents()]);
    let body = |count: usize| json!({"highlight": {"fields": vec![json!({"nope": {}}); count]}});
    found(&index, &body(1_000));
    let error = search(&index, &NativeFunctions::new(), &body(1_001)).expect_err("over the limit");
    assert!(matches!(error, Error::Parsing { .. }), "{error}");
}

#[test]
fn names_of_queries_and_explanations_count_as_bytes_of_hits() {
    let index = index(mapping(), &[&documents()]);
    let is_answered = |max_hits_bytes: u64, body: &Json| {
        let engine = Engine::new(Limits { max_hits_bytes, ..Limits::default() }, Arc::new(SystemClock::default()));
        match search_with(&engine, &index, &NativeFunctions::new(), body) {
            Ok(_) => true,
            Err(Error::HitsTooLarge { .. }) => false,
            Err(error) => panic!("{error}"),
        }
    };
    // The ids are ten of one digit, and two of two.
    let plain = json!({"_source": false, "size": 12});
    assert_eq!((is_answered(14, &plain), is_answered(13, &plain)), (true, false));
    let named = json!({"_source": false, "size": 12, "query": {"match_all": {"_name": "x".repeat(1_000)}}});
    assert_eq!((is_answered(12_014, &named), is_answered(12_013, &named)), (true, false));
    let explained = json!({"_source": false, "size": 12, "explain": true});
    assert_eq!((is_answered(10_000, &explained), is_answered(14 + 12 * 3, &explained)), (true, false));
}

#[test]
fn names_in_aggregations_and_highlights_are_not_those_of_matches() {
    let index = index(mapping(), &[&documents()]);
    let named = |name: &str| json!({"match": {"text": {"query": "fox", "_name": name}}});
    let response = found(
        &index,
        &json!({
            "query": named("both"), "post_filter": named("post"), "size": 1,
            "aggs": {"a": {"filter": {"term": {"tag": {"value": "nope", "_name": "both"}}}}, "b": {"filter": named("agg")}},
            "highlight": {"fields": {"text": {"highlight_query": named("highlight")}}},
        }),
    );
    assert_eq!(response["hits"]["hits"][0]["matched_queries"], json!(["both", "post"]));
}

#[test]
fn an_explanation_has_the_factor_of_the_index() {
    let index = index(mapping(), &[&documents()]);
    for query in [json!({}), json!({"query": {"match": {"text": "fox"}}})] {
        let mut body = query;
        (body["explain"], body["indices_boost"]) = (true.into(), json!([{"test": 3.0}]));
        let hit = &found(&index, &body)["hits"]["hits"][0];
        let (score, explained) = (hit["_score"].as_f64(), hit["_explanation"]["value"].as_f64());
        assert!((score.expect("a score") - explained.expect("a score")).abs() < 1e-6, "{body}");
    }
}

#[test]
fn computed_fields_are_sorted_by_page_by_page_and_shown() {
    let document = |number: i64| json!({"_id": number.to_string(), "n": number, "tag": "all"});
    let documents: Vec<Json> = (0..12).map(document).collect();
    let index = index(mapping(), &[&documents]);
    let search = |body: Json| {
        let mut body = body;
        body["derived"] = json!({"n": {"type": "double", "wasm_udf": {"name": "half"}}});
        search(&index, &functions(), &body)
    };
    let first = search(json!({"size": 3, "sort": [{"n": "desc"}, "_doc"]})).expect("valid");
    let after = &first["hits"]["hits"][2]["sort"];
    let next = search(json!({"size": 1, "sort": [{"n": "desc"}, "_doc"], "search_after": after}));
    let all = search(json!({"size": 4, "sort": [{"n": "desc"}, "_doc"]})).expect("valid");
    assert_eq!(next.expect("valid")["hits"]["hits"][0]["_id"], all["hits"]["hits"][3]["_id"]);
    for key in ["fields", "docvalue_fields"] {
        let shown = search(json!({"size": 2, key: ["n*", "tag"]})).expect("valid");
        let fields = |hit: usize| shown["hits"]["hits"][hit]["fields"].clone();
        assert_eq!(fields(0), json!({"tag": ["all"]}), "the function computes no value");
        assert_eq!(fields(1), json!({"n": [0.5], "tag": ["all"]}));
    }
}
