//! From a search request to hits.
//!
//! The life of a request, in the order of the modules:
//!
//! 1. It is parsed: [`SearchRequest`]. `json` reads values, `request` the parts of a body, `query` and `aggregations` the
//!    clauses and aggregations.
//! 2. Its functions are found and bound to their arguments: `bind`, `functions`, `resolved_request`.
//! 3. It is planned in a dry run without an index, and what it will read is fetched: `plan`, `warmup`.
//! 4. It is planned again and executed over the segments. tantivy finds candidates, `stages` filter and score them in batches
//!    with the values of `columns`, and `collect` keeps what the response needs: `execute`.
//! 5. The hits are fetched, and the response is made: `fetch`, `response`.
//!
//! ```
//! use std::sync::Arc;
//!
//! use futures::executor::block_on;
//! use quidditch_clock::{Clock, SystemClock};
//! use quidditch_engine::{Engine, Limits, SearchRequest};
//! use quidditch_function::NativeFunctions;
//! use quidditch_index::{Cost, Mapping, ReadSettings, Snapshot, SplitReader};
//! use quidditch_indexing::{AddOptions, IndexWriter, create_index};
//! use quidditch_storage::{MemoryStorage, Storage};
//! use serde_json::json;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # block_on(async {
//! // An index with two documents.
//! let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
//! let mapping = Mapping::from_json(&json!({"properties": {"name": {"type": "text"}}}))?;
//! create_index(&storage, "cities", &mapping).await?;
//! let documents = br#"{"_id": "1", "name": "Berlin"}
//! {"_id": "2", "name": "Bern"}"#;
//! let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
//! let writer = IndexWriter::new(&storage, &clock, "cities")?;
//! writer.add_documents(&documents[..], &AddOptions::default(), |_| ()).await?;
//!
//! // A search over it.
//! let reader = Arc::new(SplitReader::new(storage, ReadSettings::default()));
//! let snapshot = Snapshot::open(&reader, "cities", &Cost::default()).await?;
//! let engine = Engine::new(Limits::default(), Arc::new(SystemClock::default()));
//! let request = SearchRequest::parse(r#"{"query": {"match": {"name": "berlin"}}}"#, &[], engine.limits())?;
//! let response = engine.search(&snapshot, &request, &NativeFunctions::new(), &Arc::default()).await?;
//! assert_eq!(response.hits.hits[0].id, "1");
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! It does not know HTTP, where indices are stored, or how functions run: it calls them through the traits of
//! `quidditch-function`.

// What a request is made of.
mod json;
mod request;
mod source_paths;

// Clauses, and the functions that they call.
mod bind;
mod functions;
mod lookups;
mod query;

// Planning, and reading ahead.
mod nested;
mod plan;
mod scores;
mod terms;
mod warmup;

// Executing.
mod aggregations;
mod allowance;
mod collect;
mod columns;
mod execute;
mod explain;
mod explanation;
mod geo;
mod hits;
mod memory;
mod progress;
mod rescore;
mod stages;

// A request as a whole: parsed, resolved for the indices that it searches, and what it collects there.
mod bound_calls;
mod query_filter;
mod resolved_request;
mod search_collector;
mod search_request;
mod search_target;
mod searched_index;
mod suggest;

// Answering.
mod backgrounds;
mod check;
mod document;
mod document_lookups;
mod engine;
mod fetch;
mod fetching;
mod fetching_nested;
mod inner_hits;
mod matched_queries;
mod matching;
mod nested_hits;
mod partial;
mod profile;
mod response;
mod search_indices;
mod search_parts;
mod shown;
mod suggesting;
mod term_vectors;

mod error;
mod limits;

pub use aggregations::{aggregation_types, pipeline_types};
pub use check::Matches;
pub use collect::HitPosition;
pub use engine::Engine;
pub use error::{Error, ScriptPlace};
pub use explanation::{Explanation, Figure};
pub use hits::{HitDocument, Hits, InnerHitsResponse, MatchedQueries, Total, TotalRelation};
pub use json::{ErrorKind, Position, parse_time};
pub use limits::Limits;
pub use nested::NestedPlace;
pub use partial::PartialResult;
pub use profile::{FunctionProfile, Profile, StorageProfile, Times};
pub use query_filter::QueryFilter;
pub use request::{PointInTime, SourceFilter};
pub use response::{CountResponse, SearchResponse, Shards};
pub use search_indices::{FailedIndex, IndicesError, Searched};
pub use search_parts::SearchPart;
pub use search_request::{SearchRequest, check_computed_fields};
pub use search_target::SearchTarget;
pub use shown::AggregationsResponse;
pub use suggest::Suggested;
pub use term_vectors::{TermFilter, TermVectorsRequest, VectorPart, VectorsDocument};
