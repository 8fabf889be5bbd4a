//! `{"geo_distance": {"distance": "12km", "location": {"lat": .., "lon": ..}}}`: documents within a radius.

use std::ops::Bound;

use quidditch_index::{Field, FieldValue, GeoPoint};
use serde_json::json;

use crate::Error;
use crate::clause::Clause;
use crate::geo::{
    DISTANCE_PATHS, UNIT, VALIDATION_METHODS, degrees_of_latitude, distance_from, parse_distance, parse_point,
};
use crate::json::{ErrorKind, Node, ParseError};
use crate::plan::{Planned, Planner, Pruner, UnmappedField};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;
use crate::stages::PointFilter;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let distance = fields.required("distance", "[geo_distance] query")?;
    let unit = fields.nullable("unit", |node| UNIT.read(node))?.unwrap_or(1.0);
    let radius = parse_distance(&distance, unit)?;
    if radius <= 0.0 {
        return Err(distance.mistake(ErrorKind::Argument, "distance must be greater than zero"));
    }
    // Clients expect the distance along the great circle for both.
    fields.optional("distance_type", |node| DISTANCE_PATHS.read(node))?;
    fields.optional("validation_method", |node| VALIDATION_METHODS.read(node))?;
    let unmapped = fields.optional("ignore_unmapped", UnmappedField::parse)?.unwrap_or(UnmappedField::Fails);
    let boost = take_boost(&mut fields)?;
    let entries: Vec<_> = fields.rest().collect();
    let (field, center) = center(node, &entries)?;
    Ok(Box::new(GeoDistance { field, center, radius, unmapped, boost }))
}

/// The field and the point: `{"place": {...}}`, or `{"place.lat": 52.5, "place.lon": 13.4}`.
fn center(node: &Node<'_>, entries: &[(&str, Node<'_>)]) -> Result<(String, GeoPoint), ParseError> {
    match entries {
        [] => Err(node.mistake(ErrorKind::Argument, "[geo_distance] query requires a field with a point")),
        [(field, point)] => Ok(((*field).to_owned(), parse_point(point)?)),
        [(one, first), (other, second)] => {
            let coordinates = [(one, first, other, second), (other, second, one, first)];
            for (lat_name, lat, lon_name, lon) in coordinates {
                if let (Some(field), Some(same)) = (lat_name.strip_suffix(".lat"), lon_name.strip_suffix(".lon"))
                    && field == same
                {
                    let json = json!({ "lat": lat.number()?, "lon": lon.number()? });
                    let point = GeoPoint::from_json(&json)
                        .map_err(|error| node.mistake(ErrorKind::Query, error.to_string()))?;
                    return Ok((field.to_owned(), point));
                }
            }
            Err(second.error(format!("[geo_distance] query accepts one field, found [{one}] and [{other}]")))
        }
        [(field, _), (other, node), ..] => {
            Err(node.error(format!("[geo_distance] query accepts one field, found [{field}] and [{other}]")))
        }
    }
}

struct GeoDistance {
    field: String,
    center: GeoPoint,
    /// Metres.
    radius: f64,
    unmapped: UnmappedField,
    boost: f32,
}

impl Clause for GeoDistance {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let Some(source) = planner.geo_field(&self.field, self.unmapped)? else { return Ok(Planned::none()) };
        let (center, radius) = (distance_from(self.center), self.radius);
        // The distance along the meridian decides most documents without a sine.
        let condition = move |lat, lon| center.metres_at_least(lat) <= radius && center.metres(lat, lon) <= radius;
        let stage = PointFilter { source, condition };
        Ok(Planned::stage(Box::new(stage), scoring.boosted(self.boost)?.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        let Some((lat, _)) = pruner.field(&self.field).and_then(Field::point_columns) else { return true };
        let reach = degrees_of_latitude(self.radius);
        let [south, north] = [self.center.lat - reach, self.center.lat + reach];
        let bound = |degrees| Bound::Included(FieldValue::Float(degrees));
        pruner.split.may_have(lat, &bound(south), &bound(north))
    }
}
