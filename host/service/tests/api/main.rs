//! The API from outside: whole requests, whole responses.

mod aliases;
mod analyze;
mod cluster;
mod cursors;
mod cursors_of_several_indices;
mod descriptions;
mod documents;
mod errors;
mod explain;
mod fixture;
mod function_errors;
mod function_limits;
mod function_stats;
mod functions;
mod indices;
mod library;
mod memory;
mod presentation;
mod requests;
mod search;
mod several_indices;
mod several_requests;
mod templates;
mod time_limit;
