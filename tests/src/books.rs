//! The books of `tests/fixtures`, over which most scenarios search.

/// The mapping of an index of the books, as JSON.
pub const BOOKS_MAPPING: &str = include_str!("../fixtures/books/mapping.json");

/// All books, one JSON document per line. Each text becomes a split.
pub const BOOKS: [&str; 2] = [include_str!("../fixtures/books/1.ndjson"), include_str!("../fixtures/books/2.ndjson")];
