//! Levenshtein distance between one pattern and many texts, in Unicode scalar values.
//!
//! For patterns of up to 64 characters, it uses one machine word per character of the text, with the bit-parallel algorithm of
//! G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming", J. ACM 46 (1999), in the
//! form for whole strings of H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", Nordic J.
//! of Computing 10 (2003). For longer patterns it uses the classical table.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::lower_case::lower_case;

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `A` and `a` are different characters.
    Exact,
    /// Both sides are converted to lower case first.
    Ignored,
}

impl Case {
    /// The characters of a text, converted for the comparison; their number is unchanged.
    #[inline(never)] // decoding is large, and not needed for ASCII texts
    fn characters(self, text: &str) -> Vec<char> {
        // Not `push`: the code that grows a list would be a twentieth of the component.
        let mut characters = vec!['\0'; text.len()];
        let mut len = 0;
        for (to, character) in characters.iter_mut().zip(text.chars()) {
            *to = if self == Case::Ignored { lower_case(character) } else { character };
            len += 1;
        }
        characters.truncate(len);
        characters
    }
}

/// The text that others are compared with.
pub struct Pattern {
    characters: Vec<char>,
    case: Case,
    /// `None` for empty patterns, and for patterns longer than the number of bits in a machine word.
    masks: Option<Box<Masks>>,
}

impl Pattern {
    /// Prepares a pattern.
    pub fn new(text: &str, case: Case) -> Self {
        let characters = case.characters(text);
        let masks = Masks::new(&characters, case);
        Pattern { characters, case, masks }
    }

    /// The distance to `text`: how many characters must be inserted, removed or replaced to turn one into the other.
    pub fn distance(&self, text: &str) -> usize {
        self.compare(text, usize::MAX).distance.expect("no distance is greater than `usize::MAX`")
    }

    /// The distance to `text` if it is at most `max`.
    pub fn distance_within(&self, text: &str, max: usize) -> Option<usize> {
        self.compare(text, max).distance
    }

    /// 1 for equal texts, 0 for those with nothing in common: 1 - distance / length of the longer one.
    pub fn similarity(&self, text: &str) -> f32 {
        let Comparison { distance, text_len } = self.compare(text, usize::MAX);
        let longer = self.characters.len().max(text_len);
        match distance {
            Some(distance) if longer > 0 => (longer - distance) as f32 / longer as f32,
            _ => 1.0,
        }
    }

    fn compare(&self, text: &str, max: usize) -> Comparison {
        let pattern = &self.characters;
        let Some(masks) = &self.masks else {
            let text = self.case.characters(text);
            return Comparison { distance: distance_by_rows(pattern, &text, max), text_len: text.len() };
        };
        let too_long = text.len() > pattern.len().saturating_add(max);
        if too_long && text.is_ascii() {
            return Comparison { distance: None, text_len: text.len() };
        }
        // Most texts are ASCII. The lookup of a byte detects others, so no ASCII text is read twice.
        let mut ascii = true;
        let positions = text.bytes().map_while(|byte| {
            let positions = masks.of_ascii(byte);
            ascii &= positions.is_some();
            positions
        });
        let distance = bit_parallel_distance(pattern.len(), text.len(), max, positions);
        if ascii {
            return Comparison { distance, text_len: text.len() };
        }
        let text = self.case.characters(text);
        let positions = text.iter().map(|character| masks.of(*character));
        let distance = bit_parallel_distance(pattern.len(), text.len(), max, positions);
        Comparison { distance, text_len: text.len() }
    }
}

/// The result of comparing a text with a pattern.
struct Comparison {
    /// `None` if it exceeds the bound.
    distance: Option<usize>,
    /// In characters.
    text_len: usize,
}

/// For each character of the pattern, the set of its positions: bit `i` represents position `i`.
struct Masks {
    ascii: [u64; 128],
    /// One entry per position of another character.
    other: Vec<(char, u64)>,
}

impl Masks {
    fn new(pattern: &[char], case: Case) -> Option<Box<Self>> {
        if pattern.is_empty() || pattern.len() > u64::BITS as usize {
            return None;
        }
        let other = vec![('\0', 0); pattern.iter().filter(|character| !character.is_ascii()).count()];
        let mut masks = Box::new(Masks { ascii: [0; 128], other });
        let Masks { ascii, other } = &mut *masks;
        let mut other = other.iter_mut();
        for (position, character) in pattern.iter().enumerate() {
            let position = 1 << position;
            match ascii.get_mut(*character as usize) {
                Some(positions) => *positions |= position,
                None => {
                    if let Some(entry) = other.next() {
                        *entry = (*character, position);
                    }
                }
            }
        }
        if case == Case::Ignored {
            // So ASCII texts need no conversion to lower case.
            for lower in b'a'..=b'z' {
                masks.ascii[lower.to_ascii_uppercase() as usize] = masks.ascii[lower as usize];
            }
        }
        Some(masks)
    }

    #[inline]
    fn of_ascii(&self, byte: u8) -> Option<u64> {
        self.ascii.get(byte as usize).copied()
    }

    #[inline]
    fn of(&self, character: char) -> u64 {
        match self.ascii.get(character as usize) {
            Some(positions) => *positions,
            None => {
                self.other.iter().filter(|(other, _)| *other == character).fold(0, |all, (_, position)| all | position)
            }
        }
    }
}

/// Computes one column of the classical table per character of the text. Neighbours in a column differ by -1, 0 or +1, so two words
/// represent a whole column: the positions at which it rises, and those at which it falls.
#[inline]
fn bit_parallel_distance(
    pattern_len: usize,
    text_len: usize,
    max: usize,
    positions: impl Iterator<Item = u64>,
) -> Option<usize> {
    let last_position = pattern_len - 1;
    let mut distance = pattern_len;
    let mut rises = u64::MAX;
    let mut falls = 0;
    // Each remaining character can reduce the distance by at most one.
    let mut bound = max.saturating_add(text_len);
    if distance > bound {
        return None;
    }
    for equal in positions {
        let vertical = equal | falls;
        let horizontal = (((equal & rises).wrapping_add(rises)) ^ rises) | equal;
        let rises_across = falls | !(horizontal | rises);
        let falls_across = rises & horizontal;
        distance += (rises_across >> last_position) as usize & 1;
        distance -= (falls_across >> last_position) as usize & 1;
        bound -= 1;
        if distance > bound {
            return None;
        }
        let rises_across = (rises_across << 1) | 1;
        rises = (falls_across << 1) | !(vertical | rises_across);
        falls = rises_across & vertical;
    }
    (distance <= max).then_some(distance)
}

/// Computes the classical table, one row per character of the text. The minimum of a row is a lower bound of all later rows.
fn distance_by_rows(pattern: &[char], text: &[char], max: usize) -> Option<usize> {
    let mut row: Vec<usize> = (1..=pattern.len()).collect();
    for (line, character) in text.iter().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut smallest = left;
        for (cell, expected) in row.iter_mut().zip(pattern) {
            let replaced = diagonal + usize::from(expected != character);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
            smallest = smallest.min(left);
        }
        if smallest > max {
            return None;
        }
    }
    Some(row.last().copied().unwrap_or(text.len())).filter(|distance| *distance <= max)
}

#[cfg(test)]
mod tests {
    use std::borrow::ToOwned;

    use proptest::prelude::*;

    use super::*;

    /// The definition, with the whole table.
    fn naive_distance(left: &[char], right: &[char]) -> usize {
        let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let replaced = table[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                        replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                    }
                };
            }
        }
        table[left.len()][right.len()]
    }

    fn check(left: &str, right: &str, case: Case) {
        let fold = |text: &str| match case {
            Case::Exact => text.chars().collect::<Vec<char>>(),
            Case::Ignored => text.chars().map(lower_case).collect(),
        };
        let expected = naive_distance(&fold(left), &fold(right));
        let pattern = Pattern::new(left, case);
        assert_eq!(pattern.distance(right), expected);
        for max in [0, 1, 2, 5, expected.saturating_sub(1), expected, expected + 1] {
            let within = pattern.distance_within(right, max);
            assert_eq!(within, (expected <= max).then_some(expected), "within {max}");
        }
    }

    #[test]
    fn well_known_distances() {
        let distance = |left: &str, right: &str| Pattern::new(left, Case::Exact).distance(right);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("Zürich", "Zurich"), 1);
        assert_eq!(distance("Berlin", "berlin"), 1);
    }

    #[test]
    fn case_can_be_ignored_beyond_ascii() {
        let pattern = Pattern::new("ÉVORA", Case::Ignored);
        assert_eq!(pattern.distance("évora"), 0);
        assert_eq!(pattern.distance("Evora"), 1);
    }

    #[test]
    fn similarity_is_between_zero_and_one() {
        let pattern = Pattern::new("abcd", Case::Exact);
        assert_eq!(pattern.similarity("abcd"), 1.0);
        assert_eq!(pattern.similarity("abcx"), 0.75);
        assert_eq!(pattern.similarity("wxyz"), 0.0);
        assert_eq!(Pattern::new("", Case::Exact).similarity(""), 1.0);
    }

    #[test]
    fn patterns_around_the_word_size_agree_with_the_definition() {
        for len in [63, 64, 65] {
            let pattern = "ab".repeat(len)[..len].to_owned();
            check(&pattern, &pattern, Case::Exact);
            check(&pattern, &pattern.replacen("ba", "xb", 3), Case::Exact);
            check(&pattern, "", Case::Exact);
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(left in "[abAé]{0,12}", right in "[abAéİ]{0,12}") {
            check(&left, &right, Case::Exact);
            check(&left, &right, Case::Ignored);
        }

        #[test]
        fn long_texts_agree_with_the_definition(left in "[abc]{50,90}", right in "[abcé]{50,90}") {
            check(&left, &right, Case::Exact);
        }
    }
}
