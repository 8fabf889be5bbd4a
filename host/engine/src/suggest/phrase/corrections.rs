//! The best combinations of candidates.

use std::cmp::Ordering;

use super::candidates::{Candidate, CandidateSet};
use super::request::PhraseSuggester;
use super::word_scores::WordScores;
use crate::progress::Progress;

/// Combinations between two looks at the clock.
const PATHS_BETWEEN_CHECKS: u32 = 1_024;

/// A text with other words.
#[derive(Debug, Clone)]
pub(super) struct Correction {
    pub(super) score: f64,
    words: Vec<Candidate>,
}

/// The best corrections that are better than the text by its confidence, best first.
pub(super) fn find_corrections(
    suggester: &PhraseSuggester,
    sets: &[CandidateSet],
    scores: &WordScores<'_>,
    gram_size: usize,
    count: usize,
    progress: &Progress,
) -> Vec<Correction> {
    let given: Vec<&Candidate> = sets.iter().map(|set| &set.given).collect();
    let cutoff = if suggester.confidence > 0.0 {
        let log: f64 = (1..=given.len()).map(|end| scores.log_score(&given[..end], gram_size)).sum();
        log.exp() * f64::from(suggester.confidence)
    } else {
        // Smaller than any score.
        f64::from_bits(1)
    };
    let max_errors = f64::from(suggester.max_errors);
    let errors =
        if max_errors >= 1.0 { max_errors as usize } else { errors_of_share(suggester.max_errors, sets.len()) };
    let mut search =
        Search { sets, scores, gram_size, count, cutoff, progress, paths: 0, best: Vec::with_capacity(count.min(64)) };
    search.extend(&mut Vec::with_capacity(sets.len()), errors.max(1), 0.0);
    // Clients compare the score once more as it is shown.
    search.best.retain(|correction| f64::from(correction.score as f32) > cutoff);
    search.best
}

fn errors_of_share(share: f32, words: usize) -> usize {
    (share * words as f32 + 0.5).floor() as usize
}

/// A search over all combinations with a limited number of errors.
struct Search<'a> {
    sets: &'a [CandidateSet],
    scores: &'a WordScores<'a>,
    gram_size: usize,
    count: usize,
    cutoff: f64,
    progress: &'a Progress,
    paths: u32,
    /// Best first.
    best: Vec<Correction>,
}

impl<'a> Search<'a> {
    /// Tries everything that may follow a path. The last word may be an error as long as any is allowed.
    fn extend(&mut self, path: &mut Vec<&'a Candidate>, errors_left: usize, log: f64) {
        let Some(set) = self.sets.get(path.len()) else { return self.add(path, log) };
        let none: &[Candidate] = &[];
        let candidates = if errors_left > 0 { &set.candidates[..] } else { none };
        for candidate in std::iter::once(&set.given).chain(candidates) {
            if self.is_time_up() {
                return;
            }
            path.push(candidate);
            let log = log + self.scores.log_score(path, self.gram_size);
            let is_error = !std::ptr::eq(candidate, &set.given);
            self.extend(path, errors_left - usize::from(is_error), log);
            path.pop();
        }
    }

    fn add(&mut self, path: &[&Candidate], log: f64) {
        let score = log.exp();
        // A score that is not a number is not greater, either.
        if score.partial_cmp(&self.cutoff) != Some(Ordering::Greater) {
            return;
        }
        let place = self.best.partition_point(|known| known.compare(score, path) == Ordering::Less);
        if place < self.count {
            let words = path.iter().map(|word| (*word).clone()).collect();
            self.best.insert(place, Correction { score, words });
            self.best.truncate(self.count);
        }
    }

    fn is_time_up(&mut self) -> bool {
        self.paths = self.paths.wrapping_add(1);
        self.paths.is_multiple_of(PATHS_BETWEEN_CHECKS) && self.progress.must_stop()
    }
}

impl Correction {
    pub(super) fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.term.as_str()).collect();
        words.join(" ")
    }

    /// The text with tags around each sequence of other words.
    pub(super) fn highlighted(&self, before: &str, after: &str) -> String {
        let mut text = String::new();
        for (index, word) in self.words.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            let is_given = |neighbour: Option<&Candidate>| neighbour.is_none_or(|neighbour| neighbour.is_given);
            if !word.is_given && is_given(index.checked_sub(1).map(|before| &self.words[before])) {
                text.push_str(before);
            }
            text.push_str(&word.term);
            if !word.is_given && is_given(self.words.get(index + 1)) {
                text.push_str(after);
            }
        }
        text
    }

    /// The order of corrections, best first.
    fn compare(&self, score: f64, path: &[&Candidate]) -> Ordering {
        let terms = self.words.iter().map(|word| word.term.as_str());
        score.total_cmp(&self.score).then_with(|| terms.cmp(path.iter().map(|word| word.term.as_str())))
    }
}
