//! Indices: what a document looks like, how documents become splits in a store, and how splits become one searcher.
//!
//! An index is a [`Mapping`], an ordered list of typed [`Field`]s, and a set of immutable splits, each of which is a tantivy
//! segment in one object. The manifest names them all and is replaced atomically. A [`Snapshot`] is an index at one moment,
//! opened: one tantivy searcher over all of its splits.
//!
//! This crate knows no queries, no HTTP, no functions, and not where a store keeps its objects. Reading works in WebAssembly;
//! adding documents does not, as it reads its input and compresses with threads.

#![cfg_attr(target_family = "wasm", allow(dead_code, reason = "some parts of mappings serve adding documents only"))]

#[cfg(not(target_family = "wasm"))]
mod add;
mod analysis;
#[cfg(not(target_family = "wasm"))]
mod commit;
#[cfg(not(target_family = "wasm"))]
mod copy;
mod date;
mod deletes;
#[cfg(not(target_family = "wasm"))]
mod document;
mod error;
#[cfg(not(target_family = "wasm"))]
mod facts;
mod field;
#[cfg(test)]
mod fixture;
#[cfg(feature = "fuzzing")]
mod fuzzing;
#[cfg(not(target_family = "wasm"))]
mod gc;
mod geo_point;
#[cfg(test)]
mod history_tests;
mod index;
#[cfg(test)]
mod killed_tests;
#[cfg(not(target_family = "wasm"))]
mod lines;
mod manifest;
mod mapping;
#[cfg(not(target_family = "wasm"))]
mod merge;
mod name;
#[cfg(not(target_family = "wasm"))]
mod new_split;
mod pruning;
mod reading;
mod snapshot;
mod split;
#[cfg(test)]
mod test_index;
mod value;
#[cfg(not(target_family = "wasm"))]
mod verify;
mod view;
#[cfg(not(target_family = "wasm"))]
mod whole_split;

#[cfg(not(target_family = "wasm"))]
pub use add::{AddOptions, AddReport, BadDocument, OnError, Progress, add_documents};
#[cfg(not(target_family = "wasm"))]
pub use copy::copy_index;
pub use date::{DateFormat, parse_time_zone};
#[cfg(not(target_family = "wasm"))]
pub use deletes::{SnapshotDocument, delete_documents, delete_ids};
#[cfg(not(target_family = "wasm"))]
pub use document::{MAX_ID_BYTES, MAX_TERM_BYTES};
pub use error::IndexError;
pub use field::{Field, FieldKind, RangeEdge, RangeOptions};
#[cfg(feature = "fuzzing")]
pub use fuzzing::fuzz_split;
#[cfg(not(target_family = "wasm"))]
pub use gc::{GARBAGE_GRACE, GarbageReport, collect_garbage};
pub use geo_point::GeoPoint;
#[cfg(not(target_family = "wasm"))]
pub use index::create_index;
pub use index::{IndexSummary, delete_index, list_indices, summarize_index, summarize_indices};
pub use mapping::{Dynamic, MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH, Mapping};
#[cfg(not(target_family = "wasm"))]
pub use merge::{MergeEffort, MergeOptions, MergeProgress, MergeReport, merge_splits};
pub use name::check_index_name;
pub use pruning::SplitValues;
pub use reading::{Cost, CostFigures, Entered, ReadSession, ReadSettings, SplitReader};
pub use snapshot::{Snapshot, Token};
pub use value::{FieldValue, ValueError};
#[cfg(not(target_family = "wasm"))]
pub use verify::{Problem, VerifyProgress, VerifyReport, verify_index};
pub use view::{StoredDocument, View};
