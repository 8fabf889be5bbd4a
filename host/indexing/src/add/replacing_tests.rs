//! Documents that replace others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use proptest::prelude::*;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::format::SplitEntry;
use quidditch_storage::{Counting, LocalFolder, Storage};
use serde_json::json;

use super::new_splits::{NewSplit, NewSplits};
use super::*;
use crate::create_index;
use crate::fixture::{
    INDEX, add, add_in_splits, chain, documents, lost_responses, manifest, objects, store_with_index, writer, writer_at,
};

fn line(id: impl ToString, n: usize) -> String {
    format!("{}\n", json!({"_id": id.to_string(), "n": n}))
}

fn sources<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, String> {
    expected.into_iter().map(|(id, n)| (id.to_owned(), json!({"n": n}).to_string())).collect()
}

#[test]
fn a_later_line_wins() {
    block_on(async {
        for split_documents in [1, 2, 3, u32::MAX] {
            let storage = store_with_index(json!({})).await;
            let lines = [line("a", 1), line("b", 2), line("a", 3), line("c", 4), line("a", 5)].concat();
            let report = add_in_splits(&storage, split_documents, &lines).await;
            assert_eq!((report.added, report.replaced), (5, 2));
            assert_eq!(documents(&storage).await, sources([("a", 5), ("b", 2), ("c", 4)]));
            // A split all of whose documents were replaced is not part of the index.
            let splits = manifest(&storage).await.splits;
            assert_eq!(report.splits, splits.len());
            assert_eq!(report.bytes, splits.iter().map(|split| split.size).sum::<u64>());
            assert!(splits.iter().all(|split| split.live() > 0));
        }
    });
}

#[test]
fn documents_with_ids_of_their_lines_replace_themselves() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let options = AddOptions { line_ids: Some("file".to_owned()), ..AddOptions::default() };
        let lines = format!("{}\n{}{}", "{\"n\":1}\n", line("own", 3), "{\"n\":4}\n");
        for replaced in [0, 3] {
            let report = writer(&storage).add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added");
            assert_eq!((report.added, report.replaced), (3, replaced));
        }
        assert_eq!(documents(&storage).await, sources([("file-1", 1), ("own", 3), ("file-4", 4)]));
    });
}

#[test]
fn documents_replace_documents_of_the_index() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &[line("a", 1), line("b", 1), line("c", 1)].concat()).await;
        add(&storage, &[line("d", 1), line("é", 1)].concat()).await;
        let before = manifest(&storage).await;

        let report = add(&storage, &[line("b", 2), line("é", 2), line("f", 2)].concat()).await;
        assert_eq!((report.added, report.replaced, report.splits), (3, 2, 1));
        let expected = sources([("a", 1), ("b", 2), ("c", 1), ("d", 1), ("é", 2), ("f", 2)]);
        assert_eq!(documents(&storage).await, expected);
        let after = manifest(&storage).await;
        let deleted: Vec<_> = after.splits.iter().map(|split| (split.documents, split.deleted())).collect();
        assert_eq!(deleted, [(3, 1), (2, 1), (3, 0)]);
        assert!(after.retired.is_empty());

        // The deletes of the first split are replaced, and no document of the second split is left.
        let report = add(&storage, &[line("a", 3), line("b", 3), line("d", 3)].concat()).await;
        assert_eq!((report.added, report.replaced), (3, 3));
        let expected = sources([("a", 3), ("b", 3), ("c", 1), ("d", 3), ("é", 2), ("f", 2)]);
        assert_eq!(documents(&storage).await, expected);
        let last = manifest(&storage).await;
        let deletes = |split: usize| after.splits[split].deletes.clone().expect("a document is deleted").object;
        let retired: Vec<_> = last.retired.iter().map(|retired| retired.object.clone()).collect();
        assert_eq!(retired, [deletes(0), deletes(1), before.splits[1].object()]);
        let all: Vec<_> = last.objects().chain(retired).collect();
        let mut stored = objects(&storage).await;
        stored.sort_by_key(|object| all.iter().position(|other| other == object));
        assert_eq!(stored, all);
    });
}

#[test]
fn generated_ids_are_not_looked_up_but_can_be_replaced() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        add(&storage, "{\"n\": 1}\n{\"n\": 1}").await;
        let before = counting.counts();
        add(&storage, "{\"n\": 2}").await;
        // Reads of the manifest: at the start, and for the commit. Writes: the split, and the manifest.
        let cost = counting.counts() - before;
        assert_eq!((cost.gets, cost.puts, cost.heads, cost.lists, cost.deletes), (2, 2, 0, 0, 0));

        let (id, _) = documents(&storage).await.pop_first().expect("not empty");
        let report = add(&storage, &line(&id, 3)).await;
        assert_eq!((report.replaced, documents(&storage).await.len()), (1, 3));
        assert_eq!(documents(&storage).await[&id], r#"{"n":3}"#);
    });
}

#[test]
fn ids_outside_the_range_of_a_split_cost_nothing() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        add(&storage, &[line("b", 1), line("d", 1)].concat()).await;
        for (id, reads) in [("a", 0), ("e", 0), ("c", 1)] {
            let before = counting.counts();
            add(&storage, &line(id, 2)).await;
            assert_eq!((counting.counts() - before).gets, 2 + reads, "{id}");
        }
    });
}

#[test]
fn few_and_many_ids_are_found() {
    block_on(async {
        // Of every 999th id, single ids are looked up; of every id, the whole dictionary is read.
        for step in [1, 7, 333, 999] {
            let storage = store_with_index(json!({})).await;
            add(&storage, &(0..3000).map(|number| line(number, 1)).collect::<String>()).await;
            let report =
                add(&storage, &(0..3000).step_by(step).map(|number| line(number, 2)).collect::<String>()).await;
            assert_eq!((report.added, report.replaced), (report.added, report.added));
            let found = documents(&storage).await;
            assert_eq!(found.len(), 3000);
            for (id, source) in found {
                let number: usize = id.parse().expect("a number");
                let n = if number.is_multiple_of(step) { 2 } else { 1 };
                assert_eq!(source, json!({"n": n}).to_string(), "{id}");
            }
        }
    });
}

#[test]
fn ids_are_looked_up_with_ranged_reads() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({"dynamic": false})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        // Incompressible texts, so that the splits are too large to be read whole.
        let mut state = 1_u64;
        let mut text = || -> String {
            let next = |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'!' + (state >> 58) as u8 + u8::from((state >> 58) == 1))
            };
            (0..1000).map(next).collect()
        };
        for split in 0..3 {
            let mut line = |n| format!("{}\n", json!({"_id": format!("{n:06}-{split}"), "text": text()}));
            add(&storage, &(0..3000).map(&mut line).collect::<String>()).await;
        }
        let splits = manifest(&storage).await.splits;
        assert!(splits.iter().all(|split| split.size > 2_000_000), "{splits:?}");
        let before = counting.counts();
        let lines = [line("000100-0", 1), line("002900-0", 1), line("001000-2", 1), line("001000-3", 1)].concat();
        assert_eq!(add(&storage, &lines).await.replaced, 3);
        let cost = counting.counts() - before;
        // The manifest twice; three footers; blocks of three dictionaries, coalesced in each; posting lists of two splits.
        assert_eq!(cost.gets, 2 + 3 + 3 + 2);
        assert!(cost.bytes_read < 1_000_000, "{cost:?}");
    });
}

#[test]
fn one_of_several_concurrent_writers_wins() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let storage: Arc<dyn Storage> = Arc::new(LocalFolder::new(folder.path()));
    block_on(create_index(&storage, INDEX, &Mapping::default())).expect("created");
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let storage = storage.clone();
            std::thread::spawn(move || {
                let (mut added, mut replaced) = (0, 0);
                for round in 0..8 {
                    // Ids that all writers have, and one of its own.
                    let ids = (0..5).map(|id| id.to_string()).chain([format!("own-{writer}")]);
                    let lines: String = ids.map(|id| line(id, writer * 100 + round)).collect();
                    let report = block_on(add_in_splits(&storage, 4, &lines));
                    added += report.added;
                    replaced += report.replaced;
                }
                (added, replaced)
            })
        })
        .collect();
    let (mut added, mut replaced) = (0, 0);
    for writer in writers {
        let (some, others) = writer.join().expect("no panic");
        added += some;
        replaced += others;
    }
    let found = block_on(documents(&storage));
    assert_eq!(found.len(), 9);
    assert_eq!(added - replaced, 9, "every replaced document was counted once");
    for writer in 0..4 {
        assert_eq!(found[&format!("own-{writer}")], json!({"n": writer * 100 + 7}).to_string());
    }
    // The last writer has written all five ids.
    let last: Vec<_> = (0..5).map(|id| &found[&id.to_string()]).collect();
    assert!(last.windows(2).all(|pair| pair[0] == pair[1]), "{last:?}");
    let mut expected: Vec<_> = block_on(manifest(&storage)).objects().collect();
    expected.extend(block_on(manifest(&storage)).retired.into_iter().map(|retired| retired.object));
    expected.sort_unstable();
    assert_eq!(block_on(objects(&storage)), expected, "failed attempts leave nothing");
}

#[test]
fn old_splits_are_checked_before_the_commit() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, &line("a", 1)).await;
        let manifest = manifest(&storage).await;
        let [entry] = manifest.splits.as_slice() else { panic!("one split") };
        let entry = SplitEntry { id: "gone".into(), ..entry.clone() };
        let commit = async |age_seconds: u64| {
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
            let writer = writer_at(&storage, &clock);
            let splits = [NewSplit { entry: entry.clone(), stored_at: writer.now_millis() }];
            clock.sleep(Duration::from_secs(age_seconds)).await;
            let seq_nos = SeqNos::new(&manifest);
            let new = NewSplits {
                index_id: &manifest.id,
                splits: &splits,
                replaced: HashMap::new(),
                ids: Vec::new(),
                seq_nos,
            };
            new.commit(&writer).await.map(|committed| committed.splits.len())
        };
        let error = commit(601).await.expect_err("it does not exist");
        insta::assert_snapshot!(chain(&error), @r#"object "cities/splits/gone.split" is damaged: removed before it became part of the index"#);
        assert_eq!(documents(&storage).await.len(), 1);
        // Younger splits are assumed to exist.
        assert_eq!(commit(590).await.expect("not checked"), 1);
    });
}

#[test]
fn documents_whose_commit_response_was_lost_are_added_once() {
    block_on(async {
        let inner = store_with_index(json!({})).await;
        add(&inner, &[line("a", 1), line("b", 1)].concat()).await;
        let storage = lost_responses(&inner);
        let report = add(&storage, &[line("b", 2), line("c", 2)].concat()).await;
        assert_eq!((report.added, report.replaced, report.splits), (2, 1, 1));
        assert_eq!(documents(&inner).await, sources([("a", 1), ("b", 2), ("c", 2)]));
        let objects_named: Vec<_> = manifest(&inner).await.objects().collect();
        assert_eq!(objects(&inner).await.len(), objects_named.len());
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_last_document_of_each_id_is_found(
        batches in prop::collection::vec((1..5_u32, prop::collection::vec(0..12_u8, 1..12)), 1..5)
    ) {
        block_on(async {
            let storage = store_with_index(json!({})).await;
            let mut model = BTreeMap::new();
            let mut number = 0;
            for (split_documents, ids) in batches {
                let mut lines = String::new();
                let mut replaced = 0;
                for id in ids {
                    number += 1;
                    lines += &line(id, number);
                    replaced += u64::from(model.insert(id.to_string(), json!({"n": number}).to_string()).is_some());
                }
                let report = add_in_splits(&storage, split_documents, &lines).await;
                prop_assert_eq!(report.replaced, replaced);
                prop_assert_eq!(documents(&storage).await, model.clone());
            }
            Ok(())
        })?;
    }
}
