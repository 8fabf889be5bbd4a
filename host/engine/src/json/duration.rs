//! Times as clients write them: `10s`, `500ms`.

use std::time::Duration;

use super::{Node, ParseError};

const UNITS: &[(&str, f64)] =
    &[("nanos", 1e-9), ("micros", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0)];

/// A time with a unit: nanos, micros, ms, s, m, h or d. A bare number is milliseconds.
pub(crate) fn parse_duration(node: &Node<'_>) -> Result<Duration, ParseError> {
    let text = node.json().as_str().map_or_else(|| node.json().to_string(), str::to_owned);
    let unit_start = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_start);
    let unit = if unit.is_empty() { "ms" } else { unit };
    let seconds = UNITS.iter().find(|(name, _)| *name == unit).and_then(|(_, seconds)| {
        let number: f64 = number.trim().parse().ok()?;
        Duration::try_from_secs_f64(number * seconds).ok()
    });
    seconds.ok_or_else(|| node.error(format!("expected a time such as \"10s\" or \"500ms\", found [{text}]")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_have_units() {
        let millis = |json: serde_json::Value| parse_duration(&Node::root(&json)).ok().map(|time| time.as_millis());
        assert_eq!(millis(json!("10s")), Some(10_000));
        assert_eq!(millis(json!("1.5m")), Some(90_000));
        assert_eq!(millis(json!("500ms")), Some(500));
        assert_eq!(millis(json!(250)), Some(250));
        assert_eq!(millis(json!("2 weeks")), None);
        assert_eq!(millis(json!("-1s")), None);
    }
}
