//! From a search request to hits.
//!
//! The life of a request:
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

// In layers: each imports only those before it.

// What requests and searches are made of.
mod error;
mod explanation;
mod json;
mod limits;
mod lookups;
mod memory;
mod percolation;
mod progress;
mod source_paths;
mod steps;
mod template;

// What a search reads of an index.
mod columns;
mod geo;
mod nested;
mod scores;
mod terms;
mod warmup;

// The functions that a request calls, and where they run.
mod bind;
mod function_failures;
mod functions;
mod profile;
mod stages;

// Planning.
mod explain;
mod places;
mod plan;

// The parts of a request: clauses, and what contains them.
mod clause;
mod query;
mod request;

// Executing: what is made of the matches.
mod aggregations;
mod collect;
mod execute;
mod hits;
mod rescore;
mod search_collector;
mod shown;
mod suggest;

// A request as a whole: parsed, resolved for the indices that it searches, and what is read of its hits.
mod allowance;
mod bound_calls;
mod fetch;
mod inner_hits;
mod nested_hits;
mod query_filter;
mod resolved_request;
mod response;
mod search_profile;
mod search_request;
mod search_target;

// Answering.
mod backgrounds;
mod check;
mod document;
mod document_indexer;
mod document_lookups;
mod engine;
mod fetching;
mod fetching_nested;
mod matched_queries;
mod matching;
mod partial;
mod percolate_context;
mod percolated_slots;
mod percolating;
mod search_indices;
mod search_parts;
mod searched_index;
mod stored_query;
mod suggesting;
mod term_vectors;

pub use aggregations::{aggregation_types, pipeline_types};
pub use check::Matches;
pub use collect::HitPosition;
pub use document::Explained;
pub use document_indexer::DocumentIndexer;
pub use engine::Engine;
pub use error::{Error, ScriptPlace};
pub use explanation::{Explanation, Figure};
pub use function_failures::{FirstFailure, FunctionFailures};
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
pub use template::{RenderBudget, Template, TemplateError};
pub use term_vectors::{TermFilter, TermVectorsRequest, VectorPart, VectorsDocument};
