//! What a response has of each hit: the same over any number of splits, within limits, and read together.

mod support;

use quidditch_engine::Error;
use quidditch_function::NativeFunctions;
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};
use support::{index, search};

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
    for (at, over) in [(values(100), values(101)), (scripts(32), scripts(33))] {
        found(&index, &at);
        let error = search(&index, &NativeFunctions::new(), &over).expect_err("over the limit");
        assert!(matches!(error, Error::Shard { .. }), "{error}");
    }
}
