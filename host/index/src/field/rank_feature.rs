//! Features: numbers above zero that scores are computed from. Each is a term, of which a column says which documents have it.
//!
//! As clients expect it, a feature keeps the first 16 bits behind the sign of a 32-bit float: its exponent, and 8 bits behind its first.

/// What the term of a value begins with.
const VALUE: char = '\0';

/// What the term of a feature that has a value begins with.
const FEATURE: char = '\u{1}';

/// Between a feature and its value.
const EQUAL: char = '\0';

/// Bits of a float that a feature does not keep.
const DROPPED_BITS: u32 = 15;

/// Hexadecimal digits of a value.
const DIGITS: usize = 4;

/// How many features a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureForm {
    /// One: the type `rank_feature`.
    One,
    /// One for each key of an object: the type `rank_features`.
    Many,
}

/// What a greater value does to scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreImpact {
    /// They are higher.
    Positive,
    /// They are lower: the inverse of the value is kept.
    Negative,
}

/// The bits that are kept of a value.
pub(super) fn feature_bits(value: f32) -> u16 {
    (value.to_bits() >> DROPPED_BITS) as u16
}

/// The value that is kept as these bits, or would be as those in between.
pub fn feature_from_bits(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << DROPPED_BITS)
}

/// What the terms of the values of a feature begin with. That of a field with one feature has no name.
pub fn feature_prefix(feature: &str) -> String {
    format!("{VALUE}{feature}{EQUAL}")
}

/// The term of a value.
pub fn feature_value_term(feature: &str, value: u16) -> String {
    format!("{}{value:0DIGITS$x}", feature_prefix(feature))
}

/// The value in a term that begins with a prefix; `None` if it is one of another feature, whose name continues that of this one.
pub fn feature_in_term(term: &[u8], prefix: &str) -> Option<u16> {
    let digits = term.strip_prefix(prefix.as_bytes()).filter(|digits| digits.len() == DIGITS)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The term of the documents that have a feature.
pub fn feature_term(feature: &str) -> String {
    format!("{FEATURE}{feature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_have_the_order_of_their_values() {
        let terms = [0.001, 1.0, 2.0, 1e30].map(|value: f32| feature_value_term("a", (value.to_bits() >> 15) as u16));
        assert!(terms.is_sorted());
        let prefix = feature_prefix("a");
        assert_eq!(feature_in_term(terms[1].as_bytes(), &prefix).map(feature_from_bits), Some(1.0));
        assert_eq!(feature_in_term(feature_value_term("a\0b", 7).as_bytes(), &prefix), None);
    }
}
