//! The intervals that there may be.

use jiff::tz::TimeZone;

use super::super::date_interval::{CalendarUnit, DateInterval};
use super::super::rounding::Rounding;

/// A unit, of which several may make an interval.
pub(super) struct Level {
    unit: CalendarUnit,
    /// About how long it is.
    millis: i64,
    abbreviation: &'static str,
    /// How many units an interval may have.
    steps: &'static [usize],
}

impl Level {
    /// Most units of an interval, but for years.
    pub(super) const MOST_STEPS: usize = 30;
}

const DAY: i64 = 24 * 3_600_000;

pub(super) const LEVELS: [Level; 6] = [
    Level { unit: CalendarUnit::Second, millis: 1_000, abbreviation: "s", steps: &[1, 5, 10, 30] },
    Level { unit: CalendarUnit::Minute, millis: 60_000, abbreviation: "m", steps: &[1, 5, 10, 30] },
    Level { unit: CalendarUnit::Hour, millis: 3_600_000, abbreviation: "h", steps: &[1, 3, 12] },
    Level { unit: CalendarUnit::Day, millis: DAY, abbreviation: "d", steps: &[1, 7] },
    Level { unit: CalendarUnit::Month, millis: 30 * DAY, abbreviation: "M", steps: &[1, 3] },
    Level { unit: CalendarUnit::Year, millis: 365 * DAY, abbreviation: "y", steps: &[1, 5, 10, 20, 50, 100] },
];

/// The levels of a request, from the shortest unit to the longest, in a time zone.
pub(super) struct Levels {
    levels: &'static [Level],
    roundings: Vec<Rounding>,
    /// How many buckets the answer may have.
    wanted: usize,
}

impl Levels {
    pub(super) fn new(levels: &'static [Level], zone: &TimeZone, wanted: usize) -> Self {
        let rounding = |level: &Level| Rounding::new(DateInterval::Calendar(level.unit), zone, 0);
        Levels { levels, roundings: levels.iter().map(rounding).collect(), wanted }
    }

    pub(super) fn len(&self) -> usize {
        self.levels.len()
    }

    pub(super) fn rounding(&self, level: usize) -> &Rounding {
        &self.roundings[level]
    }

    pub(super) fn round(&self, level: usize, millis: i64) -> i64 {
        self.roundings[level].round(millis)
    }

    pub(super) fn next(&self, level: usize, start: i64) -> i64 {
        self.roundings[level].next(start)
    }

    /// Most units of a level that intervals of it can be made of.
    pub(super) fn most_buckets(&self, level: usize) -> usize {
        self.levels[level].steps.last().map_or(self.wanted, |most| most * self.wanted)
    }

    /// The first level, from `level` on, of which there are not too many units between two of them.
    pub(super) fn fitting(&self, first: i64, last: i64, level: usize) -> usize {
        let (end, span) = (self.levels.len(), last.saturating_sub(first));
        let is_rough_fit = |level: &usize| span / self.levels[*level].millis < self.most_buckets(*level) as i64;
        // Counting units takes long where there are many: begin with a level that is too short by one, or fits.
        let mut level = (level + 1..end).find(is_rough_fit).map_or(level, |fit| fit - 1);
        while level + 1 < end && self.has_more_units(first, last, level) {
            level += 1;
        }
        level
    }

    /// Whether there are more units between two of them than intervals can be made of.
    fn has_more_units(&self, first: i64, last: i64, level: usize) -> bool {
        let (mut units, mut start) = (0, first);
        while start < last && units <= self.most_buckets(level) {
            units += 1;
            start = self.next(level, start);
        }
        units > self.most_buckets(level)
    }

    /// How many units each interval has, so that there are not too many.
    pub(super) fn steps(&self, level: usize, units: usize) -> usize {
        let fits = |steps: &usize| units.div_ceil(*steps) <= self.wanted;
        self.levels[level].steps.iter().copied().find(fits).unwrap_or(1)
    }

    /// `5y`
    pub(super) fn name(&self, level: usize, steps: usize) -> String {
        format!("{steps}{}", self.levels[level].abbreviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_level_that_fits_is_found() {
        let levels = Levels::new(&LEVELS, &TimeZone::UTC, 10);
        let fitting = |millis: i64| levels.fitting(0, millis, 0);
        // 10 intervals of up to 30 seconds.
        assert_eq!([fitting(0), fitting(300_000), fitting(301_000)], [0, 0, 1]);
        assert_eq!([fitting(300 * 60_000), fitting(301 * 60_000)], [1, 2]);
        assert_eq!([fitting(70 * DAY), fitting(71 * DAY)], [3, 4]);
        assert_eq!(fitting(40_000 * DAY), 5);
        assert_eq!([levels.steps(3, 10), levels.steps(3, 11), levels.steps(5, 300)], [1, 7, 50]);
        assert_eq!(levels.name(3, 7), "7d");
    }
}
