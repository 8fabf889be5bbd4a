//! Functions that fail in clauses which tolerate it.

use crate::support::{calls, engine, functions, ids, index, scores, search};
use futures::executor::block_on;
use quidditch_engine::{PartialResult, SearchPart, SearchRequest, SearchTarget};
use quidditch_function::{
    Batch, Cause, NativeFunctions, NativeScorer, error_chain, native_filter, native_scorer, native_scorer_with_bound,
};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// 5,000 documents in one split, which are two batches: `n` counts from 0.
fn numbers() -> Snapshot {
    let documents: Vec<Json> = (0..5_000).map(|n| json!({"_id": n.to_string(), "n": n})).collect();
    index(json!({"properties": {"n": {"type": "long"}}}), &[&documents])
}

/// Functions that fail in other ways than those of [`functions`].
fn broken() -> NativeFunctions {
    let traps = || Cause::Trapped { message: "out of bounds".to_owned(), frames: Vec::new() };
    let in_bind = native_filter("in_bind", Vec::new(), move |_| {
        let keep = |_: &Batch, _: &mut Vec<u8>| Ok(());
        Err(traps()).map(|()| (Vec::new(), keep))
    });
    let refuses = native_filter("refuses", Vec::new(), |_| {
        let keep = |_: &Batch, _: &mut Vec<u8>| Ok(());
        Err(Cause::InvalidArgument("no argument is good enough".to_owned())).map(|()| (Vec::new(), keep))
    });
    // It says that no score is above 1.
    let capped = native_scorer_with_bound("capped", Vec::new(), move |_| {
        let score = move |_: &Batch, _: &mut Vec<f32>| Err(traps());
        Ok((NativeScorer { columns: Vec::new(), score, needs_score: false }, |_| 1.0))
    });
    let no_bound = native_scorer_with_bound("no_bound", Vec::new(), |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            scores.resize(batch.len, 2.0);
            Ok(())
        };
        Ok((NativeScorer { columns: Vec::new(), score, needs_score: false }, |_| f32::NAN))
    });
    let scorer = native_scorer("scorer", Vec::new(), move |_| {
        let score = move |_: &Batch, _: &mut Vec<f32>| Err(traps());
        Ok(NativeScorer { columns: Vec::new(), score, needs_score: false })
    });
    functions().with(in_bind).with(refuses).with(capped).with(no_bound).with(scorer)
}

fn run(mut body: Json) -> Result<Json, String> {
    body["track_total_hits"] = json!(true);
    body["profile"] = json!(true);
    search(&numbers(), &broken(), &body).map_err(|error| error_chain(&error))
}

fn succeeds(body: Json) -> Json {
    run(body).expect("the failure is tolerated")
}

fn total(response: &Json) -> u64 {
    response["hits"]["total"]["value"].as_u64().expect("a total")
}

/// Fails in the batch with this number.
fn fails_at(at: u64, on_error: &str) -> Json {
    json!({"wasm_udf": {"name": "fail", "parameters": {"at": at}, "on_error": on_error}})
}

fn scored_by(name: &str, on_error: impl Into<Json>) -> Json {
    json!({"script_score": {
        "query": {"match_all": {}}, "wasm_udf": {"name": name, "on_error": on_error.into()}
    }})
}

#[test]
fn a_filter_that_fails_keeps_or_drops_the_documents_of_the_batch() {
    let included = succeeds(json!({"query": fails_at(4_500, "include")}));
    assert_eq!(total(&included), 5_000);
    insta::assert_snapshot!(format!("{:#}", included["function_failures"]), @r#"
    [
      {
        "name": "fail",
        "version": "0.0.0",
        "role": "filter",
        "clause": "query.wasm_udf",
        "on_error": "include",
        "documents": 904,
        "error": {
          "type": "failed",
          "reason": "function fail@0.0.0 failed to run: found 4500"
        }
      }
    ]
    "#);
    // What the function keeps is kept: it is asked again after it failed.
    let excluded = succeeds(json!({"query": fails_at(100, "exclude")}));
    assert_eq!(total(&excluded), 904);
    assert_eq!(excluded["function_failures"][0]["documents"], 4_096);
    assert_eq!(calls(&excluded, 0), (2, 5_000));
    assert_eq!(excluded["profile"]["functions"][0]["instances"], 2);
}

#[test]
fn nothing_is_said_where_nothing_fails() {
    let response = succeeds(json!({"query": fails_at(5_000, "exclude")}));
    assert_eq!((total(&response), response.get("function_failures")), (5_000, None));
    let failure = run(json!({"query": fails_at(100, "fail")})).expect_err("it is not tolerated");
    insta::assert_snapshot!(failure, @"a user function failed: function fail@0.0.0 failed to run: found 100");
}

#[test]
fn the_clause_answers_and_not_the_query_around_it() {
    // The clause matches all documents of the first batch, and `must_not` drops those that match.
    let included = succeeds(json!({"query": {"bool": {"must_not": [fails_at(100, "include")]}}}));
    let excluded = succeeds(json!({"query": {"bool": {"must_not": [fails_at(100, "exclude")]}}}));
    assert_eq!((total(&included), total(&excluded)), (0, 4_096));
}

#[test]
fn several_clauses_are_reported_each() {
    let query =
        json!({"bool": {"filter": [fails_at(1, "include"), fails_at(4_999, "exclude"), fails_at(6_000, "include")]}});
    let response = succeeds(json!({"query": query}));
    let failures: Vec<(&str, u64)> = response["function_failures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|failures| {
            (failures["clause"].as_str().expect("a path"), failures["documents"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(failures, [("query.bool.filter[0].wasm_udf", 4_096), ("query.bool.filter[1].wasm_udf", 904)]);
    assert_eq!(total(&response), 4_096);
}

#[test]
fn a_scorer_that_fails_has_the_fallback_score() {
    let response = succeeds(json!({"query": scored_by("scorer", 1.5), "size": 2}));
    assert_eq!((total(&response), scores(&response)), (5_000, vec![1.5, 1.5]));
    assert_eq!(response["function_failures"][0]["on_error"], 1.5);
    assert_eq!(response["function_failures"][0]["documents"], 5_000);
    let in_functions = json!({"function_score": {
        "functions": [{"wasm_udf": {"name": "scorer", "on_error": 3}, "weight": 2}], "boost_mode": "replace"
    }});
    assert_eq!(scores(&succeeds(json!({"query": in_functions, "size": 1}))), [6.0]);
    assert!(run(json!({"query": scored_by("scorer", "fail")})).is_err());
}

#[test]
fn a_fallback_score_above_the_announced_maximum_is_among_the_best() {
    // A document without function scores 1.25, which is more than the function announces.
    let query = json!({"bool": {"should": [
        {"constant_score": {"filter": {"term": {"n": 7}}, "boost": 1.25}}, scored_by("capped", 5)
    ]}});
    let body = json!({"query": query, "size": 2, "track_total_hits": false});
    let response = search(&numbers(), &broken(), &body).expect("the failure is tolerated");
    assert_eq!((ids(&response), scores(&response)), (vec!["7".to_owned(), "0".to_owned()], vec![6.25, 5.0]));
}

#[test]
fn a_maximum_that_fails_rules_no_document_out() {
    let body = json!({"query": scored_by("no_bound", 0), "size": 1, "track_total_hits": false});
    let response = search(&numbers(), &broken(), &body).expect("the failure is tolerated");
    assert_eq!(scores(&response), [2.0]);
    assert_eq!(response["function_failures"][0]["documents"], 0);
    assert_eq!(response["function_failures"][0]["error"]["type"], "invalid_result");
}

#[test]
fn a_function_that_cannot_be_bound_is_not_called() {
    let clause = json!({"wasm_udf": {"name": "in_bind", "on_error": "include"}});
    let response = succeeds(json!({"query": clause}));
    assert_eq!((total(&response), calls(&response, 0)), (5_000, (0, 0)));
    assert_eq!(response["profile"]["functions"][0]["instances"], 0);
    insta::assert_snapshot!(response["function_failures"][0]["error"], @r#"{"type":"trapped","reason":"function in_bind@0.0.0 failed to bind: the function trapped: out of bounds"}"#);
}

#[test]
fn mistakes_of_the_caller_are_errors() {
    let fails = |name: &str| {
        let clause = json!({"wasm_udf": {"name": name, "parameters": {}, "on_error": "include"}});
        run(json!({"query": clause})).expect_err("a mistake")
    };
    insta::assert_snapshot!(fails("nope"), @"a user function failed: function nope failed to load: no such function");
    insta::assert_snapshot!(fails("fail"), @"a user function failed: function fail@0.0.0 failed to bind: parameter [at] is required");
    insta::assert_snapshot!(fails("scorer"), @"a user function failed: function scorer@0.0.0 failed to bind: the function is not a filter");
    insta::assert_snapshot!(fails("refuses"), @"a user function failed: function refuses@0.0.0 failed to bind: no argument is good enough");
}

#[test]
fn what_on_error_can_be_depends_on_the_role() {
    let fails = |query: Json| run(json!({"query": query})).expect_err("a mistake");
    insta::assert_snapshot!(fails(fails_at(1, "skip")), @"[on_error] must be one of [fail], [include], [exclude], found [skip] (at query.wasm_udf.on_error)");
    insta::assert_snapshot!(fails(json!({"wasm_udf": {"name": "fail", "on_error": 1}})), @"[on_error] must be one of [fail], [include], [exclude], found [1] (at query.wasm_udf.on_error)");
    insta::assert_snapshot!(fails(scored_by("scorer", "include")), @r#"[on_error] of a scorer must be [fail] or a score, which is finite and not negative; found ["include"] (at query.script_score.wasm_udf.on_error)"#);
    insta::assert_snapshot!(fails(scored_by("scorer", -1)), @"[on_error] of a scorer must be [fail] or a score, which is finite and not negative; found [-1] (at query.script_score.wasm_udf.on_error)");
    let computed = json!({"derived": {"x": {"type": "long", "wasm_udf": {"name": "half", "on_error": 1}}}});
    insta::assert_snapshot!(run(computed).expect_err("a mistake"), @"[wasm_udf] does not support [on_error] (at derived.x.wasm_udf.on_error)");
}

#[test]
fn counts_say_what_failed() {
    let (engine, snapshot) = (engine(), numbers());
    let body = json!({"query": fails_at(4_500, "exclude")}).to_string();
    let request = SearchRequest::parse_count(&body, engine.limits()).expect("valid");
    let targets = [SearchTarget::whole(&snapshot), SearchTarget::whole(&snapshot)];
    let counted = block_on(engine.count_indices(&targets, &request, &broken(), &Default::default()));
    let counted = counted.expect("the failure is tolerated").response;
    assert_eq!((counted.count, counted.function_failures[0].documents), (2 * 4_096, 2 * 904));
}

#[test]
fn parts_of_a_search_carry_their_failures() {
    let documents: Vec<Json> = (0..30).map(|n| json!({"_id": n.to_string(), "n": n})).collect();
    let mapping = json!({"properties": {"n": {"type": "long"}}});
    let snapshot = index(mapping, &[&documents[..10], &documents[10..20], &documents[20..]]);
    let engine = engine();
    let body = json!({"query": fails_at(15, "exclude")}).to_string();
    let request = SearchRequest::parse(&body, &[], engine.limits()).expect("valid");
    let mut parts: Vec<PartialResult> = Vec::new();
    for splits in [vec![0, 1], vec![2]] {
        let part = SearchPart { splits, now_millis: 0 };
        let result = block_on(engine.search_part(&snapshot, &request, &part, &broken(), &Default::default()));
        let text = serde_json::to_string(&result.expect("the failure is tolerated")).expect("is serialised");
        parts.push(serde_json::from_str(&text).expect("is read back"));
    }
    let merged = block_on(engine.merge_parts(&snapshot, &request, parts, 0, &broken(), &Default::default()));
    let merged = serde_json::to_value(merged.expect("succeeds")).expect("is serialised");
    assert_eq!((total(&merged), &merged["function_failures"][0]["documents"]), (20, &json!(10)));
}

#[test]
fn documents_are_not_changed_by_what_a_broken_function_would_say() {
    let (engine, snapshot) = (engine(), numbers());
    let body = json!({"query": fails_at(4_500, "include")}).to_string();
    let request = SearchRequest::parse_count(&body, engine.limits()).expect("valid");
    let refused = block_on(engine.matching(&snapshot, &request, &broken(), &Default::default()));
    insta::assert_snapshot!(
        refused.expect_err("refused"),
        @"[on_error] is not allowed in a request that changes documents: where the function fails, it would change others"
    );
}
