//! Searches in indices in memory, with functions that are closures: one program, as each would be linked with everything.

mod aggregations;
mod bool_model;
mod chains;
mod fetch;
mod filter_cache;
mod functions;
mod indices;
mod large_splits;
mod matching;
mod memory;
mod nested;
mod on_error;
mod paging;
mod parts;
mod percolate;
mod queries;
mod scores;
mod scripts;
mod sort;
mod splits;
mod support;
mod threads;
