//! The HTTP API: one function from a request to its response, [`Service::handle`].
//!
//! It routes a request, reads its body and parameters within limits, opens the index (or reuses its snapshot), calls the
//! engine, and writes the response or the error in the form that search clients expect.
//!
//! Requests that change something are answered by a [`WriteRoutes`](writing::WriteRoutes), which a host gives to the service if it may write to the
//! store; otherwise they are refused.
//!
//! It is independent of its host: it has no sockets, no runtime and no threads. It does not know where functions come from:
//! the engine finds them through a [`FunctionResolver`](quidditch_function::FunctionResolver), and `/_udf` lists them from a
//! [`FunctionCatalog`](quidditch_function::FunctionCatalog).
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use quidditch_clock::{Clock, SystemClock};
//! use quidditch_engine::{Engine, Limits};
//! use quidditch_function::{CatalogError, FunctionCatalog, NativeFunctions, PublishedFunction};
//! use quidditch_index::{Mapping, ReadSettings, SplitReader};
//! use quidditch_indexing::{AddOptions, IndexWriter, create_index};
//! use quidditch_service::{Parts, Service, Settings};
//! use quidditch_storage::{MemoryStorage, Storage};
//!
//! struct NothingPublished;
//!
//! #[async_trait::async_trait]
//! impl FunctionCatalog for NothingPublished {
//!     async fn list(&self) -> Result<Vec<PublishedFunction>, CatalogError> {
//!         Ok(Vec::new())
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # futures::executor::block_on(async {
//! let storage: Arc<dyn Storage> = Arc::new(MemoryStorage::new());
//! create_index(&storage, "cities", &Mapping::default()).await?;
//! let documents = r#"{"_id": "1", "name": "Berlin"}"#;
//! let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
//! let writer = IndexWriter::new(&storage, &clock, "cities")?;
//! writer.add_documents(documents.as_bytes(), &AddOptions::default(), |_| ()).await?;
//!
//! let service = Service::new(
//!     Parts {
//!         reader: Arc::new(SplitReader::new(storage, ReadSettings::default())),
//!         functions: Arc::new(NativeFunctions::new()),
//!         catalog: Arc::new(NothingPublished),
//!         engine: Engine::new(Limits::default(), Arc::clone(&clock)),
//!         clock,
//!     },
//!     Settings::default(),
//! );
//!
//! let request = http::Request::post("/cities/_search?filter_path=hits.hits._source")
//!     .body(Bytes::from(r#"{"query": {"match": {"name": "berlin"}}}"#))?;
//! let response = service.handle(request).await;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.body(), r#"{"hits":{"hits":[{"_source":{"name":"Berlin"}}]}}"#);
//! # Ok(())
//! # })
//! # }
//! ```

mod accepted_parameters;
mod access;
mod answer;
mod body;
mod call;
mod caller;
mod compression;
mod cursor;
mod cursor_search;
mod deadline;
mod document_source;
mod error;
mod expiry;
mod filter_path;
mod handle;
mod indices;
mod keep_alive;
mod measurements;
mod media_type;
mod name_patterns;
mod ndjson;
mod node;
mod parameters;
mod presentation;
mod pretty;
mod query_mistake;
mod rank_eval;
mod resolved_route;
mod router;
mod routes;
mod search_call;
mod search_header;
mod search_targets;
mod search_template;
mod service;
mod settings;
mod snapshots;
mod store_names;
mod targets;
mod term_vectors;
mod url_query;
mod warnings;
mod write_endpoint;

pub use access::Access;
pub use body::{PieceError, Pieces, RequestBody, read_body};
pub use caller::Caller;
pub use compression::compress;
pub use error::error_response;
pub use measurements::Measurements;
pub use quidditch_function::error_chain;
pub use resolved_route::{ReadsBody, RequestKind, ResolvedRoute};
pub use service::{Parts, Service};
pub use settings::Settings;

/// What answers requests that change something is made of. They are answered by another crate, which only hosts link that may
/// write.
pub mod writing {
    pub use crate::accepted_parameters::{take_cluster_parameters, take_search_parameters};
    pub use crate::answer::{Answer, Content};
    pub use crate::body::{BodyPart, BodyParts};
    pub use crate::call::Call;
    pub use crate::error::{ApiError, Refusal};
    pub use crate::indices::{Expression, IfEmpty, IfUnavailable, IndicesOptions, Wildcards};
    pub use crate::name_patterns::NamePatterns;
    pub use crate::parameters::{Flag, Parameters};
    pub use crate::router::PathNames;
    pub use crate::service::WriteRoutes;
    pub use crate::targets::Target;
    pub use crate::url_query::take_url_query;
    pub use crate::write_endpoint::WriteEndpoint;
}
