//! The query language. Each file here is one type of query: how it is parsed, and how it is planned.
//!
//! To add a type: write its file, and add its line to [`QUERIES`].

mod bool;
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
mod range;
mod script_score;
mod term;
mod term_set;
mod terms;
mod user_function;

use crate::Error;
use crate::planned::{Planned, Scores};
use crate::planner::Planner;
use crate::pruner::Pruner;
use crate::request::{Fields, Node, ParseError};
use crate::settings::Limits;

pub(crate) use function_call::FunctionCall;

/// A parsed clause.
pub(crate) trait Clause: Send + Sync {
    /// Plans it for one index. Scores that are [`Scores::Ignored`] need not be right, nor be computed.
    fn plan(&self, planner: &Planner<'_>, scores: Scores) -> Result<Planned, Error>;

    /// Whether a split may have matches, as far as the manifest can tell. Splits that have none are not read.
    fn may_match(&self, _pruner: &Pruner<'_>) -> bool {
        true
    }
}

type Parse = fn(&Node<'_>, &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError>;

/// Every type of query, by its key in a request.
const QUERIES: &[(&str, Parse)] = &[
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
    ("script", user_function::parse_script),
    ("script_score", script_score::parse),
    ("term", term::parse),
    ("terms", terms::parse),
    ("wasm_udf", user_function::parse),
];

/// Parses queries, counts them, and collects the functions that they call.
pub(crate) struct Parser<'a> {
    pub(crate) limits: &'a Limits,
    calls: Vec<FunctionCall>,
    clauses: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Parser { limits, calls: Vec::new(), clauses: 0, depth: 0 }
    }

    /// Parses `{"<type>": {...}}`.
    pub(crate) fn query(&mut self, node: &Node<'_>) -> Result<Box<dyn Clause>, ParseError> {
        self.clauses += 1;
        if self.clauses > self.limits.clauses {
            return Err(node.error(format!("too many clauses: a request may have {}", self.limits.clauses)));
        }
        if self.depth == self.limits.query_depth {
            return Err(node.error(format!("queries are nested too deep: {} levels may be", self.limits.query_depth)));
        }
        let (name, body) = node.only_entry("a query")?;
        let Ok(index) = QUERIES.binary_search_by_key(&name, |(key, _)| key) else {
            return Err(node.error(format!("unknown query [{name}]")));
        };
        let (_, parse) = QUERIES[index];
        self.depth += 1;
        let clause = parse(&body, self)?;
        self.depth -= 1;
        Ok(clause)
    }

    /// Takes down a call and gives its number, by which the planner knows the bound function.
    fn call(&mut self, node: &Node<'_>, call: FunctionCall) -> Result<usize, ParseError> {
        if self.calls.len() == self.limits.functions {
            return Err(node.error(format!("too many functions: a request may call {}", self.limits.functions)));
        }
        self.calls.push(call);
        Ok(self.calls.len() - 1)
    }

    pub(crate) fn into_calls(self) -> Vec<FunctionCall> {
        self.calls
    }
}

/// The keys that every query takes.
fn take_boost(fields: &mut Fields<'_>) -> Result<f32, ParseError> {
    let Some(node) = fields.take("boost") else { return Ok(1.0) };
    let boost = node.float()?;
    if boost < 0.0 {
        return Err(node.error(format!("negative [boost] is not allowed, got [{boost}]")));
    }
    Ok(boost)
}

/// Whether a type of query has this name.
pub(crate) fn is_query(name: &str) -> bool {
    QUERIES.binary_search_by_key(&name, |(key, _)| key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_sorted_for_the_search() {
        assert!(QUERIES.is_sorted_by_key(|(name, _)| name));
    }
}
