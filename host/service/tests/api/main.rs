//! The API from outside: whole requests, whole responses.

mod documents;
mod errors;
mod fixture;
mod function_errors;
mod functions;
mod indices;
mod memory;
mod presentation;
mod requests;
mod search;
mod time_limit;
