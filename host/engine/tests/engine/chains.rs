//! Functions of one clause that are called one after another, and search profiles.

use std::sync::Arc;

use crate::support::{calls, engine, functions, ids, index, scores, udf};
use async_trait::async_trait;
use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_engine::{Engine, SearchRequest, SearchTarget};
use quidditch_function::{
    Batch, ColumnKind, ColumnRequest, Function, FunctionError, FunctionResolver, NativeFunctions, NativeScorer,
    Parameter, ParameterKind, StoredScript, Value, Values, error_chain, native_scorer, native_scorer_with_bound,
};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

/// 5,000 documents in one split, which are two batches: `n` counts from 0.
fn numbers() -> Snapshot {
    let documents: Vec<Json> =
        (0..5_000).map(|n| json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 3)})).collect();
    index(json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}}), &[&documents])
}

fn parameter(name: &str, kind: ParameterKind) -> Parameter {
    Parameter { name: name.to_owned(), kind, required: true, default: None, summary: String::new() }
}

/// Scores the values of a column of floats, each plus the score so far.
fn plus_column() -> Arc<dyn Function> {
    native_scorer("plus_column", vec![parameter("field", ParameterKind::Field)], |arguments| {
        let Value::Text(field) = &arguments[0].value else { panic!("a text") };
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            let Values::Floats(values) = &batch.columns[0].values else { panic!("floats") };
            assert!(batch.columns[0].starts.is_empty(), "each document has one value");
            scores.extend(values.iter().zip(&batch.scores).map(|(value, score)| *value as f32 + score));
            Ok(())
        };
        let columns = vec![ColumnRequest { field: field.clone(), kind: ColumnKind::Floats }];
        Ok(NativeScorer { columns, score, needs_score: true })
    })
}

/// Halves the score so far, and says so.
fn halved() -> Arc<dyn Function> {
    native_scorer_with_bound("halved", Vec::new(), |_| {
        let score = |batch: &Batch, scores: &mut Vec<f32>| {
            scores.extend(batch.scores.iter().map(|score| score / 2.0));
            Ok(())
        };
        Ok((NativeScorer { columns: Vec::new(), score, needs_score: true }, |score| score / 2.0))
    })
}

/// Functions, and the templates that are stored beside them.
struct Store {
    functions: NativeFunctions,
    scripts: Vec<(&'static str, StoredScript)>,
}

impl Store {
    fn new() -> Self {
        let scripts = vec![
            (
                "odd_and_at_least",
                template(
                    r#"{"chain": [
                {"name": "bit", "parameters": {"bit": 0}}, {"name": "least", "parameters": {"least": {{least}}}}
            ]}"#,
                ),
            ),
            (
                "twice",
                template(
                    r#"{"chain": [
                {"name": "value", "min_score": {{min}}}, {"name": "times", "parameters": {"factor": 1}}
            ]}"#,
                ),
            ),
            ("one", template(r#"{"name": "value"}"#)),
            ("tolerant", template(r#"{"name": "fail", "parameters": {"at": 5000}, "on_error": "include"}"#)),
            ("cut", template(r#"{"chain": ["#)),
            (
                "script",
                StoredScript { lang: "painless".to_owned(), source: "1".to_owned(), options: Default::default() },
            ),
        ];
        Store { functions: functions().with(plus_column()).with(halved()), scripts }
    }
}

fn template(source: &str) -> StoredScript {
    StoredScript { lang: "mustache".to_owned(), source: source.to_owned(), options: Default::default() }
}

#[async_trait]
impl FunctionResolver for Store {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        self.functions.find(name, version).await
    }

    async fn script(&self, id: &str) -> Result<Option<StoredScript>, FunctionError> {
        Ok(self.scripts.iter().find(|(known, _)| *known == id).map(|(_, script)| script.clone()))
    }
}

fn try_run(engine: &Engine, body: &Json) -> Result<Json, String> {
    let run = || {
        let request = SearchRequest::parse(&body.to_string(), &[], engine.limits())?;
        let response = block_on(engine.search(&numbers(), &request, &Store::new(), &Arc::default()))?;
        Ok(serde_json::to_value(response).expect("a response is JSON"))
    };
    run().map_err(|error: quidditch_engine::Error| error_chain(&error))
}

fn run_body(mut body: Json) -> Json {
    body["profile"] = json!(true);
    body["track_total_hits"] = json!(true);
    try_run(&engine(), &body).expect("a valid search")
}

fn run(query: Json) -> Json {
    run_body(json!({"query": query}))
}

fn refused(query: Json) -> String {
    try_run(&engine(), &json!({"query": query})).expect_err("is refused")
}

fn total(response: &Json) -> u64 {
    response["hits"]["total"]["value"].as_u64().expect("a total")
}

fn chain(stages: Json) -> Json {
    json!({"wasm_udf": {"chain": stages}})
}

fn scored(stages: Json) -> Json {
    json!({"script_score": {"query": {"match_all": {}}, "wasm_udf": {"chain": stages}}})
}

fn profile(name: &str, parameters: Json) -> Json {
    json!({"wasm_udf": {"name": format!("profile/{name}"), "parameters": parameters}})
}

#[test]
fn each_filter_is_asked_about_what_those_before_it_left() {
    let response = run(chain(json!([
        {"name": "bit", "parameters": {"bit": 0}}, {"name": "bit", "parameters": {"bit": 1}},
        {"name": "bit", "parameters": {"bit": 2}}
    ])));
    assert_eq!([calls(&response, 0).1, calls(&response, 1).1, calls(&response, 2).1], [5_000, 2_500, 1_250]);
    assert_eq!(total(&response), 625);
    assert_eq!(response["profile"]["functions"][1]["clause"], "query.wasm_udf.chain[1]");
}

#[test]
fn a_chain_of_filters_may_be_negated_and_combined() {
    let odd = json!([{"name": "bit", "parameters": {"bit": 0}}, {"name": "least", "parameters": {"least": 4_000}}]);
    let not = run(json!({"bool": {"filter": [{"term": {"tag": "t1"}}], "must_not": [chain(odd.clone())]}}));
    let expected = (0..5_000).filter(|n| n % 3 == 1 && !(n % 2 == 1 && *n >= 4_000)).count();
    assert_eq!(total(&not), expected as u64);
    let mut boosted = chain(odd);
    boosted["wasm_udf"]["boost"] = json!(3);
    let response = run(boosted);
    assert_eq!((total(&response), scores(&response)[0]), (500, 3.0));
}

#[test]
fn each_scorer_gets_the_scores_of_the_one_before() {
    let response = run(scored(json!([{"name": "value"}, {"name": "times", "parameters": {"factor": 2}}])));
    assert_eq!(ids(&response)[..2], ["4999", "4998"]);
    assert_eq!(scores(&response)[..2], [4_999.0 * 3.0, 4_998.0 * 3.0]);
    assert_eq!([calls(&response, 0).1, calls(&response, 1).1], [5_000, 5_000]);
}

#[test]
fn documents_below_a_minimum_are_dropped_before_the_next_scorer() {
    let stages = json!([{"name": "value", "min_score": 4_990}, {"name": "times", "parameters": {"factor": 1}}]);
    let response = run(scored(stages.clone()));
    assert_eq!((total(&response), calls(&response, 0).1, calls(&response, 1).1), (10, 5_000, 10));
    assert_eq!(scores(&response)[9], 4_990.0 * 2.0);
    // They do not match in a filter either, where scores are not computed.
    let unscored = run(json!({"bool": {"filter": [scored(stages)]}}));
    assert_eq!(total(&unscored), 10);
}

#[test]
fn a_minimum_is_that_of_the_function_and_not_of_the_boost() {
    let query = json!({"script_score": {
        "query": {"match_all": {}}, "boost": 2, "min_score": 9_990,
        "wasm_udf": {"chain": [{"name": "value", "min_score": 4_990}]}
    }});
    let response = run(query);
    assert_eq!((total(&response), scores(&response)[4]), (5, 9_990.0));
}

#[test]
fn later_scorers_read_earlier_scores_as_fields() {
    let response = run(scored(json!([
        {"name": "value", "as": "first"},
        {"name": "times", "parameters": {"factor": 1}, "as": "second", "min_score": 9_000},
        {"name": "halved"},
        {"name": "plus_column", "parameters": {"field": "first"}},
        {"name": "plus_column", "parameters": {"field": "second"}}
    ])));
    // n + n = 2n at least 9,000; then 2n / 2, plus n, plus 2n.
    assert_eq!((total(&response), scores(&response)[0]), (500, 4_999.0 * 4.0));
    assert_eq!(scores(&response)[9], 4_990.0 * 4.0);
    assert_eq!(calls(&response, 4).1, 500);
}

#[test]
fn the_name_of_scores_hides_a_field_for_later_functions_alone() {
    let plus = |field: &str| json!({"name": "plus_column", "parameters": {"field": field}});
    let response = run(scored(json!([plus("n"), {"name": "halved", "as": "n"}, plus("n")])));
    // n + 1, halved twice over: once as the score, once as the field.
    assert_eq!(scores(&response)[0], 5_000.0);
    insta::assert_snapshot!(refused(scored(json!([plus("later"), {"name": "value", "as": "later"}, {"name": "halved"}]))), @"a user function failed: function plus_column@0.0.0 failed to bind: parameter [field] names the unknown field [later]");
}

#[test]
fn a_chain_is_one_function_among_others() {
    let query = json!({"function_score": {
        "query": {"range": {"n": {"lt": 10}}}, "boost_mode": "sum", "score_mode": "sum",
        "functions": [
            {"filter": {"term": {"n": 9}}, "wasm_udf": {"chain": [{"name": "value", "as": "v"}, {"name": "plus_column", "parameters": {"field": "v"}}]}},
            {"weight": 2}
        ]
    }});
    let response = run(query);
    assert_eq!((ids(&response)[0].as_str(), scores(&response)[..2].to_vec()), ("9", vec![1.0 + 18.0 + 2.0, 3.0]));
    let dropping = json!({"function_score": {"wasm_udf": {"chain": [{"name": "value", "min_score": 1}]}}});
    insta::assert_snapshot!(refused(dropping), @"failed to create query: [min_score] of a function of [chain] is not supported in [function_score], whose functions drop no documents: use [script_score]");
}

#[test]
fn explanations_show_each_function() {
    let stages = json!([{"name": "value", "min_score": 4_999}, {"name": "times", "parameters": {"factor": 1}}]);
    let mut body = json!({"query": scored(stages.clone()), "explain": true});
    let response = run_body(body.clone());
    insta::assert_snapshot!(format!("{:#}", response["hits"]["hits"][0]["_explanation"]), @r#"
    {
      "value": 9998.0,
      "description": "function [times] with the parameters {\"factor\":1}, for the values {\"n\":[4999]}",
      "details": [
        {
          "value": 4999.0,
          "description": "function [value] with the parameters {}, for the values {\"n\":[4999]}",
          "details": []
        }
      ]
    }
    "#);
    // A document that is dropped says by what.
    let request = SearchRequest::parse_count(&json!({"query": scored(stages)}).to_string(), engine().limits());
    let explained = block_on(engine().explain(
        &SearchTarget::whole(&numbers()),
        &request.expect("valid"),
        "3",
        &Store::new(),
        &Arc::default(),
    ));
    insta::assert_snapshot!(format!("{:#}", serde_json::to_value(explained.expect("valid").expect("a document").explanation).expect("JSON")), @r#"
    {
      "value": 0.0,
      "description": "Score value is too low, expected at least 4999.0 but got 3.0",
      "details": [
        {
          "value": 3.0,
          "description": "function [value] with the parameters {}, for the values {\"n\":[3]}",
          "details": []
        }
      ]
    }
    "#);
    body["explain"] = json!(false);
    assert!(run_body(body)["hits"]["hits"][0].get("_explanation").is_none());
}

#[test]
fn explanations_show_the_values_for_each_filter() {
    let filters = json!({"wasm_udf": {"chain": [{"name": "bit", "parameters": {"bit": 0}}, {"name": "least", "parameters": {"least": 4_990}}]}});
    let explain = |id: &str| {
        let request = SearchRequest::parse_count(&json!({"query": filters}).to_string(), engine().limits());
        let (request, functions) = (request.expect("valid"), Store::new());
        let explained =
            block_on(engine().explain(&SearchTarget::whole(&numbers()), &request, id, &functions, &Arc::default()));
        let explanation = explained.expect("valid").expect("a document").explanation;
        format!("{:#}", serde_json::to_value(explanation).expect("JSON"))
    };
    insta::assert_snapshot!(explain("4991"), @r#"
    {
      "value": 1.0,
      "description": "the query",
      "details": [
        {
          "value": 1.0,
          "description": "function [bit] with the parameters {\"bit\":0}, for the values {\"n\":[4991]}",
          "details": []
        },
        {
          "value": 1.0,
          "description": "function [least] with the parameters {\"least\":4990}, for the values {\"n\":[4991]}",
          "details": []
        }
      ]
    }
    "#);
    insta::assert_snapshot!(explain("2"), @r#"
    {
      "value": 0.0,
      "description": "the query doesn't match id 2",
      "details": [
        {
          "value": 0.0,
          "description": "function [bit] with the parameters {\"bit\":0}, for the values {\"n\":[2]}",
          "details": []
        },
        {
          "value": 0.0,
          "description": "function [least] with the parameters {\"least\":4990}, for the values {\"n\":[2]}",
          "details": []
        }
      ]
    }
    "#);
}

#[test]
fn profiles_are_chains_with_parameters() {
    let response = run(profile("odd_and_at_least", json!({"least": 4_990})));
    assert_eq!(
        (total(&response), calls(&response, 0).1, calls(&response, 1).1),
        (5, 5_000, 5),
        "and the ranges of the second come before its calls"
    );
    let function = &response["profile"]["functions"][1];
    assert_eq!((&function["name"], &function["clause"]), (&json!("least"), &json!("query.wasm_udf.chain[1]")));
    let scorer = json!({"script_score": {"query": {"match_all": {}}, "wasm_udf": {"name": "profile/twice", "parameters": {"min": 4_990}}}});
    let response = run(scorer);
    assert_eq!((total(&response), scores(&response)[0], calls(&response, 1).1), (10, 4_999.0 * 2.0, 10));
}

#[test]
fn profiles_are_called_as_scripts_and_beside_functions() {
    let script = |params: Json| json!({"script": {"lang": "wasm", "id": "profile/odd_and_at_least", "params": params}});
    let response = run(json!({"bool": {"filter": [
        {"script": script(json!({"least": 10}))}, udf("bit", json!({"bit": 1})), profile("odd_and_at_least", json!({"least": 4_990}))
    ]}}));
    assert_eq!(ids(&response), ["4991", "4995", "4999"]);
    let names: Vec<_> = (0..5)
        .map(|index| response["profile"]["functions"][index]["name"].as_str().expect("a name").to_owned())
        .collect();
    assert_eq!(names, ["bit", "bit", "least", "bit", "least"], "those of the request come first");
    let scored = json!({"script_score": {"query": {"match_all": {}}, "script": {"lang": "wasm", "id": "profile/one"}}});
    assert_eq!(scores(&run(scored))[0], 4_999.0);
}

#[test]
fn a_split_is_skipped_if_one_filter_of_a_chain_cannot_match() {
    let documents =
        |from: i64| -> Vec<Json> { (from..from + 10).map(|n| json!({"_id": n.to_string(), "n": n})).collect() };
    let (first, second) = (documents(0), documents(100));
    let snapshot = index(json!({"properties": {"n": {"type": "long"}}}), &[&first, &second]);
    for query in [
        chain(json!([{"name": "bit", "parameters": {"bit": 0}}, {"name": "least", "parameters": {"least": 50}}])),
        profile("odd_and_at_least", json!({"least": 50})),
    ] {
        let request = json!({"query": query, "profile": true});
        let request = SearchRequest::parse(&request.to_string(), &[], engine().limits()).expect("valid");
        let response = block_on(engine().search(&snapshot, &request, &Store::new(), &Arc::default())).expect("valid");
        let response = serde_json::to_value(response).expect("JSON");
        assert_eq!((total(&response), &response["profile"]["splits_skipped"]), (5, &json!(1)));
    }
}

#[test]
fn mistakes_in_chains_are_refused() {
    insta::assert_snapshot!(refused(chain(json!([]))), @"[chain] requires at least one function (at query.wasm_udf.chain)");
    insta::assert_snapshot!(refused(chain(json!([{"parameters": {}}]))), @"[wasm_udf] requires [name] (at query.wasm_udf.chain[0])");
    insta::assert_snapshot!(refused(json!({"wasm_udf": {"chain": [{"name": "value"}], "name": "value"}})), @"[wasm_udf] with [chain] does not support [name] (at query.wasm_udf.name)");
    insta::assert_snapshot!(refused(chain(json!([{"name": "least", "parameters": {"least": 1}, "min_score": 1}]))), @"a function of [chain] does not support [min_score] (at query.wasm_udf.chain[0].min_score)");
    insta::assert_snapshot!(refused(scored(json!([{"name": "value", "boost": 1}]))), @"a function of [chain] does not support [boost] (at query.script_score.wasm_udf.chain[0].boost)");
    insta::assert_snapshot!(refused(scored(json!([{"name": "value", "as": ""}]))), @"[as] must not be empty (at query.script_score.wasm_udf.chain[0].as)");
    insta::assert_snapshot!(refused(scored(json!([{"name": "bit", "parameters": {"bit": 1}}]))), @"a user function failed: function bit@0.0.0 failed to bind: the function is not a scorer");
    insta::assert_snapshot!(refused(scored(json!([{"name": "profile/one"}]))), @"the search profile [profile/one] is not supported here: it can only be called as a filter or a scorer (at query.script_score.wasm_udf.chain[0])");
    insta::assert_snapshot!(refused(scored(json!([{"name": "value"}, {"name": "value", "as": "v"}]))), @"[as] is not supported in the last function, whose scores no function reads: remove [v] (at query.script_score.wasm_udf.chain)");
    let nested = json!({"derived": {"d": {"type": "double", "wasm_udf": {"chain": [{"name": "half"}]}}}});
    insta::assert_snapshot!(try_run(&engine(), &nested).expect_err("is refused"), @"[chain] is only supported in filters and scorers, and cannot be nested (at derived.d.wasm_udf.chain)");
    insta::assert_snapshot!(refused(scored(json!([{"name": "value", "as": "v"}, {"name": "value", "as": "v"}]))), @"duplicate [as] [v]: each name must be unique in a chain (at query.script_score.wasm_udf.chain[1])");
}

#[test]
fn mistakes_in_profiles_are_refused() {
    insta::assert_snapshot!(refused(profile("unknown", json!({}))), @"unknown search profile [profile/unknown]: no stored template has the id [unknown]");
    insta::assert_snapshot!(refused(profile("script", json!({}))), @"search profile [profile/script] (at query.wasm_udf): the stored script [script] is not a template: its language is [painless]");
    insta::assert_snapshot!(refused(profile("cut", json!({}))), @"search profile [profile/cut] (at query.wasm_udf): the rendered template is not valid JSON: EOF while parsing a list at line 1 column 11");
    insta::assert_snapshot!(refused(profile("one", json!({}))), @"a user function failed: function value@0.0.0 failed to bind: the function is not a filter");
    insta::assert_snapshot!(refused(profile("odd_and_at_least", json!({"least": "x"}))), @"search profile [profile/odd_and_at_least] (at query.wasm_udf): the rendered template is not valid JSON: expected value at line 2 column 102");
    insta::assert_snapshot!(refused(json!({"wasm_udf": {"name": "profile/one", "version": "1.0.0"}})), @"a call of a search profile does not support [version] (at query.wasm_udf.version)");
    insta::assert_snapshot!(refused(json!({"script": {"script": {"lang": "wasm", "id": "profile/one@1.0.0"}}})), @"a search profile has no versions, found [1.0.0] (at query.script.script)");
    let script = json!({"lang": "wasm", "id": "profile/one"});
    let sorted = json!({"sort": [{"_script": {"type": "number", "script": script}}]});
    insta::assert_snapshot!(try_run(&engine(), &sorted).expect_err("is refused"), @"the search profile [profile/one] is not supported here: it can only be called as a filter or a scorer (at sort[0]._script.script)");
    let sorted = json!({"derived": {"d": {"type": "double", "wasm_udf": {"name": "profile/one"}}}});
    insta::assert_snapshot!(try_run(&engine(), &sorted).expect_err("is refused"), @"the search profile [profile/one] is not supported here: it can only be called as a filter or a scorer (at derived.d.wasm_udf)");
}

#[test]
fn functions_of_profiles_count_as_those_of_the_request() {
    let max = engine().limits().max_functions;
    let with = |profiles: usize, others: usize| {
        let clauses: Vec<Json> = std::iter::repeat_n(profile("odd_and_at_least", json!({"least": 0})), profiles)
            .chain(std::iter::repeat_n(udf("bit", json!({"bit": 0})), others))
            .collect();
        try_run(&engine(), &json!({"query": {"bool": {"filter": clauses}}}))
    };
    assert!(with(1, max - 2).is_ok() && with(max / 2, 0).is_ok());
    insta::assert_snapshot!(with(1, max - 1).expect_err("one too many"), @"too many functions: at most 32 calls are allowed in a request");
    insta::assert_snapshot!(with(max / 2 + 1, 0).expect_err("two too many"), @"too many functions: at most 32 calls are allowed in a request");
    insta::assert_snapshot!(with(max + 1, 0).expect_err("refused before any is read"), @"too many functions: at most 32 calls are allowed in a request (at query.bool.filter[32].wasm_udf)");
}

#[test]
fn a_request_that_changes_documents_tolerates_no_failures_of_profiles_either() {
    let body = json!({"query": profile("tolerant", json!({}))});
    assert_eq!(total(&run_body(body.clone())), 5_000);
    let request = SearchRequest::parse_count(&body.to_string(), engine().limits()).expect("valid");
    let matching = block_on(engine().matching(&numbers(), &request, &Store::new(), &Arc::default()));
    insta::assert_snapshot!(error_chain(&matching.expect_err("is refused")), @"[on_error] is not allowed in a request that changes documents: where the function fails, it would change others");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The best hits are the same whether documents that cannot be among them are skipped or not.
    #[test]
    fn pruning_does_not_change_the_best_hits(min_score in 0_u32..300, boost in 1_u32..4, size in 1_usize..20) {
        let query = json!({"script_score": {
            "query": {"match": {"tag": "t1"}}, "boost": boost,
            "wasm_udf": {"chain": [
                {"name": "halved", "as": "half", "min_score": f64::from(min_score) / 1_000.0},
                {"name": "plus_column", "parameters": {"field": "half"}}, {"name": "halved"}
            ]}
        }});
        let pruned = try_run(&engine(), &json!({"query": query, "size": size, "track_total_hits": false})).expect("valid");
        let whole = try_run(&engine(), &json!({"query": query, "size": 5_000, "track_total_hits": true})).expect("valid");
        let count = size.min(ids(&whole).len());
        prop_assert_eq!(&ids(&pruned)[..], &ids(&whole)[..count]);
        prop_assert_eq!(&scores(&pruned)[..], &scores(&whole)[..count]);
    }
}
