//! A rectangle of latitudes and longitudes, and the ways in which requests write it.

use crate::geo::parse_point;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// A rectangle of latitudes and longitudes in degrees, edges included. It crosses the 180th meridian if `west` is greater than
/// `east`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    pub(super) south: f64,
    pub(super) north: f64,
    pub(super) west: f64,
    pub(super) east: f64,
}

impl Bounds {
    /// Two opposite corners, four sides, or `{"wkt": "BBOX (west, east, north, south)"}`.
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let bounds =
            if let Some(wkt) = fields.take("wkt") { parse_wkt(&wkt)? } else { Self::parse_sides(node, &mut fields)? };
        fields.finish("[geo_bounding_box] query")?;
        bounds.check(node)
    }

    fn parse_sides(node: &Node<'_>, fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let mut corner = |key| fields.optional(key, parse_point);
        let (top_left, bottom_right) = (corner("top_left")?, corner("bottom_right")?);
        let (top_right, bottom_left) = (corner("top_right")?, corner("bottom_left")?);
        let mut side = |key| fields.optional(key, Node::number);
        let [top, left, bottom, right] = [side("top")?, side("left")?, side("bottom")?, side("right")?];
        let first = |sides: [Option<f64>; 3], name: &str| {
            let given = sides.into_iter().flatten().next();
            given.ok_or_else(|| {
                node.mistake(ErrorKind::Argument, format!("[geo_bounding_box] query lacks its {name} side"))
            })
        };
        Ok(Bounds {
            north: first([top, top_left.map(|at| at.lat), top_right.map(|at| at.lat)], "top")?,
            west: first([left, top_left.map(|at| at.lon), bottom_left.map(|at| at.lon)], "left")?,
            south: first([bottom, bottom_right.map(|at| at.lat), bottom_left.map(|at| at.lat)], "bottom")?,
            east: first([right, bottom_right.map(|at| at.lon), top_right.map(|at| at.lon)], "right")?,
        })
    }

    fn check(self, node: &Node<'_>) -> Result<Self, ParseError> {
        let Bounds { south, north, west, east } = self;
        for (degrees, limit, name) in
            [(north, 90.0, "top"), (south, 90.0, "bottom"), (west, 180.0, "left"), (east, 180.0, "right")]
        {
            if !(-limit..=limit).contains(&degrees) {
                return Err(node.mistake(
                    ErrorKind::Argument,
                    format!("{name} must be within -{limit} and {limit} degrees, got {degrees}"),
                ));
            }
        }
        if north < south {
            return Err(node.mistake(ErrorKind::Argument, format!("top is below bottom corner: {north} vs. {south}")));
        }
        if north == south {
            return Err(
                node.mistake(ErrorKind::Argument, format!("top cannot be the same as bottom: {north} == {south}"))
            );
        }
        if west == east {
            return Err(
                node.mistake(ErrorKind::Argument, format!("left cannot be the same as right: {west} == {east}"))
            );
        }
        Ok(self)
    }

    pub(crate) fn contain(&self, lat: f64, lon: f64) -> bool {
        let is_between = if self.west <= self.east {
            self.west <= lon && lon <= self.east
        } else {
            self.west <= lon || lon <= self.east
        };
        is_between && self.south <= lat && lat <= self.north
    }
}

fn parse_wkt(node: &Node<'_>) -> Result<Bounds, ParseError> {
    let mistake = || node.mistake(ErrorKind::Value, "expected a text such as \"BBOX (west, east, north, south)\"");
    let text = node.text()?.trim();
    let numbers = text.get(..4).filter(|name| name.eq_ignore_ascii_case("bbox")).and_then(|_| {
        let list = text[4..].trim().strip_prefix('(')?.strip_suffix(')')?;
        list.split(',').map(|number| number.trim().parse::<f64>().ok()).collect::<Option<Vec<_>>>()
    });
    match numbers.as_deref() {
        Some(&[west, east, north, south]) => Ok(Bounds { south, north, west, east }),
        _ => Err(mistake()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    fn parse(json: &Json) -> Result<Bounds, String> {
        Bounds::parse(&Node::root(json)).map_err(|error| error.reason)
    }

    #[test]
    fn the_same_rectangle_can_be_written_in_many_ways() {
        let expected = Bounds { south: 52.0, north: 53.0, west: 13.0, east: 14.0 };
        for json in [
            json!({"top_left": {"lat": 53, "lon": 13}, "bottom_right": {"lat": 52, "lon": 14}}),
            json!({"top_right": [14, 53], "bottom_left": "52,13"}),
            json!({"top": 53, "left": 13, "bottom": 52, "right": 14}),
            json!({"wkt": "BBOX (13, 14, 53, 52)"}),
        ] {
            assert_eq!(parse(&json), Ok(expected), "{json}");
        }
    }

    #[test]
    fn rectangles_without_an_area_are_refused() {
        let side = |top: f64, left: f64, bottom: f64, right: f64| {
            parse(&json!({"top": top, "left": left, "bottom": bottom, "right": right})).expect_err("is invalid")
        };
        assert_eq!(side(1.0, 0.0, 2.0, 1.0), "top is below bottom corner: 1 vs. 2");
        assert_eq!(side(1.0, 0.0, 1.0, 1.0), "top cannot be the same as bottom: 1 == 1");
        assert_eq!(side(2.0, 1.0, 1.0, 1.0), "left cannot be the same as right: 1 == 1");
        assert_eq!(side(90.5, 0.0, 1.0, 1.0), "top must be within -90 and 90 degrees, got 90.5");
        assert_eq!(side(2.0, 0.0, 1.0, 180.5), "right must be within -180 and 180 degrees, got 180.5");
        assert!(parse(&json!({"top": 90, "left": -180, "bottom": -90, "right": 180})).is_ok());
        assert_eq!(
            parse(&json!({"top": 1, "left": 0})),
            Err("[geo_bounding_box] query lacks its bottom side".to_owned())
        );
        assert!(parse(&json!({"wkt": "BBOX (1, 2, 3)"})).is_err());
    }

    #[test]
    fn rectangles_may_cross_the_180th_meridian() {
        let bounds = Bounds { south: -20.0, north: 20.0, west: 179.0, east: -179.0 };
        assert!(bounds.contain(0.0, 179.5) && bounds.contain(10.0, -179.5) && bounds.contain(20.0, 180.0));
        assert!(!bounds.contain(0.0, 0.0) && !bounds.contain(21.0, 179.5));
    }
}
