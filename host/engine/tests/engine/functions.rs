//! Functions inside queries: what they are asked, how often, and what their answers do.

use crate::support::{self, calls, functions, ids, index, recorder, scores, search, udf};
use proptest::prelude::*;
use quidditch_function::{
    Batch, Cause, ColumnKind, ColumnRange, ColumnRequest, Dictionary, NativeFilter, NativeFunctions, NativeScorer,
    Values, error_chain, native_filter_in_ranges, native_scorer_with_bound,
};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// 5,000 documents in one split: `n` counts from 0, `tag` is `t0`, `t1` or `t2` in turn.
fn numbers() -> Snapshot {
    let documents: Vec<Json> =
        (0..5_000).map(|n| json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 3)})).collect();
    index(json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}}), &[&documents])
}

fn run(query: Json) -> Json {
    run_body(json!({"query": query}))
}

fn run_body(mut body: Json) -> Json {
    body["profile"] = json!(true);
    body["track_total_hits"] = json!(true);
    search(&numbers(), &functions(), &body).expect("a valid search")
}

fn total(response: &Json) -> u64 {
    response["hits"]["total"]["value"].as_u64().expect("a total")
}

#[test]
fn a_filter_alone_sees_all_documents_in_batches() {
    let response = run(udf("bit", json!({"bit": 0})));
    assert_eq!(total(&response), 2_500);
    assert_eq!(ids(&response)[..3], ["1", "3", "5"]);
    assert_eq!(scores(&response)[..2], [1.0, 1.0]);
    assert_eq!(calls(&response, 0), (2, 5_000));
}

#[test]
fn a_filter_sees_only_what_its_neighbours_let_through() {
    for clause in ["must", "filter"] {
        let query = json!({"bool": {"filter": [{"term": {"tag": "t1"}}], clause: [udf("bit", json!({"bit": 0}))]}});
        let query = if clause == "filter" {
            json!({"bool": {"filter": [{"term": {"tag": "t1"}}, udf("bit", json!({"bit": 0}))]}})
        } else {
            query
        };
        let response = run(query);
        assert_eq!(calls(&response, 0), (1, 1_667), "{clause}");
        assert_eq!(total(&response), 834);
    }
}

#[test]
fn depth_makes_no_difference() {
    let deep = json!({"bool": {"must": [{"constant_score": {"filter": {"bool": {"filter": [udf("bit", json!({"bit": 0}))]}}}}]}});
    let response =
        run(json!({"bool": {"filter": [{"term": {"tag": "t1"}}, deep], "must_not": [{"range": {"n": {"gte": 100}}}]}}));
    assert_eq!(calls(&response, 0), (1, 33));
    assert_eq!(total(&response), 17);
}

#[test]
fn the_second_filter_sees_what_the_first_left() {
    let response = run(json!({"bool": {"filter": [udf("bit", json!({"bit": 0})), udf("bit", json!({"bit": 1}))]}}));
    assert_eq!(calls(&response, 0).1, 5_000);
    assert_eq!(calls(&response, 1).1, 2_500);
    assert_eq!(total(&response), 1_250);
}

#[test]
fn built_in_stages_come_before_functions() {
    let documents: Vec<Json> =
        (0..50).map(|n| json!({"_id": n.to_string(), "n": n, "at": {"lat": n, "lon": 0}})).collect();
    let snapshot = index(json!({"properties": {"n": {"type": "long"}, "at": {"type": "geo_point"}}}), &[&documents]);
    let near = json!({"geo_distance": {"distance": "500km", "at": {"lat": 10, "lon": 0}}});
    let body = json!({"profile": true, "query": {"bool": {"filter": [udf("bit", json!({"bit": 0})), near]}}});
    let response = search(&snapshot, &functions(), &body).expect("valid");
    assert_eq!(calls(&response, 0), (1, 9));
    assert_eq!(ids(&response), ["7", "9", "11", "13"]);
}

#[test]
fn must_not_asks_about_candidates_only() {
    let response = run(json!({"bool": {
        "filter": [{"term": {"tag": "t1"}}],
        "must_not": [udf("bit", json!({"bit": 0})), {"range": {"n": {"lt": 4_000}}}]
    }}));
    assert_eq!(calls(&response, 0), (1, 334));
    assert_eq!(total(&response), 167);
}

#[test]
fn must_not_of_a_conjunction_asks_inside_the_conjunction() {
    let both = json!({"bool": {"must": [{"range": {"n": {"lt": 10}}}, udf("bit", json!({"bit": 0}))]}});
    let response = run(json!({"bool": {"filter": [{"term": {"tag": "t1"}}], "must_not": [both]}}));
    assert_eq!(calls(&response, 0).1, 3, "1, 4 and 7");
    assert_eq!(total(&response), 1_667 - 2);
}

#[test]
fn should_is_asked_where_it_can_matter() {
    let should = json!([{"range": {"n": {"lt": 4_900}}}, udf("bit", json!({"bit": 0}))]);
    let query = json!({"bool": {"filter": [{"term": {"tag": "t1"}}], "should": should, "minimum_should_match": 1}});
    let unscored = run_body(json!({"query": query, "sort": ["n"]}));
    assert_eq!(calls(&unscored, 0), (1, 34), "the range settles all but 34 of the candidates");
    let scored = run(query);
    assert_eq!(calls(&scored, 0).1, 1_667, "its score counts for every candidate");
    assert_eq!(total(&scored), total(&unscored));
    assert_eq!(scores(&scored)[0], 2.0);
}

#[test]
fn an_optional_should_is_not_asked_without_scores() {
    let query = json!({"bool": {"must": [{"term": {"tag": "t1"}}], "should": [udf("bit", json!({"bit": 0}))]}});
    let response = run_body(json!({"query": query, "sort": ["n"]}));
    assert_eq!(calls(&response, 0), (0, 0));
    assert_eq!(total(&response), 1_667);
}

#[test]
fn script_score_replaces_scores_times_boost() {
    let response = run(json!({"script_score": {
        "query": {"range": {"n": {"gte": 10, "lt": 13, "boost": 3}}},
        "script": {"lang": "wasm", "id": "times", "params": {"factor": 2}}, "boost": 10
    }}));
    assert_eq!(ids(&response), ["12", "11", "10"]);
    assert_eq!(scores(&response), [270.0, 250.0, 230.0]);
    assert_eq!(response["hits"]["max_score"], json!(270.0));
}

#[test]
fn a_scorer_is_not_called_where_nobody_looks_at_scores() {
    let query = json!({"script_score": {"query": {"match_all": {}}, "wasm_udf": {"name": "value"}}});
    for body in [json!({"query": query, "size": 0}), json!({"query": query, "sort": ["n"]})] {
        assert_eq!(calls(&run_body(body), 0), (0, 0));
    }
    let mut with_minimum = query;
    with_minimum["script_score"]["min_score"] = json!(4_000);
    let response = run_body(json!({"query": with_minimum, "size": 0}));
    assert_eq!(total(&response), 1_000);
    assert_eq!(calls(&response, 0).1, 5_000);
}

#[test]
fn a_scorer_beside_other_clauses_scores_candidates_only() {
    let scored = json!({"script_score": {"query": {"match_all": {}}, "wasm_udf": {"name": "value"}}});
    let constant = json!({"constant_score": {"filter": {"range": {"n": {"lt": 6}}}, "boost": 100}});
    let response = run(json!({"bool": {"must": [scored, constant], "filter": [udf("bit", json!({"bit": 0}))]}}));
    assert_eq!(ids(&response), ["5", "3", "1"]);
    assert_eq!(scores(&response), [105.0, 103.0, 101.0]);
    assert_eq!(calls(&response, 0), (1, 3), "the scorer comes after the filter");
    assert_eq!(calls(&response, 1), (1, 6));
}

#[test]
fn function_score_asks_each_function_about_its_documents() {
    let response = run(json!({"function_score": {
        "query": {"range": {"n": {"lt": 8}}},
        "functions": [
            {"filter": udf("bit", json!({"bit": 0})), "wasm_udf": {"name": "value"}, "weight": 2},
            {"filter": {"range": {"n": {"gte": 6}}}, "weight": 50}
        ],
        "score_mode": "sum", "boost_mode": "replace"
    }}));
    assert_eq!(ids(&response), ["7", "6", "5", "3", "1", "0", "2", "4"], "{response}");
    assert_eq!(scores(&response), [64.0, 50.0, 10.0, 6.0, 2.0, 1.0, 1.0, 1.0]);
    assert_eq!(calls(&response, 0), (1, 8));
    assert_eq!(calls(&response, 1), (1, 4));
}

#[test]
fn every_segment_gets_the_one_instance_of_the_worker() {
    let split = |from: i64| -> Vec<Json> { (from..from + 10).map(|n| json!({"n": n})).collect() };
    let splits = [split(0), split(10), split(20)];
    let splits: Vec<&[Json]> = splits.iter().map(Vec::as_slice).collect();
    let snapshot = index(json!({"properties": {"n": {"type": "long"}}}), &splits);
    let body = json!({"profile": true, "query": udf("bit", json!({"bit": 0}))});
    let response = search(&snapshot, &functions(), &body).expect("valid");
    assert_eq!(calls(&response, 0), (3, 30));
    assert_eq!(response["profile"]["functions"][0]["instances"], json!(1));
    assert_eq!(response["profile"]["splits_searched"], json!(3));
}

#[test]
fn threads_give_the_same_answer() {
    let split =
        |from: i64| -> Vec<Json> { (from..from + 3_000).map(|n| json!({"_id": n.to_string(), "n": n})).collect() };
    let splits = [split(0), split(3_000), split(6_000), split(9_000)];
    let splits: Vec<&[Json]> = splits.iter().map(Vec::as_slice).collect();
    let snapshot = index(json!({"properties": {"n": {"type": "long"}}}), &splits);
    let body = json!({"query": {"script_score": {
        "query": udf("bit", json!({"bit": 1})), "wasm_udf": {"name": "value"}
    }}, "size": 50});
    let alone = search(&snapshot, &functions(), &body).expect("valid");
    let threads = support::engine().with_threads(2).expect("threads");
    let together = support::search_with(&threads, &snapshot, &functions(), &body).expect("valid");
    assert_eq!(ids(&alone), ids(&together));
    assert_eq!(ids(&alone)[..2], ["11999", "11998"]);
}

#[test]
fn failures_name_the_function_and_end_the_search() {
    let fails = |query: Json| {
        let error = search(&numbers(), &functions(), &json!({"query": query})).expect_err("a failing function");
        error_chain(&error)
    };
    insta::assert_snapshot!(
        fails(udf("fail", json!({"at": 4_000}))),
        @"a user function failed: function fail@0.0.0 failed to run: found 4000"
    );
    insta::assert_snapshot!(
        fails(json!({"script_score": {"query": {"term": {"tag": "t1"}}, "wasm_udf": {"name": "nan", "parameters": {"at": 4_000}}}})),
        @"a user function failed: function nan@0.0.0 failed to run: invalid score [NaN] for document [4000]: must be a finite non-negative number"
    );
    insta::assert_snapshot!(
        fails(udf("nope", json!({}))),
        @"a user function failed: function nope failed to load: no such function"
    );
    insta::assert_snapshot!(
        fails(udf("value", json!({}))),
        @"a user function failed: function value@0.0.0 failed to bind: the function is not a filter"
    );
    insta::assert_snapshot!(
        fails(udf("bit", json!({"bit": "x"}))),
        @r#"a user function failed: function bit@0.0.0 failed to bind: parameter [bit] must be an integer, got "x""#
    );
    assert!(search(&numbers(), &functions(), &json!({"query": udf("fail", json!({"at": 5_000}))})).is_ok());
}

/// Documents whose fields have no value, one, and several.
fn varied() -> Snapshot {
    let documents = [
        json!({"k": ["b", "a"], "d": 1.5, "b": true, "when": "1970-01-01T00:00:01Z", "at": {"lat": 1, "lon": 2}}),
        json!({}),
        json!({"k": "b", "d": [3.0, 2.0], "b": [true, false], "t": "some text"}),
    ];
    let mapping = json!({"properties": {
        "k": {"type": "keyword"}, "d": {"type": "double"}, "b": {"type": "boolean"}, "when": {"type": "date"},
        "at": {"type": "geo_point"}, "t": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        "never": {"type": "long"}, "n": {"type": "long"}
    }});
    index(mapping, &[&documents])
}

fn gather(field: &str, kind: ColumnKind) -> Result<(Values, Vec<u32>), String> {
    let (functions, seen) = recorder(kind);
    let body = json!({"query": udf("record", json!({"field": field}))});
    search(&varied(), &functions, &body).map_err(|error| error_chain(&error))?;
    let column = seen.lock().expect("no panics").pop().expect("one batch");
    Ok((column.values, column.starts))
}

#[test]
fn columns_keep_missing_and_several_values_apart() {
    let texts = Dictionary { codes: vec![0, 1, 1], ends: vec![1, 2], bytes: b"ab".to_vec() };
    assert_eq!(gather("k", ColumnKind::Texts), Ok((Values::Texts(texts), vec![0, 2, 2, 3])));
    assert_eq!(gather("d", ColumnKind::Floats), Ok((Values::Floats(vec![1.5, 2.0, 3.0]), vec![0, 1, 1, 3])));
    assert_eq!(gather("b", ColumnKind::Booleans), Ok((Values::Booleans(vec![1, 0, 1]), vec![0, 1, 1, 3])));
    assert_eq!(gather("when", ColumnKind::Dates), Ok((Values::Integers(vec![1_000]), vec![0, 1, 1, 1])));
    assert_eq!(gather("at.lon", ColumnKind::Floats), Ok((Values::Floats(vec![2.0]), vec![0, 1, 1, 1])));
    assert_eq!(gather("never", ColumnKind::Integers), Ok((Values::Integers(vec![]), vec![0, 0, 0, 0])));
    assert_eq!(gather("never", ColumnKind::Floats), Ok((Values::Floats(vec![]), vec![0, 0, 0, 0])));
}

#[test]
fn columns_that_cannot_be_are_refused_before_the_search() {
    let refused = |field: &str, kind: ColumnKind| gather(field, kind).expect_err("refused");
    insta::assert_snapshot!(
        refused("t", ColumnKind::Texts),
        @"a user function failed: function record@0.0.0 failed to bind: field [t] is analyzed text and has no column, use [t.raw]"
    );
    insta::assert_snapshot!(
        refused("k", ColumnKind::Floats),
        @"a user function failed: function record@0.0.0 failed to bind: field [k] is a keyword and cannot be read as floats"
    );
    insta::assert_snapshot!(
        refused("at", ColumnKind::Floats),
        @"a user function failed: function record@0.0.0 failed to bind: field [at] is a geo_point, its columns are [at.lat] and [at.lon]"
    );
    insta::assert_snapshot!(
        refused("nope", ColumnKind::Floats),
        @"a user function failed: function record@0.0.0 failed to bind: unknown field [nope]"
    );
}

#[test]
fn texts_are_the_same_looked_up_and_decoded() {
    // The few texts of the first batch are looked up; before the many of the second one, the dictionary is decoded.
    let text = |n: i64| format!("text {}", if n < 4_096 { n % 10 } else { n * 7_919 % 3_000 });
    let documents: Vec<Json> = (0..9_000).map(|n| json!({"_id": n.to_string(), "k": text(n)})).collect();
    let snapshot = index(json!({"properties": {"k": {"type": "keyword"}}}), &[&documents]);
    let (functions, seen) = recorder(ColumnKind::Texts);
    let body = json!({"query": udf("record", json!({"field": "k"}))});
    search(&snapshot, &functions, &body).expect("valid");
    let batches = seen.lock().expect("no panics");
    assert_eq!(batches.len(), 3);
    let mut n = 0;
    for column in batches.iter() {
        let Values::Texts(dictionary) = &column.values else { panic!("wanted texts, got {column:?}") };
        for code in &dictionary.codes {
            assert_eq!(dictionary.text(*code), Some(text(n).as_str()));
            n += 1;
        }
        let mut texts: Vec<_> = (0..dictionary.ends.len() as u32).map(|code| dictionary.text(code)).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), dictionary.ends.len(), "each text is in the dictionary once");
    }
    assert_eq!(n, 9_000);
}

#[test]
fn a_filter_is_asked_only_about_documents_in_its_ranges() {
    let least = || udf("least", json!({"least": 4_000}));
    let response = run(least());
    assert_eq!(total(&response), 1_000);
    assert_eq!(calls(&response, 0), (2, 1_000));
    let response = run(json!({"bool": {"must_not": [least()]}}));
    assert_eq!(total(&response), 4_000);
    assert_eq!(calls(&response, 0), (2, 1_000));
    let response = run(udf("least", json!({"least": 10_000})));
    assert_eq!((total(&response), calls(&response, 0)), (0, (0, 0)));
}

fn n() -> Vec<ColumnRequest> {
    vec![ColumnRequest { field: "n".to_owned(), kind: ColumnKind::Integers }]
}

fn integers(batch: &Batch) -> &[i64] {
    match &batch.columns[0].values {
        Values::Integers(values) => values,
        other => panic!("wanted integers, got {other:?}"),
    }
}

/// What functions say of their results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announcing {
    Nothing,
    Bounds,
}

/// `inside` keeps documents with an `n` from the first number to the second, around the end if the first is larger, `inside_both` those
/// that also have one from -10 to 10; `damped` divides scores by 1 + `n` modulo 7; `capped` scores `n`, but at most 100.
fn announcing(announcing: Announcing, (min, max): (i64, i64)) -> NativeFunctions {
    let announces = announcing == Announcing::Bounds;
    let inside = native_filter_in_ranges("inside", Vec::new(), move |_| {
        let range = ColumnRange { column: 0, min: min as f64, max: max as f64 };
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
            let values = integers(batch);
            let is_kept =
                |document| values[batch.columns[0].range(document)].iter().any(|value| range.contains(*value as f64));
            keep.extend((0..batch.len).map(|document| u8::from(is_kept(document))));
            Ok(())
        };
        let ranges = if announces { vec![range] } else { Vec::new() };
        Ok(NativeFilter { columns: n(), ranges, keep })
    });
    let inside_both = native_filter_in_ranges("inside_both", Vec::new(), move |_| {
        let first = ColumnRange { column: 0, min: min as f64, max: max as f64 };
        let second = ColumnRange { column: 1, min: -10.0, max: 10.0 };
        let keep = move |batch: &Batch, keep: &mut Vec<u8>| {
            let (Values::Floats(floats), Values::Integers(last)) = (&batch.columns[1].values, &batch.columns[2].values)
            else {
                panic!("wanted floats and integers");
            };
            let is_kept = |document| {
                // The last column has no range, and the values of the first one.
                last[batch.columns[2].range(document)].iter().any(|value| first.contains(*value as f64))
                    && floats[batch.columns[1].range(document)].iter().any(|value| second.contains(*value))
            };
            keep.extend((0..batch.len).map(|document| u8::from(is_kept(document))));
            Ok(())
        };
        let column = |kind| ColumnRequest { field: "n".to_owned(), kind };
        let columns = [ColumnKind::Integers, ColumnKind::Floats, ColumnKind::Integers].map(column).into();
        let ranges = if announces { vec![first, second] } else { Vec::new() };
        Ok(NativeFilter { columns, ranges, keep })
    });
    let first = |batch: &Batch, document: usize| integers(batch)[batch.columns[0].range(document)].first().copied();
    let damped = native_scorer_with_bound("damped", Vec::new(), move |_| {
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            let divisor = |document| 1 + first(batch, document).unwrap_or(0).rem_euclid(7);
            scores.extend((0..batch.len).map(|document| batch.scores[document] / divisor(document) as f32));
            Ok::<_, Cause>(())
        };
        let max_score = move |score: f32| if announces { score } else { f32::INFINITY };
        Ok((NativeScorer { columns: n(), score, needs_score: true }, max_score))
    });
    let capped = native_scorer_with_bound("capped", Vec::new(), move |_| {
        let score = move |batch: &Batch, scores: &mut Vec<f32>| {
            let number = |document| first(batch, document).unwrap_or(0).clamp(0, 100);
            scores.extend((0..batch.len).map(|document| number(document) as f32));
            Ok::<_, Cause>(())
        };
        let max_score = move |_: f32| if announces { 100.0 } else { f32::INFINITY };
        Ok((NativeScorer { columns: n(), score, needs_score: false }, max_score))
    });
    NativeFunctions::new().with(inside).with(inside_both).with(damped).with(capped)
}

#[test]
fn a_scorer_is_not_called_where_its_bound_rules_documents_out() {
    let body = json!({"track_total_hits": false, "profile": true, "query": {"script_score": {
        "query": {"match_all": {}}, "wasm_udf": {"name": "capped"}
    }}});
    let snapshot = numbers();
    let response = search(&snapshot, &announcing(Announcing::Bounds, (0, 0)), &body).expect("succeeds");
    assert_eq!(ids(&response)[..2], ["100", "101"]);
    assert_eq!(calls(&response, 0), (1, 256));
    let all = search(&snapshot, &announcing(Announcing::Nothing, (0, 0)), &body).expect("succeeds");
    assert_eq!((ids(&all), calls(&all, 0).1), (ids(&response), 5_000));
    // To count all matches, all must be looked at.
    let mut counted = body;
    counted["track_total_hits"] = json!(true);
    let response = search(&snapshot, &announcing(Announcing::Bounds, (0, 0)), &counted).expect("succeeds");
    assert_eq!((total(&response), ids(&response)), (5_000, ids(&all)));
}

#[test]
fn a_scorer_whose_bound_fails_between_batches_fails_the_search() {
    let late = native_scorer_with_bound("late", Vec::new(), |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            scores.resize(batch.len, 2.0);
            Ok::<_, Cause>(())
        };
        let max_score = |score: f32| if score > 0.0 { f32::NAN } else { 2.0 };
        Ok((NativeScorer { columns: Vec::new(), score, needs_score: true }, max_score))
    });
    let body = json!({"track_total_hits": false, "query": {"script_score": {
        "query": {"match_all": {}}, "wasm_udf": {"name": "late"}
    }}});
    let error = search(&numbers(), &NativeFunctions::new().with(late), &body).expect_err("its bound is not a number");
    assert!(error_chain(&error).contains("NaN"), "{}", error_chain(&error));
}

/// Documents with texts of different lengths, and none, one or several numbers.
fn texts() -> impl Strategy<Value = Vec<Json>> {
    let document = (prop::collection::vec(0..3_usize, 1..12), prop::collection::vec(-20..20_i64, 0..3));
    prop::collection::vec(document, 1..700).prop_map(|documents| {
        let document = |(number, (words, numbers)): (usize, (Vec<usize>, Vec<i64>))| {
            let words: Vec<&str> = words.into_iter().map(|word| ["red", "old", "new"][word]).collect();
            json!({"_id": number.to_string(), "text": words.join(" "), "n": numbers})
        };
        documents.into_iter().enumerate().map(document).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_functions_announce_changes_no_answer(
        documents in texts(), per_split in 50..700_usize, range in (-25..25_i64, -25..25_i64), size in 1..20_usize
    ) {
        let mapping = json!({"properties": {"n": {"type": "long"}, "text": {"type": "text"}}});
        let snapshot = index(mapping, &documents.chunks(per_split).collect::<Vec<_>>());
        let inside = || json!({"wasm_udf": {"name": "inside"}});
        let red = || json!({"match": {"text": "red old"}});
        let scored = |name: &str, query: Json| json!({"script_score": {"query": query, "wasm_udf": {"name": name}, "boost": 1.5}});
        for query in [
            inside(),
            json!({"bool": {"must_not": [inside()]}}),
            json!({"wasm_udf": {"name": "inside_both"}}),
            json!({"bool": {"must": [red()], "filter": [inside()]}}),
            scored("damped", red()),
            scored("capped", red()),
            scored("damped", json!({"bool": {"must": [red()], "filter": [inside()]}})),
            json!({"script_score": {"query": red(), "wasm_udf": {"name": "damped"}, "min_score": 0.05}}),
            json!({"function_score": {"query": red(), "functions": [
                {"wasm_udf": {"name": "damped"}, "weight": 2}, {"filter": inside(), "weight": 3}
            ], "score_mode": "sum", "boost_mode": "multiply"}}),
            json!({"function_score": {"query": red(), "functions": [
                {"gauss": {"n": {"origin": 3, "scale": 5}}}, {"filter": inside(), "wasm_udf": {"name": "capped"}}
            ], "score_mode": "max", "boost_mode": "avg"}}),
        ] {
            let body = json!({"query": query, "size": size, "track_total_hits": false});
            let run = |what| search(&snapshot, &announcing(what, range), &body).expect("succeeds");
            let (with, without) = (run(Announcing::Bounds), run(Announcing::Nothing));
            prop_assert_eq!(&with["hits"], &without["hits"], "{}", query);
        }
    }
}
