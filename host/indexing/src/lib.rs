//! Writing indices: adding and deleting documents, merging splits, collecting garbage, verifying.
//!
//! Splits are immutable, and stored before the manifest lists them. The manifest is replaced atomically, and only if no other
//! writer has replaced it in the meantime (`commit.rs`). So any number of writers may work on an index, and one that crashes
//! leaves nothing but garbage, which [`IndexWriter::collect_garbage`] removes.
//!
//! ```
//! use std::sync::Arc;
//!
//! use quidditch_clock::{Clock, ManualClock};
//! use quidditch_index::{Mapping, summarize_index};
//! use quidditch_indexing::{AddOptions, IndexWriter, MergeEffort, MergeOptions, create_index, verify_index};
//! use quidditch_storage::{MemoryStorage, Storage};
//!
//! # futures::executor::block_on(async {
//! let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
//! // A program uses the `SystemClock`.
//! let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
//! let mapping = Mapping::from_json(&serde_json::json!({ "properties": { "name": { "type": "keyword" } } }))?;
//! create_index(&storage, "cities", &mapping).await?;
//!
//! let writer = IndexWriter::new(&storage, &clock, "cities")?;
//! let lines = "{\"_id\": 1, \"name\": \"Bonn\"}\n{\"_id\": 2, \"name\": \"Berlin\"}\nnot JSON";
//! let report = writer.add_documents(lines.as_bytes(), &AddOptions::default(), |_| ()).await?;
//! assert_eq!((report.added, report.skipped), (2, 1));
//! assert_eq!(report.bad_documents[0].line, 3);
//!
//! // A document replaces the one with the same `_id`.
//! let lines = r#"{"_id": 1, "name": "Berlin", "since": 1990}"#;
//! let report = writer.add_documents(lines.as_bytes(), &AddOptions::default(), |_| ()).await?;
//! assert_eq!((report.added, report.replaced), (1, 1));
//! assert_eq!(writer.delete_ids(&["2"]).await?, 1);
//!
//! let options = MergeOptions { effort: MergeEffort::Full, ..MergeOptions::default() };
//! writer.merge_splits(&options, |_| ()).await?;
//! let summary = summarize_index(&storage, "cities").await?;
//! assert_eq!((summary.documents, summary.splits), (1, 1));
//! assert_eq!(verify_index(&storage, "cities", |_| ()).await?.problems, []);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Mappings, the stored format, and reading are in the crate `quidditch-index`. This crate is not built for WebAssembly.

mod add;
mod alias_error;
mod change_store_object;
mod combine_footers;
mod commit;
mod copy_index;
mod create_index;
mod delete_index;
mod deletes;
mod document;
mod error;
mod forget_index;
mod garbage;
mod lines;
mod merge;
mod new_split;
mod query_check;
mod remains;
mod split_stats;
mod update_aliases;
mod update_index;
mod update_templates;
mod verify;
mod whole_split;
mod write;
mod writer;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod interleaving_tests;
#[cfg(test)]
mod reading_tests;

pub use add::{AddOptions, AddProgress, AddReport, BadDocument, OnError, PreparedDocuments};
pub use alias_error::{AliasError, MAX_ALIASES};
pub use copy_index::copy_index;
pub use create_index::create_index;
pub use delete_index::delete_index;
pub use document::{DocumentError, JsonError, MAX_ID_BYTES, MAX_TERM_BYTES};
pub use error::IndexingError;
pub use garbage::{GARBAGE_GRACE, GarbageReport};
pub use merge::{MergeEffort, MergeOptions, MergeProgress, MergeReport};
pub use query_check::{InvalidQuery, QueryCheck};
pub use remains::collect_remains;
pub use update_aliases::{AliasAction, update_aliases};
pub use update_templates::{MAX_TEMPLATES, TemplateError, update_templates};
pub use verify::{Problem, VerifyProgress, VerifyReport, verify_index};
pub use write::{
    Condition, Conflict, CurrentDocument, DocumentUpdate, Effect, Refused, UpdateError, Updated, WriteAction,
    WriteCache, WriteOperation, WriteReport, WriteResult, Written,
};
pub use writer::IndexWriter;
