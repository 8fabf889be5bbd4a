//! The time of a row: `1715904000` and `00:00:00`.

use super::table::Cell;

/// The seconds since 1970, and the time of day in UTC.
pub(super) fn time_cells(unix_millis: i64) -> [Cell; 2] {
    let seconds = unix_millis.div_euclid(1_000);
    let of_day = seconds.rem_euclid(86_400);
    let time = format!("{:02}:{:02}:{:02}", of_day / 3_600, of_day / 60 % 60, of_day % 60);
    [Cell::text(seconds.to_string()), Cell::text(time)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_utc() {
        assert_eq!(time_cells(1_795_653_746_123), [Cell::text("1795653746"), Cell::text("00:42:26")]);
        assert_eq!(time_cells(-1), [Cell::text("-1"), Cell::text("23:59:59")]);
    }
}
