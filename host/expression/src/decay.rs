//! The decay functions of scores: 1 near an origin, `decay` at `offset + scale` from it, and less beyond.

use crate::failure::Failure;
use crate::operations::{CastKind, cast};
use crate::syntax::TypeName;
use crate::value::Value;
use crate::{date, geo};

/// How it falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Linear,
    Exponential,
    Gauss,
}

/// Where distances are measured from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    Number(f64),
    /// Milliseconds since the Unix epoch.
    Date(i64),
    Point(f64, f64),
}

/// A decay function with its settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Decay {
    shape: Shape,
    origin: Origin,
    offset: f64,
    /// Computed from the scale and the decay.
    scaling: f64,
}

impl Decay {
    /// A function from its arguments, without the last one, to which it will be applied. `None` if the name is not that of a decay
    /// function.
    pub(crate) fn new(name: &str, settings: &[Value]) -> Option<Result<Self, Failure>> {
        let (kind, shape) = ["decayNumeric", "decayGeo", "decayDate"]
            .into_iter()
            .find_map(|kind| Some((kind, name.strip_prefix(kind)?)))?;
        let shape = match shape {
            "Linear" => Shape::Linear,
            "Exp" => Shape::Exponential,
            "Gauss" => Shape::Gauss,
            _ => return None,
        };
        let [origin, scale, offset, decay] = settings else { return None };
        Some(Self::with(kind, shape, [origin, scale, offset], decay))
    }

    fn with(kind: &str, shape: Shape, [origin, scale, offset]: [&Value; 3], decay: &Value) -> Result<Self, Failure> {
        let (origin, scale, offset) = match kind {
            "decayNumeric" => (Origin::Number(number(origin)?), number(scale)?, number(offset)?),
            "decayGeo" => {
                let (lat, lon) = parsed("a point such as \"51.2,6.8\"", origin, geo::parse_point)?;
                let distance =
                    |value| parsed("a distance such as \"10km\"", value, |text| geo::parse_distance(text, 1.0));
                (Origin::Point(lat, lon), distance(scale)?, distance(offset)?)
            }
            _ => {
                let origin = parsed(
                    "a date such as \"2024-02-29T13:14:15Z\" (date math is not supported)",
                    origin,
                    date::parse,
                )?;
                let time = |value| parsed("a time such as \"10d\"", value, parse_time);
                (Origin::Date(origin), time(scale)?, time(offset)?)
            }
        };
        let decay = number(decay)?;
        let scaling = match shape {
            Shape::Linear => scale / (1.0 - decay),
            Shape::Exponential => decay.ln() / scale,
            Shape::Gauss => 0.5 * scale * scale / decay.ln(),
        };
        Ok(Decay { shape, origin, offset, scaling })
    }

    /// The factor of a value.
    pub(crate) fn at(&self, value: &Value) -> Result<f64, Failure> {
        let distance = match (self.origin, value) {
            (Origin::Number(origin), value) => (number(value)? - origin).abs(),
            (Origin::Date(origin), Value::Date(millis)) => (*millis as f64 - origin as f64).abs(),
            (Origin::Point(lat, lon), Value::Point(other_lat, other_lon)) => {
                geo::arc_distance(lat, lon, *other_lat, *other_lon)
            }
            (_, Value::Null) => return Err(Failure::null("the value of a decay function is null")),
            (_, value) => {
                let wanted = if matches!(self.origin, Origin::Date(_)) { "a date" } else { "a geo_point" };
                return Err(Failure::cast(format!(
                    "the value of a decay function is a [{}], not {wanted}",
                    value.class()
                )));
            }
        };
        let distance = (distance - self.offset).max(0.0);
        Ok(match self.shape {
            Shape::Linear => ((self.scaling - distance) / self.scaling).max(0.0),
            Shape::Exponential => (self.scaling * distance).exp(),
            Shape::Gauss => (0.5 * distance * distance / self.scaling).exp(),
        })
    }
}

fn number(value: &Value) -> Result<f64, Failure> {
    match value.as_double() {
        Some(number) => Ok(number),
        None => cast(TypeName::Double, CastKind::Implicit, value).map(|_| f64::NAN),
    }
}

fn parsed<T>(what: &str, value: &Value, parse: impl Fn(&str) -> Option<T>) -> Result<T, Failure> {
    match value {
        Value::Text(text) => parse(text).ok_or_else(|| Failure::argument(format!("[{text}] is not {what}"))),
        other => Err(Failure::cast(format!("[{}] is not {what}", other.to_text()))),
    }
}

/// Units of time in milliseconds. A unit comes before those that it ends with.
const UNITS: &[(&str, f64)] = &[
    ("nanos", 1e-6),
    ("micros", 1e-3),
    ("ms", 1.0),
    ("s", 1_000.0),
    ("m", 60_000.0),
    ("h", 3_600_000.0),
    ("d", 86_400_000.0),
];

/// Parses a time such as `10d`; only 0 needs no unit.
fn parse_time(text: &str) -> Option<f64> {
    let text = text.trim();
    if text == "0" {
        return Some(0.0);
    }
    let (number, millis) = UNITS.iter().find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, millis)))?;
    Some(number.trim().parse::<f64>().ok().filter(|number| number.is_finite())? * millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers of OpenSearch.
    #[test]
    fn decays() {
        let decay = |name: &str, origin: Value, scale: Value, offset: Value, value: Value| {
            let decay = Decay::new(name, &[origin, scale, offset, Value::Double(0.5)]).expect("exists").expect("valid");
            decay.at(&value).expect("a value") as f32
        };
        let numbers =
            |name, offset, value| decay(name, Value::Int(5), Value::Int(10), Value::Int(offset), Value::Double(value));
        assert_eq!(numbers("decayNumericLinear", 0, 7.0), 0.9);
        assert_eq!(numbers("decayNumericExp", 1, 2.5), 0.901_250_5);
        assert_eq!(numbers("decayNumericGauss", 0, 2.5), 0.957_603_3);
        let point = Value::Point(51.199_999_982_491_136, 6.799_999_997_019_768);
        let geo =
            |name, offset| decay(name, Value::text("51,7"), Value::text("100km"), Value::text(offset), point.clone());
        assert_eq!(geo("decayGeoLinear", "0km"), 0.868_698_66);
        assert_eq!(geo("decayGeoExp", "10km"), 0.893_411_9);
        assert_eq!(geo("decayGeoGauss", "0"), 0.953_324_85);
        let date = |name, origin, scale, offset| {
            decay(name, Value::text(origin), Value::text(scale), Value::text(offset), Value::Date(1_709_212_455_678))
        };
        assert_eq!(date("decayDateLinear", "2024-01-01", "100d", "0"), 0.702_242_14);
        assert_eq!(date("decayDateExp", "2024-01-01T00:00:00Z", "100d", "1d"), 0.666_411_1);
        assert_eq!(date("decayDateGauss", "2024-03-01", "10d", "0"), 0.998_607_1);
    }

    #[test]
    fn mistakes_say_what_is_expected() {
        let error = |name, origin| {
            let settings = [origin, Value::text("x"), Value::Int(0), Value::Double(0.5)];
            Decay::new(name, &settings).expect("exists").expect_err("invalid").reason
        };
        assert_eq!(error("decayGeoExp", Value::text("x")), "[x] is not a point such as \"51.2,6.8\"");
        assert_eq!(error("decayGeoExp", Value::text("1,2")), "[x] is not a distance such as \"10km\"");
        assert_eq!(error("decayDateExp", Value::text("2024")), "[x] is not a time such as \"10d\"");
        assert_eq!(
            error("decayNumericExp", Value::text("2024")),
            "cannot implicitly cast def [java.lang.String] to double"
        );
        assert!(Decay::new("decayNumericExp", &[]).is_none() && Decay::new("decayFoo", &[]).is_none());
    }
}
