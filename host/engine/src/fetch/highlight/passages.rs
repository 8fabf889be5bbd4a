//! Passages of a text: where they are, which matches they have, and how good they are.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

use super::breaks::Breaks;
use super::content::Content;
use super::matches::{Match, What};
use crate::request::HighlightOptions;

/// A part of a text with matches.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) matches: Vec<Match>,
    pub(super) score: f32,
}

/// BM25 over passages, as clients expect it.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// The length of a usual passage.
const PIVOT: f32 = 87.0;

/// The best passages of a text, at most `count`, in the order of the text. `matches` are in the order of the text.
pub(super) fn best_passages(
    content: &Content,
    matches: Vec<Match>,
    options: &HighlightOptions,
    count: usize,
) -> Vec<Passage> {
    let length = content.units.len();
    let mut best = Best { heap: BinaryHeap::new(), count, length };
    let mut breaks: Option<(usize, Breaks<'_>)> = None;
    let mut passage: Option<Passage> = None;
    for found in matches {
        if passage.as_ref().is_none_or(|passage| found.start >= passage.end) {
            if let Some(passage) = passage.take() {
                best.add(passage);
            }
            let value = content.value_of(found.start);
            let (start, end) = content.values[value];
            let breaks = match &mut breaks {
                Some((of, breaks)) if *of == value => breaks,
                other => &mut other.insert((value, Breaks::new(&content.units[start..end], options))).1,
            };
            let (from, to) = breaks.passage(found.start - start, end - start);
            passage = Some(Passage { start: start + from, end: start + to, matches: Vec::new(), score: 0.0 });
        }
        if let Some(passage) = &mut passage {
            passage.matches.push(found);
        }
    }
    if let Some(passage) = passage {
        best.add(passage);
    }
    let mut passages: Vec<Passage> = best.heap.into_iter().map(|Worst(passage)| passage).collect();
    passages.sort_by(|left, right| left.start.cmp(&right.start).then(left.score.total_cmp(&right.score)));
    passages
}

struct Best {
    heap: BinaryHeap<Worst>,
    count: usize,
    length: usize,
}

impl Best {
    fn add(&mut self, mut passage: Passage) {
        passage.score = score(&passage, self.length);
        if self.heap.len() == self.count && self.heap.peek().is_some_and(|Worst(worst)| passage.score < worst.score) {
            return;
        }
        self.heap.push(Worst(passage));
        if self.heap.len() > self.count {
            self.heap.pop();
        }
    }
}

/// A passage of which the worst is the greatest: the one with the lowest score, and of several the first.
struct Worst(Passage);

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.score.total_cmp(&self.0.score).then(other.0.start.cmp(&self.0.start))
    }
}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Worst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Worst {}

/// The sum over what matches: rare terms, and many matches in a short passage, count most. Early passages are a little better.
fn score(passage: &Passage, content_length: usize) -> f32 {
    let mut order: Vec<What> = Vec::new();
    let mut counts: HashMap<What, (usize, usize)> = HashMap::new();
    for found in &passage.matches {
        let entry = counts.entry(found.what).or_insert_with(|| {
            order.push(found.what);
            (0, found.frequency)
        });
        entry.0 += 1;
    }
    let documents = 1.0 + content_length as f32 / PIVOT;
    let norm = K1 * ((1.0 - B) + B * ((passage.end - passage.start) as f32 / PIVOT));
    let mut score = 0.0;
    for what in order {
        let (count, frequency) = counts[&what];
        let rarity = (f64::from(documents) + 0.5) / (frequency as f64 + 0.5);
        let weight = (K1 + 1.0) * (1.0 + rarity).ln() as f32;
        score += weight * (count as f32 / (count as f32 + norm));
    }
    score * (1.0 + 1.0 / f64::from(PIVOT + passage.start as f32).ln() as f32)
}
