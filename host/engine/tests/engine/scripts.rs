//! Scripts inside queries.

use crate::support::{calls, functions, ids, index, scores, search};
use quidditch_engine::Error;
use quidditch_function::{Cause, DocumentRef, FailurePhase, error_chain};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// 5,000 documents in two splits: `n` counts from 0, and every hundredth document has no `m`. One document has three points.
fn documents() -> Snapshot {
    let document = |n: i64| {
        let mut document = json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 3), "text": "a b"});
        if n % 100 != 0 {
            document["m"] = json!(n * 2);
        }
        if n == 7 {
            document["at"] = json!([{"lat": 10, "lon": 20}, {"lat": -5, "lon": 40}, {"lat": -5, "lon": -3}]);
        }
        document
    };
    let documents: Vec<Json> = (0..5_000).map(document).collect();
    let mapping = json!({"properties": {
        "n": {"type": "long"}, "m": {"type": "integer"}, "tag": {"type": "keyword"}, "at": {"type": "geo_point"},
        "text": {"type": "text"}
    }});
    index(mapping, &[&documents[..4_500], &documents[4_500..]])
}

fn run(query: &Json) -> Result<Json, Error> {
    search(&documents(), &functions(), &json!({"query": query, "profile": true, "track_total_hits": true}))
}

fn script(source: &str) -> Json {
    json!({"script": {"script": {"source": source, "params": {"limit": 4_990, "tags": ["t1"]}}}})
}

fn total(response: &Json) -> u64 {
    response["hits"]["total"]["value"].as_u64().expect("a total")
}

#[test]
fn a_script_filters_what_its_neighbours_let_through() {
    let query = json!({"bool": {"filter": [{"term": {"tag": "t1"}}, script("doc['n'].value >= params.limit")]}});
    let response = run(&query).expect("valid");
    assert_eq!(ids(&response), ["4990", "4993", "4996", "4999"]);
    assert_eq!(calls(&response, 0), (2, 1_667), "one batch for each split");
    assert_eq!(response["profile"]["functions"][0]["name"], "doc['n'].value >= params.limit");
}

#[test]
fn the_short_form_is_painless_without_parameters() {
    let response = run(&json!({"script": {"script": "doc['m'].size() == 0 || doc['m'].value < 3"}})).expect("valid");
    assert_eq!(total(&response), 51);
}

#[test]
fn a_script_scores_with_the_score_so_far() {
    let inner = json!({"constant_score": {"filter": {"range": {"n": {"lt": 3}}}, "boost": 2}});
    let score = |script: Json| {
        let query = json!({"script_score": {"query": inner, "script": script}});
        scores(&run(&query).expect("valid"))
    };
    assert_eq!(score(json!({"source": "_score * doc['n'].value + 0.5"})), [4.5, 2.5, 0.5]);
    assert_eq!(score(json!({"source": "_score + 3 * doc['m'].value", "lang": "expression"})), [14.0, 8.0, 2.0]);
    assert_eq!(score(json!("doc['n'].value / 2")), [1.0, 0.0, 0.0]);
}

#[test]
fn a_script_is_a_function_of_function_score() {
    let query = json!({"function_score": {
        "query": {"range": {"n": {"lt": 3}}}, "boost_mode": "replace",
        "functions": [{"filter": {"term": {"tag": "t1"}}, "script_score": {"script": {"source": "doc['n'].value + 6"}}}]
    }});
    assert_eq!(scores(&run(&query).expect("valid")), [7.0, 1.0, 1.0]);
}

#[test]
fn the_axes_of_several_points_stay_together() {
    let near = |script: &str| ids(&run(&json!({"script": {"script": script}})).expect("valid"));
    let exists = "doc['at'].size() > 0 && ";
    assert_eq!(near(&format!("{exists} doc['at'].lat == -5 && doc['at'].lon == 40")), ["7"]);
    assert_eq!(near(&format!("{exists} doc['at'].arcDistance(-5, 40) < 1")), ["7"]);
}

#[test]
fn a_field_is_computed_once_for_hits_and_aggregations_of_the_same_documents() {
    let mut body = json!({
        "derived": {"twice": {"type": "long", "script": "emit(doc['n'].value * 2)"}}, "query": {"term": {"tag": "t1"}},
        "sort": [{"twice": "desc"}], "aggs": {"sum": {"sum": {"field": "twice"}}}, "size": 1, "profile": true
    });
    let response = search(&documents(), &functions(), &body).expect("valid");
    assert_eq!(
        (ids(&response), &response["aggregations"]["sum"]["value"]),
        (vec!["4999".to_owned()], &json!(8_335_000.0))
    );
    assert_eq!(calls(&response, 0), (2, 1_667), "one batch for each split");
    body["post_filter"] = json!({"range": {"n": {"gte": 4_990, "lt": 4_999}}});
    let response = search(&documents(), &functions(), &body).expect("valid");
    assert_eq!(
        (ids(&response), &response["aggregations"]["sum"]["value"]),
        (vec!["4996".to_owned()], &json!(8_335_000.0))
    );
    assert_eq!(calls(&response, 0), (3, 1_667 + 3), "the documents of the hits are others");
}

#[test]
fn a_failure_names_the_script_and_the_document() {
    let failure = |query: Json| match run(&query).expect_err("it fails") {
        Error::Function(error) => error,
        other => panic!("another error: {}", error_chain(&other)),
    };
    let query = json!({"bool": {"filter": [{"range": {"n": {"gt": 4_750}}}, script("doc['m'].value > 5")]}});
    let error = failure(query);
    assert_eq!(error.phase, FailurePhase::Run);
    let Cause::Script(script_failure) = &error.cause else { panic!("another cause: {}", error.cause) };
    assert_eq!(script_failure.document, Some(DocumentRef::Id("4800".to_owned())));
    assert_eq!((script_failure.offset, script_failure.kind), (8, "illegal_state_exception"));

    let error = failure(script("doc['n'].value > unknown"));
    assert_eq!(error.phase, FailurePhase::Bind);
    insta::assert_snapshot!(
        error_chain(&Error::Function(error)),
        @"a user function failed: function doc['n'].value > unknown failed to bind: cannot resolve symbol [unknown] (at byte 17 of the script)"
    );
}

#[test]
fn what_a_script_may_not_have_is_an_error() {
    let error = |script: Json| {
        let body = json!({"query": {"script": {"script": script}}});
        error_chain(&search(&documents(), &functions(), &body).expect_err("invalid"))
    };
    insta::assert_snapshot!(error(json!({"source": "true", "lang": "groovy"})), @"script_lang not supported [groovy], use [painless] or [expression], or [wasm] with [id] (at query.script.script.lang)");
    insta::assert_snapshot!(error(json!({"source": "true", "id": "f"})), @"[script] accepts either [source] or [id], not both (at query.script.script)");
    insta::assert_snapshot!(error(json!({"lang": "painless"})), @r#"[script] requires [source], the text of a script, or [id], that of a stored script or a function such as "geo_distance@1.0.0" (at query.script.script)"#);
    insta::assert_snapshot!(error(json!({"id": "f", "lang": "painless"})), @"illegally specified [lang] for a stored script, which has its own; remove it, or use [wasm] for a published function (at query.script.script.lang)");
    insta::assert_snapshot!(error(json!({"source": "true", "lang": "wasm"})), @"[lang] [wasm] requires [id], the name of a published function, and no [source] (at query.script.script.lang)");
    insta::assert_snapshot!(error(json!({"source": "true", "options": {}})), @"[script] does not support [options] (at query.script.script.options)");
    insta::assert_snapshot!(error(json!({"source": "true", "params": 1})), @"expected an object, found [1] (at query.script.script.params)");
}
