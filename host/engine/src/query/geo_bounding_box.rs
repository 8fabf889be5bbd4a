//! `{"geo_bounding_box": {"location": {"top_left": ..., "bottom_right": ...}}}`: documents with a point in a rectangle of latitudes
//! and longitudes.

mod bounds;

use std::ops::Bound;

use quidditch_index::{Field, FieldValue};

use crate::Error;
use crate::clause::Clause;
use crate::geo::VALIDATION_METHODS;
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::plan::{Planned, Planner, Pruner, UnmappedField};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;
use crate::stages::PointFilter;
pub(crate) use bounds::Bounds;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    fields.optional("type", |node| EXECUTION.read(node))?;
    fields.optional("validation_method", |node| VALIDATION_METHODS.read(node))?;
    let unmapped = fields.optional("ignore_unmapped", UnmappedField::parse)?.unwrap_or(UnmappedField::Fails);
    let boost = take_boost(&mut fields)?;
    let mut entries = fields.rest();
    let Some((field, corners)) = entries.next() else {
        return Err(node.mistake(ErrorKind::Value, "[geo_bounding_box] query requires a field with corners"));
    };
    if let Some((other, node)) = entries.next() {
        return Err(node.error(format!("[geo_bounding_box] query accepts one field, found [{field}] and [{other}]")));
    }
    let bounds = Bounds::parse(&corners)?;
    Ok(Box::new(GeoBoundingBox { field: field.to_owned(), bounds, unmapped, boost }))
}

/// How another server would evaluate the query; the result is the same.
const EXECUTION: Words<()> =
    Words { key: "type", case: Case::Exact, error: ErrorKind::Argument, words: &[("memory", ()), ("indexed", ())] };

struct GeoBoundingBox {
    field: String,
    bounds: Bounds,
    unmapped: UnmappedField,
    boost: f32,
}

impl Clause for GeoBoundingBox {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let score = scoring.boosted(self.boost)?.boost();
        let Some(source) = planner.geo_field(&self.field, self.unmapped)? else { return Ok(Planned::none()) };
        let bounds = self.bounds;
        let stage = PointFilter { source, condition: move |lat, lon| bounds.contain(lat, lon) };
        Ok(Planned::stage(Box::new(stage), score))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        let Some((lat, lon)) = pruner.field(&self.field).and_then(Field::point_columns) else { return true };
        let bound = |degrees| Bound::Included(FieldValue::Float(degrees));
        let Bounds { south, north, west, east } = self.bounds;
        let may_have_lon = west > east || pruner.split.may_have(lon, &bound(west), &bound(east));
        may_have_lon && pruner.split.may_have(lat, &bound(south), &bound(north))
    }
}
