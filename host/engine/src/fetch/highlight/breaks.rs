//! Where the passages of a value begin and end.

use super::sentences::sentence_ends;
use super::words::word_ends;
use crate::request::{Boundary, HighlightOptions};

/// How passages are cut out of a value.
pub(super) enum Breaks<'t> {
    /// The whole value.
    Whole,
    /// Ends of sentences or words; a passage is one of them.
    Ends(Vec<usize>),
    Bounded(BoundedSentences<'t>),
}

impl<'t> Breaks<'t> {
    /// For the text of one value.
    pub(super) fn new(text: &'t [u16], options: &HighlightOptions) -> Self {
        match (options.number_of_fragments, options.boundary, options.fragment_size) {
            (0, _, _) | (_, Boundary::Value, _) => Breaks::Whole,
            (_, Boundary::Word, _) => Breaks::Ends(word_ends(text)),
            (_, Boundary::Sentence, 0) => Breaks::Ends(sentence_ends(text)),
            (_, Boundary::Sentence, size) => Breaks::Bounded(BoundedSentences::new(text, size)),
        }
    }

    /// The passage with a match that begins at `start`. Starts ascend from call to call.
    pub(super) fn passage(&mut self, start: usize, length: usize) -> (usize, usize) {
        match self {
            Breaks::Whole => (0, length),
            Breaks::Ends(ends) => (preceding(ends, start + 1), following(ends, start).unwrap_or(length)),
            Breaks::Bounded(sentences) => sentences.passage(start + 1, length),
        }
    }
}

/// The last end before an index, or 0.
fn preceding(ends: &[usize], index: usize) -> usize {
    match ends.partition_point(|end| *end < index) {
        0 => 0,
        after => ends[after - 1],
    }
}

/// The first end after an index.
fn following(ends: &[usize], index: usize) -> Option<usize> {
    ends.get(ends.partition_point(|end| *end <= index)).copied()
}

/// Passages of about a size: several sentences if they are shorter, and words around the match if one is longer.
pub(super) struct BoundedSentences<'t> {
    text: &'t [u16],
    sentences: Vec<usize>,
    /// `None` until a sentence is too long.
    words: Option<Vec<usize>>,
    size: usize,
    /// The sentences of the last passage.
    window: Option<(usize, usize)>,
    /// The end of the last passage.
    last_end: usize,
}

impl<'t> BoundedSentences<'t> {
    fn new(text: &'t [u16], size: usize) -> Self {
        BoundedSentences { text, sentences: sentence_ends(text), words: None, size, window: None, last_end: 0 }
    }

    /// The passage around the code unit before `offset`.
    fn passage(&mut self, offset: usize, length: usize) -> (usize, usize) {
        let (mut start, mut end, window);
        match self.window {
            // In a sentence that was too long for one passage, the next one begins where the last one ended.
            Some((first, last)) if first < offset && offset < last => {
                (start, end) = (self.last_end, last);
                window = (first, last);
            }
            _ => {
                start = preceding(&self.sentences, offset);
                end = following(&self.sentences, offset - 1).unwrap_or(length);
                while let Some(next) = following(&self.sentences, end).filter(|next| next - start <= self.size) {
                    end = next;
                }
                window = (start, end);
            }
        }
        if end.saturating_sub(start) > self.size {
            let words = self.words.get_or_insert_with(|| word_ends(self.text));
            // First words before the match, and then as many after it as are left.
            if offset.saturating_sub(self.size) > start {
                start = start.max(preceding(words, offset - self.size));
            }
            let remaining = self.size.saturating_sub(offset.saturating_sub(start));
            if offset + remaining < window.1 {
                end = window.1.min(following(words, offset + remaining).unwrap_or(length));
            }
        }
        self.window = Some(window);
        self.last_end = end;
        (start, end)
    }
}
