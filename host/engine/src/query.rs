//! The query language. Each file here is one type of query: how it is parsed, and how it is planned.
//!
//! To add a type: write its file, and add its line to [`QUERIES`].

mod bool;
mod clause;
mod constant_score;
mod exists;
mod function_call;
mod function_score;
mod geo_distance;
mod ids;
mod match_all;
mod match_none;
mod match_text;
mod minimum_should_match;
mod parser;
mod range;
mod script_score;
mod term;
mod term_set;
mod terms;
mod wasm_udf;

use crate::limits::Limits;
use parser::QueryTypes;

pub(crate) use clause::Clause;
pub(crate) use parser::Parser;

/// Every type of query, by its key in a request.
const QUERIES: QueryTypes = &[
    ("bool", bool::parse),
    ("constant_score", constant_score::parse),
    ("exists", exists::parse),
    ("function_score", function_score::parse),
    ("geo_distance", geo_distance::parse),
    ("ids", ids::parse),
    ("match", match_text::parse),
    ("match_all", match_all::parse),
    ("match_none", match_none::parse),
    ("range", range::parse),
    ("script", wasm_udf::parse_script),
    ("script_score", script_score::parse),
    ("term", term::parse),
    ("terms", terms::parse),
    ("wasm_udf", wasm_udf::parse),
];

/// A parser of every type of query.
pub(crate) fn parser(limits: &Limits) -> Parser<'_> {
    Parser::new(limits, QUERIES)
}

/// Whether a type of query has this name.
pub(crate) fn is_query(name: &str) -> bool {
    parser::find(QUERIES, name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_sorted_for_the_search() {
        assert!(QUERIES.is_sorted_by_key(|(name, _)| name));
    }
}
