//! The best terms of an index that match a pattern.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::schema::Field;
use tantivy::{SegmentReader, Term};
use tantivy_fst::Automaton;

use super::automaton::TermAutomaton;
use super::fuzzy_term::FuzzyTerm;

/// What terms are compared with.
#[derive(Debug, Clone)]
pub(crate) enum TermMatcher {
    Fuzzy(Arc<FuzzyTerm>),
    /// The bytes of the first and the last term.
    Range(Bound<Vec<u8>>, Bound<Vec<u8>>),
    /// All match as well.
    Pattern(Arc<TermAutomaton>),
}

impl TermMatcher {
    /// The terms that begin with a text.
    pub(crate) fn prefix(text: &str) -> Self {
        let (first, behind) = range_beginning_with(text);
        TermMatcher::Range(Bound::Included(first), Bound::Excluded(behind))
    }
}

/// The terms of a field that match: of all, the most similar ones, and of those that are equally similar, the first ones in the
/// order of the dictionary.
#[derive(Debug, Clone)]
pub(crate) struct PatternTerms {
    pub(crate) field: Field,
    pub(crate) matcher: TermMatcher,
    /// Most terms.
    pub(crate) limit: usize,
}

/// A term of the index that matches a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PatternTerm {
    pub(crate) term: Term,
    /// From 0 to 1.
    pub(crate) similarity: f32,
    /// How many documents have it.
    pub(crate) documents: u64,
}

/// A term of a segment: its similarity, its bytes, and how many documents of the segment have it.
type Found = (f32, Vec<u8>, u64);

impl PatternTerms {
    /// The best terms over these segments, in the order of the dictionary.
    pub(crate) fn find(&self, segments: &[SegmentReader]) -> tantivy::Result<Vec<PatternTerm>> {
        let mut all: BTreeMap<Vec<u8>, (f32, u64)> = BTreeMap::new();
        // A term that is among the best of all is among the best of each segment that has it.
        for segment in segments {
            for (similarity, bytes, documents) in self.find_in(segment)? {
                all.entry(bytes).or_insert((similarity, 0)).1 += documents;
            }
        }
        let found = all.into_iter().map(|(bytes, (similarity, documents))| (similarity, bytes, documents));
        let mut found = found.collect();
        keep_best(&mut found, self.limit);
        found.sort_unstable_by(|(_, one, _), (_, other, _)| one.cmp(other));
        let terms = found.into_iter().filter_map(|(similarity, bytes, documents)| {
            let term = Term::from_field_text(self.field, std::str::from_utf8(&bytes).ok()?);
            Some(PatternTerm { term, similarity, documents })
        });
        Ok(terms.collect())
    }

    /// Reads what [`PatternTerms::find_in`] will read, together: one by one, every block of the dictionary would be a round trip.
    pub(crate) fn read_ahead(&self, segment: &SegmentReader) {
        let prefix = match &self.matcher {
            TermMatcher::Fuzzy(fuzzy) => fuzzy.prefix(),
            TermMatcher::Pattern(_) => String::new(),
            // Its terms are next to each other anyway.
            TermMatcher::Range(..) => return,
        };
        if let Ok(inverted_index) = segment.inverted_index(self.field) {
            read_ahead(&inverted_index, &prefix);
        }
    }

    /// The best terms of a segment.
    pub(crate) fn find_in(&self, segment: &SegmentReader) -> tantivy::Result<Vec<Found>> {
        match &self.matcher {
            TermMatcher::Fuzzy(fuzzy) => {
                self.search(segment, &**fuzzy, |bytes| fuzzy.similarity(std::str::from_utf8(bytes).ok()?))
            }
            TermMatcher::Pattern(automaton) => self.search(segment, &**automaton, |_| Some(1.0)),
            TermMatcher::Range(lower, upper) => self.between(segment, lower, upper),
        }
    }

    fn search<A: Automaton>(
        &self,
        segment: &SegmentReader,
        automaton: A,
        similarity: impl Fn(&[u8]) -> Option<f32>,
    ) -> tantivy::Result<Vec<Found>>
    where
        A::State: Clone,
    {
        let inverted_index = segment.inverted_index(self.field)?;
        let mut terms = inverted_index.terms().search(automaton).into_stream()?;
        let mut found = Vec::new();
        while terms.advance() {
            if let Some(similarity) = similarity(terms.key()) {
                found.push((similarity, terms.key().to_owned(), u64::from(terms.value().doc_freq)));
            }
            if found.len() >= self.limit.saturating_mul(2).saturating_add(1_024) {
                keep_best(&mut found, self.limit);
            }
        }
        keep_best(&mut found, self.limit);
        Ok(found)
    }

    fn between(
        &self,
        segment: &SegmentReader,
        lower: &Bound<Vec<u8>>,
        upper: &Bound<Vec<u8>>,
    ) -> tantivy::Result<Vec<Found>> {
        let inverted_index = segment.inverted_index(self.field)?;
        let mut range = inverted_index.terms().range().limit(self.limit as u64);
        range = match lower {
            Bound::Included(bytes) => range.ge(bytes),
            Bound::Excluded(bytes) => range.gt(bytes),
            Bound::Unbounded => range,
        };
        range = match upper {
            Bound::Included(bytes) => range.le(bytes),
            Bound::Excluded(bytes) => range.lt(bytes),
            Bound::Unbounded => range,
        };
        let mut terms = range.into_stream()?;
        let mut found = Vec::new();
        while found.len() < self.limit && terms.advance() {
            found.push((1.0, terms.key().to_owned(), u64::from(terms.value().doc_freq)));
        }
        Ok(found)
    }
}

/// Reads the part of a dictionary with the terms that begin with a text. A failed read is recorded.
pub(crate) fn read_ahead(inverted_index: &InvertedIndexReader, prefix: &str) {
    let (first, behind) = range_beginning_with(prefix);
    let _ = inverted_index.terms().range().ge(first).lt(behind).into_stream();
}

/// The first term that begins with a text, and one behind all of them.
fn range_beginning_with(text: &str) -> (Vec<u8>, Vec<u8>) {
    // No UTF-8 text has the byte 0xff.
    (text.as_bytes().to_owned(), [text.as_bytes(), &[0xff]].concat())
}

/// Drops all but the best.
fn keep_best(found: &mut Vec<Found>, limit: usize) {
    if found.len() > limit {
        found.sort_unstable_by(|(similarity, bytes, _), (other, other_bytes, _)| {
            other.total_cmp(similarity).then_with(|| bytes.cmp(other_bytes))
        });
        found.truncate(limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_terms_stay_and_then_the_first() {
        let mut found: Vec<Found> = vec![(0.5, vec![1], 1), (1.0, vec![9], 1), (0.8, vec![7], 1), (0.8, vec![3], 1)];
        keep_best(&mut found, 3);
        let bytes: Vec<u8> = found.iter().map(|(_, bytes, _)| bytes[0]).collect();
        assert_eq!(bytes, [9, 3, 7]);
    }
}
