//! Getters of dates, over whole columns.

use super::column::Column;
use crate::members;

/// What a method without arguments returns for each of these dates; `None` if it has no loop of its own.
pub(super) fn method(name: &str, dates: &[i64]) -> Option<Column<'static>> {
    Some(match name {
        "getMillis" => Column::Longs(dates.to_vec().into()),
        "toEpochSecond" => Column::Longs(dates.iter().map(|millis| millis.div_euclid(1_000)).collect()),
        _ => Column::Ints(members::date_part(name)?.of_each(dates)),
    })
}

/// What a property is of each of these dates; `None` if it has no loop of its own.
pub(super) fn property(name: &str, dates: &[i64]) -> Option<Column<'static>> {
    method(&members::getter("get", name)?, dates)
}

/// Whether a method is a getter of dates that returns an integer and never fails.
pub(super) fn is_integer_getter(name: &str) -> bool {
    method(name, &[]).is_some()
}
