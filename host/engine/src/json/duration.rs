//! Times as clients write them: `10s`, `500ms`.

use std::time::Duration;

use super::{ErrorKind, Node, ParseError};

/// Units in nanoseconds. A unit comes before those that it ends with.
const UNITS: &[(&str, u128)] = &[
    ("nanos", 1),
    ("micros", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];

/// A time with a unit: nanos, micros, ms, s, m, h or d, in any case except that minutes are a small `m`. Only zero needs no unit.
pub(crate) fn parse_duration(node: &Node<'_>) -> Result<Duration, ParseError> {
    let text = node.scalar()?;
    parse(text.trim()).ok_or_else(|| {
        let reason = format!("expected a time with a unit, such as \"10s\" or \"500ms\", found [{text}]");
        node.mistake(ErrorKind::Argument, reason)
    })
}

/// A time as `parse_duration` reads it, or -1, which means that there is no limit: `None`.
pub(crate) fn parse_timeout(node: &Node<'_>) -> Result<Option<Duration>, ParseError> {
    if node.scalar()?.trim() == "-1" { Ok(None) } else { parse_duration(node).map(Some) }
}

/// A time as `parse_duration` reads it; `None` if the text is not a time.
pub fn parse_time(text: &str) -> Option<Duration> {
    parse(text.trim())
}

fn parse(text: &str) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte == b'0') {
        return Some(Duration::ZERO);
    }
    let lower_case = text.to_ascii_lowercase();
    let (number, nanos) = UNITS
        .iter()
        .filter(|(unit, _)| *unit != "m" || text.ends_with('m'))
        .find_map(|(unit, nanos)| lower_case.strip_suffix(unit).map(|number| (number, *nanos)))?;
    let number: u128 = number.trim().parse().ok()?;
    let nanos = number.checked_mul(nanos)?;
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    Some(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn times_have_units() {
        let nanos = |json: Json| parse_duration(&Node::root(&json)).ok().map(|time| time.as_nanos());
        assert_eq!(nanos(json!("10s")), Some(10_000_000_000));
        assert_eq!(nanos(json!("2m")), Some(120_000_000_000));
        assert_eq!(nanos(json!(" 500 MS ")), Some(500_000_000));
        assert_eq!(nanos(json!("7nanos")), Some(7));
        assert_eq!(nanos(json!("7micros")), Some(7_000));
        assert_eq!(nanos(json!("1D")), Some(86_400_000_000_000));
        assert_eq!(nanos(json!(0)), Some(0));
        assert_eq!(nanos(json!("0")), Some(0));
        for json in [json!("2 weeks"), json!("-1s"), json!("1.5s"), json!("1M"), json!(250), json!("250"), json!("")] {
            assert_eq!(nanos(json.clone()), None, "{json}");
        }
    }

    #[test]
    fn mistakes_ask_for_a_unit() {
        let error = parse_duration(&Node::root(&json!(250))).expect_err("no unit");
        assert_eq!(error.kind, ErrorKind::Argument);
        insta::assert_snapshot!(error.reason, @r#"expected a time with a unit, such as "10s" or "500ms", found [250]"#);
    }

    #[test]
    fn minus_one_means_no_timeout() {
        let timeout = |json: Json| parse_timeout(&Node::root(&json)).ok();
        assert_eq!(timeout(json!(-1)), Some(None));
        assert_eq!(timeout(json!("-1")), Some(None));
        assert_eq!(timeout(json!("1s")), Some(Some(Duration::from_secs(1))));
        assert_eq!(timeout(json!("-2")), None);
    }
}
