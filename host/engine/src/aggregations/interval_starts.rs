//! The beginnings of all intervals between two dates.

use super::rounding::Rounding;

/// Most intervals: finding them costs less than a millisecond for each thousand.
const MOST: usize = 20_000;

/// Most cells of the table: 256 KiB.
const MOST_CELLS: i64 = 1 << 16;

/// The beginnings of all intervals between two dates, to find the interval of a date without looking at a calendar.
pub(super) struct IntervalStarts {
    starts: Vec<i64>,
    /// For each 2^shift milliseconds from the first beginning on, the interval at their beginning.
    cells: Vec<u32>,
    shift: u32,
}

impl IntervalStarts {
    /// How much memory they use.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.starts[..]) + size_of_val(&self.cells[..])
    }

    /// `None` if there are too many.
    pub(super) fn between(rounding: &Rounding, first: i64, last: i64) -> Option<Self> {
        let mut starts = vec![rounding.round(first)];
        loop {
            let next = rounding.next(*starts.last()?);
            if next > last {
                break;
            }
            if starts.len() == MOST {
                return None;
            }
            starts.push(next);
        }
        let span = last.checked_sub(starts[0])?;
        // Cells are shorter than intervals, so that few of them have a beginning inside.
        let shortest = starts.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(span).max(1);
        let mut shift = shortest.ilog2();
        while span >> shift >= MOST_CELLS {
            shift += 1;
        }
        let mut interval = 0;
        let cells = (0..=span >> shift).map(|cell| {
            let beginning = starts[0] + (cell << shift);
            while interval + 1 < starts.len() && starts[interval + 1] <= beginning {
                interval += 1;
            }
            interval as u32
        });
        Some(IntervalStarts { cells: cells.collect(), shift, starts })
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn start(&self, index: usize) -> i64 {
        self.starts[index]
    }

    /// The number of the interval that a date is in. The date must be between the two dates.
    #[inline]
    pub(super) fn index(&self, millis: i64) -> usize {
        let cell = (millis.wrapping_sub(self.starts[0]) >> self.shift) as usize;
        let mut index = self.cells[cell.min(self.cells.len() - 1)] as usize;
        while index + 1 < self.starts.len() && self.starts[index + 1] <= millis {
            index += 1;
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::date_interval::{CalendarUnit, DateInterval};
    use super::*;

    proptest! {
        #[test]
        fn the_interval_of_a_date_is_that_of_the_calendar(dates in prop::collection::vec(0..2_000_000_000_000_i64, 1..50), unit in 0..3usize) {
            let unit = [CalendarUnit::Day, CalendarUnit::Month, CalendarUnit::Year][unit];
            let zone = TimeZone::get("Europe/Berlin").expect("a time zone");
            let rounding = Rounding::new(DateInterval::Calendar(unit), &zone, 0);
            let (first, last) = (*dates.iter().min().expect("some"), *dates.iter().max().expect("some"));
            if let Some(starts) = IntervalStarts::between(&rounding, first, last) {
                for date in dates {
                    prop_assert_eq!(starts.start(starts.index(date)), rounding.round(date));
                }
            }
        }
    }
}
