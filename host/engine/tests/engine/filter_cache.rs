//! What filter functions kept is known in later requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::support::{self, calls, functions, ids, index, udf};
use async_trait::async_trait;
use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_engine::{Engine, SearchRequest};
use quidditch_function::{
    Argument, BoundFilter, BoundScorer, BoundValues, Budget, Function, FunctionError, FunctionResolver, Metadata,
    NativeFunctions, Role,
};
use quidditch_index::Snapshot;
use serde_json::{Value as Json, json};

const DOCUMENTS: u64 = 5_000;

/// 5,000 documents in one split: `n` counts from 0, `tag` is `t0`, `t1` or `t2` in turn.
fn numbers() -> Snapshot {
    let documents: Vec<Json> =
        (0..DOCUMENTS).map(|n| json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 3)})).collect();
    index(json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}}), &[&documents])
}

/// Functions of components, whose digests are known.
struct Published {
    functions: NativeFunctions,
    digest: &'static str,
    /// What the functions were told.
    cached_documents: Arc<AtomicU64>,
}

impl Published {
    fn new(digest: &'static str) -> Self {
        Published { functions: functions(), digest, cached_documents: Arc::default() }
    }
}

#[async_trait]
impl FunctionResolver for Published {
    async fn find(&self, name: &str, version: Option<&str>) -> Result<Arc<dyn Function>, FunctionError> {
        let function = self.functions.find(name, version).await?;
        let digest = format!("{}/{name}", self.digest);
        Ok(Arc::new(PublishedFunction { function, digest, cached_documents: Arc::clone(&self.cached_documents) }))
    }
}

struct PublishedFunction {
    function: Arc<dyn Function>,
    digest: String,
    cached_documents: Arc<AtomicU64>,
}

impl Function for PublishedFunction {
    fn metadata(&self) -> &Metadata {
        self.function.metadata()
    }

    fn digest(&self) -> Option<&str> {
        Some(&self.digest)
    }

    fn record_cached(&self, role: Role, documents: u64) {
        assert_eq!(role, Role::Filter);
        self.cached_documents.fetch_add(documents, Ordering::Relaxed);
    }

    fn bind_filter(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundFilter>, FunctionError> {
        self.function.bind_filter(arguments, budget)
    }

    fn bind_scorer(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundScorer>, FunctionError> {
        self.function.bind_scorer(arguments, budget)
    }

    fn bind_values(&self, arguments: &[Argument], budget: &Arc<Budget>) -> Result<Box<dyn BoundValues>, FunctionError> {
        self.function.bind_values(arguments, budget)
    }
}

fn caching() -> Engine {
    support::engine().with_filter_cache(1 << 20)
}

fn search(engine: &Engine, snapshot: &Snapshot, functions: &dyn FunctionResolver, body: &Json) -> Result<Json, String> {
    let mut body = body.clone();
    body["profile"] = json!(true);
    body["track_total_hits"] = json!(true);
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits()).expect("a valid request");
    let response = block_on(engine.search(snapshot, &request, functions, &Arc::default()));
    let response = response.map_err(|error| quidditch_function::error_chain(&error))?;
    Ok(serde_json::to_value(response).expect("a response is JSON"))
}

fn total(response: &Json) -> u64 {
    response["hits"]["total"]["value"].as_u64().expect("a total")
}

/// The documents about which a function was asked, and those about which it was not.
fn asked(response: &Json) -> (u64, u64) {
    let cached = response["profile"]["functions"][0]["cached_documents"].as_u64();
    (calls(response, 0).1, cached.unwrap_or(0))
}

#[test]
fn the_third_search_calls_no_function() {
    let (engine, snapshot, published) = (caching(), numbers(), Published::new("a"));
    let body = json!({"query": udf("bit", json!({"bit": 0}))});
    let run = |functions: &dyn FunctionResolver| search(&engine, &snapshot, functions, &body).expect("valid");
    let first = run(&published);
    assert_eq!((asked(&first), total(&first)), ((DOCUMENTS, 0), DOCUMENTS / 2));
    assert_eq!(asked(&run(&published)), (DOCUMENTS, 0));
    let third = run(&published);
    assert_eq!((asked(&third), total(&third)), ((0, DOCUMENTS), DOCUMENTS / 2));
    assert_eq!((ids(&first), support::scores(&first)), (ids(&third), support::scores(&third)));
    assert_eq!(published.cached_documents.load(Ordering::Relaxed), DOCUMENTS);
    // Another component of the same name and version.
    assert_eq!(asked(&run(&Published::new("b"))), (DOCUMENTS, 0));
}

#[test]
fn a_function_is_asked_only_about_what_is_not_known() {
    let (engine, snapshot, published) = (caching(), numbers(), Published::new("a"));
    let run = |query: Json| search(&engine, &snapshot, &published, &json!({"query": query})).expect("valid");
    let bit = || udf("bit", json!({"bit": 0}));
    let of_tag = |tag: &str| run(json!({"bool": {"filter": [{"term": {"tag": tag}}, bit()]}}));
    assert_eq!(asked(&of_tag("t1")), (1_667, 0));
    assert_eq!(asked(&of_tag("t1")), (1_667, 0));
    assert_eq!((asked(&of_tag("t1")), total(&of_tag("t1"))), ((0, 1_667), 834));
    assert_eq!(asked(&of_tag("t2")), (1_666, 0));
    let all = run(bit());
    assert_eq!((asked(&all), total(&all)), ((1_667, 3_333), 2_500));
    assert_eq!(asked(&run(bit())), (0, DOCUMENTS));
    let others = run(json!({"bool": {"must_not": [bit()]}}));
    assert_eq!((asked(&others), total(&others)), ((0, DOCUMENTS), 2_500));
    let scored = run(json!({"script_score": {"query": bit(), "wasm_udf": {"name": "value"}}}));
    assert_eq!((asked(&scored), ids(&scored)[0].as_str()), ((0, DOCUMENTS), "4999"));
}

#[test]
fn other_arguments_are_another_filter() {
    let (engine, snapshot, published) = (caching(), numbers(), Published::new("a"));
    let run = |bit: u8| search(&engine, &snapshot, &published, &json!({"query": udf("bit", json!({"bit": bit}))}));
    for _ in 0..3 {
        run(0).expect("valid");
    }
    let other = run(1).expect("valid");
    assert_eq!((asked(&other), total(&other)), ((DOCUMENTS, 0), 2_500));
}

#[test]
fn documents_outside_of_the_ranges_are_known_to_be_dropped() {
    let (engine, snapshot, published) = (caching(), numbers(), Published::new("a"));
    let body = json!({"query": udf("least", json!({"least": 4_990}))});
    let run = || search(&engine, &snapshot, &published, &body).expect("valid");
    let first = run();
    run();
    let third = run();
    assert_eq!((asked(&third), total(&third), ids(&third)), ((0, DOCUMENTS), 10, ids(&first)));
}

#[test]
fn what_a_failing_function_kept_is_not_known() {
    let (engine, snapshot, published) = (caching(), numbers(), Published::new("a"));
    let failing = json!({"query": udf("fail", json!({"at": 4_500}))});
    let tolerated =
        json!({"query": {"wasm_udf": {"name": "fail", "parameters": {"at": 4_500}, "on_error": "exclude"}}});
    for _ in 0..3 {
        search(&engine, &snapshot, &published, &failing).expect_err("it fails");
        let response = search(&engine, &snapshot, &published, &tolerated).expect("the failure is tolerated");
        assert_eq!((asked(&response), total(&response)), ((DOCUMENTS, 0), 4_096));
    }
}

#[test]
fn without_a_digest_or_a_cache_nothing_is_known() {
    let (snapshot, published) = (numbers(), Published::new("a"));
    let filter = udf("bit", json!({"bit": 0}));
    let script = json!({"script": {"script": "doc['n'].value % 2 == 1"}});
    let cases: [(Engine, &dyn FunctionResolver, Json); 4] = [
        (caching(), &functions(), filter.clone()),
        (caching(), &published, script),
        (support::engine(), &published, filter.clone()),
        (support::engine().with_filter_cache(0), &published, filter),
    ];
    for (engine, functions, query) in cases {
        for _ in 0..3 {
            let response = search(&engine, &snapshot, functions, &json!({"query": query})).expect("valid");
            assert_eq!((asked(&response), total(&response)), ((DOCUMENTS, 0), 2_500), "{query}");
        }
    }
}

fn queries() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        (0..4_u8).prop_map(|bit| udf("bit", json!({"bit": bit}))),
        (0..40_u16).prop_map(|least| udf("least", json!({"least": least}))),
        (0..3_u8).prop_map(|tag| json!({"term": {"tag": format!("t{tag}")}})),
        Just(json!({"script_score": {"query": {"match_all": {}}, "wasm_udf": {"name": "value"}}})),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let some = || prop::collection::vec(inner.clone(), 0..3);
        (some(), some(), some(), some()).prop_map(|(must, filter, should, must_not)| {
            json!({"bool": {"must": must, "filter": filter, "should": should, "must_not": must_not}})
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is known, with any number of threads, and with deleted documents, answers are those of an engine without a cache.
    #[test]
    fn answers_do_not_depend_on_what_is_known(queries in prop::collection::vec(queries(), 1..8), order in prop::collection::vec(any::<prop::sample::Index>(), 20)) {
        let splits: Vec<Vec<Json>> = [0..70_u64, 70..75, 50..300]
            .map(|range| range.map(|n| json!({"_id": n.to_string(), "n": n, "tag": format!("t{}", n % 3)})).collect())
            .into();
        let splits: Vec<&[Json]> = splits.iter().map(Vec::as_slice).collect();
        let snapshot = index(json!({"properties": {"n": {"type": "long"}, "tag": {"type": "keyword"}}}), &splits);
        let (plain, published) = (support::engine(), Published::new("a"));
        let engines = [caching(), caching().with_threads(2).expect("threads"), support::engine().with_filter_cache(600)];
        for index in order {
            let query = index.get(&queries);
            let body = json!({"query": query, "size": 300});
            let hits = |engine: &Engine| {
                let response = search(engine, &snapshot, &published, &body).expect("valid");
                (total(&response), ids(&response), support::scores(&response))
            };
            let expected = hits(&plain);
            for engine in &engines {
                prop_assert_eq!(hits(engine), expected.clone(), "{}", query);
            }
        }
    }
}
