//! The number of storage requests of a search, which cost time and money. Compared with `docs/benchmarks.md`.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_engine::{Engine, Limits, SearchRequest, SearchResponse};
use quidditch_function::NativeFunctions;
use quidditch_index::{Cost, CostFigures, ReadSettings, Snapshot, SplitReader};
use quidditch_storage::{Counting, Storage};
use quidditch_tests::{Installation, StandingClock};
use serde_json::{Value as Json, json};

use crate::shared::installation;

/// A process that has just started, with a store that counts requests.
struct Process {
    store: Arc<Counting>,
    reader: Arc<SplitReader>,
    snapshot: Option<Snapshot>,
    engine: Engine,
}

impl Process {
    fn start(installation: &Installation, settings: ReadSettings) -> Self {
        let store = Arc::new(Counting::new(Arc::clone(&installation.storage)));
        let reader = Arc::new(SplitReader::new(store.clone() as Arc<dyn Storage>, settings));
        let engine = Engine::new(Limits::default(), Arc::new(StandingClock::default()));
        Process { store, reader, snapshot: None, engine }
    }

    /// Searches the cities; returns the response and its cost.
    fn search(&mut self, body: &Json) -> (SearchResponse, CostFigures) {
        let before = self.store.counts();
        let cost = Arc::new(Cost::default());
        let response = block_on(async {
            if self.snapshot.is_none() {
                self.snapshot = Some(Snapshot::open(&self.reader, "cities", &cost).await.expect("there"));
            }
            let snapshot = self.snapshot.as_ref().expect("just opened");
            let request = SearchRequest::parse(&body.to_string(), &[], self.engine.limits()).expect("valid");
            self.engine.search(snapshot, &request, &NativeFunctions::new(), &cost).await.expect("found")
        });
        let counts = self.store.counts() - before;
        let figures = cost.figures();
        assert_eq!(
            (figures.gets, figures.bytes),
            (counts.gets, counts.bytes_read),
            "the profile agrees with the store"
        );
        assert_eq!((counts.heads, counts.lists), (0, 0));
        (response, figures)
    }
}

fn two_terms(text: &str) -> Json {
    json!({"query": {"match": {"name": text}}, "size": 10, "profile": true})
}

/// One split of 7 MB, a query for two terms, ten hits with their sources.
#[test]
fn a_search_needs_few_storage_requests() {
    let mut process = Process::start(installation(), ReadSettings::default());
    let (response, cold) = process.search(&two_terms("san francisco"));
    assert_eq!(response.hits.hits.len(), 10);
    assert!(cold.gets <= 6 && cold.round_trips <= 4, "cold: {cold:?}");
    let profile = serde_json::to_value(response.profile).expect("JSON");
    assert_eq!(profile["storage"]["gets"], json!(cold.gets));
    assert_eq!(profile["storage"]["round_trips"], json!(cold.round_trips));

    let (response, warm) = process.search(&two_terms("bad neustadt"));
    assert_eq!(response.hits.hits.len(), 10);
    assert!(warm.gets <= 4 && warm.round_trips <= 2, "warm: {warm:?}");

    let (_, again) = process.search(&two_terms("bad neustadt"));
    assert_eq!((again.gets, again.bytes, again.round_trips), (0, 0, 0), "the repeated query is cached");
}
