//! Terms within an edit distance of a text.

use tantivy_fst::Automaton;

/// Greatest edit distance. Within three, most short terms would be similar to each other.
pub(crate) const MAX_DISTANCE: u8 = 2;

/// What is more than any distance.
const FAR: u8 = MAX_DISTANCE + 1;

/// Distances to as many prefixes of the text: those whose length differs from what was read by at most [`MAX_DISTANCE`].
const BAND: usize = 2 * MAX_DISTANCE as usize + 1;

/// Whether two adjacent characters that changed places are one edit or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transpositions {
    OneEdit,
    TwoEdits,
}

/// Terms that become a text by inserting, removing or replacing a few characters.
///
/// The automaton computes one row of the table of edit distances for each character that it reads, and of that row only the part
/// around the diagonal, as the rest is out of reach. So its states are small, and it needs no table, however long the text is.
#[derive(Debug)]
pub(crate) struct FuzzyTerm {
    text: Box<[char]>,
    max_distance: u8,
    /// How many characters must be the same.
    prefix: usize,
    transpositions: Transpositions,
}

impl FuzzyTerm {
    /// `max_distance` is at most [`MAX_DISTANCE`].
    pub(crate) fn new(text: &str, max_distance: u8, prefix: usize, transpositions: Transpositions) -> Self {
        let text: Box<[char]> = text.chars().collect();
        FuzzyTerm { max_distance: max_distance.min(MAX_DISTANCE), prefix: prefix.min(text.len()), text, transpositions }
    }

    /// The text that all terms begin with.
    pub(crate) fn prefix(&self) -> String {
        self.text.iter().take(self.prefix).collect()
    }

    /// How similar a term is, from 0 to 1; `None` if it does not match.
    pub(crate) fn similarity(&self, term: &str) -> Option<f32> {
        let mut row = Row::start(self);
        let mut length = 0;
        for character in term.chars() {
            row = row.read(self, character);
            length += 1;
            if !row.can_match(self) {
                return None;
            }
        }
        let distance = row.distance(self)?;
        let shorter = self.text.len().min(length);
        if distance == 0 {
            return Some(1.0);
        }
        Some((1.0 - f32::from(distance) / shorter as f32).max(0.0))
    }
}

/// The distances between what was read and the prefixes of the text around the same length.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// How many characters were read.
    length: usize,
    /// `distances[i]` is that to the prefix of `length + i - MAX_DISTANCE` characters.
    distances: [u8; BAND],
    /// The same before the last character.
    before: [u8; BAND],
    last: char,
}

impl Row {
    fn start(fuzzy: &FuzzyTerm) -> Self {
        let mut row = Row { length: 0, distances: [FAR; BAND], before: [FAR; BAND], last: '\0' };
        for distance in 0..=MAX_DISTANCE {
            if usize::from(distance) <= fuzzy.text.len() {
                row.distances[usize::from(MAX_DISTANCE + distance)] = distance;
            }
        }
        row
    }

    fn read(&self, fuzzy: &FuzzyTerm, character: char) -> Self {
        let length = self.length + 1;
        let mut distances = [FAR; BAND];
        let must_be_equal = length <= fuzzy.prefix;
        for index in 0..BAND {
            let Some(prefix) = (length + index).checked_sub(usize::from(MAX_DISTANCE)) else { continue };
            if prefix > fuzzy.text.len() {
                break;
            }
            let mut best = FAR;
            if prefix > 0 {
                let is_equal = fuzzy.text[prefix - 1] == character;
                // Replaced, or the same.
                best = self.distances[index] + u8::from(!is_equal);
                // Missing in what was read.
                if index > 0 {
                    best = best.min(distances[index - 1] + 1);
                }
                let is_transposed = fuzzy.transpositions == Transpositions::OneEdit
                    && prefix > 1
                    && length > 1
                    && fuzzy.text[prefix - 2] == character
                    && fuzzy.text[prefix - 1] == self.last;
                if is_transposed {
                    best = best.min(self.before[index] + 1);
                }
            }
            // Added in what was read.
            if index + 1 < BAND {
                best = best.min(self.distances[index + 1] + 1);
            }
            distances[index] = best.min(FAR);
        }
        if must_be_equal {
            let diagonal = usize::from(MAX_DISTANCE);
            let is_same = fuzzy.text.get(length - 1) == Some(&character) && self.distances[diagonal] == 0;
            if !is_same {
                distances = [FAR; BAND];
            }
        }
        Row { length, distances, before: self.distances, last: character }
    }

    fn can_match(&self, fuzzy: &FuzzyTerm) -> bool {
        self.distances.iter().any(|distance| *distance <= fuzzy.max_distance)
    }

    /// The distance between what was read and the whole text, if that is small enough.
    fn distance(&self, fuzzy: &FuzzyTerm) -> Option<u8> {
        if self.length < fuzzy.prefix {
            return None;
        }
        let index = (fuzzy.text.len() + usize::from(MAX_DISTANCE)).checked_sub(self.length)?;
        let distance = *self.distances.get(index)?;
        (distance <= fuzzy.max_distance).then_some(distance)
    }
}

/// A state of the automaton: a row, and the bytes of a character that is not complete.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FuzzyState {
    row: Row,
    bytes: [u8; 4],
    read: usize,
}

impl Automaton for FuzzyTerm {
    type State = FuzzyState;

    fn start(&self) -> FuzzyState {
        FuzzyState { row: Row::start(self), bytes: [0; 4], read: 0 }
    }

    fn is_match(&self, state: &FuzzyState) -> bool {
        state.read == 0 && state.row.distance(self).is_some()
    }

    fn can_match(&self, state: &FuzzyState) -> bool {
        state.row.can_match(self)
    }

    fn accept(&self, state: &FuzzyState, byte: u8) -> FuzzyState {
        let mut next = *state;
        next.bytes[next.read] = byte;
        next.read += 1;
        match std::str::from_utf8(&next.bytes[..next.read]) {
            Ok(text) => {
                if let Some(character) = text.chars().next() {
                    next.row = next.row.read(self, character);
                }
                next.read = 0;
            }
            // Not UTF-8: no text is similar to it.
            Err(error) if error.error_len().is_some() || next.read == next.bytes.len() => {
                next.row.distances = [FAR; BAND];
                next.read = 0;
            }
            Err(_) => {}
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table of edit distances.
    fn distance(one: &[char], other: &[char], transpositions: Transpositions) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for row in 0..=one.len() {
            for column in 0..=other.len() {
                if row == 0 || column == 0 {
                    table[row][column] = row + column;
                    continue;
                }
                let replaced = usize::from(one[row - 1] != other[column - 1]);
                let mut best = table[row - 1][column - 1] + replaced;
                best = best.min(table[row - 1][column] + 1).min(table[row][column - 1] + 1);
                let is_transposed = transpositions == Transpositions::OneEdit
                    && row > 1
                    && column > 1
                    && one[row - 1] == other[column - 2]
                    && one[row - 2] == other[column - 1];
                if is_transposed {
                    best = best.min(table[row - 2][column - 2] + 1);
                }
                table[row][column] = best;
            }
        }
        table[one.len()][other.len()]
    }

    fn accepts(fuzzy: &FuzzyTerm, term: &str) -> bool {
        let mut state = fuzzy.start();
        for byte in term.bytes() {
            if !fuzzy.can_match(&state) {
                return false;
            }
            state = fuzzy.accept(&state, byte);
        }
        fuzzy.is_match(&state)
    }

    proptest! {
        #[test]
        fn terms_within_the_distance_match(
            text in "[abéx😀]{0,7}", term in "[abéx😀]{0,7}", max in 0..=2u8, prefix in 0..4usize, one_edit: bool
        ) {
            let transpositions = if one_edit { Transpositions::OneEdit } else { Transpositions::TwoEdits };
            let fuzzy = FuzzyTerm::new(&text, max, prefix, transpositions);
            let (one, other): (Vec<char>, Vec<char>) = (text.chars().collect(), term.chars().collect());
            let same = prefix.min(one.len());
            let has_prefix = other.len() >= same && one[..same] == other[..same];
            let distance = distance(&one[same..], &other[same.min(other.len())..], transpositions);
            let expected = has_prefix && distance <= usize::from(max);
            prop_assert_eq!(accepts(&fuzzy, &term), expected);
            prop_assert_eq!(fuzzy.similarity(&term).is_some(), expected);
        }
    }

    #[test]
    fn similarity_is_the_share_of_the_shorter_one_that_stayed() {
        let fuzzy = FuzzyTerm::new("quick", 2, 0, Transpositions::OneEdit);
        assert_eq!(fuzzy.similarity("quick"), Some(1.0));
        assert_eq!(fuzzy.similarity("quicker"), Some(0.6));
        assert_eq!(fuzzy.similarity("qiuck"), Some(0.8));
        assert_eq!(fuzzy.similarity("quit"), Some(0.5));
        assert_eq!(fuzzy.similarity("brown"), None);
        assert_eq!(FuzzyTerm::new("f", 2, 0, Transpositions::OneEdit).similarity("fox"), Some(0.0));
    }

    #[test]
    fn a_long_text_needs_no_more_than_its_characters() {
        let text = "x".repeat(30_000);
        let fuzzy = FuzzyTerm::new(&text, 2, 0, Transpositions::OneEdit);
        assert!(accepts(&fuzzy, &text[1..]));
        assert!(!accepts(&fuzzy, "x"));
        assert!(std::mem::size_of::<FuzzyState>() <= 64);
    }

    #[test]
    fn bytes_that_are_not_text_do_not_match() {
        let fuzzy = FuzzyTerm::new("ab", 2, 0, Transpositions::OneEdit);
        let state = fuzzy.accept(&fuzzy.start(), 0xff);
        assert!(!fuzzy.can_match(&state));
    }
}
