//! Moments, on the time line of UTC.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset};
use jiff::{SignedDuration, Timestamp};

use super::chrono_unit::NANOS_PER_SECOND;
use super::zone::Zone;
use crate::failure::Failure;

/// Nanoseconds since the Unix epoch, in the years from -9999 to 9999. Unlike those of a [`Timestamp`], they are all of these years:
/// the last day of 9999 is what many documents have for "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i128);

impl Moment {
    pub(crate) const EPOCH: Moment = Moment(0);
    const FIRST: Moment = Moment(-377_705_116_800 * NANOS_PER_SECOND);
    const LAST: Moment = Moment(253_402_300_800 * NANOS_PER_SECOND - 1);

    pub(crate) fn from_nanos(nanos: i128) -> Result<Self, Failure> {
        let moment = Moment(nanos);
        if moment < Self::FIRST || moment > Self::LAST { Err(out_of_range()) } else { Ok(moment) }
    }

    pub(crate) fn from_millis(millis: i64) -> Result<Self, Failure> {
        Self::from_nanos(i128::from(millis) * 1_000_000)
    }

    /// The moment of a local time in a zone. A time that the zone skips is later by as much as it skips; of two times, it is the
    /// earlier one.
    pub(crate) fn from_local(local: DateTime, zone: &Zone) -> Result<Self, Failure> {
        let offset = match zone.rules.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        let since_epoch = local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
        Self::from_nanos(since_epoch.as_nanos() - i128::from(offset.seconds()) * NANOS_PER_SECOND)
    }

    pub(crate) fn nanos(self) -> i128 {
        self.0
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000) as i64
    }

    /// Seconds since the Unix epoch.
    pub(crate) fn seconds(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND) as i64
    }

    /// Nanoseconds since the last whole second.
    pub(crate) fn subsec_nanos(self) -> i32 {
        self.0.rem_euclid(NANOS_PER_SECOND) as i32
    }

    /// How much a zone is ahead of UTC.
    pub(crate) fn offset_in(self, zone: &Zone) -> Offset {
        // No zone changes its offset on the last day.
        let nanos = self.0.clamp(Timestamp::MIN.as_nanosecond(), Timestamp::MAX.as_nanosecond());
        zone.rules.to_offset(Timestamp::from_nanosecond(nanos).expect("it is within the bounds"))
    }

    /// The local time in a zone. An error if it is in another year than those that can be computed with.
    pub(crate) fn in_zone(self, zone: &Zone) -> Result<DateTime, Failure> {
        let offset = SignedDuration::from_secs(i64::from(self.offset_in(zone).seconds()));
        self.in_utc().checked_add(offset).map_err(|_| out_of_range())
    }

    pub(crate) fn in_utc(self) -> DateTime {
        let since_epoch = SignedDuration::new(self.seconds(), self.subsec_nanos());
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        epoch.checked_add(since_epoch).expect("it is in the years of a local time")
    }
}

/// The failure of a date that would be outside of the years that can be computed with.
pub(crate) fn out_of_range() -> Failure {
    Failure::new(
        "date_time_exception",
        "the date is outside of the years from -9999 to 9999, with which scripts can compute",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_years_are_complete() {
        for (moment, local) in [(Moment::FIRST, DateTime::MIN), (Moment::LAST, DateTime::MAX)] {
            assert_eq!(moment.in_utc(), local);
            assert_eq!(Moment::from_local(local, &Zone::UTC), Ok(moment));
        }
        assert!(Moment::from_nanos(Moment::FIRST.0 - 1).is_err());
        assert!(Moment::from_nanos(Moment::LAST.0 + 1).is_err());
    }

    #[test]
    fn a_local_time_is_in_these_years_too() {
        let east = Zone::fixed(Offset::constant(2));
        let last_local = Moment(Moment::LAST.0 - 7_200 * NANOS_PER_SECOND);
        assert_eq!(last_local.in_zone(&east), Ok(DateTime::MAX));
        assert!(Moment::LAST.in_zone(&east).is_err());
        assert_eq!(Moment::from_local(DateTime::MAX, &east), Ok(last_local));
    }
}
