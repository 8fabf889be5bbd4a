//! The `aggs` of a request.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::aggregation_type::{self, Inside};
use super::background::PlannedBackground;
use super::collector::Aggregations;
use super::definition::{Definition, Layout, Scope};
use super::nodes::{Node as PlannedNode, Nodes};
use super::pipelines::{self, Declared, Pipeline, Siblings};
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::memory::Memory;
use crate::nested::NestedScope;
use crate::plan::Planner;
use crate::request::Parser;
use crate::scores::Scores;

/// A parsed aggregation.
pub(crate) struct AggregationRequest {
    name: String,
    meta: Option<Map<String, Json>>,
    definition: Box<dyn Definition>,
    inner: AggregationRequests,
    /// Most buckets of a response.
    max_buckets: usize,
}

/// The parsed aggregations of one level, at the top or inside another, and its pipelines.
#[derive(Default)]
pub(crate) struct AggregationRequests {
    aggregations: Vec<AggregationRequest>,
    /// In the order in which they run.
    pipelines: Arc<[Pipeline]>,
}

impl AggregationRequests {
    /// The ids of the stored scripts that are called when the answers are made.
    pub(crate) fn stored_scripts(&self) -> Vec<&str> {
        let of_pipelines = self.pipelines.iter().filter_map(Pipeline::stored_script);
        let of_aggregations = self.aggregations.iter().flat_map(|aggregation| {
            aggregation.definition.stored_script().into_iter().chain(aggregation.inner.stored_scripts())
        });
        of_pipelines.chain(of_aggregations).collect()
    }
}

/// The planned aggregations of a request, by the documents that they are about.
pub(crate) struct PlannedAggregations {
    /// Over the matches of the query.
    pub(crate) matches: Option<Aggregations>,
    /// Over all documents.
    pub(crate) all: Option<Aggregations>,
    /// What they compare with, by number.
    pub(crate) backgrounds: BTreeMap<usize, PlannedBackground>,
}

/// Parses `{"name": {"<type>": {...}, "aggs": {...}, "meta": {...}}, ...}`.
pub(crate) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<AggregationRequests, ParseError> {
    let mut parsed = 0;
    parse_level(node, parser, Place { depth: 1, around: None }, &mut parsed)
}

/// Where a level is.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    /// The layout of the aggregation around it.
    around: Option<Layout>,
}

fn parse_level(
    node: &Node<'_>,
    parser: &mut Parser<'_>,
    place: Place,
    parsed: &mut usize,
) -> Result<AggregationRequests, ParseError> {
    let limits = parser.limits;
    let (mut aggregations, mut pipelines) = (Vec::new(), Vec::new());
    for name in node.map()?.keys() {
        let Some(child) = node.child(name) else { continue };
        if place.depth > limits.max_aggregation_depth {
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
        match parse_one(name, &child, parser, place.depth, parsed)? {
            Parsed::Aggregation(aggregation) => aggregations.push(aggregation),
            Parsed::Pipeline(pipeline) => pipelines.push(pipeline),
        }
    }
    let pipelines = pipelines::sorted(pipelines, node, &aggregations, place.around)?;
    Ok(AggregationRequests { aggregations, pipelines })
}

enum Parsed {
    Aggregation(AggregationRequest),
    Pipeline(Declared),
}

impl Siblings for Vec<AggregationRequest> {
    fn layout(&self, name: &str) -> Option<Layout> {
        self.iter().find(|aggregation| aggregation.name == name).map(|aggregation| aggregation.definition.layout())
    }

    fn has_inside(&self, name: &str, inner: &[&str]) -> bool {
        let Some(found) = self.iter().find(|aggregation| aggregation.name == name) else { return false };
        match inner {
            [] => true,
            [last] if found.inner.pipelines.iter().any(|pipeline| pipeline.name() == *last) => true,
            [next, rest @ ..] => found.inner.aggregations.has_inside(next, rest),
        }
    }
}

fn parse_one(
    name: &str,
    node: &Node<'_>,
    parser: &mut Parser<'_>,
    depth: usize,
    parsed: &mut usize,
) -> Result<Parsed, ParseError> {
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
    if let Some(parse_pipeline) = pipelines::find(type_name) {
        if let Some(inner) = inner {
            let reason = format!("aggregation [{name}] of type [{type_name}] cannot have aggregations inside");
            return Err(inner.mistake(ErrorKind::Argument, reason));
        }
        return Ok(Parsed::Pipeline(Declared::new(name, meta, parse_pipeline(&body)?)));
    }
    let Some(found) = aggregation_type::find(type_name) else {
        return Err(body.error(format!("unknown aggregation type [{type_name}]")));
    };
    let definition = (found.parse)(&body, parser).map_err(|error| found.known(error))?;
    let inner = match inner {
        None => AggregationRequests::default(),
        Some(inner) if found.inside == Inside::Nothing => {
            return Err(
                inner.error(format!("aggregation [{name}] of type [{type_name}] cannot have aggregations inside"))
            );
        }
        Some(inner) => {
            let place = Place { depth: depth + 1, around: Some(definition.layout()) };
            parse_level(&inner, parser, place, parsed)?
        }
    };
    if let Some(global) = inner.aggregations.iter().find(|inner| inner.definition.scope() == Scope::All) {
        return Err(node.error(format!(
            "aggregation [{name}] cannot have the global aggregation [{}] inside: [global] is only allowed at the top",
            global.name
        )));
    }
    let max_buckets = parser.limits.max_buckets;
    Ok(Parsed::Aggregation(AggregationRequest { name: name.to_owned(), meta, definition, inner, max_buckets }))
}

impl AggregationRequest {
    /// Plans it inside of as many buckets.
    ///
    /// # Errors
    /// If it does not fit the index, or has too many buckets whatever documents there are. Segments make all of these.
    fn plan(
        &self,
        planner: &Planner<'_>,
        around: usize,
        backgrounds: &mut BTreeMap<usize, PlannedBackground>,
    ) -> Result<PlannedNode, Error> {
        let (max, buckets) = (self.max_buckets, around.saturating_mul(self.definition.width()));
        if buckets > max {
            return Err(Error::TooManyBuckets { max, buckets });
        }
        let scope = self.definition.scope_inside(planner, &self.name)?.unwrap_or(planner.scope.get());
        let inner = planner.within(scope, || {
            let inner = self.inner.aggregations.iter();
            inner.map(|inner| inner.plan(planner, buckets, backgrounds)).collect::<Result<_, _>>()
        });
        let inner = Nodes(inner?);
        let aggregation = self.definition.plan(planner, &self.name, inner)?;
        backgrounds.extend(self.definition.background(planner)?);
        let pipelines = Arc::clone(&self.inner.pipelines);
        Ok(PlannedNode { name: self.name.clone(), meta: self.meta.clone(), aggregation, pipelines })
    }

    /// Whether it, or one inside of it, reads scores.
    fn scores(&self) -> Scores {
        self.definition.scores().max(self.inner.scores())
    }

    fn scope(&self) -> Scope {
        let inner = self.inner.aggregations.iter().map(AggregationRequest::scope).max();
        inner.map_or(self.definition.scope(), |inner| inner.max(self.definition.scope()))
    }
}

impl AggregationRequests {
    pub(crate) fn is_empty(&self) -> bool {
        self.aggregations.is_empty()
    }

    /// Whether one reads scores.
    fn scores(&self) -> Scores {
        self.aggregations.iter().map(AggregationRequest::scores).max().unwrap_or(Scores::Ignored)
    }

    /// What the hits of each `top_hits` are: documents of the index or nested objects, by its number.
    pub(crate) fn scopes_of_hits(&self, planner: &Planner<'_>) -> Result<BTreeMap<usize, NestedScope>, Error> {
        let mut scopes = BTreeMap::new();
        for request in &self.aggregations {
            let around = planner.scope.get();
            scopes.extend(request.definition.hits().map(|number| (number, around)));
            let inside = request.definition.scope_inside(planner, &request.name)?.unwrap_or(around);
            scopes.extend(planner.within(inside, || request.inner.scopes_of_hits(planner))?);
        }
        Ok(scopes)
    }

    /// Whether one is about documents of splits in which the query has no matches, too.
    pub(crate) fn need_all_splits(&self) -> bool {
        self.aggregations.iter().any(|aggregation| aggregation.scope() != Scope::Matches)
    }
}

/// Plans the aggregations of a request for one index. `memory` is that of the request.
pub(crate) fn plan(
    requests: &AggregationRequests,
    planner: &Planner<'_>,
    memory: &Arc<Memory>,
) -> Result<PlannedAggregations, Error> {
    let (mut matches, mut all) = ((Nodes::default(), Scores::Ignored), (Nodes::default(), Scores::Ignored));
    let mut backgrounds = BTreeMap::new();
    for request in &requests.aggregations {
        let (nodes, scores) = if request.definition.scope() == Scope::All { &mut all } else { &mut matches };
        nodes.0.push(request.plan(planner, 1, &mut backgrounds)?);
        *scores = request.scores().max(*scores);
    }
    // Pipelines at the top read buckets of matches: an aggregation of all documents has one bucket.
    let pipelines = Arc::clone(&requests.pipelines);
    let computed = planner.aggregated.take();
    Ok(PlannedAggregations {
        matches: (!matches.0.is_empty()).then(|| Aggregations::new(matches.0, pipelines, matches.1, memory, computed)),
        all: (!all.0.is_empty()).then(|| Aggregations::new(all.0, Arc::from([]), all.1, memory, computed)),
        backgrounds,
    })
}
