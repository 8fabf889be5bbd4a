//! Texts to the values of `java.time`.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::moment::Moment;
use super::time::ZonedDateTime;
use super::zone::Zone;
use crate::failure::Failure;

fn invalid(text: &str) -> Failure {
    Failure::new("date_time_parse_exception", format!("Text '{text}' could not be parsed"))
}

/// `2024-03-15T10:00:00Z`, with an offset, and a zone after it in brackets.
pub(crate) fn zoned(text: &str) -> Result<ZonedDateTime, Failure> {
    let (time, region) = match text.strip_suffix(']').and_then(|rest| rest.split_once('[')) {
        Some((time, region)) => (time, Some(region)),
        None => (text, None),
    };
    let offset_at = offset_start(time).ok_or_else(|| invalid(text))?;
    let (local, offset) = time.split_at(offset_at);
    let local: DateTime = local.parse().map_err(|_| invalid(text))?;
    let fixed = Zone::fixed(parse_offset(offset).ok_or_else(|| invalid(text))?);
    let at = Moment::from_local(local, &fixed)?;
    let zone = match region {
        Some(region) => zone(region)?,
        None => fixed,
    };
    ZonedDateTime::new(at, zone)
}

/// `2024-03-15T10:00:00Z`
pub(crate) fn instant(text: &str) -> Result<Moment, Failure> {
    if text.ends_with('Z') { zoned(text).map(|zoned| zoned.at) } else { Err(invalid(text)) }
}

/// `2024-03-15`
pub(crate) fn date(text: &str) -> Result<Date, Failure> {
    if text.contains('T') {
        return Err(invalid(text));
    }
    text.parse().map_err(|_| invalid(text))
}

/// `PT1H30M`
pub(crate) fn duration(text: &str) -> Result<SignedDuration, Failure> {
    if !text.to_ascii_uppercase().trim_start_matches(['+', '-']).starts_with('P') {
        return Err(invalid(text));
    }
    text.parse().map_err(|_| invalid(text))
}

/// `Europe/Berlin`, `+02:00`, `Z`
pub(crate) fn zone(name: &str) -> Result<Zone, Failure> {
    if let Some(offset) = parse_offset(name) {
        return Ok(Zone::fixed(offset));
    }
    let rules = if matches!(name, "UTC" | "GMT" | "UT") { Ok(TimeZone::UTC) } else { TimeZone::get(name) };
    let unknown = |_| Failure::new("zone_rules_exception", format!("Unknown time-zone ID: {name}"));
    Ok(Zone::region(name, rules.map_err(unknown)?))
}

/// Where the offset begins, which is after the time.
fn offset_start(text: &str) -> Option<usize> {
    let time = text.find('T')?;
    text[time..].find(['Z', '+', '-']).map(|start| time + start)
}

/// `Z`, `+2`, `+02`, `+02:00`, `+0200`, `+02:00:30`
fn parse_offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = if digits.len() == 1 { format!("0{digits}") } else { digits };
    let part = |start: usize| digits.get(start..start + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    if digits.len() % 2 != 0 || minutes > 59 || seconds > 59 || hours > 18 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60 + seconds)).ok()
}
