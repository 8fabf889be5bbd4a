//! From a search request to hits.
//!
//! A request is parsed ([`SearchRequest`]), planned for a snapshot of an index, executed over its segments, and answered
//! with the best documents ([`Engine::search`]). User functions stand in the plan beside tantivy's own queries: they see
//! batches of the documents that the clauses beside them let through.
//!
//! It does not know HTTP, where indices are stored, or how functions run: it calls them through the traits of
//! `quidditch-function`.

mod bound;
mod columns;
mod engine;
mod error;
mod execute;
mod geo;
mod needs;
mod planned;
mod planner;
mod profile;
mod pruner;
mod query;
mod request;
mod response;
mod settings;
mod stage;
mod warm;

pub use engine::Engine;
pub use error::Error;
pub use profile::{FunctionProfile, Profile, StorageProfile, Times};
pub use request::{Position, SearchRequest};
pub use response::{CountResponse, HitDocument, Hits, SearchResponse, Shards, Total};
pub use settings::Limits;
