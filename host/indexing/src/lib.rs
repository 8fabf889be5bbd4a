//! Indices, changed: documents are added and deleted, splits are merged, and what nobody needs any more is removed.
//!
//! Splits are immutable and appear in a store before the manifest names them; the manifest is replaced atomically, and only if
//! nobody else has replaced it in the meantime (`commit.rs`). So any number of writers may work on an index, and one that dies
//! leaves garbage at most, which [`collect_garbage`] removes.
//!
//! What an index is, and how it is read, is in the crate `quidditch-index`. This crate is not built for WebAssembly.

mod add;
mod commit;
mod copy;
mod create;
mod delete;
mod deletes;
mod document;
mod gc;
mod lines;
mod merge;
mod new_split;
mod split_stats;
mod verify;
mod whole_split;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod interleaving_tests;
#[cfg(test)]
mod test_index;

pub use add::{AddOptions, AddReport, BadDocument, OnError, Progress, add_documents};
pub use copy::copy_index;
pub use create::create_index;
pub use delete::delete_index;
pub use deletes::{delete_documents, delete_ids};
pub use document::{MAX_ID_BYTES, MAX_TERM_BYTES};
pub use gc::{GARBAGE_GRACE, GarbageReport, collect_garbage};
pub use merge::{MergeEffort, MergeOptions, MergeProgress, MergeReport, merge_splits};
pub use verify::{Problem, VerifyProgress, VerifyReport, verify_index};
