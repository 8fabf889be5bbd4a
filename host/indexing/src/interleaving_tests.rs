//! Whatever is done to an index, it has the documents that it should have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_index::{IndexError, Mapping, SnapshotDocument};
use quidditch_storage::{LocalFolder, Storage};
use serde_json::json;
use tantivy::DocAddress;

use crate::fixture::{Crashing, INDEX, documents, manifest, objects, store_with_index};
use crate::test_index::TestIndex;
use crate::{
    AddOptions, MergeEffort, MergeOptions, add_documents, collect_garbage, create_index, delete_documents, delete_ids,
    merge_splits, verify_index,
};

/// The documents that there should be, with their sources.
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
    /// As found in a snapshot.
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
    /// `number` tells this step from others in what it writes.
    async fn run(&self, storage: &Arc<dyn Storage>, number: usize) -> Result<(), IndexError> {
        match self {
            Step::Add { split_documents, ids } => {
                let options = AddOptions { split_documents: *split_documents, ..AddOptions::default() };
                let lines: String = ids
                    .iter()
                    .enumerate()
                    .map(|(line, id)| format!("{}\n", with_id(*id, &source(number, line))))
                    .collect();
                add_documents(storage, INDEX, lines.as_bytes(), &options, |_| ()).await.map(|_| ())
            }
            Step::DeleteIds { ids } => {
                let ids: Vec<String> = ids.iter().map(u8::to_string).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                delete_ids(storage, INDEX, &ids).await.map(|_| ())
            }
            Step::DeleteDocuments { ids } => {
                let ids: BTreeSet<String> = ids.iter().map(u8::to_string).collect();
                delete_found(storage, |id| ids.contains(id)).await.map(|_| ())
            }
            Step::Merge { effort, split_documents } => {
                let options =
                    MergeOptions { effort: *effort, split_documents: *split_documents, ..MergeOptions::default() };
                merge_splits(storage, INDEX, &options, |_| ()).await.map(|_| ())
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
    // Each step brings a field of its own.
    json!({format!("field{}", step % 5): format!("{step} {line}")}).to_string()
}

fn with_id(id: impl ToString, source: &str) -> String {
    source.replacen('{', &format!("{{\"_id\": \"{}\", ", id.to_string()), 1)
}

async fn collect_all(storage: &Arc<dyn Storage>) -> Result<(), IndexError> {
    collect_garbage(storage, INDEX, Duration::ZERO, SystemTime::now() + Duration::from_secs(1)).await.map(|_| ())
}

/// Deletes documents as a search does: found in a snapshot first.
async fn delete_found(storage: &Arc<dyn Storage>, matches: impl Fn(&str) -> bool) -> Result<u64, IndexError> {
    let index = TestIndex::open(storage, INDEX).await?;
    let mut found = Vec::new();
    for (ordinal, segment) in index.searcher().segment_readers().iter().enumerate() {
        for document in segment.doc_ids_alive() {
            if matches(&index.stored(DocAddress::new(ordinal as u32, document))?.id) {
                found.push(SnapshotDocument { split: index.view().split_of(ordinal), document });
            }
        }
    }
    delete_documents(&index, &found).await
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
    fn every_history_ends_with_the_right_documents(steps in prop::collection::vec(any_step(), 1..12)) {
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
    fn writers_that_are_killed_leave_all_or_nothing(
        steps in prop::collection::vec((any_step(), 0..40_u64, any::<bool>()), 1..12)
    ) {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let mut model = Model::new();
            for (number, (step, moment, after_the_write)) in steps.iter().enumerate() {
                let crashing: Arc<dyn Storage> = Arc::new(Crashing::new(storage.clone(), *moment, *after_the_write));
                let result = step.run(&crashing, number).await;
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

/// Does something again until nobody else gets in the way.
fn until_undisturbed<T>(mut work: impl FnMut() -> Result<T, IndexError>) -> T {
    loop {
        match work() {
            Ok(done) => return done,
            Err(IndexError::Contention { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn many_at_once_lose_nothing() {
    const WRITERS: usize = 3;
    const ROUNDS: usize = 6;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    block_on(create_index(&storage, INDEX, &Mapping::default())).expect("made");
    let write = |writer: usize| {
        for round in 0..ROUNDS {
            // Documents of its own, of which all but the last are replaced in each round, and one that all have.
            let ids =
                (0..4).map(|id| format!("{writer}-{id}")).chain([format!("{writer}-round-{round}"), "all".to_owned()]);
            let lines: String = ids.map(|id| format!("{}\n", with_id(id, &source(writer * 100 + round, 0)))).collect();
            let options = AddOptions { split_documents: 3, ..AddOptions::default() };
            until_undisturbed(|| block_on(add_documents(&storage, INDEX, lines.as_bytes(), &options, |_| ())));
            // Some of them go again, one way and the other.
            let gone = format!("{writer}-3");
            assert_eq!(until_undisturbed(|| block_on(delete_ids(&storage, INDEX, &[&gone]))), 1);
            let gone = format!("{writer}-2");
            assert_eq!(until_undisturbed(|| block_on(delete_found(&storage, |id| id == gone))), 1);
        }
    };
    let merge = |effort: MergeEffort| {
        for _ in 0..ROUNDS {
            let options = MergeOptions { effort, split_documents: 12, ..MergeOptions::default() };
            until_undisturbed(|| block_on(merge_splits(&storage, INDEX, &options, |_| ())));
            let hour = Duration::from_secs(3600);
            until_undisturbed(|| block_on(collect_garbage(&storage, INDEX, hour, SystemTime::now())));
        }
    };
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || write(writer));
        }
        for effort in [MergeEffort::Full, MergeEffort::Balanced] {
            scope.spawn(move || merge(effort));
        }
    });

    let found = block_on(documents(&storage));
    let mut expected = Model::new();
    for writer in 0..WRITERS {
        for id in 0..2 {
            expected.insert(format!("{writer}-{id}"), source(writer * 100 + ROUNDS - 1, 0));
        }
        expected.extend((0..ROUNDS).map(|round| (format!("{writer}-round-{round}"), source(writer * 100 + round, 0))));
    }
    let last = found.get("all").cloned().expect("there");
    assert!((0..WRITERS).any(|writer| last == source(writer * 100 + ROUNDS - 1, 0)), "{last}");
    expected.insert("all".to_owned(), last);
    assert_eq!(found, expected);
    let verified = block_on(verify_index(&storage, INDEX, |_| ())).expect("readable");
    assert_eq!(verified.problems, []);
    block_on(collect_all(&storage)).expect("collected");
    assert_eq!(block_on(objects(&storage)).len(), block_on(manifest(&storage)).objects().count());
    assert_eq!(block_on(documents(&storage)), expected);
}
