//! Intervals of dates: calendar units, and fixed times.

use serde_json::Value as Json;

use crate::json::{Fields, Node, ParseError};

/// The length of a date histogram's buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateInterval {
    Calendar(CalendarUnit),
    /// Milliseconds.
    Fixed(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CalendarUnit {
    Second,
    Minute,
    Hour,
    Day,
    /// From Monday.
    Week,
    Month,
    Quarter,
    Year,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Longest interval and offset, in milliseconds: 285,000 years. With room to add several of them to any date.
const MAX_MILLIS: i64 = 1 << 53;

impl CalendarUnit {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "second" | "1s" => CalendarUnit::Second,
            "minute" | "1m" => CalendarUnit::Minute,
            "hour" | "1h" => CalendarUnit::Hour,
            "day" | "1d" => CalendarUnit::Day,
            "week" | "1w" => CalendarUnit::Week,
            "month" | "1M" => CalendarUnit::Month,
            "quarter" | "1q" => CalendarUnit::Quarter,
            "year" | "1y" => CalendarUnit::Year,
            _ => return None,
        })
    }

    /// Its length in milliseconds, if all are of the same length where no clocks are changed.
    pub(super) fn millis(self) -> Option<i64> {
        Some(match self {
            CalendarUnit::Second => SECOND,
            CalendarUnit::Minute => MINUTE,
            CalendarUnit::Hour => HOUR,
            CalendarUnit::Day => DAY,
            CalendarUnit::Week => 7 * DAY,
            CalendarUnit::Month | CalendarUnit::Quarter | CalendarUnit::Year => return None,
        })
    }
}

impl DateInterval {
    /// Takes `calendar_interval`, `fixed_interval`, or `interval`, which may be either.
    pub(super) fn take(node: &Node<'_>, fields: &mut Fields<'_>, what: &str) -> Result<Self, ParseError> {
        let calendar = fields.optional("calendar_interval", parse_calendar)?;
        let fixed = match fields.take("fixed_interval") {
            Some(node) if calendar.is_some() => {
                return Err(node.error("[fixed_interval] cannot be used together with [calendar_interval]"));
            }
            Some(node) => Some(parse_fixed(&node)?),
            None => None,
        };
        let either = match fields.take("interval") {
            Some(node) if calendar.or(fixed).is_some() => {
                return Err(
                    node.error("[interval] cannot be used together with [calendar_interval] or [fixed_interval]")
                );
            }
            Some(node) => Some(parse_calendar(&node).or_else(|_| parse_fixed(&node))?),
            None => None,
        };
        match calendar.or(fixed).or(either) {
            Some(interval) => Ok(interval),
            None => Err(node.error(format!("{what} requires [calendar_interval] or [fixed_interval]"))),
        }
    }
}

fn parse_calendar(node: &Node<'_>) -> Result<DateInterval, ParseError> {
    let text = node.text()?;
    CalendarUnit::parse(text).map(DateInterval::Calendar).ok_or_else(|| {
        node.error(format!(
            "[{text}] is not a calendar interval: it must be one second, minute, hour, day, week, month, quarter or year"
        ))
    })
}

fn parse_fixed(node: &Node<'_>) -> Result<DateInterval, ParseError> {
    let text = node.text()?;
    match millis(text) {
        Some(millis) if millis > 0 => Ok(DateInterval::Fixed(millis)),
        Some(_) => Err(node.error(format!("a fixed interval must be greater than zero, got [{text}]"))),
        None => Err(node.error(format!(
            "a fixed interval must be a whole number with one of the units ms, s, m, h, d, such as [12h], got [{text}]"
        ))),
    }
}

/// The length of a unit of the calendar, on average, or of a time with a unit.
pub(super) fn unit_millis(text: &str) -> Option<i64> {
    /// An average year of the Gregorian calendar.
    const YEAR: i64 = 31_556_952 * SECOND;
    match CalendarUnit::parse(text) {
        Some(unit) => Some(unit.millis().unwrap_or(match unit {
            CalendarUnit::Month => YEAR / 12,
            CalendarUnit::Quarter => YEAR / 4,
            _ => YEAR,
        })),
        None => millis(text).filter(|millis| *millis > 0),
    }
}

/// `offset`: milliseconds, or a time with a sign, such as `+6h` or `-1d`.
pub(super) fn parse_offset(node: &Node<'_>) -> Result<i64, ParseError> {
    let wrong =
        || node.error(format!("[offset] must be a time with a unit, such as [+6h] or [-1d], got [{}]", node.json()));
    if let Json::Number(number) = node.json() {
        return number.as_i64().filter(|millis| millis.unsigned_abs() <= MAX_MILLIS.unsigned_abs()).ok_or_else(wrong);
    }
    let text = node.text()?;
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    millis(text).map(|millis| sign * millis).ok_or_else(wrong)
}

/// `None` if it is not a time, or too long.
fn millis(text: &str) -> Option<i64> {
    let units = [("ms", 1), ("s", SECOND), ("m", MINUTE), ("h", HOUR), ("d", DAY)];
    let (number, unit) = units.iter().find_map(|(name, millis)| Some((text.strip_suffix(name)?, *millis)))?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<i64>().ok()?.checked_mul(unit).filter(|millis| *millis <= MAX_MILLIS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn intervals_are_units_or_times() {
        let fixed = |text: &str| parse_fixed(&Node::root(&json!(text))).ok();
        assert_eq!(fixed("1500ms"), Some(DateInterval::Fixed(1_500)));
        assert_eq!(fixed("90m"), Some(DateInterval::Fixed(5_400_000)));
        assert_eq!(fixed("2d"), Some(DateInterval::Fixed(172_800_000)));
        for text in ["0d", "1M", "5", "1.5d", "-1d", "", "d", "+1d"] {
            assert_eq!(fixed(text), None, "{text}");
        }
        let calendar = |text: &str| parse_calendar(&Node::root(&json!(text))).ok();
        assert_eq!(calendar("1M"), Some(DateInterval::Calendar(CalendarUnit::Month)));
        assert_eq!(calendar("quarter"), Some(DateInterval::Calendar(CalendarUnit::Quarter)));
        for text in ["2M", "months", "1Y", ""] {
            assert_eq!(calendar(text), None, "{text}");
        }
    }

    #[test]
    fn offsets_have_signs() {
        let offset = |json| parse_offset(&Node::root(&json)).ok();
        assert_eq!(offset(json!("+6h")), Some(21_600_000));
        assert_eq!(offset(json!("6h")), Some(21_600_000));
        assert_eq!(offset(json!("-1d")), Some(-86_400_000));
        assert_eq!(offset(json!(3_600_000)), Some(3_600_000));
        assert_eq!(offset(json!("6")), None);
    }

    #[test]
    fn times_are_limited() {
        for (millis, is_time) in [(MAX_MILLIS, true), (MAX_MILLIS + 1, false), (i64::MAX, false)] {
            let text = format!("{millis}ms");
            assert_eq!(parse_fixed(&Node::root(&json!(text))).is_ok(), is_time, "{text}");
            assert_eq!(unit_millis(&text).is_some(), is_time, "{text}");
            for offset in [json!(text), json!(format!("-{text}")), json!(millis), json!(-millis)] {
                assert_eq!(parse_offset(&Node::root(&offset)).is_ok(), is_time, "{offset}");
            }
        }
        assert!(parse_offset(&Node::root(&json!(i64::MIN))).is_err());
    }
}
