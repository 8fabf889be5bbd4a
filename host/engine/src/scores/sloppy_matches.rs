//! How often a phrase occurs in a text, if its words may be moved.
//!
//! The same as Lucene's `SloppyPhraseMatcher`, from whose description this follows:
//!
//! - A word at position `p` of a text that is at position `o` of the phrase stands for a phrase that begins at `p - o`. In an exact
//!   match, all words agree on the beginning. The length of a match is the largest beginning minus the smallest.
//! - The word with the smallest beginning moves on to its next position for as long as this makes the match shorter. The match
//!   counts if its length is at most the slop, and the next one is looked for from there.
//! - A match counts `1 / (1 + length)`.
//! - Words of a phrase that are the same never stand at the same position. Where they meet, the one that is behind moves on.

use std::collections::BTreeSet;

use tantivy::Score;

/// A word of the phrase, at its current position in the text.
#[derive(Debug, Clone, Default)]
struct Word {
    /// Its position in the phrase.
    offset: i64,
    /// Its positions in the text, ascending.
    positions: Vec<i64>,
    /// The index of the current one.
    current: usize,
    /// The words that share a term with it, itself included: the index of their group.
    group: Option<usize>,
}

impl Word {
    fn position(&self) -> i64 {
        self.positions[self.current]
    }

    /// Where the phrase begins if this word is a part of it.
    fn beginning(&self) -> i64 {
        self.position() - self.offset
    }
}

/// Which words share terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    /// The same word, several times.
    SameWord,
    /// Words with alternatives, too: these do not always meet.
    Alternatives,
}

/// The order in which words move on.
type Turn = (i64, i64, usize);

/// Counts the occurrences of a phrase, text by text.
#[derive(Debug, Clone)]
pub(super) struct SloppyMatches {
    slop: i64,
    words: Vec<Word>,
    /// Words that share terms, in the order of the phrase.
    groups: Vec<Vec<usize>>,
    grouping: Grouping,
    queue: BTreeSet<Turn>,
    largest: i64,
}

impl SloppyMatches {
    /// `offsets` are the positions of the words in the phrase; words whose indices are together in `groups` share terms.
    pub(super) fn new(offsets: &[i64], groups: Vec<Vec<usize>>, grouping: Grouping, slop: u32) -> Self {
        let mut words: Vec<Word> = offsets.iter().map(|&offset| Word { offset, ..Word::default() }).collect();
        for (number, group) in groups.iter().enumerate() {
            for &word in group {
                words[word].group = Some(number);
            }
        }
        SloppyMatches { slop: i64::from(slop), words, groups, grouping, queue: BTreeSet::new(), largest: i64::MIN }
    }

    /// Where a word's positions in the next text go: ascending.
    pub(super) fn positions(&mut self, word: usize) -> &mut Vec<i64> {
        &mut self.words[word].positions
    }

    /// How often the phrase occurs in the text whose positions were set. Every word has at least one.
    pub(super) fn frequency(&mut self) -> Score {
        let mut frequency = 0.0;
        if !self.place() {
            return frequency;
        }
        while let Some(length) = self.next_match() {
            frequency += 1.0 / (1.0 + length as Score);
        }
        frequency
    }

    /// Places all words at their first positions, or, where they would meet, at their next ones. `false` if there are too few.
    fn place(&mut self) -> bool {
        self.queue.clear();
        self.words.iter_mut().for_each(|word| word.current = 0);
        self.largest = i64::MIN;
        for group in 0..self.groups.len() {
            let placed = match self.grouping {
                Grouping::Alternatives => self.separate(group),
                Grouping::SameWord => self.spread(group),
            };
            if !placed {
                return false;
            }
        }
        self.largest = self.words.iter().map(Word::beginning).max().unwrap_or(i64::MIN);
        for word in 0..self.words.len() {
            self.queue.insert(self.turn(word));
        }
        true
    }

    /// The same word several times: each starts at the position after the one before.
    fn spread(&mut self, group: usize) -> bool {
        for (place, &word) in self.groups[group].iter().enumerate() {
            let word = &mut self.words[word];
            if place >= word.positions.len() {
                return false;
            }
            word.current = place;
        }
        true
    }

    /// Words that share some of their alternatives: those that meet move on.
    fn separate(&mut self, group: usize) -> bool {
        let mut place = 0;
        while place < self.groups[group].len() {
            let word = self.groups[group][place];
            let mut next = place + 1;
            while let Some(other) = self.meets(word) {
                let behind = self.behind(word, other);
                if !self.advance(behind) {
                    return false;
                }
                if self.groups[group][..place].contains(&behind) {
                    next = place;
                    break;
                }
            }
            place = next;
        }
        true
    }

    /// The length of the next match that is short enough.
    fn next_match(&mut self) -> Option<i64> {
        let (_, _, mut word) = self.queue.pop_first()?;
        let mut length = self.largest - self.words[word].beginning();
        let mut next = self.smallest_in_queue();
        while self.advance(word) && self.resolve(word) {
            if self.words[word].beginning() > next {
                self.queue.insert(self.turn(word));
                if length <= self.slop {
                    return Some(length);
                }
                let (_, _, first) = self.queue.pop_first()?;
                word = first;
                next = self.smallest_in_queue();
                length = self.largest - self.words[word].beginning();
            } else {
                length = length.min(self.largest - self.words[word].beginning());
            }
        }
        // A word has no further position: this is the last match.
        self.queue.clear();
        (length <= self.slop).then_some(length)
    }

    fn smallest_in_queue(&self) -> i64 {
        self.queue.first().map_or(i64::MAX, |(beginning, _, _)| *beginning)
    }

    fn turn(&self, word: usize) -> Turn {
        (self.words[word].beginning(), self.words[word].offset, word)
    }

    /// Moves a word that is not in the queue on to its next position. `false` if there is none.
    fn advance(&mut self, word: usize) -> bool {
        let moved = &mut self.words[word];
        if moved.current + 1 >= moved.positions.len() {
            return false;
        }
        moved.current += 1;
        self.largest = self.largest.max(moved.beginning());
        true
    }

    /// Moves words on until `word`, which has just moved and is not in the queue, meets no other. `false` if one cannot.
    fn resolve(&mut self, word: usize) -> bool {
        let mut moved = word;
        while let Some(other) = self.meets(moved) {
            moved = self.behind(moved, other);
            let is_queued = self.queue.remove(&self.turn(moved));
            let advanced = self.advance(moved);
            if is_queued {
                self.queue.insert(self.turn(moved));
            }
            if !advanced {
                return false;
            }
        }
        true
    }

    /// A word of the same group at the same position.
    fn meets(&self, word: usize) -> Option<usize> {
        let group = &self.groups[self.words[word].group?];
        let position = self.words[word].position();
        group.iter().copied().find(|&other| other != word && self.words[other].position() == position)
    }

    fn behind(&self, word: usize, other: usize) -> usize {
        let key = |word: &Word| (word.beginning(), word.offset);
        if key(&self.words[word]) < key(&self.words[other]) { word } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frequency of a phrase in a text, both of words of one letter.
    fn frequency(text: &str, phrase: &str, slop: u32) -> Score {
        let words: Vec<char> = phrase.chars().collect();
        let offsets: Vec<i64> = (0..words.len() as i64).collect();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (index, word) in words.iter().enumerate() {
            if words[..index].contains(word) {
                continue;
            }
            let same: Vec<usize> = (index..words.len()).filter(|other| words[*other] == *word).collect();
            if same.len() > 1 {
                groups.push(same);
            }
        }
        let mut matches = SloppyMatches::new(&offsets, groups, Grouping::SameWord, slop);
        for (index, word) in words.iter().enumerate() {
            let found = text.chars().enumerate().filter(|(_, letter)| letter == word);
            let found: Vec<i64> = found.map(|(position, _)| position as i64).collect();
            if found.is_empty() {
                return 0.0;
            }
            *matches.positions(index) = found;
        }
        matches.frequency()
    }

    #[test]
    fn words_may_be_apart() {
        assert_eq!(frequency("ab", "ab", 0), 1.0);
        assert_eq!(frequency("axb", "ab", 0), 0.0);
        assert_eq!(frequency("axb", "ab", 1), 0.5);
        assert_eq!(frequency("axxb", "ab", 1), 0.0);
        assert_eq!(frequency("axxb", "ab", 2), 1.0 / 3.0);
        assert_eq!(frequency("abab", "ab", 0), 2.0);
    }

    #[test]
    fn two_words_change_places_for_two_steps() {
        assert_eq!(frequency("ba", "ab", 1), 0.0);
        assert_eq!(frequency("ba", "ab", 2), 1.0 / 3.0);
    }

    #[test]
    fn the_same_word_is_not_counted_twice() {
        assert_eq!(frequency("a", "aa", 5), 0.0);
        assert_eq!(frequency("aa", "aa", 0), 1.0);
        assert_eq!(frequency("axa", "aa", 1), 0.5);
        assert_eq!(frequency("abba", "aba", 9), 1.0 / 2.0);
    }

    #[test]
    fn positions_beyond_all_slop_do_not_overflow() {
        assert_eq!(frequency("ab", "ab", u32::MAX), 1.0);
    }
}
