//! Whether all words of a text must match, or at least one: `operator`.

use tantivy::query::{BooleanQuery, Occur, Query};

use super::minimum_should_match::MinimumShouldMatch;
use crate::json::{Case, ErrorKind, Words};
use crate::plan::Planned;

/// Whether all terms must match, or at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
}

impl Operator {
    /// A query for several terms. No term is optional with `and`, so that nothing matches if a minimum asks for any.
    pub(super) fn combine(self, terms: Vec<Box<dyn Query>>, minimum: Option<&MinimumShouldMatch>) -> Planned {
        let optional = if self == Operator::Or { terms.len() } else { 0 };
        let required = minimum.map_or(0, |minimum| minimum.required(optional));
        if required > optional {
            return Planned::none();
        }
        let occur = if self == Operator::And { Occur::Must } else { Occur::Should };
        let clauses = terms.into_iter().map(|term| (occur, term)).collect();
        Planned::scored(Box::new(match self {
            Operator::And => BooleanQuery::new(clauses),
            Operator::Or => BooleanQuery::with_minimum_required_clauses(clauses, required.max(1)),
        }))
    }
}

pub(super) const OPERATORS: Words<Operator> = Words {
    key: "operator",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("and", Operator::And), ("or", Operator::Or)],
};
