//! Writing documents on conditions, one after another and at the same time.

use std::sync::Arc;
use std::thread;

use bytes::Bytes;
use futures::executor::block_on;
use quidditch_index::{ReadSettings, SplitReader};
use quidditch_storage::{Counting, MemoryStorage, Storage};
use serde_json::{Value as Json, json};

use super::*;
use crate::fixture::{
    TestIndex, add, assert_sound, documents, interrupted, lost_responses, manifest, objects, store_with_index, writer,
};
use crate::{MergeEffort, MergeOptions, create_index};

fn index(id: &str, source: &Json) -> WriteOperation {
    let action = WriteAction::Index(Bytes::from(source.to_string()));
    WriteOperation { id: Some(id.to_owned()), action, condition: Condition::None }
}

fn delete(id: &str) -> WriteOperation {
    WriteOperation { id: Some(id.to_owned()), action: WriteAction::Delete, condition: Condition::None }
}

fn create(id: &str, source: &Json) -> WriteOperation {
    WriteOperation { condition: Condition::Absent, ..index(id, source) }
}

/// Adds one to the number of a document.
struct Increment;

impl DocumentUpdate for Increment {
    fn update(&self, current: Option<CurrentDocument<'_>>) -> Result<Updated, UpdateError> {
        let Some(current) = current else { return Err(UpdateError::Missing) };
        let json: Json = serde_json::from_str(current.source).map_err(|error| UpdateError::Failed(Box::new(error)))?;
        let number = json["n"].as_u64().unwrap_or_default();
        Ok(Updated::Index(json!({ "n": number + 1 }).to_string()))
    }
}

fn increment(id: &str) -> WriteOperation {
    WriteOperation {
        id: Some(id.to_owned()),
        action: WriteAction::Update(Arc::new(Increment)),
        condition: Condition::None,
    }
}

fn cache(storage: &Arc<dyn Storage>) -> WriteCache {
    WriteCache::new(&Arc::new(SplitReader::new(Arc::clone(storage), ReadSettings::default())))
}

/// Writes with a new cache, as a new process does.
async fn write(storage: &Arc<dyn Storage>, operations: &[WriteOperation]) -> Vec<String> {
    let report = writer(storage).write(&cache(storage), operations).await.expect("written");
    report.results.iter().map(shown).collect()
}

fn shown(result: &WriteResult) -> String {
    let WriteResult { id, outcome } = result;
    match outcome {
        Ok(Written { effect, revision, .. }) => {
            format!("{id}: {effect:?}, version {}, number {}", revision.version, revision.seq_no)
        }
        Err(Refused::Conflict(conflict)) => format!("{id}: {conflict}"),
        Err(Refused::Missing) => format!("{id}: missing"),
        Err(Refused::Invalid(error)) => format!("{id}: {error}"),
        Err(Refused::Failed(error)) => format!("{id}: {error}"),
    }
}

#[test]
fn operations_are_performed_one_after_another() {
    block_on(async {
        let storage = store_with_index(json!({ "properties": { "n": { "type": "long" } } })).await;
        let done = write(
            &storage,
            &[
                index("a", &json!({"n": 1})),
                create("a", &json!({"n": 2})),
                increment("a"),
                index("b", &json!({"n": "x"})),
                index("b", &json!({"n": 5})),
                delete("b"),
                delete("b"),
                increment("b"),
                create("b", &json!({"n": 6})),
                index("", &json!({})),
            ],
        )
        .await;
        insta::assert_snapshot!(done.join("\n"), @r#"
        a: Created, version 1, number 0
        a: document already exists (current version [1])
        a: Updated, version 2, number 1
        b: field [n] of type [long]: "x" is not a number
        b: Created, version 1, number 2
        b: Deleted, version 2, number 3
        b: NotFound, version 1, number 4
        b: missing
        b: Created, version 1, number 5
        : _id is empty
        "#);
        let found: Vec<_> = documents(&storage).await.into_iter().collect();
        assert_eq!(found, [("a".to_owned(), r#"{"n":2}"#.to_owned()), ("b".to_owned(), r#"{"n":6}"#.to_owned())]);
        assert_eq!(TestIndex::open(&storage, "cities").await.expect("readable").deleted(), 0, "one commit");

        let done = write(&storage, &[increment("a"), delete("b"), index("c", &json!({})), increment("nope")]).await;
        insta::assert_snapshot!(done.join("\n"), @r"
        a: Updated, version 3, number 6
        b: Deleted, version 2, number 7
        c: Created, version 1, number 8
        nope: missing
        ");
        assert_sound(&storage).await;
    });
}

#[test]
fn conditions_are_checked_against_the_newest_document() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        write(&storage, &[index("a", &json!({})), index("b", &json!({}))]).await;
        let on = |id: &str, condition: Condition| WriteOperation { condition, ..index(id, &json!({})) };
        let written = |seq_no: u64| Condition::Written { seq_no, primary_term: 1 };
        let done = write(
            &storage,
            &[
                on("a", written(1)),
                on("a", written(0)),
                on("a", written(0)),
                on("a", Condition::Written { seq_no: 2, primary_term: 2 }),
                on("nope", written(0)),
                on("b", Condition::NewerThan(1)),
                on("b", Condition::NewerThan(7)),
                on("b", Condition::NewerThan(7)),
                on("b", Condition::NotOlderThan(7)),
                on("b", Condition::NotOlderThan(6)),
                on("c", Condition::NewerThan(0)),
                WriteOperation { action: WriteAction::Delete, ..on("b", Condition::NewerThan(9)) },
            ],
        )
        .await;
        insta::assert_snapshot!(done.join("\n"), @r"
        a: required seqNo [1], primary term [1]. current document has seqNo [0] and primary term [1]
        a: Updated, version 2, number 2
        a: required seqNo [0], primary term [1]. current document has seqNo [2] and primary term [1]
        a: required seqNo [2], primary term [2]. current document has seqNo [2] and primary term [1]
        nope: required seqNo [0], primary term [1]. but no document was found
        b: current version [1] is higher or equal to the one provided [1]
        b: Updated, version 7, number 3
        b: current version [7] is higher or equal to the one provided [7]
        b: Updated, version 7, number 4
        b: current version [7] is higher than the one provided [6]
        c: Created, version 0, number 5
        b: Deleted, version 9, number 6
        ");
    });
}

#[test]
fn new_fields_are_mapped_in_the_same_commit() {
    block_on(async {
        let counts = Arc::new(Counting::new(Arc::new(MemoryStorage::new())));
        let storage: Arc<dyn Storage> = counts.clone();
        create_index(&storage, "cities", &quidditch_index::Mapping::default()).await.expect("created");
        let before = counts.counts().puts;
        write(
            &storage,
            &[index("a", &json!({"new": 1})), index("b", &json!({"new": "x"})), index("c", &json!({"d": 1}))],
        )
        .await;
        assert_eq!(counts.counts().puts - before, 2, "the split and the manifest");
        let mapping = manifest(&storage).await.mapping;
        assert_eq!(mapping.field_order().collect::<Vec<_>>(), ["new", "d"]);
        assert_eq!(documents(&storage).await.len(), 2, "the text is not a number");
    });
}

#[test]
fn revisions_outlive_merges_and_the_command_line() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        add(&storage, "{\"_id\": \"1\"}\n{\"_id\": \"2\"}").await;
        let done = write(&storage, &[index("1", &json!({"x": 1})), index("3", &json!({}))]).await;
        assert_eq!(done, ["1: Updated, version 2, number 2", "3: Created, version 1, number 3"]);
        // What replaces a document has another number.
        add(&storage, "{\"_id\": \"3\"}").await;
        let options = MergeOptions { effort: MergeEffort::Full, ..MergeOptions::default() };
        writer(&storage).merge_splits(&options, |_| ()).await.expect("merged");
        assert_eq!(manifest(&storage).await.splits.len(), 1);
        let on = |id: &str, seq_no: u64| WriteOperation {
            condition: Condition::Written { seq_no, primary_term: 1 },
            ..index(id, &json!({}))
        };
        let done = write(&storage, &[on("2", 1), on("1", 2), on("3", 3)]).await;
        assert_eq!(done[..2], ["2: Updated, version 2, number 5", "1: Updated, version 3, number 6"]);
        assert!(done[2].starts_with("3: required seqNo [3]"), "{}", done[2]);
    });
}

#[test]
fn one_of_two_writers_creates_a_document() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let other = Arc::clone(&storage);
        // The other one commits when this one is about to.
        let storage = interrupted(&storage, "manifest.json", async move {
            let done = write(&other, &[create("a", &json!({"by": "other"})), create("b", &json!({}))]).await;
            assert_eq!(done, ["a: Created, version 1, number 0", "b: Created, version 1, number 1"]);
        });
        let done = write(&storage, &[create("a", &json!({"by": "this"})), create("c", &json!({"new": 1}))]).await;
        assert_eq!(done, ["a: document already exists (current version [1])", "c: Created, version 1, number 2"]);
        assert_eq!(documents(&storage).await["a"], r#"{"by":"other"}"#);
        assert_eq!(objects(&storage).await.len(), 2, "the split of the first attempt is removed");
        assert_sound(&storage).await;
    });
}

#[test]
fn a_lost_response_is_recognised() {
    block_on(async {
        let storage = store_with_index(json!({})).await;
        let done = write(&lost_responses(&storage), &[create("a", &json!({})), increment("a")]).await;
        assert_eq!(done, ["a: Created, version 1, number 0", "a: Updated, version 2, number 1"]);
        assert_eq!(documents(&storage).await["a"], r#"{"n":1}"#);
    });
}

#[test]
fn a_split_is_written_again_only_if_it_has_to_differ() {
    block_on(async {
        let storage = store_with_index(json!({ "properties": { "n": { "type": "long" } } })).await;
        write(&storage, &[index("a", &json!({})), index("b", &json!({}))]).await;
        let other = Arc::clone(&storage);
        // The other writer deletes another document.
        let interrupted = interrupted(&storage, "manifest.json", async move {
            assert_eq!(writer(&other).delete_ids(&["b"]).await.expect("deleted"), 1);
        });
        let counts = Arc::new(Counting::new(interrupted));
        let counted: Arc<dyn Storage> = counts.clone();
        write(&counted, &[increment("a")]).await;
        assert_eq!(documents(&storage).await.len(), 1);
        // The split, the deletes of `a` without and with those of `b` (no document is left, so there is no object), two manifests.
        assert_eq!(counts.counts().puts, 4);
    });
}

#[test]
fn no_increment_is_lost() {
    const WRITERS: usize = 4;
    const ROUNDS: usize = 10;
    let storage = block_on(store_with_index(json!({})));
    block_on(write(&storage, &[index("a", &json!({"n": 0}))]));
    let created = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let storage = &storage;
                scope.spawn(move || {
                    let cache = cache(storage);
                    let mut created = 0;
                    for round in 0..ROUNDS {
                        let operations = [
                            increment("a"),
                            create(&format!("round-{round}"), &json!({"by": number})),
                            index(&format!("{number}-{round}"), &json!({})),
                        ];
                        let report = block_on(writer(storage).write(&cache, &operations)).expect("written");
                        assert!(report.results[0].outcome.is_ok());
                        created += usize::from(report.results[1].outcome.is_ok());
                        let options = MergeOptions { effort: MergeEffort::Balanced, ..MergeOptions::default() };
                        // Others may be faster.
                        let _ = block_on(writer(storage).merge_splits(&options, |_| ()));
                    }
                    created
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).sum::<usize>()
    });
    assert_eq!(created, ROUNDS, "each is created once");
    let found = block_on(documents(&storage));
    assert_eq!(found["a"], json!({ "n": WRITERS * ROUNDS }).to_string());
    assert_eq!(found.len(), 1 + ROUNDS + WRITERS * ROUNDS);
    block_on(assert_sound(&storage));
}
