//! Many requests at once: few commits, and nobody's results are mixed up.

use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use futures::executor::block_on;
use futures::future::join_all;
use quidditch_clock::{Clock, ManualClock};
use quidditch_engine::{Engine, Limits};
use quidditch_function::{CatalogError, FunctionCatalog, NativeFunctions, PublishedFunction};
use quidditch_index::{Mapping, ReadSettings, SplitReader};
use quidditch_indexing::{Condition, Effect, WriteAction, WriteOperation, create_index};
use quidditch_service::{Parts, Service, Settings};
use quidditch_storage::{Counting, MemoryStorage, Storage};

use super::*;
use crate::stored_queries::StoredQueryCheck;

struct NothingPublished;

#[async_trait]
impl FunctionCatalog for NothingPublished {
    async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
        Ok(Vec::new())
    }
}

struct Fixture {
    counts: Arc<Counting>,
    service: Service,
    committer: Committer,
}

fn fixture(settings: CommitSettings) -> Fixture {
    let counts = Arc::new(Counting::new(Arc::new(MemoryStorage::new())));
    let storage: Arc<dyn Storage> = counts.clone();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    block_on(create_index(&storage, "a", &Mapping::default())).expect("created");
    let parts = Parts {
        reader: Arc::new(SplitReader::new(Arc::clone(&storage), ReadSettings::default())),
        functions: Arc::new(NativeFunctions::new()),
        catalog: Arc::new(NothingPublished),
        engine: Engine::new(Limits::default(), Arc::clone(&clock)),
        clock: Arc::clone(&clock),
    };
    let service = Service::new(parts, Settings::default());
    let query_check = Arc::new(StoredQueryCheck::new(&clock));
    let committer = Committer::new(CommitParts { storage, clock, query_check, background: None }, settings);
    Fixture { counts, service, committer }
}

fn index(id: usize) -> WriteOperation {
    let source = format!("{{\"n\":{id}}}");
    WriteOperation { id: Some(id.to_string()), action: WriteAction::Index(source.into()), condition: Condition::Absent }
}

/// Runs writes that all arrive while another request commits.
fn all_at_once<T>(committer: &Committer, service: &Service, writes: Vec<impl Future<Output = T>>) -> Vec<T> {
    let queue = committer.queue(service, "a");
    let committing = queue.committing.try_lock().expect("nothing is being committed");
    block_on(async {
        let mut writes = pin!(join_all(writes));
        assert!(futures::poll!(writes.as_mut()).is_pending());
        drop(committing);
        writes.await
    })
}

#[test]
fn requests_that_wait_share_a_commit() {
    let Fixture { counts, service, committer } = fixture(CommitSettings::default());
    let before = counts.counts().puts;
    let writes: Vec<_> = (0..32)
        .map(|number| committer.write(&service, "a", vec![index(2 * number), index(2 * number + 1), index(2 * number)]))
        .collect();
    let written = all_at_once(&committer, &service, writes);
    for (number, results) in written.into_iter().enumerate() {
        let results = results.expect("written");
        let ids: Vec<&str> = results.iter().map(|result| result.id.as_str()).collect();
        assert_eq!(ids, [(2 * number).to_string(), (2 * number + 1).to_string(), (2 * number).to_string()]);
        let effects: Vec<_> =
            results.iter().map(|result| result.outcome.as_ref().ok().map(|written| written.effect)).collect();
        assert_eq!(effects, [Some(Effect::Created), Some(Effect::Created), None]);
    }
    assert_eq!(counts.counts().puts - before, 2, "a split and a manifest");
}

#[test]
fn a_commit_has_a_limit_and_the_rest_follows() {
    let bytes = index(10).bytes();
    let settings = CommitSettings { commit_bytes: 10 * bytes, ..CommitSettings::default() };
    let Fixture { counts, service, committer } = fixture(settings);
    let before = counts.counts().puts;
    let writes: Vec<_> = (10..30).map(|number| committer.write(&service, "a", vec![index(number)])).collect();
    assert!(all_at_once(&committer, &service, writes).into_iter().all(|results| results.is_ok()));
    assert_eq!(counts.counts().puts - before, 4, "two splits and two manifests");
}

#[test]
fn writes_over_the_memory_are_refused() {
    let settings = CommitSettings { waiting_bytes: 2 * index(0).bytes(), ..CommitSettings::default() };
    let Fixture { service, committer, .. } = fixture(settings);
    assert!(block_on(committer.write(&service, "a", vec![index(0), index(1)])).is_ok(), "at the limit");
    let error = block_on(committer.write(&service, "a", vec![index(2), index(3), index(4)])).expect_err("over it");
    let json = error.into_json();
    assert_eq!((&json["status"], &json["error"]["type"]), (&429.into(), &"rejected_execution_exception".into()));
    assert!(block_on(committer.write(&service, "a", vec![index(2), index(3)])).is_ok(), "the memory is free again");
}

#[test]
fn a_missing_index_is_an_error_and_is_looked_for_again() {
    let Fixture { service, committer, .. } = fixture(CommitSettings::default());
    let error = block_on(committer.write_one(&service, "nope", index(0))).expect_err("missing");
    assert_eq!(error.into_json()["error"]["type"], "index_not_found_exception");
    assert!(!committer.knows("nope"));
    assert!(block_on(committer.write_one(&service, "a", index(0))).is_ok());
    assert!(committer.knows("a"));
}
