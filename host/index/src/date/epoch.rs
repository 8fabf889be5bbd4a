//! Dates as numbers: `epoch_millis`, `epoch_second`.

use super::rounding::Rounding;

/// What a number counts since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EpochUnit {
    Millisecond,
    Second,
}

impl EpochUnit {
    fn in_millis(self) -> i64 {
        match self {
            EpochUnit::Millisecond => 1,
            EpochUnit::Second => 1000,
        }
    }

    /// Digits after the point: nanoseconds.
    fn max_fraction_digits(self) -> usize {
        match self {
            EpochUnit::Millisecond => 6,
            EpochUnit::Second => 9,
        }
    }

    /// The millisecond that contains the moment; `None` if the text is not a number of digits, perhaps with a fraction.
    ///
    /// A second without a fraction is the whole second, of which `rounding` selects the first or the last millisecond.
    pub(super) fn millis(self, text: &str, rounding: Rounding) -> Option<i64> {
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if self == EpochUnit::Second && whole == "-0" {
            return None;
        }
        if !is_number(digits) || fraction.is_some_and(|fraction| !is_number(fraction)) {
            return None;
        }
        let first = whole.parse::<i64>().ok()?.checked_mul(self.in_millis())?;
        let Some(fraction) = fraction else {
            return match rounding {
                Rounding::Down => Some(first),
                Rounding::Up => first.checked_add(self.in_millis() - 1),
            };
        };
        if fraction.len() > self.max_fraction_digits() {
            return None;
        }
        let mut nanos = 0;
        let mut nanos_of_digit = self.in_millis() * 1_000_000;
        for digit in fraction.bytes() {
            nanos_of_digit /= 10;
            nanos += i64::from(digit - b'0') * nanos_of_digit;
        }
        // Other servers add fractions of seconds, and subtract those of negative milliseconds.
        let is_subtracted = self == EpochUnit::Millisecond && whole.starts_with('-');
        let nanos = if is_subtracted { -nanos } else { nanos };
        first.checked_add(nanos.div_euclid(1_000_000))
    }

    /// What the number leaves over of a millisecond: if it has no fraction, `rounding` selects the first or the last nanosecond.
    pub(super) fn nanos_of_milli(self, text: &str, rounding: Rounding) -> i64 {
        let Some((_, fraction)) = text.split_once('.') else {
            return if rounding == Rounding::Up { 999_999 } else { 0 };
        };
        let skipped = if self == EpochUnit::Second { 3 } else { 0 };
        let digits = fraction.bytes().skip(skipped).chain(std::iter::repeat(b'0')).take(6);
        digits.fold(0, |nanos, digit| nanos * 10 + i64::from(digit - b'0'))
    }

    /// A moment in nanoseconds, with the fraction that it has.
    pub(super) fn format_nanos(self, nanos: i64) -> String {
        let unit = self.in_millis() * 1_000_000;
        let (whole, rest) = (nanos.div_euclid(unit), nanos.rem_euclid(unit));
        if rest == 0 {
            return whole.to_string();
        }
        let width = self.max_fraction_digits();
        let fraction = format!("{rest:0width$}");
        format!("{whole}.{}", fraction.trim_end_matches('0'))
    }

    pub(super) fn format(self, millis: i64) -> String {
        millis.div_euclid(self.in_millis()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_cut_to_milliseconds() {
        let second = |text| EpochUnit::Second.millis(text, Rounding::Down);
        assert_eq!(second("1500000000.5"), Some(1_500_000_000_500));
        assert_eq!(second("1500000000.123456789"), Some(1_500_000_000_123));
        assert_eq!(second("1500000000."), Some(1_500_000_000_000));
        assert_eq!(second("0.5"), Some(500));
        assert_eq!(second("-1"), Some(-1000));
        assert_eq!(second("-1.5"), Some(-500));
        assert_eq!(second("-1500000000.25"), Some(-1_499_999_999_750));
        let millisecond = |text| EpochUnit::Millisecond.millis(text, Rounding::Down);
        assert_eq!(millisecond("1500000000000.123456"), Some(1_500_000_000_000));
        assert_eq!(millisecond("1.9"), Some(1));
        assert_eq!(millisecond("-1.5"), Some(-2));
        assert_eq!(millisecond("-1.0"), Some(-1));
        assert_eq!(millisecond("-0.5"), Some(-1));
    }

    #[test]
    fn other_texts_are_not_numbers() {
        for text in [
            "",
            "-",
            "-0",
            "-0.5",
            ".5",
            "+5",
            "1e9",
            "1.5e9",
            "1.-5",
            "1.2.3",
            "1500000000.1234567890",
            "9223372036854775808",
        ] {
            assert_eq!(EpochUnit::Second.millis(text, Rounding::Down), None, "{text}");
        }
        assert_eq!(EpochUnit::Millisecond.millis("1.1234567", Rounding::Down), None);
        assert_eq!(EpochUnit::Second.millis("9223372036854775807", Rounding::Down), None);
    }

    #[test]
    fn a_second_without_a_fraction_is_the_whole_second() {
        let last = |text| EpochUnit::Second.millis(text, Rounding::Up);
        assert_eq!(last("1500000000"), Some(1_500_000_000_999));
        assert_eq!(last("-1"), Some(-1));
        assert_eq!(last("1500000000.5"), Some(1_500_000_000_500));
        assert_eq!(EpochUnit::Millisecond.millis("5", Rounding::Up), Some(5));
    }
}
