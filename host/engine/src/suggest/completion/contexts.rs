//! `contexts`: what the completions that are asked for must be for.

use std::collections::BTreeSet;

use quidditch_index::{CompletionContext, ContextKind, Field, GeoPoint};
use serde_json::{Map, Value as Json};

use crate::Error;
use crate::geo::parse_point;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Most contexts of one completion, with the cells around points. 1,000: for each, the dictionary is searched.
const MAX_CONTEXTS: usize = 1_000;

/// Most digits of the geohash of a point, unless the request says otherwise.
const DEFAULT_PRECISION: u8 = 6;

/// Contexts as the request gives them: how they are read depends on the field.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct RequestedContexts(Map<String, Json>);

/// A context that inputs may have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WantedContext {
    /// The number of the context in the field.
    pub(super) number: usize,
    pub(super) value: String,
    /// What the weights of inputs are multiplied by.
    pub(super) boost: u32,
    pub(super) extent: Extent,
}

/// Which values a context stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Value,
    /// All that begin with it.
    Beginning,
}

impl RequestedContexts {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(RequestedContexts(node.map().map_err(|error| error.of_kind(ErrorKind::Object))?.clone()))
    }

    /// The contexts for a field; empty if it has none.
    ///
    /// # Errors
    /// Contexts that the field does not have or that cannot be read; or none, although the field has contexts.
    pub(super) fn of(&self, field: &Field) -> Result<Vec<WantedContext>, Error> {
        let contexts = &field.options().contexts;
        if contexts.is_empty() {
            if self.0.is_empty() {
                return Ok(Vec::new());
            }
            return Err(Error::shard_argument(format!("suggester [{}] doesn't expect any context", field.name())));
        }
        let mut wanted = Vec::new();
        for (name, json) in &self.0 {
            let Some(number) = contexts.iter().position(|context| context.name == *name) else {
                let known: Vec<&str> = contexts.iter().map(|context| context.name.as_str()).collect();
                return Err(Error::shard_argument(format!(
                    "Unknown context name [{name}], must be one of [{}]",
                    known.join(", ")
                )));
            };
            let node = Node::root(json);
            for item in node.items() {
                let read = match contexts[number].kind {
                    ContextKind::Category => category(&item, number).map(|category| vec![category]),
                    ContextKind::Geo { precision } => cells(&item, number, precision),
                };
                wanted.extend(read.map_err(|error| Error::Shard {
                    kind: error.kind,
                    reason: format!("context [{name}]: {}", error.reason),
                })?);
            }
        }
        if wanted.is_empty() {
            return Err(Error::shard_argument("Missing mandatory contexts in context query"));
        }
        if wanted.len() > MAX_CONTEXTS {
            return Err(Error::shard_argument(format!(
                "too many contexts: found {}, with the cells around points; at most {MAX_CONTEXTS} are allowed",
                wanted.len()
            )));
        }
        Ok(wanted)
    }
}

/// `"value"`, or `{"context": "value", "boost": 2, "prefix": true}`.
fn category(node: &Node<'_>, number: usize) -> Result<WantedContext, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let plain = |value: String| WantedContext { number, value, boost: 1, extent: Extent::Value };
    if !node.is_object() {
        return Ok(plain(node.scalar().map_err(as_object)?.into_owned()));
    }
    let mut fields = node.fields()?;
    let value = fields.required("context", "a context").map_err(as_object)?;
    let value = value.scalar().map_err(as_object)?.into_owned();
    let boost = boost(&mut fields)?;
    let is_beginning = fields.optional("prefix", Node::boolean).map_err(as_object)?.unwrap_or(false);
    fields.finish("a context").map_err(as_object)?;
    let extent = if is_beginning { Extent::Beginning } else { Extent::Value };
    Ok(WantedContext { boost, extent, ..plain(value) })
}

/// A point, or `{"context": point, "boost": 2, "precision": 4, "neighbours": [3]}`: the cell of the point, and cells around it.
/// `precision` is that of the field.
fn cells(node: &Node<'_>, number: usize, precision: u8) -> Result<Vec<WantedContext>, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let (point, boost, digits, around) = match node.child("context") {
        Some(point) => {
            let mut fields = node.fields()?;
            fields.take("context");
            let boost = boost(&mut fields)?;
            let digits = fields.optional("precision", digits)?.unwrap_or(DEFAULT_PRECISION);
            let around =
                fields.optional("neighbours", |node| node.items().map(|item| self::digits(&item)).collect())?;
            fields.finish("a context").map_err(as_object)?;
            (parse_point(&point)?, boost, digits, around)
        }
        None if node.json().is_object() || node.json().is_string() => (parse_point(node)?, 1, DEFAULT_PRECISION, None),
        None => return Err(node.mistake(ErrorKind::Value, "geo context must be an object or string")),
    };
    let around: Vec<u8> = around.unwrap_or_default();
    let own = point.geohash(digits.min(precision).into());
    let mut cells = BTreeSet::from([own.clone()]);
    if around.is_empty() && own.len() == usize::from(precision) {
        cells.extend(GeoPoint::geohash_neighbours(&own));
    }
    for length in around.into_iter().map(usize::from).filter(|length| *length < own.len()) {
        cells.extend(GeoPoint::geohash_neighbours(&own[..length]));
        cells.insert(own[..length].to_owned());
    }
    let wanted = |value: String| {
        let extent = if value.len() < usize::from(precision) { Extent::Beginning } else { Extent::Value };
        WantedContext { number, value, boost, extent }
    };
    Ok(cells.into_iter().map(wanted).collect())
}

fn boost(fields: &mut Fields<'_>) -> Result<u32, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let Some(node) = fields.take("boost") else { return Ok(1) };
    let boost = node.integer().map_err(as_object)?;
    match u32::try_from(boost) {
        Ok(boost) if boost > 0 => Ok(boost),
        _ => Err(node.mistake(ErrorKind::Object, format!("[boost] must be greater than 0, got [{boost}]"))),
    }
}

fn digits(node: &Node<'_>) -> Result<u8, ParseError> {
    let wrong = || node.mistake(ErrorKind::Object, "the length of a geohash must be from 1 to 12");
    GeoPoint::geohash_digits(node.json()).ok_or_else(wrong)
}

impl WantedContext {
    /// What the terms of its inputs begin with.
    pub(super) fn term_prefix(&self) -> String {
        match self.extent {
            Extent::Value => CompletionContext::prefix(self.number, &self.value),
            Extent::Beginning => CompletionContext::open_prefix(self.number, &self.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn geo(json: Json, precision: u8) -> Vec<String> {
        let cells = cells(&Node::root(&json), 0, precision).expect("valid");
        let shown = |cell: WantedContext| match cell.extent {
            Extent::Value => cell.value,
            Extent::Beginning => format!("{}*", cell.value),
        };
        cells.into_iter().map(shown).collect()
    }

    #[test]
    fn a_point_is_its_cell_and_those_around_it() {
        let point = json!({"lat": 52.5, "lon": 13.4});
        assert_eq!(geo(point.clone(), 4), ["u333", "u336", "u337", "u339", "u33c", "u33d", "u33e", "u33f", "u33g"]);
        // A coarser cell stands for all inside of it.
        assert_eq!(geo(json!({"context": point, "precision": 2}), 4), ["u3*"]);
        assert_eq!(geo(point.clone(), 8), ["u33d8v*"]);
        let around = json!({"context": point, "precision": 4, "neighbours": [3, 4]});
        assert_eq!(geo(around, 4), ["u30*", "u31*", "u32*", "u33*", "u33d", "u34*", "u36*", "u38*", "u39*", "u3d*"]);
    }

    #[test]
    fn mistakes_are_refused() {
        for json in
            [json!(5), json!({"lat": 1}), json!({"context": "u33", "x": 1}), json!({"context": "u33", "precision": 13})]
        {
            assert!(cells(&Node::root(&json), 0, 4).is_err(), "{json}");
        }
        for json in
            [json!({"boost": 2}), json!({"context": "a", "boost": 0}), json!({"context": "a", "x": 0}), json!(null)]
        {
            assert!(category(&Node::root(&json), 0).is_err(), "{json}");
        }
        let category = category(&Node::root(&json!({"context": 5, "boost": "3", "prefix": true})), 1).expect("valid");
        assert_eq!(category, WantedContext { number: 1, value: "5".to_owned(), boost: 3, extent: Extent::Beginning });
    }
}
