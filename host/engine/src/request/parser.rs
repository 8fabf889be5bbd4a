//! The parser of the clauses of a request: it parses queries of any type, and collects what they name.

use std::sync::Arc;

use quidditch_function::search_profile;

use super::fetch_options::FetchOptions;
use super::nested_inner_hits::NestedInnerHits;
use crate::clause::{Clause, NamedQuery};
use crate::functions::{CalledFunction, Chain, FunctionCall};
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::limits::Limits;
use crate::lookups::DocumentLookup;
use crate::percolation::Percolation;

/// Parses the body of one type of query.
type Parse = fn(&Node<'_>, &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError>;

/// Types of queries by their keys in a request, sorted.
pub(crate) type QueryTypes = &'static [(&'static str, Parse)];

/// How a type of query is parsed.
pub(crate) fn find_query_type(types: QueryTypes, name: &str) -> Option<Parse> {
    let index = types.binary_search_by_key(&name, |(key, _)| key).ok()?;
    Some(types[index].1)
}

/// Parses queries, counts them, and collects the functions that they call.
pub(crate) struct Parser<'a> {
    pub(crate) limits: &'a Limits,
    types: QueryTypes,
    calls: Vec<FunctionCall>,
    chains: Vec<Chain>,
    lookups: Vec<DocumentLookup>,
    percolations: Vec<Percolation>,
    /// Each name once: the last query of a name has it.
    named: Vec<NamedQuery>,
    /// The hits that are shown of the nested objects that match, of the queries that were parsed so far.
    pub(crate) inner_hits: Vec<NestedInnerHits>,
    /// What the hits of each `top_hits` have.
    top_hits: Vec<FetchOptions>,
    /// How many backgrounds of significant terms there are.
    backgrounds: usize,
    clauses: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(limits: &'a Limits, types: QueryTypes) -> Self {
        Parser {
            limits,
            types,
            calls: Vec::new(),
            chains: Vec::new(),
            lookups: Vec::new(),
            percolations: Vec::new(),
            named: Vec::new(),
            inner_hits: Vec::new(),
            top_hits: Vec::new(),
            backgrounds: 0,
            clauses: 0,
            depth: 0,
        }
    }

    /// Parses `{"<type>": {...}}`.
    pub(crate) fn query(&mut self, node: &Node<'_>) -> Result<Box<dyn Clause>, ParseError> {
        let (clause, body) = self.nested(node, |parser| {
            let (name, body) = node.only_entry("a query")?;
            let Some(parse) = find_query_type(parser.types, name) else {
                return Err(node.error(format!("unknown query [{name}]")));
            };
            Ok((parse(&body, parser)?, body))
        })?;
        let Some(name) = query_name(&body) else { return Ok(clause) };
        let clause: Arc<dyn Clause> = clause.into();
        self.named.retain(|other| other.name != name);
        self.named.push(NamedQuery { name, clause: Arc::clone(&clause) });
        Ok(Box::new(clause))
    }

    /// Parses a clause, or a part of one that counts as a clause, one level deeper.
    pub(crate) fn nested<T>(
        &mut self,
        node: &Node<'_>,
        parse: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.clauses += 1;
        if self.clauses > self.limits.max_clauses {
            return Err(node.mistake(
                ErrorKind::Query,
                format!("too many clauses: at most {} are allowed in a request", self.limits.max_clauses),
            ));
        }
        if self.depth == self.limits.max_query_depth {
            return Err(node.error(format!(
                "query nested too deeply: at most {} levels are allowed",
                self.limits.max_query_depth
            )));
        }
        self.depth += 1;
        let parsed = parse(self)?;
        self.depth -= 1;
        Ok(parsed)
    }

    /// The queries that have names.
    pub(crate) fn take_named(&mut self) -> Vec<NamedQuery> {
        std::mem::take(&mut self.named)
    }

    /// The inner hits of the queries that were parsed since they were taken before.
    pub(crate) fn take_inner_hits(&mut self) -> Vec<NestedInnerHits> {
        std::mem::take(&mut self.inner_hits)
    }

    /// Parses a query that is not about the hits: it calls no functions, and neither its name nor its inner hits are shown.
    pub(crate) fn query_apart(&mut self, node: &Node<'_>, what: &str) -> Result<Box<dyn Clause>, ParseError> {
        let calls = self.count_calls();
        let named = std::mem::take(&mut self.named);
        let clause = self.without_inner_hits(|parser| parser.query(node))?;
        self.named = named;
        match self.count_calls() == calls {
            true => Ok(clause),
            false => Err(node.error(format!("{what} cannot call functions or scripts"))),
        }
    }

    /// Parses something whose inner hits are not shown.
    pub(crate) fn without_inner_hits<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        let around = std::mem::take(&mut self.inner_hits);
        let parsed = parse(self)?;
        self.inner_hits = around;
        Ok(parsed)
    }

    /// Records what the hits of a `top_hits` have, and returns its number.
    pub(crate) fn top_hits(&mut self, options: FetchOptions) -> usize {
        self.top_hits.push(options);
        self.top_hits.len() - 1
    }

    pub(crate) fn take_top_hits(&mut self) -> Vec<FetchOptions> {
        std::mem::take(&mut self.top_hits)
    }

    /// The number of one more background of significant terms.
    pub(crate) fn next_background(&mut self) -> usize {
        self.backgrounds += 1;
        self.backgrounds - 1
    }

    /// Records a call and returns its number, by which the planner finds the bound function.
    pub(crate) fn call(&mut self, node: &Node<'_>, call: FunctionCall) -> Result<usize, ParseError> {
        if let CalledFunction::Published { name, .. } = &call.function
            && search_profile(name).is_some()
        {
            return Err(node.error(format!(
                "the search profile [{name}] is not supported here: it can only be called as a filter or a scorer"
            )));
        }
        self.check_room(node)?;
        self.calls.push(call);
        Ok(self.calls.len() - 1)
    }

    /// Records functions that are called one after another, and returns the number by which the planner finds them.
    pub(crate) fn chain(&mut self, node: &Node<'_>, chain: Chain) -> Result<usize, ParseError> {
        if let Chain::SearchProfile(_) = chain {
            // It calls at least one function.
            self.check_room(node)?;
        }
        self.chains.push(chain);
        Ok(self.chains.len() - 1)
    }

    fn check_room(&self, node: &Node<'_>) -> Result<(), ParseError> {
        match self.count_calls() < self.limits.max_functions {
            true => Ok(()),
            false => Err(node.error(too_many_functions_message(self.limits))),
        }
    }

    /// How many functions were parsed. A search profile counts as one, until it is known how many it calls.
    pub(crate) fn count_calls(&self) -> usize {
        self.calls.len() + self.chains.iter().filter(|chain| matches!(chain, Chain::SearchProfile(_))).count()
    }

    /// The functions that clauses call one after another.
    pub(crate) fn take_chains(&mut self) -> Vec<Chain> {
        std::mem::take(&mut self.chains)
    }

    /// Records a document that a query names and returns its number, by which the planner finds its source.
    pub(crate) fn lookup(&mut self, node: &Node<'_>, lookup: DocumentLookup) -> Result<usize, ParseError> {
        if let Some(known) = self.lookups.iter().position(|known| *known == lookup) {
            return Ok(known);
        }
        if self.lookups.len() == self.limits.max_lookups {
            return Err(node.mistake(
                ErrorKind::Argument,
                format!("too many documents: queries of a request may name at most {}", self.limits.max_lookups),
            ));
        }
        self.lookups.push(lookup);
        Ok(self.lookups.len() - 1)
    }

    /// The documents that queries name.
    pub(crate) fn take_lookups(&mut self) -> Vec<DocumentLookup> {
        std::mem::take(&mut self.lookups)
    }

    /// Records a `percolate` query and returns its number, by which the planner finds what it matches.
    pub(crate) fn percolation(&mut self, node: &Node<'_>, percolation: Percolation) -> Result<usize, ParseError> {
        let limit = self.limits.max_percolated_documents;
        let others: usize = self.percolations.iter().map(|other| other.documents.count()).sum();
        let count = others + percolation.documents.count();
        if count > limit {
            let reason =
                format!("too many documents: [percolate] queries of a request may have at most {limit}, found {count}");
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
        self.percolations.push(percolation);
        Ok(self.percolations.len() - 1)
    }

    /// How many `percolate` queries were parsed.
    pub(crate) fn percolations(&self) -> usize {
        self.percolations.len()
    }

    /// The `percolate` queries.
    pub(crate) fn take_percolations(&mut self) -> Vec<Percolation> {
        std::mem::take(&mut self.percolations)
    }

    pub(crate) fn into_calls(self) -> Vec<FunctionCall> {
        self.calls
    }
}

/// The message about a request with too many functions.
pub(crate) fn too_many_functions_message(limits: &Limits) -> String {
    format!("too many functions: at most {} calls are allowed in a request", limits.max_functions)
}

/// The name in the body of a query that was parsed: among its keys, or among those of its one field.
fn query_name(body: &Node<'_>) -> Option<String> {
    let of_body = |node: &Node<'_>| node.child("_name").and_then(|name| name.scalar().ok().map(String::from));
    let of_field = || of_body(&body.only_entry("a query").ok()?.1);
    of_body(body).or_else(of_field)
}

/// The name of a field, which must not be empty.
pub(crate) fn field_name<'a>(name: &'a str, node: &Node<'_>) -> Result<&'a str, ParseError> {
    if name.is_empty() { Err(node.mistake(ErrorKind::Argument, "the name of a field is empty")) } else { Ok(name) }
}

/// The boost of a query. Every query accepts it, and a name, which [`Parser::query`] reads.
pub(crate) fn take_boost(fields: &mut Fields<'_>) -> Result<f32, ParseError> {
    fields.optional("_name", |node| node.scalar().map(drop))?;
    Ok(fields.optional("boost", boost)?.unwrap_or(1.0))
}

/// The value of `boost`.
pub(crate) fn boost(node: &Node<'_>) -> Result<f32, ParseError> {
    let boost = node.float()?;
    if boost < 0.0 {
        return Err(node.mistake(ErrorKind::Argument, format!("negative [boost] is not allowed, got [{boost}]")));
    }
    Ok(boost)
}
