//! The query language. Each file here is one type of query: how it is parsed, and how it is planned.
//!
//! To add a type: write its file, and add its line to [`QUERIES`].

mod bool;
mod boosting;
mod clause;
mod computed;
mod constant_score;
mod dis_max;
mod exists;
mod function_call;
mod function_score;
mod geo_bounding_box;
mod geo_distance;
mod ids;
mod match_all;
mod match_bool_prefix;
mod match_none;
mod match_phrase;
mod match_text;
mod metadata_field;
mod minimum_should_match;
mod parser;
mod prefix;
mod range;
mod regexp;
mod script;
mod script_score;
mod term;
mod term_pattern;
mod term_set;
mod terms;
mod wasm_udf;
mod wildcard;
mod zero_terms;

use crate::limits::Limits;
use parser::QueryTypes;

pub(crate) use clause::Clause;
pub(crate) use function_call::parse_values;
pub(crate) use parser::Parser;

/// Every type of query, by its key in a request.
const QUERIES: QueryTypes = &[
    ("bool", bool::parse),
    ("boosting", boosting::parse),
    ("constant_score", constant_score::parse),
    ("dis_max", dis_max::parse),
    ("exists", exists::parse),
    ("function_score", function_score::parse),
    ("geo_bounding_box", geo_bounding_box::parse),
    ("geo_distance", geo_distance::parse),
    ("ids", ids::parse),
    ("match", match_text::parse),
    ("match_all", match_all::parse),
    ("match_bool_prefix", match_bool_prefix::parse),
    ("match_none", match_none::parse),
    ("match_phrase", match_phrase::parse),
    ("prefix", prefix::parse),
    ("range", range::parse),
    ("regexp", regexp::parse),
    ("script", wasm_udf::parse_script),
    ("script_score", script_score::parse),
    ("term", term::parse),
    ("terms", terms::parse),
    ("wasm_udf", wasm_udf::parse),
    ("wildcard", wildcard::parse),
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
