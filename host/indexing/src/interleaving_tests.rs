//! Any sequence of changes, by one writer, by writers that crash, or by several at the same time, leaves the right documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::Mapping;
use quidditch_storage::{LocalFolder, Storage};
use serde_json::json;

use crate::fixture::{
    Crash, INDEX, TestIndex, assert_sound, crashing, documents, manifest, matching, objects, store_with_index, writer,
    writer_at,
};
use crate::{AddOptions, IndexingError, MergeEffort, MergeOptions, create_index, verify_index};

/// The expected documents: sources by `_id`.
type Model = BTreeMap<String, String>;

#[derive(Debug, Clone)]
enum Step {
    Add {
        split_documents: u32,
        ids: Vec<u8>,
    },
    DeleteIds {
        ids: Vec<u8>,
    },
    /// Documents that were found in a snapshot.
    DeleteDocuments {
        ids: Vec<u8>,
    },
    Merge {
        effort: MergeEffort,
        split_documents: u64,
    },
    CollectGarbage,
}

fn some_ids() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..20_u8, 0..10)
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..6_u32, some_ids()).prop_map(|(split_documents, ids)| Step::Add { split_documents, ids }),
        1 => some_ids().prop_map(|ids| Step::DeleteIds { ids }),
        1 => some_ids().prop_map(|ids| Step::DeleteDocuments { ids }),
        1 => (any::<bool>(), 1..30_u64).prop_map(|(is_full, split_documents)| Step::Merge {
            effort: if is_full { MergeEffort::Full } else { MergeEffort::Balanced },
            split_documents,
        }),
        1 => Just(Step::CollectGarbage),
    ]
}

impl Step {
    /// `number` distinguishes what this step writes from what others write.
    async fn run(&self, storage: &Arc<dyn Storage>, number: usize) -> Result<(), IndexingError> {
        match self {
            Step::Add { split_documents, ids } => {
                let options = AddOptions { split_documents: *split_documents, ..AddOptions::default() };
                let lines: String = ids
                    .iter()
                    .enumerate()
                    .map(|(line, id)| format!("{}\n", with_id(*id, &source(number, line))))
                    .collect();
                writer(storage).add_documents(lines.as_bytes(), &options, |_| ()).await.map(|_| ())
            }
            Step::DeleteIds { ids } => {
                let ids: Vec<String> = ids.iter().map(u8::to_string).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                writer(storage).delete_ids(&ids).await.map(|_| ())
            }
            Step::DeleteDocuments { ids } => {
                let ids: BTreeSet<String> = ids.iter().map(u8::to_string).collect();
                delete_found(storage, |id| ids.contains(id)).await.map(|_| ())
            }
            Step::Merge { effort, split_documents } => {
                let options =
                    MergeOptions { effort: *effort, split_documents: *split_documents, ..MergeOptions::default() };
                writer(storage).merge_splits(&options, |_| ()).await.map(|_| ())
            }
            Step::CollectGarbage => collect_all(storage).await,
        }
    }

    fn apply(&self, model: &mut Model, number: usize) {
        match self {
            Step::Add { ids, .. } => {
                model.extend(ids.iter().enumerate().map(|(line, id)| (id.to_string(), source(number, line))));
            }
            Step::DeleteIds { ids } | Step::DeleteDocuments { ids } => {
                model.retain(|id, _| !ids.iter().any(|other| other.to_string() == *id));
            }
            Step::Merge { .. } | Step::CollectGarbage => {}
        }
    }
}

fn source(step: usize, line: usize) -> String {
    // Each step adds a field of its own.
    json!({format!("field{}", step % 5): format!("{step} {line}")}).to_string()
}

fn with_id(id: impl ToString, source: &str) -> String {
    source.replacen('{', &format!("{{\"_id\": \"{}\", ", id.to_string()), 1)
}

/// Collects all garbage, however young.
async fn collect_all(storage: &Arc<dyn Storage>) -> Result<(), IndexingError> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    // Later than all writers, whose clocks only advance when they pause.
    clock.sleep(Duration::from_secs(3600)).await;
    writer_at(storage, &clock).collect_garbage(Duration::ZERO).await.map(|_| ())
}

/// Deletes documents as a search does: found in a snapshot first.
async fn delete_found(storage: &Arc<dyn Storage>, matches: impl Fn(&str) -> bool) -> Result<u64, IndexingError> {
    let index = TestIndex::open(storage, INDEX).await?;
    writer(storage).delete_documents(&matching(&index, matches)).await
}

async fn check(storage: &Arc<dyn Storage>, model: &Model) -> Result<(), TestCaseError> {
    prop_assert_eq!(&documents(storage).await, model);
    let verified = verify_index(storage, INDEX, |_| ()).await.expect("readable");
    prop_assert_eq!((verified.documents, verified.problems), (model.len() as u64, Vec::new()));
    let manifest = manifest(storage).await;
    prop_assert!(manifest.splits.iter().all(|split| split.live() > 0));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_sequence_of_changes_leaves_the_right_documents(steps in prop::collection::vec(any_step(), 1..12)) {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let mut model = Model::new();
            for (number, step) in steps.iter().enumerate() {
                step.run(&storage, number).await.expect("done");
                step.apply(&mut model, number);
                check(&storage, &model).await?;
            }
            collect_all(&storage).await.expect("collected");
            let mut needed: Vec<_> = manifest(&storage).await.objects().collect();
            needed.sort_unstable();
            prop_assert_eq!(objects(&storage).await, needed);
            check(&storage, &model).await
        })?;
    }

    #[test]
    fn writers_that_crash_change_everything_or_nothing(
        steps in prop::collection::vec((any_step(), 0..40_u64, any::<bool>()), 1..12)
    ) {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let mut model = Model::new();
            for (number, (step, operation, after_the_write)) in steps.iter().enumerate() {
                let crash = if *after_the_write { Crash::AfterWrite(*operation) } else { Crash::Before(*operation) };
                let result = step.run(&crashing(&storage, crash), number).await;
                let mut after = model.clone();
                step.apply(&mut after, number);
                if result.is_ok() || documents(&storage).await == after {
                    model = after;
                }
                check(&storage, &model).await?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}

/// Repeats work until no other writer gets in the way.
fn until_undisturbed<T>(mut work: impl FnMut() -> Result<T, IndexingError>) -> T {
    loop {
        match work() {
            Ok(done) => return done,
            Err(IndexingError::Contention { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn concurrent_writers_lose_nothing() {
    const WRITERS: usize = 3;
    const ROUNDS: usize = 6;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    block_on(create_index(&storage, INDEX, &Mapping::default())).expect("created");
    let write = |number: usize| {
        for round in 0..ROUNDS {
            // Ids of its own, all but the last of which are replaced in each round, and one that all writers have.
            let ids =
                (0..4).map(|id| format!("{number}-{id}")).chain([format!("{number}-round-{round}"), "all".to_owned()]);
            let lines: String = ids.map(|id| format!("{}\n", with_id(id, &source(number * 100 + round, 0)))).collect();
            let options = AddOptions { split_documents: 3, ..AddOptions::default() };
            let writer = writer(&storage);
            until_undisturbed(|| block_on(writer.add_documents(lines.as_bytes(), &options, |_| ())));
            // Some of them are deleted again, by id and as documents.
            let deleted = format!("{number}-3");
            assert_eq!(until_undisturbed(|| block_on(writer.delete_ids(&[&deleted]))), 1);
            let deleted = format!("{number}-2");
            assert_eq!(until_undisturbed(|| block_on(delete_found(&storage, |id| id == deleted))), 1);
        }
    };
    let merge = |effort: MergeEffort| {
        let writer = writer(&storage);
        for _ in 0..ROUNDS {
            let options = MergeOptions { effort, split_documents: 12, ..MergeOptions::default() };
            until_undisturbed(|| block_on(writer.merge_splits(&options, |_| ())));
            let hour = Duration::from_secs(3600);
            until_undisturbed(|| block_on(writer.collect_garbage(hour)));
        }
    };
    std::thread::scope(|scope| {
        for number in 0..WRITERS {
            scope.spawn(move || write(number));
        }
        for effort in [MergeEffort::Full, MergeEffort::Balanced] {
            scope.spawn(move || merge(effort));
        }
    });

    let found = block_on(documents(&storage));
    let mut expected = Model::new();
    for number in 0..WRITERS {
        for id in 0..2 {
            expected.insert(format!("{number}-{id}"), source(number * 100 + ROUNDS - 1, 0));
        }
        expected.extend((0..ROUNDS).map(|round| (format!("{number}-round-{round}"), source(number * 100 + round, 0))));
    }
    let last = found.get("all").cloned().expect("it exists");
    assert!((0..WRITERS).any(|number| last == source(number * 100 + ROUNDS - 1, 0)), "{last}");
    expected.insert("all".to_owned(), last);
    assert_eq!(found, expected);
    block_on(assert_sound(&storage));
    block_on(collect_all(&storage)).expect("collected");
    assert_eq!(block_on(objects(&storage)).len(), block_on(manifest(&storage)).objects().count());
    assert_eq!(block_on(documents(&storage)), expected);
}
