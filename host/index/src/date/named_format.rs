//! Formats of dates with names.

use super::digits::Digits;
use super::pattern::Pattern;

/// The names that stand for patterns. Those that do not begin with `basic_` may also begin with `strict_`: then numbers have all their
/// digits.
const PATTERNS: [(&str, &str); 27] = [
    ("basic_date", "uuuuMMdd"),
    ("basic_date_time", "uuuuMMdd'T'HHmmss.SSSXXX"),
    ("basic_date_time_no_millis", "uuuuMMdd'T'HHmmssXXX"),
    ("basic_t_time", "'T'HHmmss.SSSXXX"),
    ("basic_t_time_no_millis", "'T'HHmmssXXX"),
    ("basic_time", "HHmmss.SSSXXX"),
    ("basic_time_no_millis", "HHmmssXXX"),
    ("date", "uuuu-MM-dd"),
    ("date_hour", "uuuu-MM-dd'T'HH"),
    ("date_hour_minute", "uuuu-MM-dd'T'HH:mm"),
    ("date_hour_minute_second", "uuuu-MM-dd'T'HH:mm:ss"),
    ("date_hour_minute_second_fraction", "uuuu-MM-dd'T'HH:mm:ss.SSS"),
    ("date_hour_minute_second_millis", "uuuu-MM-dd'T'HH:mm:ss.SSS"),
    ("date_time", "uuuu-MM-dd'T'HH:mm:ss.SSSXXX"),
    ("date_time_no_millis", "uuuu-MM-dd'T'HH:mm:ssXXX"),
    ("hour", "HH"),
    ("hour_minute", "HH:mm"),
    ("hour_minute_second", "HH:mm:ss"),
    ("hour_minute_second_fraction", "HH:mm:ss.SSS"),
    ("hour_minute_second_millis", "HH:mm:ss.SSS"),
    ("t_time", "'T'HH:mm:ss.SSSXXX"),
    ("t_time_no_millis", "'T'HH:mm:ssXXX"),
    ("time", "HH:mm:ss.SSSXXX"),
    ("time_no_millis", "HH:mm:ssXXX"),
    ("year", "uuuu"),
    ("year_month", "uuuu-MM"),
    ("year_month_day", "uuuu-MM-dd"),
];

/// What else is read, by the whole name.
const ALSO_READ: [(&str, &[&str]); 2] =
    [("date", &["uuuu-MM", "uuuu"]), ("strict_date_time", &["uuuu-MM-dd'T'HH:mm:ssXXX"])];

/// The patterns that a name stands for: the first one writes dates, and all of them read dates. Empty if it is not a name.
pub(super) fn named_patterns(name: &str) -> Vec<Pattern> {
    let base = name.strip_prefix("strict_").filter(|base| !base.starts_with("basic_"));
    let Ok(found) = PATTERNS.binary_search_by_key(&base.unwrap_or(name), |(name, _)| *name) else { return Vec::new() };
    let is_strict = base.is_some() || name.starts_with("basic_");
    let digits = if is_strict { Digits::All } else { Digits::AnyNumber };
    let longest_fraction = if name.ends_with("_millis") && !is_strict { 3 } else { 9 };
    let also_read = ALSO_READ.iter().filter(|(also, _)| *also == name).flat_map(|(_, texts)| texts.iter().copied());
    let patterns = std::iter::once(PATTERNS[found].1).chain(also_read).filter_map(|text| Pattern::parse(text).ok());
    patterns.map(|pattern| pattern.with(digits).with_fraction_up_to(longest_fraction)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_have_patterns() {
        assert!(PATTERNS.is_sorted_by_key(|(name, _)| *name));
        for (name, text) in PATTERNS {
            assert!(Pattern::parse(text).is_ok(), "{name}");
        }
        for (name, texts) in ALSO_READ {
            assert_eq!(named_patterns(name).len(), 1 + texts.len(), "{name}");
        }
        assert!(named_patterns("strict_basic_date").is_empty());
        assert!(named_patterns("strict_strict_date").is_empty());
        assert!(named_patterns("nope").is_empty());
    }
}
