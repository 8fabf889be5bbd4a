//! When splits end, and how many requests adding takes.

use std::sync::Arc;

use futures::executor::block_on;
use quidditch_storage::{Counting, Counts, Storage};
use serde_json::json;

use super::*;
use crate::fixture::{INDEX, TestIndex, add, add_in_splits, store_with_index, town_lines, writer};

async fn open(storage: &Arc<dyn Storage>) -> TestIndex {
    TestIndex::open(storage, INDEX).await.expect("readable")
}

#[test]
fn adding_takes_few_requests() {
    block_on(async {
        let counting = Arc::new(Counting::new(store_with_index(json!({})).await));
        let storage: Arc<dyn Storage> = counting.clone();
        let start = counting.counts();
        add_in_splits(&storage, 10, &town_lines(20)).await;
        let added = counting.counts();
        // Reads of the manifest: at the start, for the new fields, and for the commit. Writes: new fields, two splits, the commit.
        assert_eq!(((added - start).gets, (added - start).puts), (3, 4));

        let snapshot = open(&storage).await;
        let opened = counting.counts();
        assert_eq!((opened - added).gets, 3);
        assert!(snapshot.is_current().await.expect("answered"));
        let asked = counting.counts();
        assert_eq!((asked - opened, asked.heads), (Counts { heads: 1, ..Counts::default() }, 1));
        snapshot.best(&snapshot.term_query("name", &json!("town")));
        assert_eq!(counting.counts(), asked);

        // No new fields to agree on, and no ids to look up.
        add(&storage, r#"{"name": "old town"}"#).await;
        let again = counting.counts() - asked;
        assert_eq!((again.gets, again.puts, again.lists, again.deletes), (2, 2, 0, 0));
    });
}

#[test]
fn splits_end_at_their_limits() {
    block_on(async {
        for (split_documents, splits) in [(10, 1), (9, 2), (5, 2), (1, 10)] {
            let storage = store_with_index(json!({})).await;
            let report = add_in_splits(&storage, split_documents, &town_lines(10)).await;
            assert_eq!((report.splits, report.added), (splits, 10));
            assert_eq!(open(&storage).await.documents(), 10);
        }
        let storage = store_with_index(json!({})).await;
        let options = AddOptions { split_memory_bytes: 20_000_000, ..AddOptions::default() };
        let line = |number: usize| format!("{}\n", json!({"_id": number.to_string(), "text": "word ".repeat(200_000)}));
        let lines: String = (0..50).map(line).collect();
        let report = writer(&storage).add_documents(lines.as_bytes(), &options, |_| ()).await.expect("added");
        assert_eq!(report.added, 50);
        assert!(report.splits >= 2, "{report:?}");
        assert_eq!(open(&storage).await.documents(), 50);
    });
}

#[test]
fn new_fields_in_later_batches_end_a_split() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        // More than one batch before the new field, although the first batch is longer as it has new fields.
        let filler = format!("{}\n", json!({"text": "x".repeat(read_ahead::BATCH_WITH_NEW_FIELDS_BYTES / 4)}));
        let lines = format!("{}{}", filler.repeat(5), r#"{"late": "field"}"#);
        let report = add(&storage, &lines).await;
        assert_eq!((report.added, report.splits), (6, 2));
        let snapshot = open(&storage).await;
        assert_eq!(snapshot.count_existing("late"), 1);
        assert_eq!(snapshot.count_existing("text"), 5);
    });
}

#[test]
fn new_fields_within_one_batch_do_not_end_a_split() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let text = "x".repeat(read_ahead::BATCH_BYTES);
        let line = |number: usize| format!("{}\n", json!({"text": text, (format!("field_{number}")): number}));
        let report = add(&storage, &(0..5).map(line).collect::<String>()).await;
        assert_eq!((report.added, report.splits), (5, 1));
    });
}
