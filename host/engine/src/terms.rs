//! The terms of an index that a pattern stands for: those that begin with a text, or that are similar to it.

mod fuzzy_term;
mod pattern_terms;

pub(crate) use fuzzy_term::{FuzzyState, FuzzyTerm, Transpositions};
pub(crate) use pattern_terms::{PatternTerm, PatternTerms, TermMatcher, read_ahead};
