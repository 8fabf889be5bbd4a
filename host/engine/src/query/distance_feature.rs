//! `{"distance_feature": {"field": "f", "origin": "now", "pivot": "7d"}}`: documents that have a date or a point, the nearer to the
//! origin the higher they score: `boost * pivot / (pivot + distance)`.

use std::ops::Bound;

use quidditch_index::{Field, FieldKind, FieldValue, RangeEdge, RangeOptions};
use serde_json::Value as Json;
use tantivy::{DocId, Score, SegmentReader};

use super::distances::{Distances, SegmentDistances};
use super::exists;
use super::range_bound::bound;
use crate::Error;
use crate::clause::Clause;
use crate::geo::{distance_from, parse_distance, parse_point};
use crate::json::{ErrorKind, Fields, Node, ParseError, parse_duration};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::{Scores, Scoring};
use crate::stages::{
    BoostMode, FunctionScores, MAX_BOOST, ScoreFunction, ScoreMode, SegmentScoreFunction, WeightedFunction,
};

const QUERY: &str = "[distance_feature] query";

/// Nanoseconds of a millisecond.
const NANOS_PER_MILLI: f64 = 1e6;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let mut fields = node.fields()?;
    let field = required(&mut fields, "field")?.text().map_err(as_object)?.to_owned();
    let origin = origin(&required(&mut fields, "origin")?)?;
    let pivot = required(&mut fields, "pivot")?.text().map_err(as_object)?.to_owned();
    let boost = take_boost(&mut fields).map_err(as_object)?;
    fields.finish(QUERY).map_err(as_object)?;
    Ok(Box::new(DistanceFeature { field, origin, pivot, boost }))
}

fn required<'a>(fields: &mut Fields<'a>, key: &'static str) -> Result<Node<'a>, ParseError> {
    fields.required_or(ErrorKind::Argument, key, QUERY)
}

/// A date or a point: which of them is known with the field.
fn origin(node: &Node<'_>) -> Result<Json, ParseError> {
    match node.json() {
        Json::Bool(_) | Json::Null => {
            Err(node.mistake(ErrorKind::Object, format!("{QUERY} expects a date or a point for [origin]")))
        }
        Json::Array(_) | Json::Object(_) => {
            parse_point(node).map_err(|error| error.of_kind(ErrorKind::Value).inside(ErrorKind::Object))?;
            Ok(node.json().clone())
        }
        _ => Ok(node.json().clone()),
    }
}

struct DistanceFeature {
    field: String,
    origin: Json,
    pivot: String,
    boost: f32,
}

impl Clause for DistanceFeature {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(field) = planner.field(&self.field) else { return Ok(Planned::none()) };
        let function = match field.kind() {
            FieldKind::Date { .. } => self.dates(planner, field)?,
            FieldKind::GeoPoint => self.points(planner, field)?,
            kind => {
                return Err(Error::Query(format!(
                    "Illegal data type of [{}]! {QUERY} can only be run on a date or geo_point field type",
                    kind.type_name()
                )));
            }
        };
        let mut planned = exists::plan(planner, field.name(), scoring);
        if scoring.scores == Scores::Ignored {
            return Ok(planned);
        }
        planned.stages.push(Box::new(FunctionScores {
            functions: [WeightedFunction { filter: None, function: Some(function), weight: 1.0 }].into(),
            score_mode: ScoreMode::First,
            boost_mode: BoostMode::Replace,
            max_boost: MAX_BOOST,
            boost: scoring.boost(),
        }));
        Ok(planned)
    }
}

impl DistanceFeature {
    fn wrong(&self, reason: &str) -> Error {
        Error::Query(format!("{QUERY} on [{}]: {reason}", self.field))
    }

    fn pivot(&self, pivot: Result<f64, ParseError>) -> Result<f64, Error> {
        let pivot = pivot.map_err(|error| self.wrong(&error.reason))?;
        if pivot > 0.0 { Ok(pivot) } else { Err(self.wrong(&format!("[pivot] must be > 0, got [{}]", self.pivot))) }
    }

    fn dates(&self, planner: &Planner<'_>, field: &Field) -> Result<Box<dyn ScoreFunction>, Error> {
        let options = RangeOptions { now_millis: planner.now_millis, ..RangeOptions::default() };
        // The end of a day or month, as clients expect it.
        let origin = match bound(field, Some(&(RangeEdge::LessOrEqual, self.origin.clone())), &options)? {
            Bound::Included(FieldValue::Date(millis)) => millis as f64,
            Bound::Included(FieldValue::Nanos(nanos)) => nanos as f64 / NANOS_PER_MILLI,
            _ => return Err(self.wrong("[origin] is not a date")),
        };
        let pivot = Json::from(self.pivot.as_str());
        let pivot = self.pivot(parse_duration(&Node::root(&pivot)).map(|pivot| pivot.as_millis() as f64))?;
        let column = planner.floats(field.name())?;
        Ok(Box::new(Nearness { pivot, distances: Distances::Numbers { column, origin } }))
    }

    fn points(&self, planner: &Planner<'_>, field: &Field) -> Result<Box<dyn ScoreFunction>, Error> {
        let origin = parse_point(&Node::root(&self.origin)).map_err(|error| self.wrong(&error.reason))?;
        let pivot = Json::from(self.pivot.as_str());
        let pivot = self.pivot(parse_distance(&Node::root(&pivot), 1.0))?;
        let distances = Distances::Points { source: planner.points(field)?, origin: distance_from(origin) };
        Ok(Box::new(Nearness { pivot, distances }))
    }
}

/// `pivot / (pivot + distance)`, from 0 to 1. Of several values the nearest counts.
struct Nearness {
    /// Milliseconds or metres.
    pivot: f64,
    distances: Distances,
}

impl ScoreFunction for Nearness {
    fn needs_scores(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        Ok(Box::new(SegmentNearness { pivot: self.pivot, distances: self.distances.open(segment)? }))
    }
}

struct SegmentNearness {
    pivot: f64,
    distances: SegmentDistances,
}

impl SegmentScoreFunction for SegmentNearness {
    fn factors(&mut self, docs: &[DocId], _: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        factors.clear();
        let pivot = self.pivot;
        self.distances.of_each(docs, |distances| {
            factors.push(pivot / (pivot + distances.iter().copied().fold(f64::INFINITY, f64::min)));
        })
    }
}
