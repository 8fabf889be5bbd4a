//! Indices, read: what a document looks like, how an index is stored, and how its splits become one searcher.
//!
//! An index is a [`Mapping`], an ordered list of typed [`Field`]s, and a set of immutable splits, each of which is a tantivy
//! segment in one object. The manifest names them all and is replaced atomically. A [`Snapshot`] is an index at one moment,
//! opened: one tantivy searcher over all of its splits.
//!
//! This crate knows no queries, no HTTP, no functions, and not where a store keeps its objects. Whatever changes an index is in
//! the crate `quidditch-indexing`; what both need to know of the stored form is in [`format`].

mod analysis;
mod date;
mod deletes;
mod error;
mod field;
#[cfg(feature = "fuzzing")]
mod fuzzing;
mod geo_point;
mod manifest;
mod mapping;
mod name;
mod pruning;
mod reading;
mod snapshot;
mod split;
mod summary;
mod value;
mod view;

pub use date::{DateFormat, parse_time_zone};
pub use error::IndexError;
pub use field::{Field, FieldKind, RangeEdge, RangeOptions, json_excerpt};
#[cfg(feature = "fuzzing")]
pub use fuzzing::fuzz_split;
pub use geo_point::GeoPoint;
pub use mapping::{Dynamic, MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH, Mapping, Object, Property};
pub use name::check_index_name;
pub use pruning::SplitValues;
pub use reading::{Cost, CostFigures, Entered, ReadSession, ReadSettings, SplitReader};
pub use snapshot::{Snapshot, SnapshotDocument, Token};
pub use summary::{IndexSummary, list_indices, summarize_index, summarize_indices};
pub use value::{FieldValue, ValueError};
pub use view::{StoredDocument, View};

/// The stored form of an index, for whatever writes one. `docs/index-format.md` describes it.
pub mod format {
    pub use crate::deletes::describe_deletes;
    pub use crate::manifest::{ColumnRange, Deletes, IdRange, Manifest, Retired, SplitEntry};
    pub use crate::mapping::{FIELD_NAMES, ID, SOURCE};
    pub use crate::name::{manifest_key, split_key, splits_prefix};
    pub use crate::split::{FooterPosition, Split, build_split};
}
