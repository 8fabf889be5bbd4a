//! Points in time as texts.

use jiff::Timestamp;

/// A point in time in milliseconds since the Unix epoch, in UTC to the second, such as `2026-01-31T12:00:00Z`.
pub(crate) fn utc(unix_millis: i64) -> String {
    match Timestamp::from_millisecond(unix_millis) {
        Ok(time) => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        Err(_) => format!("{unix_millis} ms since 1970"),
    }
}

/// Its day.
pub(crate) fn utc_day(unix_millis: i64) -> String {
    match Timestamp::from_millisecond(unix_millis) {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_utc() {
        assert_eq!(utc(1_769_860_800_999), "2026-01-31T12:00:00Z");
        assert_eq!(utc_day(1_769_860_800_999), "2026-01-31");
        assert_eq!((utc(i64::MAX), utc_day(i64::MAX)), (format!("{} ms since 1970", i64::MAX), "-".to_owned()));
    }
}
