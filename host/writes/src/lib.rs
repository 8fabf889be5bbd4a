//! The routes of the HTTP API that change documents, indices, aliases, templates, scripts and functions.
//!
//! [`Writes`] answers them for a [`Service`](quidditch_service::Service), which has matched their paths. Only hosts that may write
//! to their store use it: the search component and the search function on Lambda do not.

mod aliases;
mod answer;
mod body;
mod commits;
mod create_index;
mod definition;
mod delete_index;
mod documents;
mod failure;
mod functions;
mod logged_functions;
mod memory_index;
mod name;
mod open_close;
mod parameters;
mod pattern_overlap;
mod put_mapping;
mod put_settings;
mod scripts;
mod settings;
mod stored_queries;
mod templates;
mod trial;
mod update_aliases;
mod writes;

pub use commits::{Background, CommitCounts, CommitSettings};
pub use logged_functions::{FunctionLog, LoggedFunctions, LoggedFunctionsError};
pub use memory_index::MemoryIndexer;
pub use stored_queries::StoredQueryCheck;
pub use trial::{CallCost, DocumentResult, Inputs, RepeatedTrial, Trial, TrialError, TrialResult, Verdict};
pub use writes::{WriteParts, Writes};
