//! One search over several indices: what the indices share, and what it costs.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{self, ids, udf};
use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock, SystemClock};
use quidditch_engine::{Engine, Error, IndicesError, Limits, QueryFilter, SearchRequest, SearchTarget, Searched};
use quidditch_function::NativeFunctions;
use quidditch_index::{Cost, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_storage::{MemoryStorage, Storage};
use serde_json::{Value as Json, json};

/// Indices `i0`, `i1` and so on in one store, each with these documents in two splits.
fn indices(count: usize, documents: &[Json]) -> Vec<Snapshot> {
    let mapping = json!({"properties": {"t": {"type": "text"}, "k": {"type": "keyword"}, "n": {"type": "long"}}});
    indices_with(&vec![mapping; count], documents)
}

/// The same, one for each of these mappings.
fn indices_with(mappings: &[Json], documents: &[Json]) -> Vec<Snapshot> {
    let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let settings = ReadSettings { whole_split_bytes: 0, ..ReadSettings::default() };
    let reader = Arc::new(SplitReader::new(Arc::clone(&storage), settings));
    let create = |(number, mapping): (usize, &Json)| {
        let (storage, clock, reader) = (&storage, &clock, &reader);
        let mapping = Mapping::from_json(mapping).expect("valid");
        async move {
            let name = format!("i{number}");
            create_index(storage, &name, &mapping).await.expect("created");
            let writer = IndexWriter::new(storage, clock, &name).expect("a valid name");
            for half in documents.chunks(documents.len().div_ceil(2)) {
                let lines: Vec<String> = half.iter().map(Json::to_string).collect();
                writer.add_documents(lines.join("\n").as_bytes(), &AddOptions::default(), |_| ()).await.expect("added");
            }
            Snapshot::open(reader, &name, &Cost::default()).await.expect("readable")
        }
    };
    mappings.iter().enumerate().map(|index| block_on(create(index))).collect()
}

fn documents() -> Vec<Json> {
    (0..20).map(|id| json!({"_id": id.to_string(), "t": "red fox", "k": format!("key-{id:02}"), "n": id})).collect()
}

fn search(engine: &Engine, snapshots: &[Snapshot], body: &Json) -> Result<(Json, Cost), IndicesError> {
    let targets: Vec<_> = snapshots.iter().map(SearchTarget::whole).collect();
    let request = SearchRequest::parse(&body.to_string(), &[], engine.limits()).expect("valid");
    let cost = Arc::new(Cost::default());
    let found = block_on(engine.search_indices(&targets, &request, &support::functions(), &cost))?;
    let Searched { response, failures } = found;
    assert!(failures.is_empty(), "{failures:?}");
    let response = serde_json::to_value(response).expect("a response is JSON");
    Ok((response, Arc::into_inner(cost).expect("the search has ended")))
}

fn engine(limits: Limits) -> Engine {
    Engine::new(limits, Arc::new(SystemClock::default()))
}

#[test]
fn several_indices_take_as_many_round_trips_as_one() {
    let documents = documents();
    let round_trips = |count: usize| {
        let body = json!({"query": {"match": {"t": "red"}}, "sort": ["k"], "profile": true, "aggs": {"k": {"terms": {"field": "k"}}}});
        let (response, _) = search(&engine(Limits::default()), &indices(count, &documents), &body).expect("found");
        assert_eq!(response["profile"]["storage"]["late_round_trips"], json!(0), "{response}");
        assert_eq!(response["profile"]["splits_searched"], json!(2 * count));
        assert_eq!(response["hits"]["total"]["value"], json!(20 * count));
        ids(&response)
    };
    assert_eq!(round_trips(1)[..4], ["0", "1", "2", "3"]);
    assert_eq!(round_trips(3)[..4], ["0", "0", "0", "1"]);
}

#[test]
fn equal_hits_have_the_order_of_the_indices() {
    let (response, _) =
        search(&engine(Limits::default()), &indices(2, &documents()), &json!({"size": 40})).expect("found");
    let names: Vec<&str> =
        response["hits"]["hits"].as_array().expect("hits").iter().filter_map(|hit| hit["_index"].as_str()).collect();
    assert!(names[..20].iter().all(|name| *name == "i0") && names[20..].iter().all(|name| *name == "i1"), "{names:?}");
}

#[test]
fn the_bytes_of_hits_are_limited_over_all_indices() {
    let snapshots = indices(2, &documents());
    let run = |max_hits_bytes: u64| {
        search(&engine(Limits { max_hits_bytes, ..Limits::default() }), &snapshots, &json!({"size": 40}))
    };
    let enough = (1..10_000).find(|bytes| run(*bytes).is_ok()).expect("enough for 40 hits");
    let of_one = search(
        &engine(Limits { max_hits_bytes: enough / 2, ..Limits::default() }),
        &snapshots[..1],
        &json!({"size": 40}),
    );
    assert!(of_one.is_ok(), "half of the bytes are enough for half of the hits");
    let Err(IndicesError::Any(failed)) = run(enough - 1) else { panic!("one byte over the limit") };
    assert!(matches!(failed.error, Error::HitsTooLarge { .. }), "{:?}", failed.error);
}

#[test]
fn the_memory_of_candidates_is_limited_over_all_indices() {
    let body = json!({"size": 20, "sort": ["k"]});
    let lowest = |snapshots: &[Snapshot]| {
        let run =
            |max_memory_bytes: u64| search(&engine(Limits { max_memory_bytes, ..Limits::default() }), snapshots, &body);
        (1..1_000).map(|step| step * 100).find(|bytes| run(*bytes).is_ok()).expect("enough")
    };
    let snapshots = indices(4, &documents());
    let (one, four) = (lowest(&snapshots[..1]), lowest(&snapshots));
    assert!(four > 2 * one, "{one} bytes for one index, {four} for four");
}

#[test]
fn the_memory_of_aggregations_is_limited_over_all_indices() {
    let terms = json!({"terms": {"field": "k", "size": 100}});
    let body = json!({"size": 0, "aggs": {"k": terms, "g": {"global": {}, "aggs": {"k": terms}}}});
    let lowest = |snapshots: &[Snapshot]| {
        let run = |max_aggregation_bytes: u64| {
            search(&engine(Limits { max_aggregation_bytes, ..Limits::default() }), snapshots, &body)
        };
        (1..1_000).map(|step| step * 100).find(|bytes| run(*bytes).is_ok()).expect("enough")
    };
    let snapshots = indices(4, &documents());
    let (one, four) = (lowest(&snapshots[..1]), lowest(&snapshots));
    assert!(four > 2 * one, "{one} bytes for one index, {four} for four");
}

#[test]
fn the_time_is_that_of_all_indices() {
    let clock = Arc::new(ManualClock::default());
    let engine = Engine::new(Limits { timeout: Duration::ZERO, ..Limits::default() }, clock);
    let snapshots = indices(2, &documents());
    let (response, _) = search(&engine, &snapshots, &json!({})).expect("partial results");
    assert_eq!((&response["timed_out"], &response["hits"]["total"]["relation"]), (&json!(true), &json!("gte")));
    let targets: Vec<_> = snapshots.iter().map(SearchTarget::whole).collect();
    let request = SearchRequest::parse_count("{}", engine.limits()).expect("valid");
    let counted = block_on(engine.count_indices(&targets, &request, &NativeFunctions::new(), &Arc::default()));
    let Err(IndicesError::Any(failed)) = counted else { panic!("a count is never partial") };
    assert!(matches!(failed.error, Error::TimedOut(_)), "{:?}", failed.error);
}

#[test]
fn functions_are_profiled_over_all_indices() {
    let body = json!({"size": 0, "profile": true, "query": udf("bit", json!({"bit": 0}))});
    let (response, _) = search(&engine(Limits::default()), &indices(2, &documents()), &body).expect("found");
    assert_eq!(response["hits"]["total"]["value"], json!(20));
    let documents = &response["profile"]["functions"][0]["documents"];
    assert_eq!(documents, &json!(40), "{response}");
}

#[test]
fn filters_skip_splits() {
    let snapshots = indices(2, &documents());
    let engine = engine(Limits::default());
    let filter = QueryFilter::parse(&json!({"range": {"n": {"lt": 3}}}), engine.limits()).expect("valid");
    let targets: Vec<_> = snapshots
        .iter()
        .map(|snapshot| SearchTarget { filter: Some(&filter), ..SearchTarget::whole(snapshot) })
        .collect();
    let request = SearchRequest::parse(r#"{"profile": true}"#, &[], engine.limits()).expect("valid");
    let found = block_on(engine.search_indices(&targets, &request, &NativeFunctions::new(), &Arc::default()));
    let response = found.expect("found").response;
    assert_eq!(response.hits.hits.len(), 6);
    let profile = response.profile.expect("asked for");
    assert_eq!((profile.splits_searched, profile.splits_skipped), (2, 2));
}

#[test]
fn filters_call_no_functions() {
    let refused = QueryFilter::parse(&udf("f", json!({})), &Limits::default()).err().expect("refused");
    insta::assert_snapshot!(refused, @"the filter of an alias cannot call functions or scripts");
}

#[test]
fn significant_texts_may_be_unmapped_in_some_indices() {
    let mapped = json!({"properties": {"t": {"type": "text"}}});
    let indices = indices_with(&[mapped, json!({"dynamic": "false"})], &documents());
    for field in ["t", "nowhere"] {
        let body = json!({"size": 0, "aggs": {"a": {"significant_text": {"field": field}}}});
        let (response, _) = search(&engine(Limits::default()), &indices, &body).expect("valid");
        let expected = json!({"doc_count": 40, "bg_count": 40, "buckets": []});
        assert_eq!(response["aggregations"]["a"], expected, "{field}");
    }
}
