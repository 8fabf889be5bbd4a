//! The query language. Each file here is one type of query: how it is parsed, and how it is planned.
//!
//! To add a type: write its file, and add its line to [`QUERIES`].

mod bool;
mod boosted;
mod boosting;
mod computed;
mod constant_score;
mod dis_max;
mod distance_feature;
mod distances;
mod exists;
mod field_boosts;
mod function_score;
mod fuzziness;
mod fuzzy;
mod geo_bounding_box;
mod geo_distance;
mod geo_polygon;
mod graph_matches;
mod ids;
mod intervals;
mod match_all;
mod match_bool_prefix;
mod match_none;
mod match_phrase;
mod match_phrase_prefix;
mod match_text;
mod matched_terms;
mod metadata_field;
mod minimum_should_match;
mod more_like_this;
mod multi_match;
mod multi_match_type;
mod nested;
mod numbers_in;
mod operator;
mod percolate;
mod prefix;
mod query_string;
mod range;
mod range_bound;
mod rank_feature;
mod regexp;
mod related_ranges;
mod rewrite;
mod script_score;
mod simple_query_string;
mod span;
mod string_clause;
mod string_parts;
mod term;
mod term_pattern;
mod term_set;
mod terms;
mod terms_set;
mod text_graph;
mod text_in_fields;
mod text_options;
mod text_query;
mod text_terms;
mod token_graph;
mod wasm_udf;
mod wildcard;
mod word_sequences;
mod wrapper;
mod zero_terms;

use crate::limits::Limits;
use crate::request::{Parser, QueryTypes, find_query_type};

pub(crate) use self::bool::explain_restricted;
pub(crate) use fuzziness::{Fuzziness, transpositions};
pub(crate) use geo_bounding_box::Bounds;
pub(crate) use match_none::match_none;
pub(crate) use regexp::{Operators, Regexp, compile_regexp};

/// Every type of query, by its key in a request.
const QUERIES: QueryTypes = &[
    ("bool", bool::parse),
    ("boosting", boosting::parse),
    ("constant_score", constant_score::parse),
    ("dis_max", dis_max::parse),
    ("distance_feature", distance_feature::parse),
    ("exists", exists::parse),
    ("field_masking_span", span::parse_mask),
    ("function_score", function_score::parse),
    ("fuzzy", fuzzy::parse),
    ("geo_bounding_box", geo_bounding_box::parse),
    ("geo_distance", geo_distance::parse),
    ("geo_polygon", geo_polygon::parse),
    ("ids", ids::parse),
    ("intervals", intervals::parse),
    ("match", match_text::parse),
    ("match_all", match_all::parse),
    ("match_bool_prefix", match_bool_prefix::parse),
    ("match_none", match_none::parse),
    ("match_phrase", match_phrase::parse),
    ("match_phrase_prefix", match_phrase_prefix::parse),
    ("more_like_this", more_like_this::parse),
    ("multi_match", multi_match::parse),
    ("nested", nested::parse),
    ("percolate", percolate::parse),
    ("prefix", prefix::parse),
    ("query_string", query_string::parse),
    ("range", range::parse),
    ("rank_feature", rank_feature::parse),
    ("regexp", regexp::parse),
    ("script", wasm_udf::parse_script),
    ("script_score", script_score::parse),
    ("simple_query_string", simple_query_string::parse),
    ("span_containing", span::parse_containing),
    ("span_field_masking", span::parse_mask),
    ("span_first", span::parse_first),
    ("span_gap", span::parse_gap),
    ("span_multi", span::parse_multi),
    ("span_near", span::parse_near),
    ("span_not", span::parse_not),
    ("span_or", span::parse_or),
    ("span_term", span::parse_term),
    ("span_within", span::parse_within),
    ("term", term::parse),
    ("terms", terms::parse),
    ("terms_set", terms_set::parse),
    ("wasm_udf", wasm_udf::parse),
    ("wildcard", wildcard::parse),
    ("wrapper", wrapper::parse),
];

/// A parser of every type of query.
pub(crate) fn parser(limits: &Limits) -> Parser<'_> {
    Parser::new(limits, QUERIES)
}

/// Whether a type of query has this name.
pub(crate) fn is_query(name: &str) -> bool {
    find_query_type(QUERIES, name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_sorted_for_the_search() {
        assert!(QUERIES.is_sorted_by_key(|(name, _)| name));
    }
}
