//! Random dates, in the formats that fields may have.

use super::Random;
use super::style::Style;

/// A way to write a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateForm {
    /// `2024-05-17T12:34:56.789+02:00`, or only the start of it.
    Iso,
    /// The same without leading zeros.
    LenientIso,
    Day,
    BasicDay,
    SlashesAndTime,
    Millis,
    Seconds,
}

impl DateForm {
    pub(super) const DEFAULT: [DateForm; 3] = [DateForm::Iso, DateForm::Iso, DateForm::Millis];

    /// Formats of mappings, and how documents write them.
    pub(super) const FORMATS: &[(&str, &[DateForm])] = &[
        ("yyyy-MM-dd", &[DateForm::Day]),
        ("yyyy/MM/dd HH:mm:ss||epoch_millis", &[DateForm::SlashesAndTime, DateForm::Millis]),
        ("strict_date_optional_time", &[DateForm::Iso]),
        ("date_optional_time", &[DateForm::Iso, DateForm::LenientIso]),
        ("epoch_second", &[DateForm::Seconds]),
        ("epoch_millis", &[DateForm::Millis]),
        ("basic_date||strict_date", &[DateForm::BasicDay, DateForm::Day]),
    ];

    /// A date in this form, as JSON. At the edge, years are far away, and seconds have fractions.
    pub(super) fn date(self, random: &mut Random, style: Style) -> String {
        let is_edge = style == Style::Edge;
        let year = if is_edge { random.pick(&[1, 1582, 1900, 1969, 1970, 2000, 2038, 9999]) } else { 2024 };
        let month = if is_edge { random.between(1, 12) } else { random.between(4, 6) };
        let day = if is_edge { random.between(1, 28) } else { random.between(10, 20) };
        let (hour, minute, second) = (random.between(0, 23), random.between(0, 59), random.between(0, 59));
        let quoted = |text: String| format!("\"{text}\"");
        match self {
            DateForm::Iso => {
                let precision = random.below(7);
                quoted(match precision {
                    0 if is_edge => format!("{year:04}"),
                    0 | 1 => format!("{year:04}-{month:02}"),
                    2 | 3 => format!("{year:04}-{month:02}-{day:02}"),
                    4 => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"),
                    5 => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"),
                    _ => {
                        let zone = random.pick(&["Z", "+02:00", "-0530", "+00:00", ""]);
                        let millis = random.below(1000);
                        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}{zone}")
                    }
                })
            }
            DateForm::LenientIso => quoted(format!("{year:04}-{month}-{day}T{hour}:{minute}:{second}")),
            DateForm::Day => quoted(format!("{year:04}-{month:02}-{day:02}")),
            DateForm::BasicDay => quoted(format!("{year:04}{month:02}{day:02}")),
            DateForm::SlashesAndTime => {
                quoted(format!("{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02}"))
            }
            DateForm::Millis => millis(random, style).to_string(),
            DateForm::Seconds if is_edge && random.chance(0.3) => format!("{}.5", millis(random, Style::Edge) / 1000),
            DateForm::Seconds => (millis(random, style) / 1000).to_string(),
        }
    }
}

/// Milliseconds of a day in spring 2024, or of any time.
fn millis(random: &mut Random, style: Style) -> i64 {
    if style == Style::Edge {
        random.pick(&[0, -1, 1, -62_135_596_800_000, 253_402_300_799_999, 1_718_452_800_123, 951_782_400_000])
    } else {
        1_712_000_000_000 + random.between(0, 90) * 86_400_000
    }
}
