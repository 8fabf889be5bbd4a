//! Formats of numbers, such as `#,##0.00`.

/// From here on, a double has no fraction: 2^53.
const ALL_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// A format of numbers: digits that are always shown (`0`) or only if they are there (`#`), grouped in thousands (`,`), with a
/// decimal point (`.`), and with text around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DecimalFormat {
    prefix: String,
    suffix: String,
    grouping: Option<usize>,
    integer_digits: usize,
    fraction_digits: usize,
    most_fraction_digits: usize,
    /// Whether there is a decimal point even without a digit after it.
    always_has_point: bool,
}

impl DecimalFormat {
    /// `None` if it is not such a format.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_digit = |character: char| matches!(character, '0' | '#' | ',' | '.');
        // Without any digit, the number follows the text.
        let start = text.find(is_digit).unwrap_or(text.len());
        let end = text.rfind(is_digit).map_or(text.len(), |last| last + 1);
        let (prefix, digits, suffix) = (&text[..start], &text[start..end], &text[end..]);
        let is_plain = |text: &str| !text.contains(['%', '\u{2030}', '\u{a4}', ';', '\'', 'E']);
        if text.is_empty() || !is_plain(prefix) || !is_plain(suffix) || !digits.chars().all(is_digit) {
            return None;
        }
        let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let grouping = integer.rfind(',').map(|comma| integer.len() - comma - 1);
        let integer: String = integer.chars().filter(|character| *character != ',').collect();
        let integer_digits = integer.trim_start_matches('#').len();
        let fraction_digits = fraction.trim_end_matches('#').len();
        let is_ordered =
            !integer.trim_start_matches('#').contains('#') && !fraction.trim_end_matches('#').contains(['#', ',', '.']);
        (is_ordered && grouping != Some(0)).then(|| DecimalFormat {
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            grouping,
            integer_digits,
            fraction_digits,
            most_fraction_digits: fraction.len(),
            always_has_point: digits.ends_with('.'),
        })
    }

    pub(crate) fn format(&self, value: f64) -> String {
        let text = if value.abs() >= ALL_INTEGERS {
            // As many digits as tell it from other numbers, then zeros.
            value.abs().to_string()
        } else {
            // Rust rounds halves to the even digit, as clients expect.
            format!("{:.*}", self.most_fraction_digits, value.abs())
        };
        let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let integer = if self.integer_digits == 0 && integer == "0" { "" } else { integer };
        let mut integer = format!("{integer:0>0$}", self.integer_digits);
        let fraction = format!("{fraction:0<0$}", self.fraction_digits);
        let shortest = fraction.trim_end_matches('0').len().max(self.fraction_digits);
        let fraction = &fraction[..shortest];
        if integer.is_empty() && fraction.is_empty() {
            integer.push('0');
        }
        // Also of -0.0, and of what is rounded to it.
        let mut out = if value.is_sign_negative() { "-".to_owned() } else { String::new() };
        out += &self.prefix;
        for (index, digit) in integer.chars().enumerate() {
            let left = integer.len() - index;
            if index > 0 && self.grouping.is_some_and(|grouping| left.is_multiple_of(grouping)) {
                out.push(',');
            }
            out.push(digit);
        }
        if !fraction.is_empty() || self.always_has_point {
            out.push('.');
        }
        out += fraction;
        out + &self.suffix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_grouped() {
        for (format, value, text) in [
            ("0.0", 1.0, "1.0"),
            ("0.0", 2.55, "2.5"),
            ("0.0", 19.666_666_666_666_668, "19.7"),
            ("0.00", 0.0, "0.00"),
            ("#,##0.00", 1_234_567.891, "1,234,567.89"),
            ("#.##", 0.5, ".5"),
            ("#.##", 3.0, "3"),
            ("#", 0.0, "0"),
            ("000", 7.0, "007"),
            ("$0", -7.5, "-$8"),
            ("0 km", 6.5, "6 km"),
            ("0", -0.2, "-0"),
            ("#,##0.00", -0.0, "-0.00"),
            ("0.00", 1e23, "100000000000000000000000.00"),
            ("#,##0.##", -1.5e18, "-1,500,000,000,000,000,000"),
            ("epoch_millis", 0.0, "epoch_millis0"),
            ("yyyy-MM-dd", 12.6, "yyyy-MM-dd13"),
            ("a.b", 2.0, "a2.b"),
        ] {
            assert_eq!(DecimalFormat::parse(format).expect("a format").format(value), text, "{format}");
        }
    }

    #[test]
    fn other_texts_are_not_formats() {
        for text in ["", "0%", "0.0E0", "0#", "0.#0", "0,", "0.0;(0.0)"] {
            assert_eq!(DecimalFormat::parse(text), None, "{text}");
        }
    }
}
