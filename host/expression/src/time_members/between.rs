//! How many whole units of time are between two values.

use jiff::civil::{Date, DateTime};

use crate::date::days_from_civil;
use crate::failure::Failure;
use crate::java_time::{ChronoUnit, Moment, Time, ZonedDateTime};
use crate::value::Value;

const NANOS_PER_DAY: i128 = 86_400_000_000_000;

/// `unit.between(start, end)`
pub(super) fn between(unit: ChronoUnit, start: &Value, end: &Value) -> Result<i64, Failure> {
    match (temporal(start)?, temporal(end)?) {
        (Temporal::Instant(start), Temporal::Instant(end) | Temporal::Zoned(ZonedDateTime { at: end, .. })) => {
            let nanos = unit.nanos().or_else(|| (unit == ChronoUnit::Days).then_some(NANOS_PER_DAY));
            let nanos = nanos.ok_or_else(|| {
                Failure::new("unsupported_temporal_type_exception", format!("Unsupported unit: {}", shown(unit)))
            })?;
            long((end.nanos() - start.nanos()) / nanos)
        }
        (Temporal::Zoned(start), Temporal::Zoned(end)) => match unit.nanos() {
            Some(nanos) => long((end.at.nanos() - start.at.nanos()) / nanos),
            None => Ok(by_calendar(unit, start.local, end.at.in_zone(&start.zone)?)),
        },
        (Temporal::Date(start), Temporal::Date(end)) if unit.nanos().is_none() => Ok(by_date(unit, start, end)),
        (Temporal::Date(start), Temporal::Zoned(end)) if unit.nanos().is_none() => {
            Ok(by_date(unit, start, end.local.date()))
        }
        (Temporal::Date(_), _) => {
            Err(Failure::new("unsupported_temporal_type_exception", format!("Unsupported unit: {}", shown(unit))))
        }
        _ => Err(Failure::new(
            "date_time_exception",
            format!("Unable to compute the time between a [{}] and a [{}]", start.class(), end.class()),
        )),
    }
}

/// The name of a unit as Java writes it.
fn shown(unit: ChronoUnit) -> String {
    let name = unit.name();
    name.split('_').map(|word| format!("{}{}", &word[..1], word[1..].to_lowercase())).collect::<String>()
}

/// What Java calls a `Temporal`.
enum Temporal {
    Instant(Moment),
    Zoned(ZonedDateTime),
    Date(Date),
}

fn temporal(value: &Value) -> Result<Temporal, Failure> {
    match value {
        Value::Date(millis) => Ok(Temporal::Zoned(ZonedDateTime::from_millis(*millis)?)),
        Value::Time(time) => match &**time {
            Time::Instant(at) => Ok(Temporal::Instant(*at)),
            Time::Zoned(zoned) => Ok(Temporal::Zoned(zoned.clone())),
            Time::LocalDate(date) => Ok(Temporal::Date(*date)),
            other => Err(Failure::cast(format!("Cannot cast {} to java.time.temporal.Temporal", other.class()))),
        },
        Value::Null => Err(Failure::null("a date is null")),
        other => Err(Failure::cast(format!("Cannot cast {} to java.time.temporal.Temporal", other.class()))),
    }
}

fn long(value: i128) -> Result<i64, Failure> {
    i64::try_from(value).map_err(|_| Failure::new("arithmetic_exception", "long overflow"))
}

/// A day that is not over does not count.
fn by_calendar(unit: ChronoUnit, start: DateTime, end: DateTime) -> i64 {
    let mut end_day = epoch_day(end.date());
    let start_day = epoch_day(start.date());
    if end_day > start_day && end.time() < start.time() {
        end_day -= 1;
    } else if end_day < start_day && end.time() > start.time() {
        end_day += 1;
    }
    if let Some(days) = unit.days() {
        return (end_day - start_day) / days;
    }
    let (year, month, day) = crate::date::civil_from_days(end_day);
    months_between(unit, start.date(), year * 12 + month - 1, day)
}

fn by_date(unit: ChronoUnit, start: Date, end: Date) -> i64 {
    match unit.days() {
        Some(days) => (epoch_day(end) - epoch_day(start)) / days,
        None => months_between(unit, start, month_number(end), i64::from(end.day())),
    }
}

fn months_between(unit: ChronoUnit, start: Date, end_month: i64, end_day: i64) -> i64 {
    // A month that is not over does not count. No month has 32 days.
    let packed = |month: i64, day: i64| month * 32 + day;
    let months = (packed(end_month, end_day) - packed(month_number(start), i64::from(start.day()))) / 32;
    months / unit.months().unwrap_or(1)
}

fn month_number(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// Days since the Unix epoch.
pub(super) fn epoch_day(date: Date) -> i64 {
    days_from_civil(i64::from(date.year()), i64::from(date.month()), i64::from(date.day()))
}
