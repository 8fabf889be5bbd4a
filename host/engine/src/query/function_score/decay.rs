//! Decay functions: `gauss`, `exp` and `linear` over the distance from an origin.

use quidditch_index::{FieldKind, FieldValue};
use serde_json::Value as Json;
use tantivy::{DocId, Score, SegmentReader};

use crate::Error;
use crate::geo::{distance_from, parse_distance, parse_point};
use crate::json::{Case, ErrorKind, Node, ParseError, Words, parse_duration};
use crate::plan::Planner;
use crate::query::distances::{Distances, SegmentDistances};
use crate::stages::{ScoreFunction, SegmentScoreFunction};

/// Nanoseconds of a millisecond.
const NANOS_PER_MILLI: f64 = 1e6;

/// The functions by their keys.
pub(super) const SHAPES: &[(&str, Shape)] =
    &[("gauss", Shape::Gauss), ("exp", Shape::Exponential), ("linear", Shape::Linear)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Gauss,
    Exponential,
    Linear,
}

/// As the request wrote it; what `origin`, `scale` and `offset` mean depends on the field's type.
pub(super) struct Decay {
    shape: Shape,
    field: String,
    origin: Option<Json>,
    scale: Json,
    offset: Option<Json>,
    decay: f64,
    mode: MultiValueMode,
}

/// Which of several distances counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MultiValueMode {
    Min,
    Max,
    Average,
    Sum,
}

const MULTI_VALUE_MODES: Words<MultiValueMode> = Words {
    key: "multi_value_mode",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("min", MultiValueMode::Min),
        ("max", MultiValueMode::Max),
        ("avg", MultiValueMode::Average),
        ("sum", MultiValueMode::Sum),
    ],
};

impl Decay {
    pub(super) fn field(&self) -> &str {
        &self.field
    }

    pub(super) fn parse(node: &Node<'_>, shape: Shape) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let mode = fields.optional("multi_value_mode", |node| MULTI_VALUE_MODES.read(node))?;
        let mut entries = fields.rest();
        let (Some((field, body)), None) = (entries.next(), entries.next()) else {
            return Err(node.error("a decay function requires exactly one field"));
        };
        let mut inner = body.fields()?;
        let decay = inner.optional("decay", parse_decay)?.unwrap_or(0.5);
        let parsed = Decay {
            shape,
            field: field.to_owned(),
            origin: inner.take("origin").map(not_null).transpose()?,
            scale: inner.required_or(ErrorKind::Setting, "scale", "a decay function")?.json().clone(),
            offset: inner.take("offset").map(|offset| offset.json().clone()),
            decay,
            mode: mode.unwrap_or(MultiValueMode::Min),
        };
        inner.finish("a decay function").map_err(|error| error.of_kind(ErrorKind::Setting))?;
        Ok(parsed)
    }

    pub(super) fn plan(&self, planner: &Planner<'_>) -> Result<Box<dyn ScoreFunction>, Error> {
        let Some(field) = planner.field(&self.field) else {
            return Err(wrong_field(format!("unknown field [{}] in a decay function", self.field)));
        };
        let kind = field.kind();
        let length = match kind {
            FieldKind::GeoPoint => |node: &Node<'_>| parse_distance(node, 1.0),
            FieldKind::Date { .. } => parse_millis,
            _ => |node: &Node<'_>| node.number(),
        };
        let read = |json: &Json| length(&Node::root(json)).map_err(|error| self.wrong(&error.reason));
        let scale = read(&self.scale)?;
        let offset = self.offset.as_ref().map_or(Ok(0.0), read)?;
        if scale <= 0.0 || offset < 0.0 {
            return Err(self.wrong("[scale] must be greater than 0, and [offset] not negative"));
        }
        let curve = Curve::new(self.shape, scale, offset, self.decay);
        let distances = match kind {
            FieldKind::GeoPoint => {
                let origin = self.origin.as_ref().ok_or_else(|| self.no_origin())?;
                let origin = parse_point(&Node::root(origin)).map_err(|error| self.wrong(&error.reason))?;
                Distances::Points { source: planner.points(field)?, origin: distance_from(origin) }
            }
            FieldKind::Date { .. } => {
                let origin = match &self.origin {
                    None => planner.now_millis as f64,
                    Some(json) => {
                        let value = field.query_value(json, planner.now_millis);
                        match value.map_err(|error| Planner::value_error(&error))? {
                            Some(FieldValue::Date(millis)) => millis as f64,
                            Some(FieldValue::Nanos(nanos)) => nanos as f64 / NANOS_PER_MILLI,
                            _ => return Err(self.wrong("[origin] is not a date")),
                        }
                    }
                };
                let column = planner.floats(&self.field)?;
                Distances::Numbers { column, origin }
            }
            _ => {
                let origin = self.origin.as_ref().ok_or_else(|| self.no_origin())?;
                let origin = Node::root(origin).number().map_err(|error| self.wrong(&error.reason))?;
                let column = planner.floats(&self.field).map_err(|error| wrong_field(error.to_string()))?;
                Distances::Numbers { column, origin }
            }
        };
        Ok(Box::new(PlannedDecay { curve, distances, mode: self.mode }))
    }

    fn no_origin(&self) -> Error {
        let reason = format!("decay function over [{}]: [origin] is required", self.field);
        Error::Shard { kind: ErrorKind::Setting, reason }
    }

    fn wrong(&self, reason: &str) -> Error {
        Error::Query(format!("decay function over [{}]: {reason}", self.field))
    }
}

/// A field that is not there, or of a type that has no distances.
fn wrong_field(reason: String) -> Error {
    Error::Shard { kind: ErrorKind::Parsing, reason }
}

fn parse_decay(node: &Node<'_>) -> Result<f64, ParseError> {
    let decay = node.number().map_err(|error| error.of_kind(ErrorKind::Query))?;
    if decay > 0.0 && decay < 1.0 {
        return Ok(decay);
    }
    Err(node.mistake(ErrorKind::Query, format!("[decay] must be between 0 and 1, got [{decay}]")))
}

fn not_null(origin: Node<'_>) -> Result<Json, ParseError> {
    if origin.json().is_null() {
        return Err(origin.mistake(ErrorKind::Query, "[origin] must not be null"));
    }
    Ok(origin.json().clone())
}

fn parse_millis(node: &Node<'_>) -> Result<f64, ParseError> {
    Ok(parse_duration(node)?.as_millis() as f64)
}

/// What a distance becomes. With d the distance beyond `offset`: gauss exp(-d²/2σ²), σ² = -scale²/(2 ln decay);
/// exponential exp(d ln(decay)/scale); linear max(0, (s - d)/s), s = scale/(1 - decay).
#[derive(Debug, Clone, Copy)]
struct Curve {
    shape: Shape,
    offset: f64,
    /// The one constant that each formula needs.
    rate: f64,
}

impl Curve {
    fn new(shape: Shape, scale: f64, offset: f64, decay: f64) -> Self {
        let rate = match shape {
            Shape::Gauss => decay.ln() / (scale * scale),
            Shape::Exponential => decay.ln() / scale,
            Shape::Linear => scale / (1.0 - decay),
        };
        Curve { shape, offset, rate }
    }

    fn at(&self, distance: f64) -> f64 {
        let beyond = (distance - self.offset).max(0.0);
        match self.shape {
            Shape::Gauss => (beyond * beyond * self.rate).exp(),
            Shape::Exponential => (beyond * self.rate).exp(),
            Shape::Linear => ((self.rate - beyond) / self.rate).max(0.0),
        }
    }
}

impl MultiValueMode {
    /// `None` if there are no distances.
    fn combine(self, distances: &[f64]) -> Option<f64> {
        let sum = || distances.iter().sum::<f64>();
        (!distances.is_empty()).then(|| match self {
            MultiValueMode::Min => distances.iter().copied().fold(f64::INFINITY, f64::min),
            MultiValueMode::Max => distances.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            MultiValueMode::Average => sum() / distances.len() as f64,
            MultiValueMode::Sum => sum(),
        })
    }
}

struct PlannedDecay {
    curve: Curve,
    distances: Distances,
    mode: MultiValueMode,
}

impl ScoreFunction for PlannedDecay {
    fn needs_scores(&self) -> bool {
        false
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentScoreFunction>, Error> {
        let distances = self.distances.open(segment)?;
        Ok(Box::new(SegmentDecay { curve: self.curve, distances, mode: self.mode }))
    }
}

struct SegmentDecay {
    curve: Curve,
    distances: SegmentDistances,
    mode: MultiValueMode,
}

impl SegmentScoreFunction for SegmentDecay {
    fn max_factor(&mut self, _: Score) -> Result<f64, Error> {
        Ok(1.0)
    }

    fn factors(&mut self, docs: &[DocId], _: &[Score], factors: &mut Vec<f64>) -> Result<(), Error> {
        factors.clear();
        // A document without a value keeps its score.
        self.distances.of_each(docs, |distances| {
            factors.push(self.mode.combine(distances).map_or(1.0, |distance| self.curve.at(distance)));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_is_one_at_the_offset_and_decay_at_the_scale() {
        for (_, shape) in SHAPES {
            let curve = Curve::new(*shape, 10.0, 2.0, 0.3);
            assert_eq!(curve.at(0.0), 1.0);
            assert_eq!(curve.at(2.0), 1.0);
            assert!((curve.at(12.0) - 0.3).abs() < 1e-12, "{shape:?}");
        }
        assert_eq!(Curve::new(Shape::Linear, 10.0, 0.0, 0.5).at(20.0), 0.0);
    }
}
