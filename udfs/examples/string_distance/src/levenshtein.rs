//! Levenshtein distance of one pattern to many texts, counted in Unicode scalar values.
//!
//! Patterns of up to 64 characters take one machine word per character of the text, by the bit-parallel algorithm of
//! G. Myers, "A fast bit-vector algorithm for approximate string matching based on dynamic programming", J. ACM 46 (1999), in the
//! form for whole strings of H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances", Nordic J.
//! of Computing 10 (2003). Longer ones take the classical table.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::lower_case::lower_case;

/// Whether upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `A` and `a` are different characters.
    Exact,
    /// Both sides are turned to lower case first.
    Ignored,
}

impl Case {
    /// The characters of a text, as they are compared; as many as the text has.
    #[inline(never)] // decoding is large, and ASCII texts do without it
    fn characters(self, text: &str) -> Vec<char> {
        let mut characters = Vec::with_capacity(text.len());
        for character in text.chars() {
            characters.push(if self == Case::Ignored { lower_case(character) } else { character });
        }
        characters
    }
}

/// A text that others are compared with.
pub struct Pattern {
    characters: Vec<char>,
    case: Case,
    /// `None` for empty patterns, and those longer than a machine word has bits.
    masks: Option<Box<Masks>>,
}

impl Pattern {
    /// Prepares a text.
    pub fn new(text: &str, case: Case) -> Self {
        let characters = case.characters(text);
        let masks = Masks::new(&characters, case);
        Pattern { characters, case, masks }
    }

    /// The distance to `text`: how many characters must be inserted, removed or replaced to make one the other.
    pub fn distance(&self, text: &str) -> usize {
        self.compare(text, usize::MAX).distance.expect("no distance is greater than the greatest number")
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
        // Most texts are ASCII. Looking up a byte finds out whether this one is, so that no text is read twice for it.
        let mut ascii = true;
        let places = text.bytes().map_while(|byte| {
            let places = masks.of_ascii(byte);
            ascii &= places.is_some();
            places
        });
        let distance = bit_parallel_distance(pattern.len(), text.len(), max, places);
        if ascii {
            return Comparison { distance, text_len: text.len() };
        }
        let text = self.case.characters(text);
        let places = text.iter().map(|character| masks.of(*character));
        let distance = bit_parallel_distance(pattern.len(), text.len(), max, places);
        Comparison { distance, text_len: text.len() }
    }
}

/// What comes of comparing a text with a pattern.
struct Comparison {
    /// `None` if it is greater than the bound.
    distance: Option<usize>,
    /// In characters.
    text_len: usize,
}

/// For each character that the pattern has, the set of its places: bit `i` stands for place `i`.
struct Masks {
    ascii: [u64; 128],
    /// One entry for each place.
    other: Vec<(char, u64)>,
}

impl Masks {
    fn new(pattern: &[char], case: Case) -> Option<Box<Self>> {
        if pattern.is_empty() || pattern.len() > u64::BITS as usize {
            return None;
        }
        let mut masks = Box::new(Masks { ascii: [0; 128], other: Vec::new() });
        for (place, character) in pattern.iter().enumerate() {
            masks.add(*character, 1 << place);
        }
        if case == Case::Ignored {
            // So ASCII texts are compared as they are, without turning each to lower case.
            for lower in b'a'..=b'z' {
                masks.ascii[lower.to_ascii_uppercase() as usize] = masks.ascii[lower as usize];
            }
        }
        Some(masks)
    }

    fn add(&mut self, character: char, place: u64) {
        match self.ascii.get_mut(character as usize) {
            Some(places) => *places |= place,
            None => self.other.push((character, place)),
        }
    }

    #[inline]
    fn of_ascii(&self, byte: u8) -> Option<u64> {
        self.ascii.get(byte as usize).copied()
    }

    #[inline]
    fn of(&self, character: char) -> u64 {
        match self.ascii.get(character as usize) {
            Some(places) => *places,
            None => self.other.iter().filter(|(other, _)| *other == character).fold(0, |all, (_, place)| all | place),
        }
    }
}

/// One column of the classical table for each character of the text. The differences of neighbours in a column are -1, 0 or +1,
/// so that two words hold a whole column: where it rises, and where it falls.
#[inline]
fn bit_parallel_distance(
    pattern_len: usize,
    text_len: usize,
    max: usize,
    places: impl Iterator<Item = u64>,
) -> Option<usize> {
    let last_place = pattern_len - 1;
    let mut distance = pattern_len;
    let mut rises = u64::MAX;
    let mut falls = 0;
    // Each character that is left makes the distance smaller by one at best.
    let mut bound = max.saturating_add(text_len);
    if distance > bound {
        return None;
    }
    for equal in places {
        let vertical = equal | falls;
        let horizontal = (((equal & rises).wrapping_add(rises)) ^ rises) | equal;
        let rises_across = falls | !(horizontal | rises);
        let falls_across = rises & horizontal;
        distance += (rises_across >> last_place) as usize & 1;
        distance -= (falls_across >> last_place) as usize & 1;
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

/// The classical table, one row for each character of the text. No later row has a smaller number than the smallest of a row.
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
    use std::vec;

    use proptest::prelude::*;

    use super::*;

    /// The definition, as a whole table.
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
    fn case_may_be_ignored_beyond_ascii() {
        let pattern = Pattern::new("ÉVORA", Case::Ignored);
        assert_eq!(pattern.distance("évora"), 0);
        assert_eq!(pattern.distance("Evora"), 1);
    }

    #[test]
    fn similarity_goes_from_one_to_zero() {
        let pattern = Pattern::new("abcd", Case::Exact);
        assert_eq!(pattern.similarity("abcd"), 1.0);
        assert_eq!(pattern.similarity("abcx"), 0.75);
        assert_eq!(pattern.similarity("wxyz"), 0.0);
        assert_eq!(Pattern::new("", Case::Exact).similarity(""), 1.0);
    }

    #[test]
    fn both_sides_of_the_word_size_agree_with_the_definition() {
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
