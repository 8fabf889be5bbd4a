//! The `aggs` of a request.

use serde_json::{Map, Value as Json};

use super::aggregation_type::{self, Inside};
use super::collector::Aggregations;
use super::definition::{Definition, Scope};
use super::nodes::{Node as PlannedNode, Nodes};
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::Planner;
use crate::query::Parser;

/// A parsed aggregation.
pub(crate) struct AggregationRequest {
    name: String,
    meta: Option<Map<String, Json>>,
    definition: Box<dyn Definition>,
    inner: Vec<AggregationRequest>,
}

/// The planned aggregations of a request, by the documents that they are about.
pub(crate) struct PlannedAggregations {
    /// Over the matches of the query.
    pub(crate) matches: Option<Aggregations>,
    /// Over all documents.
    pub(crate) all: Option<Aggregations>,
}

/// Parses `{"name": {"<type>": {...}, "aggs": {...}, "meta": {...}}, ...}`.
pub(crate) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<AggregationRequest>, ParseError> {
    let mut parsed = 0;
    parse_level(node, parser, 1, &mut parsed)
}

fn parse_level(
    node: &Node<'_>,
    parser: &mut Parser<'_>,
    depth: usize,
    parsed: &mut usize,
) -> Result<Vec<AggregationRequest>, ParseError> {
    let limits = parser.limits;
    let mut level = Vec::new();
    for name in node.map()?.keys() {
        let Some(child) = node.child(name) else { continue };
        if depth > limits.max_aggregation_depth {
            let most = limits.max_aggregation_depth;
            return Err(node.error(format!("aggregations nested too deeply: at most {most} levels are allowed")));
        }
        *parsed += 1;
        if *parsed > limits.max_aggregations {
            let most = limits.max_aggregations;
            return Err(child.error(format!("too many aggregations: at most {most} are allowed in a request")));
        }
        if name.is_empty() || name.contains(['[', ']', '>']) {
            return Err(child.error(format!(
                "invalid aggregation name [{name}]: it must not be empty and must not contain [, ] or >"
            )));
        }
        level.push(parse_one(name, &child, parser, depth, parsed)?);
    }
    Ok(level)
}

fn parse_one(
    name: &str,
    node: &Node<'_>,
    parser: &mut Parser<'_>,
    depth: usize,
    parsed: &mut usize,
) -> Result<AggregationRequest, ParseError> {
    let (mut body, mut inner, mut meta) = (None, None, None);
    for key in node.map()?.keys() {
        let Some(value) = node.child(key) else { continue };
        match key.as_str() {
            "meta" => meta = Some(value.map()?.clone()),
            "aggs" | "aggregations" if inner.is_some() => {
                return Err(value.error(format!("found two definitions of the aggregations inside [{name}]")));
            }
            "aggs" | "aggregations" => inner = Some(value),
            _ => match body.replace((key.as_str(), value)) {
                None => {}
                Some((first, _)) => {
                    return Err(
                        value.error(format!("found two types of the aggregation [{name}]: [{first}] and [{key}]"))
                    );
                }
            },
        }
    }
    let Some((type_name, body)) = body else {
        return Err(node.error(format!("missing definition for aggregation [{name}]")));
    };
    let Some(found) = aggregation_type::find(type_name) else {
        return Err(body.error(format!("unknown aggregation type [{type_name}]")));
    };
    let definition = (found.parse)(&body, parser).map_err(|error| found.known(error))?;
    let inner = match inner {
        None => Vec::new(),
        Some(inner) if found.inside == Inside::Nothing => {
            return Err(
                inner.error(format!("aggregation [{name}] of type [{type_name}] cannot have aggregations inside"))
            );
        }
        Some(inner) => parse_level(&inner, parser, depth + 1, parsed)?,
    };
    if let Some(global) = inner.iter().find(|inner| inner.definition.scope() == Scope::All) {
        return Err(node.error(format!(
            "aggregation [{name}] cannot have the global aggregation [{}] inside: [global] is only allowed at the top",
            global.name
        )));
    }
    Ok(AggregationRequest { name: name.to_owned(), meta, definition, inner })
}

impl AggregationRequest {
    fn plan(&self, planner: &Planner<'_>) -> Result<PlannedNode, Error> {
        let inner = Nodes(self.inner.iter().map(|inner| inner.plan(planner)).collect::<Result<_, _>>()?);
        let aggregation = self.definition.plan(planner, &self.name, inner)?;
        Ok(PlannedNode { name: self.name.clone(), meta: self.meta.clone(), aggregation })
    }

    fn scope(&self) -> Scope {
        let inner = self.inner.iter().map(AggregationRequest::scope).max();
        inner.map_or(self.definition.scope(), |inner| inner.max(self.definition.scope()))
    }

    /// Whether it is about documents of splits in which the query has no matches, too.
    pub(crate) fn needs_all_splits(&self) -> bool {
        self.scope() != Scope::Matches
    }
}

/// Plans the aggregations of a request for one index. All together may use `max_bytes` of memory.
pub(crate) fn plan(
    requests: &[AggregationRequest],
    planner: &Planner<'_>,
    max_bytes: u64,
) -> Result<PlannedAggregations, Error> {
    let (mut matches, mut all) = (Nodes::default(), Nodes::default());
    for request in requests {
        let nodes = if request.definition.scope() == Scope::All { &mut all } else { &mut matches };
        nodes.0.push(request.plan(planner)?);
    }
    let aggregations = |nodes: Nodes| (!nodes.is_empty()).then(|| Aggregations::new(nodes, max_bytes));
    Ok(PlannedAggregations { matches: aggregations(matches), all: aggregations(all) })
}
