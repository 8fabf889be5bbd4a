//! Steps from one moment or date to another: `plusDays`, `withHour`, `truncatedTo`.

use jiff::Span;
use jiff::civil::{Date, DateTime};

use super::between::epoch_day;
use crate::failure::Failure;
use crate::java_time::{ChronoUnit, Moment, NANOS_PER_SECOND, Time, out_of_range};
use crate::value::Value;

/// By how much `plusDays(2)` and the like move a date.
pub(super) enum Step {
    Nanos(i128),
    Days(i64),
    Months(i64),
}

/// `None` if it is not such a method.
pub(super) fn step(name: &str, arguments: &[Value]) -> Option<Step> {
    let (sign, unit) = match (name.strip_prefix("plus"), name.strip_prefix("minus")) {
        (Some(unit), _) => (1, unit),
        (_, Some(unit)) => (-1, unit),
        _ => return None,
    };
    let (count, unit) = match (unit, arguments) {
        ("", [Value::Time(duration)]) => match &**duration {
            Time::Duration(duration) => return Some(Step::Nanos(i128::from(sign) * duration.as_nanos())),
            _ => return None,
        },
        ("", [count, unit]) => (count.as_integer()?, unit.as_unit()?),
        (_, [count]) => (count.as_integer()?, unit_of_method(unit)?),
        _ => return None,
    };
    let count = i64::from(sign).saturating_mul(count);
    Some(if let Some(nanos) = unit.nanos() {
        Step::Nanos(i128::from(count) * nanos)
    } else if let Some(days) = unit.days() {
        Step::Days(count.saturating_mul(days))
    } else {
        Step::Months(count.saturating_mul(unit.months()?))
    })
}

pub(super) fn unit_of_method(name: &str) -> Option<ChronoUnit> {
    Some(match name {
        "Nanos" => ChronoUnit::Nanos,
        "Millis" => ChronoUnit::Millis,
        "Seconds" => ChronoUnit::Seconds,
        "Minutes" => ChronoUnit::Minutes,
        "Hours" => ChronoUnit::Hours,
        "Days" => ChronoUnit::Days,
        "Weeks" => ChronoUnit::Weeks,
        "Months" => ChronoUnit::Months,
        "Years" => ChronoUnit::Years,
        _ => return None,
    })
}

pub(super) fn moved(at: Moment, nanos: i128) -> Result<Moment, Failure> {
    let moved = at.nanos().checked_add(nanos).ok_or_else(out_of_range)?;
    Moment::from_nanos(moved)
}

pub(super) fn moved_date(date: Date, step: &Step) -> Result<Date, Failure> {
    let span = match step {
        Step::Days(days) => Span::new().try_days(*days),
        Step::Months(months) => Span::new().try_months(*months),
        Step::Nanos(_) => return Ok(date),
    };
    span.and_then(|span| date.checked_add(span)).map_err(|_| out_of_range())
}

/// `withYear(2000)` and the like.
pub(super) fn with(local: DateTime, name: &str, value: &Value) -> Result<Option<DateTime>, Failure> {
    let Some(number) = value.as_integer() else { return Ok(None) };
    let invalid = |what: &str| Failure::new("date_time_exception", format!("Invalid value for {what}: {number}"));
    let small = |what: &str| i8::try_from(number).map_err(|_| invalid(what));
    let changed = match name {
        "withYear" => {
            // The 29th of February is the 28th in other years.
            let year = i16::try_from(number).map_err(|_| invalid("Year"))?;
            let day = local.day().min(Date::new(year, local.month(), 1).map_err(|_| invalid("Year"))?.days_in_month());
            local.with().day(day).year(year)
        }
        "withMonth" => {
            let month = small("MonthOfYear")?;
            let first = Date::new(local.year(), month, 1).map_err(|_| invalid("MonthOfYear"))?;
            local.with().day(local.day().min(first.days_in_month())).month(month)
        }
        "withDayOfMonth" => local.with().day(small("DayOfMonth")?),
        "withDayOfYear" => local.with().day_of_year(i16::try_from(number).map_err(|_| invalid("DayOfYear"))?),
        "withHour" => local.with().hour(small("HourOfDay")?),
        "withMinute" => local.with().minute(small("MinuteOfHour")?),
        "withSecond" => local.with().second(small("SecondOfMinute")?),
        "withNano" => local.with().subsec_nanosecond(i32::try_from(number).map_err(|_| invalid("NanoOfSecond"))?),
        _ => return Ok(None),
    };
    changed.build().map(Some).map_err(|_| invalid(&name["with".len()..]))
}

/// Nanoseconds of a local time since the Unix epoch.
pub(super) fn epoch_nanos(local: DateTime) -> i128 {
    let time = local.time();
    let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    i128::from(epoch_day(local.date()) * 86_400 + seconds) * NANOS_PER_SECOND + i128::from(time.subsec_nanosecond())
}

pub(super) fn truncated(nanos: i128, unit: ChronoUnit) -> Result<Moment, Failure> {
    let length = match unit {
        ChronoUnit::Days => 86_400 * NANOS_PER_SECOND,
        unit => unit.nanos().ok_or_else(|| {
            Failure::new("unsupported_temporal_type_exception", "Unit is too large to be used for truncation")
        })?,
    };
    Moment::from_nanos(nanos.div_euclid(length) * length)
}
