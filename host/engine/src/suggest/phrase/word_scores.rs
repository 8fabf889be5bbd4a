//! How probable a word is after others.

use std::cell::RefCell;
use std::collections::HashMap;

use quidditch_index::Field;

use super::candidates::Candidate;
use super::request::Smoothing;
use crate::suggest::context::Context;
use crate::suggest::field_terms::FieldTerms;

/// Keeps a quotient finite.
const TINY: f64 = 1e-11;

/// The probabilities of words, from how often they occur in a field, alone and behind others.
pub(super) struct WordScores<'a> {
    smoothing: &'a Smoothing,
    /// The probability that a word of the index is not an error.
    real_word_likelihood: f64,
    separator: &'a str,
    terms: &'a FieldTerms<'a>,
    /// How many terms all texts of the field have.
    occurrences: f64,
    /// How many different ones.
    distinct: f64,
    counts: RefCell<HashMap<String, f64>>,
}

impl<'a> WordScores<'a> {
    pub(super) fn new(
        smoothing: &'a Smoothing,
        real_word_likelihood: f64,
        separator: &'a str,
        field: &Field,
        terms: &'a FieldTerms<'a>,
        context: &Context<'_>,
    ) -> Self {
        WordScores {
            smoothing,
            real_word_likelihood,
            separator,
            terms,
            occurrences: context.occurrences(field) as f64,
            distinct: terms.distinct() as f64,
            counts: RefCell::default(),
        }
    }

    /// The logarithm of the probability of the last word of a path, which depends on at most `gram_size` - 1 words before it.
    pub(super) fn log_score(&self, path: &[&Candidate], gram_size: usize) -> f64 {
        let [before @ .., word] = path else { return 0.0 };
        let probability = match before {
            _ if gram_size == 1 => self.alone(word),
            [] => self.alone(word),
            [.., last] if gram_size == 2 || before.len() == 1 => self.behind(word, last),
            [.., first, last] => self.behind_two(word, last, first),
            [last] => self.behind(word, last),
        };
        let channel = if word.similarity == 1.0 { self.real_word_likelihood } else { word.similarity };
        (channel * probability).log10()
    }

    fn alone(&self, word: &Candidate) -> f64 {
        match *self.smoothing {
            Smoothing::Laplace { alpha } => (alpha + self.count(&[word])) / (self.occurrences + alpha * self.distinct),
            _ => (1.0 + self.count(&[word])) / (self.occurrences + self.distinct),
        }
    }

    fn behind(&self, word: &Candidate, last: &Candidate) -> f64 {
        let together = self.count(&[last, word]);
        let of_last = last.frequency.occurrences as f64;
        match *self.smoothing {
            Smoothing::Laplace { alpha } => (alpha + together) / (of_last + alpha * self.distinct),
            Smoothing::StupidBackoff { discount } if together < 1.0 => discount * self.alone(word),
            Smoothing::StupidBackoff { .. } => together / (of_last + TINY),
            Smoothing::Linear { unigram, .. } if together < 1.0 => unigram * self.alone(word),
            Smoothing::Linear { unigram, bigram, .. } => {
                bigram * (together / (0.5 + of_last)) + unigram * self.alone(word)
            }
        }
    }

    fn behind_two(&self, word: &Candidate, last: &Candidate, first: &Candidate) -> f64 {
        match *self.smoothing {
            Smoothing::Laplace { alpha } => {
                let (three, two) = (self.count(&[first, last, word]), self.count(&[last, word]));
                (alpha + three) / (two + alpha * self.distinct)
            }
            Smoothing::StupidBackoff { discount } => {
                let two = self.count(&[last, word]);
                if two < 1.0 {
                    return discount * self.alone(word);
                }
                match self.count(&[first, last, word]) {
                    three if three < 1.0 => discount * (two / (last.frequency.occurrences as f64 + TINY)),
                    three => three / (two + TINY),
                }
            }
            Smoothing::Linear { trigram, .. } => {
                // Clients know this model with the words in the opposite order.
                let three = self.count(&[word, last, first]);
                if three < 1.0 {
                    return self.behind(word, last);
                }
                trigram * (three / (1.0 + self.count(&[word, last]))) + self.behind(word, last)
            }
        }
    }

    /// How often words occur together in the field.
    fn count(&self, words: &[&Candidate]) -> f64 {
        let terms: Vec<&str> = words.iter().map(|word| word.term.as_str()).collect();
        let joined = terms.join(self.separator);
        if let Some(count) = self.counts.borrow().get(&joined) {
            return *count;
        }
        let count = self.terms.frequency(&joined).occurrences as f64;
        self.counts.borrow_mut().insert(joined, count);
        count
    }
}
