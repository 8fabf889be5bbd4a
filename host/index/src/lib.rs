//! Reading indices: mappings and the values of fields, the stored format, and snapshots that open splits as a tantivy searcher.
//!
//! An index is a [`Mapping`], which is an ordered list of typed [`Field`]s, and a list of immutable splits, each of which is a
//! tantivy segment in one object. The manifest lists the splits and is replaced atomically. A [`Snapshot`] is the index at one
//! moment; a [`View`] is a tantivy searcher over some or all of its splits, and a [`ReadSession`] fetches the bytes that a search
//! reads.
//!
//! ```
//! use std::sync::Arc;
//!
//! use quidditch_clock::{Clock, ManualClock};
//! use quidditch_index::{Cost, Mapping, ReadSession, ReadSettings, Snapshot, SplitReader};
//! use quidditch_indexing::{AddOptions, IndexWriter, create_index};
//! use quidditch_storage::{MemoryStorage, Storage};
//! use tantivy::collector::DocSetCollector;
//! use tantivy::query::TermQuery;
//!
//! # futures::executor::block_on(async {
//! // The crate `quidditch-indexing` writes an index.
//! let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
//! let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
//! create_index(&storage, "cities", &Mapping::default()).await?;
//! let lines = r#"{"_id": "1", "name": "Berlin", "population": 3878100}"#;
//! let writer = IndexWriter::new(&storage, &clock, "cities")?;
//! writer.add_documents(lines.as_bytes(), &AddOptions::default(), |_| ()).await?;
//!
//! // This crate reads it.
//! let reader = Arc::new(SplitReader::new(storage, ReadSettings::default()));
//! let cost = Arc::new(Cost::default());
//! let snapshot = Snapshot::open(&reader, "cities", &cost).await?;
//! let name = snapshot.mapping().field("name").expect("a field of the document");
//! let token = snapshot.analyze(name, "BERLIN").remove(0);
//! let query = TermQuery::new(tantivy::Term::from_field_text(name.tantivy_field(), &token.text), Default::default());
//!
//! let reads = ReadSession::new(&reader, &cost);
//! let view = snapshot.view_of_all(&reads).await?;
//! let found = reads.run(|| {
//!     let found = view.searcher().search(&query, &DocSetCollector)?;
//!     found.into_iter().map(|address| view.stored(address)).collect::<Result<Vec<_>, _>>()
//! });
//! assert_eq!(found.await?[0].source, r#"{"name":"Berlin","population":3878100}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate knows no queries, no HTTP, no functions, and not where a store keeps its objects. Everything that changes an
//! index is in the crate `quidditch-indexing`; [`mod@format`] is what both know of the stored format.

mod aliases;
mod analysis;
mod date;
mod deletes;
mod document_id;
mod error;
mod excerpt;
mod field;
mod footers;
#[cfg(feature = "fuzzing")]
mod fuzzing;
mod geo_point;
mod json;
mod manifest;
mod mapping;
mod name;
mod name_pattern;
mod parse_error;
mod pruning;
mod range_map;
mod reading;
mod revision;
mod similarity;
mod snapshot;
mod snapshot_record;
mod sorted_columns;
mod split;
mod split_layout;
mod splits_directory;
mod store_object;
mod summary;
mod templates;
mod trace;
mod value;
mod view;

pub use aliases::{AliasOptions, Aliases};
pub use analysis::{AnalyzeError, AnalyzedToken, Shingles};
pub use date::{DateError, DateFormat, TimeZone, parse_time_zone};
pub use document_id::{DocumentId, SnapshotDocument, SplitId};
pub use error::{Damage, IndexError};
pub use excerpt::{excerpt, json_excerpt};
pub use field::{
    CompletionContext, CompletionInput, CompletionOptions, CompletionTerm, ContextKind, DateResolution, FeatureForm,
    Field, FieldKind, FieldOptions, KeywordForm, KeywordOptions, NamedAnalyzer, RangeEdge, RangeOptions, RangeType,
    ScoreImpact, TextForm, ValueRange, feature_from_bits, feature_in_term, feature_prefix, float_text, ip_range,
    ip_term, ip_text, read_completion_term, unsigned_in_order,
};
#[cfg(feature = "fuzzing")]
pub use fuzzing::{fuzz_analysis, fuzz_date_format, fuzz_mapping, fuzz_split};
pub use geo_point::{GEOHASH_DIGITS, GeoPoint, GeoPointError};
pub use json::parse_json;
pub use manifest::FieldStatistics;
pub use mapping::{
    COMPUTED_TYPES, Dynamic, FieldError, MAX_COMPUTED_FIELDS, MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH,
    Mapping, MappingUpdateError, Nested, Object, Property,
};
pub use name::{check_alias_name, check_index_name};
pub use name_pattern::matches_pattern;
pub use parse_error::ParseError;
pub use pruning::SplitValues;
pub use reading::{Cost, CostFigures, Entered, ReadSession, ReadSettings, SplitReader, WHOLE_SPLIT_BYTES};
pub use revision::{PRIMARY_TERM, Revision, Revisions};
pub use similarity::Similarity;
pub use snapshot::{DocumentToken, Snapshot, SplitFigures, Token};
pub use snapshot_record::SnapshotRecord;
pub use sorted_columns::{SortedColumn, SortedColumns};
pub use store_object::{StoreObject, read_store_object, write_store_object};
pub use summary::{IndexSummary, existing_indices, list_indices, possible_indices, summarize_index, summarize_indices};
pub use templates::{StoredTemplate, Templates};
pub use trace::TRACE_TARGET;
pub use value::{FieldValue, InvalidValue, ValueError};
pub use view::{StoredDocument, View};

/// The stored format of an index, for code that writes one. `docs/index-format.md` describes it.
pub mod format {
    pub use crate::analysis::MAX_BEGINNING;
    pub use crate::deletes::describe_deletes;
    pub use crate::field::signed_in_order;
    pub use crate::field::{
        FlatValue, feature_term, feature_value_term, flat_path_term, flat_value_terms, is_flat_value_with_path,
        visit_flat_object,
    };
    pub use crate::footers::Footers;
    pub use crate::manifest::{ColumnRange, Deletes, FooterPosition, IdRange, Manifest, Retired, SplitEntry};
    pub use crate::mapping::{FIELD_NAMES, ID, IGNORED_TERM, NESTED_TERM, SOURCE};
    pub use crate::name::{manifest_key, split_key, splits_prefix};
    pub use crate::sorted_columns::{LEAST_DOCUMENTS as LEAST_SORTED_DOCUMENTS, sorted_columns, sorted_columns_path};
    pub use crate::split::{Split, check_footer};
    pub use crate::split_layout::build_split;
}
