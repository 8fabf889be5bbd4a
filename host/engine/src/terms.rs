//! The terms of an index that a pattern stands for: those that begin with a text, that match an expression, or that are similar to
//! a text. And the terms of a keyword in their order.

mod automaton;
mod choose_terms;
mod determinize;
mod expression;
mod fuzzy_term;
mod keyword_terms;
mod like_terms;
mod pattern_query;
mod pattern_terms;

pub(crate) use automaton::TermAutomaton;
pub(crate) use choose_terms::ChooseTerms;
pub(crate) use determinize::{MAX_EFFORT, TooComplex};
pub(crate) use expression::{CharSet, Expression, LetterCase};
pub(crate) use fuzzy_term::{FuzzyState, FuzzyTerm, Transpositions};
pub(crate) use keyword_terms::{Ended, KeywordTerms};
pub(crate) use like_terms::{LikeOptions, LikeTerm, LikeTerms, LikeWord};
pub(crate) use pattern_query::PatternQuery;
pub(crate) use pattern_terms::{PatternTerm, PatternTerms, TermMatcher, read_ahead};
