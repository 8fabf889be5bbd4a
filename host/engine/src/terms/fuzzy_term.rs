//! Terms within an edit distance of a text.

use std::iter::repeat_n;

use tantivy_fst::Automaton;

/// Greatest edit distance. Within three, most short terms would be similar to each other.
pub(crate) const MAX_DISTANCE: u8 = 2;

/// How many distances there are: 0 to [`MAX_DISTANCE`].
const DISTANCES: usize = MAX_DISTANCE as usize + 1;

/// The prefixes of the text that are compared with what was read: those whose length differs by at most [`MAX_DISTANCE`].
const BAND: usize = 2 * MAX_DISTANCE as usize + 1;

/// The bits of a set of prefixes in the band.
const ALL: u8 = (1 << BAND) - 1;

/// The prefix in the band that is as long as what was read.
const DIAGONAL: u8 = 1 << MAX_DISTANCE;

/// Not a character.
const NONE: u32 = u32::MAX;

/// Whether two adjacent characters that changed places are one edit or two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transpositions {
    OneEdit,
    TwoEdits,
}

/// Terms that become a text by inserting, removing or replacing a few characters.
///
/// The automaton is that of Wu and Manber ("Fast text searching allowing errors", 1992), whose states are sets of bits: for each
/// distance, to which prefixes of the text what was read has at most this distance. A set only has the prefixes around the same length,
/// as the others are out of reach. So a state is small, and no table is needed, however long the text is.
#[derive(Debug)]
pub(crate) struct FuzzyTerm {
    text: Box<[char]>,
    /// The text between characters that equal no other, so that those around each one need no test.
    padded: Box<[u32]>,
    max_distance: u8,
    /// How many characters must be the same.
    prefix: usize,
    transpositions: Transpositions,
}

impl FuzzyTerm {
    /// `max_distance` is at most [`MAX_DISTANCE`].
    pub(crate) fn new(text: &str, max_distance: u8, prefix: usize, transpositions: Transpositions) -> Self {
        let text: Box<[char]> = text.chars().collect();
        let padding = || repeat_n(NONE, BAND);
        let padded = padding().chain(text.iter().map(|&character| character.into())).chain(padding()).collect();
        let prefix = prefix.min(text.len());
        FuzzyTerm { text, padded, max_distance: max_distance.min(MAX_DISTANCE), prefix, transpositions }
    }

    /// The text that all terms begin with.
    pub(crate) fn prefix(&self) -> String {
        self.text.iter().take(self.prefix).collect()
    }

    /// How similar a term is, from 0 to 1; `None` if it does not match.
    pub(crate) fn similarity(&self, term: &str) -> Option<f32> {
        let mut prefixes = Prefixes::start(self);
        for character in term.chars() {
            prefixes = prefixes.read(self, character.into());
            if !prefixes.can_match(self) {
                return None;
            }
        }
        let distance = prefixes.distance(self)?;
        let shorter = self.text.len().min(prefixes.length);
        if distance == 0 {
            return Some(1.0);
        }
        Some((1.0 - f32::from(distance) / shorter as f32).max(0.0))
    }
}

/// To which prefixes of the text what was read is similar. In each set, bit `i` is the prefix of `length + i - MAX_DISTANCE`
/// characters.
#[derive(Debug, Clone, Copy)]
struct Prefixes {
    /// How many characters were read.
    length: usize,
    /// Those within each distance.
    within: [u8; DISTANCES],
    /// Those before the last character, from which it is the first one of two that changed places, within each distance but the last.
    transposing: [u8; DISTANCES - 1],
}

impl Prefixes {
    /// Those of a text that is too far away, whatever follows.
    fn none() -> Self {
        Prefixes { length: 0, within: [0; DISTANCES], transposing: [0; DISTANCES - 1] }
    }

    fn start(fuzzy: &FuzzyTerm) -> Self {
        let mut prefixes = Prefixes { length: 0, within: [DIAGONAL; DISTANCES], transposing: [0; DISTANCES - 1] };
        for distance in 1..DISTANCES {
            prefixes.within[distance] |= prefixes.within[distance - 1] << 1;
        }
        prefixes.keep_in_text(fuzzy);
        prefixes
    }

    fn read(&self, fuzzy: &FuzzyTerm, character: u32) -> Self {
        let length = self.length + 1;
        let mut next = Prefixes { length, ..Prefixes::none() };
        // Longer than all that is similar.
        if length > fuzzy.text.len() + usize::from(MAX_DISTANCE) {
            return next;
        }
        // Bit `i + 1`: whether this character follows the prefix of bit `i`; bit 0 is that of the prefix before them.
        let window = &fuzzy.padded[length + 1..][..BAND + 2];
        let follows = window.iter().rev().fold(0, |bits, other| bits << 1 | u8::from(*other == character));
        let (before, here, behind) = (follows, follows >> 1, follows >> 2);

        next.within[0] = self.within[0] & here;
        for distance in 1..DISTANCES {
            let closer = self.within[distance - 1];
            next.within[distance] = self.within[distance] & here
                // Replaced, added in what was read, and missing in it.
                | closer
                | closer >> 1
                | next.within[distance - 1] << 1
                | self.transposing[distance - 1] & before;
        }
        if fuzzy.transpositions == Transpositions::OneEdit {
            next.transposing = std::array::from_fn(|distance| self.within[distance] & behind);
        }
        next.keep_in_text(fuzzy);
        if length <= fuzzy.prefix && self.within[0] & here & DIAGONAL == 0 {
            next = Prefixes { length, ..Prefixes::none() };
        }
        next
    }

    /// Drops prefixes that are longer than the text.
    fn keep_in_text(&mut self, fuzzy: &FuzzyTerm) {
        let longest = fuzzy.text.len() + usize::from(MAX_DISTANCE) - self.length;
        let in_text = if longest < BAND { (2 << longest) - 1 } else { ALL };
        for within in &mut self.within {
            *within &= in_text & ALL;
        }
    }

    fn can_match(&self, fuzzy: &FuzzyTerm) -> bool {
        // Those within a smaller distance are among them.
        self.within[usize::from(fuzzy.max_distance)] != 0
    }

    /// The distance between what was read and the whole text, if that is small enough.
    fn distance(&self, fuzzy: &FuzzyTerm) -> Option<u8> {
        if self.length < fuzzy.prefix {
            return None;
        }
        let whole = (fuzzy.text.len() + usize::from(MAX_DISTANCE)).checked_sub(self.length)?;
        (0..=fuzzy.max_distance)
            .find(|&distance| u32::from(self.within[usize::from(distance)]) >> whole.min(BAND) & 1 == 1)
    }
}

/// A state of the automaton: what was read, and the bytes of a character that is not complete.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FuzzyState {
    prefixes: Prefixes,
    bytes: [u8; 4],
    read: u8,
}

impl Automaton for FuzzyTerm {
    type State = FuzzyState;

    fn start(&self) -> FuzzyState {
        FuzzyState { prefixes: Prefixes::start(self), bytes: [0; 4], read: 0 }
    }

    fn is_match(&self, state: &FuzzyState) -> bool {
        state.read == 0 && state.prefixes.distance(self).is_some()
    }

    fn can_match(&self, state: &FuzzyState) -> bool {
        state.prefixes.can_match(self)
    }

    fn accept(&self, state: &FuzzyState, byte: u8) -> FuzzyState {
        if state.read == 0 && byte.is_ascii() {
            return FuzzyState { prefixes: state.prefixes.read(self, byte.into()), ..*state };
        }
        let mut next = *state;
        next.bytes[usize::from(next.read)] = byte;
        next.read += 1;
        match std::str::from_utf8(&next.bytes[..next.read.into()]) {
            Ok(text) => {
                if let Some(character) = text.chars().next() {
                    next.prefixes = next.prefixes.read(self, character.into());
                }
                next.read = 0;
            }
            // Not UTF-8: no text is similar to it.
            Err(error) if error.error_len().is_some() || usize::from(next.read) == next.bytes.len() => {
                next.prefixes = Prefixes::none();
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
            text in "[abéx😀]{0,12}", term in "[abéx😀]{0,12}", max in 0..=2u8, prefix in 0..4usize, one_edit: bool
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
    fn what_is_too_far_away_stays_so() {
        let fuzzy = FuzzyTerm::new("ab", 1, 1, Transpositions::OneEdit);
        let state = fuzzy.accept(&fuzzy.start(), b'b');
        assert!(!fuzzy.can_match(&state));
        assert!(!fuzzy.is_match(&fuzzy.accept(&state, b'a')));
    }

    #[test]
    fn bytes_that_are_not_text_do_not_match() {
        let fuzzy = FuzzyTerm::new("ab", 2, 0, Transpositions::OneEdit);
        let state = fuzzy.accept(&fuzzy.start(), 0xff);
        assert!(!fuzzy.can_match(&state));
    }
}
