//! Listing indices, and summarizing them.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_clock::{Clock, ManualClock};
use quidditch_index::format::Manifest;
use quidditch_index::{IndexError, IndexSummary, Mapping, list_indices, summarize_index, summarize_indices};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_storage::{Counting, MemoryStorage, Precondition, Storage};

const INDEX: &str = "cities";

#[test]
fn indices_are_summarized() {
    block_on(async {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        create_index(&storage, INDEX, &Mapping::default()).await.expect("created");
        let lines = "{\"_id\": 1}\n{\"_id\": 2, \"a\": true}\n{\"_id\": 3}";
        let options = AddOptions { split_documents: 2, ..AddOptions::default() };
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let writer = IndexWriter::new(&storage, &clock, INDEX).expect("a valid name");
        writer.add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added");
        writer.delete_ids(&["2"]).await.expect("deleted");
        writer.delete_ids(&["3"]).await.expect("deleted");
        let counting = Arc::new(Counting::new(storage));
        let storage: Arc<dyn Storage> = counting.clone();
        let summary = summarize_index(&storage, INDEX).await.expect("it exists");
        let counts = counting.counts();
        assert_eq!((counts.gets, counts.heads, counts.lists), (1, 0, 0));
        let (manifest, _) = Manifest::read(&storage, INDEX).await.expect("readable");
        let [split] = manifest.splits.as_slice() else { panic!("the other split has no documents") };
        let expected = IndexSummary {
            name: INDEX.to_owned(),
            id: manifest.id.clone(),
            documents: 1,
            stored_documents: 1,
            deleted: 1,
            splits: 1,
            bytes: split.size + split.deletes.as_ref().expect("one is deleted").size,
            retired: 1,
            mapping: manifest.mapping.clone(),
        };
        assert_eq!(summary, expected);
        insta::assert_snapshot!(summarize_index(&storage, "a").await.expect_err("none"), @"no such index [a]");
    });
}

#[test]
fn all_indices_are_listed_and_summarized_despite_other_objects() {
    block_on(async {
        let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
        for name in ["b", "a", "a-b"] {
            create_index(&storage, name, &Mapping::default()).await.expect("created");
        }
        // The remains of a deleted index, functions, and objects of other programs.
        let others = ["left/splits/x.split", "functions/f/manifest.json", "Upper/manifest.json", "manifest.json"];
        for key in others.into_iter().chain(["damaged/manifest.json"]) {
            storage.put(key, "{".into(), Precondition::None).await.expect("written");
        }
        for number in 0..100 {
            storage.put(&format!("a/splits/{number}"), "x".into(), Precondition::None).await.expect("written");
        }
        let counting = Arc::new(Counting::new(storage));
        let storage: Arc<dyn Storage> = counting.clone();
        assert_eq!(list_indices(&storage).await.expect("listed"), ["a", "a-b", "b", "damaged"]);
        let counts = counting.counts();
        assert_eq!((counts.gets, counts.heads, counts.lists), (0, 5, 1));

        let summaries = summarize_indices(&storage).await.expect("listed");
        let names: Vec<_> = summaries.iter().map(|(name, summary)| (name.as_str(), summary.is_ok())).collect();
        assert_eq!(names, [("a", true), ("a-b", true), ("b", true), ("damaged", false)]);
        assert!(matches!(summaries[3].1, Err(IndexError::Damaged { .. })));
        let counts = counting.counts() - counts;
        assert_eq!((counts.gets, counts.heads, counts.lists), (5, 0, 1));
    });
}
