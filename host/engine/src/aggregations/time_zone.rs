//! Time zones of dates.

use quidditch_index::{DateFormat, TimeZone};
use serde_json::Value as Json;

use super::failure;
use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};

/// A time zone: an offset such as `+02:00`, a number of hours, or a name such as `Europe/Berlin`.
pub(super) fn parse(node: &Node<'_>) -> Result<TimeZone, ParseError> {
    let unknown = || {
        let reason = format!(
            "[time_zone] must be an offset such as [+02:00] or a name such as [Europe/Berlin], got [{}]",
            node.json()
        );
        node.mistake(ErrorKind::Argument, reason)
    };
    if let Json::Number(hours) = node.json() {
        let hours = hours.as_i64().filter(|hours| (-18..=18).contains(hours)).ok_or_else(unknown)?;
        return Ok(TimeZone::offset(hours as i32 * 3_600));
    }
    TimeZone::parse(node.text()?).ok_or_else(unknown)
}

/// Milliseconds since the epoch of a date with or without math. A date without an offset is in `zone`.
pub(super) fn read_date(text: &str, format: &DateFormat, zone: &TimeZone, now_millis: i64) -> Result<i64, Error> {
    format.evaluate(text, now_millis, zone).map_err(|error| failure::date(error.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(zone: &Json) -> Result<TimeZone, String> {
        parse(&Node::root(zone)).map_err(|error| error.reason)
    }

    #[test]
    fn time_zones_are_offsets_or_names() {
        assert_eq!(parsed(&json!("+05:30")), Ok(TimeZone::offset(19_800)));
        assert_eq!(parsed(&json!(-3)), Ok(TimeZone::offset(-10_800)));
        assert!(parsed(&json!("Europe/Berlin")).is_ok());
        insta::assert_snapshot!(parsed(&json!("Foo/Bar")).expect_err("unknown"), @r#"[time_zone] must be an offset such as [+02:00] or a name such as [Europe/Berlin], got ["Foo/Bar"]"#);
        assert!(parsed(&json!(99)).is_err());
    }
}
