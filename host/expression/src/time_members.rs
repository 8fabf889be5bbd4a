//! Methods of the values of `java.time`.

mod between;
mod steps;

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use crate::class_name::ClassName;
use crate::failure::Failure;
use crate::java_time::{
    ChronoUnit, DAYS_OF_WEEK, MONTHS, Moment, NANOS_PER_SECOND, Time, Zone, ZonedDateTime, from_nanos,
};
use crate::syntax::TypeName;
use crate::value::Value;
use between::{between, epoch_day};
use steps::{Step, epoch_nanos, moved, moved_date, step, truncated, with};

/// The names of all methods of this module that start with neither `plus`, `minus` nor `with`.
const NAMES: &[&str] = &[
    "atZone",
    "between",
    "compareTo",
    "equals",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfWeekEnum",
    "getDayOfYear",
    "getEpochSecond",
    "getHour",
    "getId",
    "getMinute",
    "getMonth",
    "getMonthValue",
    "getNano",
    "getOffset",
    "getSecond",
    "getSeconds",
    "getTotalSeconds",
    "getValue",
    "getYear",
    "getZone",
    "isAfter",
    "isBefore",
    "isEqual",
    "isLeapYear",
    "isNegative",
    "isZero",
    "lengthOfMonth",
    "name",
    "negated",
    "ordinal",
    "toDays",
    "toEpochDay",
    "toEpochMilli",
    "toEpochSecond",
    "toHours",
    "toInstant",
    "toLocalDate",
    "toMillis",
    "toMinutes",
    "toNanos",
    "truncatedTo",
    "until",
];

/// Whether a value of `java.time` may have a method of this name.
pub(crate) fn is_method(name: &str) -> bool {
    NAMES.contains(&name) || is_step(name)
}

/// Whether a method of this name returns a value of the same class, moved or with another part.
fn is_step(name: &str) -> bool {
    ["plus", "minus", "with"].iter().any(|prefix| name.starts_with(prefix))
}

/// The type of what a method returns, as far as it is known; the values of a class share it with those of the other classes that have a
/// method of the name.
pub(crate) fn returned_type(class: ClassName, name: &str) -> Option<TypeName> {
    Some(match name {
        "equals" | "isAfter" | "isBefore" | "isEqual" | "isLeapYear" | "isNegative" | "isZero" => TypeName::Boolean,
        "compareTo" | "getDayOfMonth" | "getDayOfYear" | "getHour" | "getMinute" | "getMonthValue" | "getNano"
        | "getSecond" | "getTotalSeconds" | "getValue" | "getYear" | "hashCode" | "lengthOfMonth" | "ordinal" => {
            TypeName::Int
        }
        "between" | "getEpochSecond" | "getSeconds" | "toDays" | "toEpochDay" | "toEpochMilli" | "toEpochSecond"
        | "toHours" | "toMillis" | "toMinutes" | "toNanos" | "until" => TypeName::Long,
        "getId" | "name" | "toString" => TypeName::Text,
        "atZone" => TypeName::Class(ClassName::ZonedDateTime),
        "getDayOfWeek" => TypeName::Class(ClassName::DayOfWeek),
        "getMonth" => TypeName::Class(ClassName::Month),
        "getOffset" | "getZone" => TypeName::Class(ClassName::ZoneId),
        "toInstant" => TypeName::Class(ClassName::Instant),
        "toLocalDate" => TypeName::Class(ClassName::LocalDate),
        "negated" | "truncatedTo" => TypeName::Class(class),
        _ if is_step(name) => TypeName::Class(class),
        _ => return None,
    })
}

/// Calls a method; `None` if there is none.
pub(crate) fn method(time: &Time, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    match time {
        Time::Instant(at) => instant_method(*at, name, arguments),
        Time::Zoned(zoned) => zoned_method(zoned, name, arguments),
        Time::Duration(duration) => duration_method(*duration, name, arguments),
        Time::LocalDate(date) => date_method(*date, name, arguments),
        Time::Zone(zone) => Ok(match (name, arguments) {
            ("getId", []) => Some(Value::text(&time.to_string())),
            ("getTotalSeconds", []) => Some(Value::Int(Moment::EPOCH.offset_in(zone).seconds())),
            _ => None,
        }),
        Time::Unit(unit) => match (name, arguments) {
            ("between", [start, end]) => between(*unit, start, end).map(|count| Some(Value::Long(count))),
            _ => Ok(None),
        },
        Time::DayOfWeek(number) => Ok(constant_method(*number, &DAYS_OF_WEEK, name, arguments)),
        Time::Month(number) => Ok(constant_method(*number, &MONTHS, name, arguments)),
    }
}

fn constant_method(number: i8, names: &[&str], name: &str, arguments: &[Value]) -> Option<Value> {
    let count = names.len() as i64;
    let moved = |by: i64| {
        let number = ((i64::from(number) - 1 + by).rem_euclid(count) + 1) as i8;
        Value::time(if count == 7 { Time::DayOfWeek(number) } else { Time::Month(number) })
    };
    Some(match (name, arguments) {
        ("getValue", []) => Value::Int(i32::from(number)),
        ("ordinal", []) => Value::Int(i32::from(number) - 1),
        ("name", []) => Value::text(names[number as usize - 1]),
        ("plus", [by]) => moved(by.as_integer()? % count),
        ("minus", [by]) => moved(-(by.as_integer()? % count)),
        ("compareTo", [Value::Time(other)]) => match (&**other, count) {
            (Time::DayOfWeek(other), 7) | (Time::Month(other), 12) => Value::Int(i32::from(number - other)),
            _ => return None,
        },
        _ => return None,
    })
}

fn instant_method(at: Moment, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    let value = |at: Moment| Some(Value::time(Time::Instant(at)));
    Ok(match (name, arguments) {
        ("toEpochMilli", []) => Some(Value::Long(at.millis())),
        ("getEpochSecond", []) => Some(Value::Long(at.seconds())),
        ("getNano", []) => Some(Value::Int(at.subsec_nanos())),
        ("isBefore", [other]) => other.as_instant().map(|other| Value::Boolean(at < other)),
        ("isAfter", [other]) => other.as_instant().map(|other| Value::Boolean(at > other)),
        ("compareTo", [other]) => other.as_instant().map(|other| Value::Int(at.cmp(&other) as i32)),
        ("atZone", [Value::Time(zone)]) => match &**zone {
            Time::Zone(zone) => Some(Value::time(Time::Zoned(ZonedDateTime::new(at, zone.clone())?))),
            _ => None,
        },
        ("truncatedTo", [unit]) => match unit.as_unit() {
            Some(unit) => value(truncated(at.nanos(), unit)?),
            None => None,
        },
        ("until", [end, unit]) => until(Value::time(Time::Instant(at)), end, unit)?,
        _ => match step(name, arguments) {
            Some(Step::Nanos(nanos)) => value(moved(at, nanos)?),
            Some(Step::Days(days)) if name == "plus" || name == "minus" => {
                value(moved(at, i128::from(days) * 86_400 * NANOS_PER_SECOND)?)
            }
            _ => None,
        },
    })
}

/// Calls a method of a date with a time zone; `None` if there is none.
pub(crate) fn zoned_method(zoned: &ZonedDateTime, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    let local = zoned.local;
    if let ([], Some(part)) = (arguments, calendar_part(local.date(), name)) {
        return Ok(Some(part));
    }
    let int = |value: i32| Some(Value::Int(value));
    Ok(match (name, arguments) {
        ("getHour", []) => int(i32::from(local.hour())),
        ("getMinute", []) => int(i32::from(local.minute())),
        ("getSecond", []) => int(i32::from(local.second())),
        ("getNano", []) => int(local.subsec_nanosecond()),
        ("getZone", []) => Some(Value::time(Time::Zone(zoned.zone.clone()))),
        ("getOffset", []) => Some(Value::time(Time::Zone(Zone::fixed(zoned.at.offset_in(&zoned.zone))))),
        ("toInstant", []) => Some(Value::time(Time::Instant(zoned.at))),
        ("toLocalDate", []) => Some(Value::time(Time::LocalDate(local.date()))),
        ("toEpochSecond", []) => Some(Value::Long(zoned.at.seconds())),
        ("isBefore", [other]) => other.as_moment().map(|other| Value::Boolean(zoned.at < other)),
        ("isAfter", [other]) => other.as_moment().map(|other| Value::Boolean(zoned.at > other)),
        ("isEqual", [other]) => other.as_moment().map(|other| Value::Boolean(zoned.at == other)),
        ("compareTo", [other]) => other.as_moment().map(|other| Value::Int(zoned.at.cmp(&other) as i32)),
        ("truncatedTo", [unit]) => match unit.as_unit() {
            Some(unit) => {
                let nanos = truncated(epoch_nanos(local), unit)?;
                Some(in_zone(nanos.in_utc(), &zoned.zone)?)
            }
            None => None,
        },
        ("until", [end, unit]) => until(Value::time(Time::Zoned(zoned.clone())), end, unit)?,
        ("withZoneSameInstant", [Value::Time(zone)]) => match &**zone {
            Time::Zone(zone) => Some(Value::time(Time::Zoned(ZonedDateTime::new(zoned.at, zone.clone())?))),
            _ => None,
        },
        ("withZoneSameLocal", [Value::Time(zone)]) => match &**zone {
            Time::Zone(zone) => Some(in_zone(local, zone)?),
            _ => None,
        },
        (_, [value]) if name.starts_with("with") => match with(local, name, value)? {
            Some(local) => Some(in_zone(local, &zoned.zone)?),
            None => None,
        },
        _ => match step(name, arguments) {
            Some(Step::Nanos(nanos)) => {
                let at = moved(zoned.at, nanos)?;
                Some(Value::time(Time::Zoned(ZonedDateTime::new(at, zoned.zone.clone())?)))
            }
            Some(step) => {
                let date = moved_date(local.date(), &step)?;
                Some(in_zone(date.to_datetime(local.time()), &zoned.zone)?)
            }
            None => None,
        },
    })
}

/// What a getter of dates returns; `None` if there is none of the name.
fn calendar_part(date: Date, getter: &str) -> Option<Value> {
    Some(match getter {
        "getYear" => Value::Int(i32::from(date.year())),
        "getMonthValue" => Value::Int(i32::from(date.month())),
        "getMonth" => Value::time(Time::Month(date.month())),
        "getDayOfMonth" => Value::Int(i32::from(date.day())),
        "getDayOfYear" => Value::Int(i32::from(date.day_of_year())),
        "getDayOfWeek" => Value::time(Time::DayOfWeek(date.weekday().to_monday_one_offset())),
        _ => return None,
    })
}

fn date_method(date: Date, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    if let ([], Some(part)) = (arguments, calendar_part(date, name)) {
        return Ok(Some(part));
    }
    let other = match arguments {
        [Value::Time(other)] => match &**other {
            Time::LocalDate(other) => Some(*other),
            _ => None,
        },
        _ => None,
    };
    Ok(match (name, arguments) {
        ("isLeapYear", []) => Some(Value::Boolean(date.in_leap_year())),
        ("lengthOfMonth", []) => Some(Value::Int(i32::from(date.days_in_month()))),
        ("toEpochDay", []) => Some(Value::Long(epoch_day(date))),
        ("isBefore", [_]) => other.map(|other| Value::Boolean(date < other)),
        ("isAfter", [_]) => other.map(|other| Value::Boolean(date > other)),
        ("isEqual", [_]) => other.map(|other| Value::Boolean(date == other)),
        ("until", [end, unit]) => until(Value::time(Time::LocalDate(date)), end, unit)?,
        (_, [value]) if name.starts_with("with") => with(date.to_datetime(jiff::civil::Time::midnight()), name, value)?
            .map(|changed| Value::time(Time::LocalDate(changed.date()))),
        _ => match step(name, arguments) {
            Some(Step::Nanos(_)) | None => None,
            Some(step) => Some(Value::time(Time::LocalDate(moved_date(date, &step)?))),
        },
    })
}

fn duration_method(duration: SignedDuration, name: &str, arguments: &[Value]) -> Result<Option<Value>, Failure> {
    let nanos = duration.as_nanos();
    let whole = |unit: i128| -> Result<Option<Value>, Failure> {
        let count = i64::try_from(nanos / unit);
        count.map(|count| Some(Value::Long(count))).map_err(|_| Failure::new("arithmetic_exception", "long overflow"))
    };
    let seconds = nanos.div_euclid(NANOS_PER_SECOND);
    // As in Java: of a negative length, the seconds are rounded down, and then the units towards 0.
    let of_seconds = |count: i128| Ok(Some(Value::Long((seconds / count) as i64)));
    match (name, arguments) {
        ("toDays", []) => of_seconds(86_400),
        ("toHours", []) => of_seconds(3_600),
        ("toMinutes", []) => of_seconds(60),
        ("toMillis", []) => whole(1_000_000),
        ("toNanos", []) => whole(1),
        ("getSeconds", []) => Ok(Some(Value::Long(seconds as i64))),
        ("getNano", []) => Ok(Some(Value::Int(nanos.rem_euclid(NANOS_PER_SECOND) as i32))),
        ("isZero", []) => Ok(Some(Value::Boolean(duration.is_zero()))),
        ("isNegative", []) => Ok(Some(Value::Boolean(duration.is_negative()))),
        ("negated", []) => Ok(Some(Value::time(Time::Duration(from_nanos(-nanos)?)))),
        ("compareTo", [Value::Time(other)]) => Ok(match &**other {
            Time::Duration(other) => Some(Value::Int(duration.cmp(other) as i32)),
            _ => None,
        }),
        _ => Ok(match step(name, arguments) {
            Some(Step::Nanos(by)) => Some(Value::time(Time::Duration(from_nanos(nanos.saturating_add(by))?))),
            Some(Step::Days(days)) => {
                let by = i128::from(days) * 86_400 * NANOS_PER_SECOND;
                Some(Value::time(Time::Duration(from_nanos(nanos + by)?)))
            }
            _ => None,
        }),
    }
}

fn until(start: Value, end: &Value, unit: &Value) -> Result<Option<Value>, Failure> {
    match unit.as_unit() {
        Some(unit) => between(unit, &start, end).map(|count| Some(Value::Long(count))),
        None => Ok(None),
    }
}

/// A local time in a zone.
fn in_zone(local: DateTime, zone: &Zone) -> Result<Value, Failure> {
    Ok(Value::time(Time::Zoned(ZonedDateTime::from_local(local, zone.clone())?)))
}

impl Value {
    /// A value of `java.time`.
    pub(crate) fn time(time: Time) -> Self {
        Value::Time(Arc::new(time))
    }

    fn as_unit(&self) -> Option<ChronoUnit> {
        match self {
            Value::Time(time) => match **time {
                Time::Unit(unit) => Some(unit),
                _ => None,
            },
            _ => None,
        }
    }

    /// An instant, but no date with a time zone.
    fn as_instant(&self) -> Option<Moment> {
        match self {
            Value::Time(time) => match &**time {
                Time::Instant(at) => Some(*at),
                _ => None,
            },
            _ => None,
        }
    }

    /// The instant of a date with a time zone.
    pub(crate) fn as_moment(&self) -> Option<Moment> {
        match self {
            Value::Date(millis) => Moment::from_millis(*millis).ok(),
            Value::Time(time) => match &**time {
                Time::Zoned(zoned) => Some(zoned.at),
                _ => None,
            },
            _ => None,
        }
    }
}
