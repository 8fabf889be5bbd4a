//! Documents with a phrase whose words may be apart, or be one of several terms, scored by BM25.

use std::fmt;
use std::sync::Arc;

use quidditch_index::{Field, Snapshot};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::explain_match::explain_match;
use super::joint_scores::{JointScores, JointScoring, SegmentScores};
use super::phrase_word::{PhraseWord, WordPostings};
use super::sloppy_matches::{Grouping, SloppyMatches};

/// Documents with words at certain positions to each other, give or take the slop. They score as if the phrase were one term,
/// whose rarity is the sum of those of all terms, and which occurs less than once where words are apart.
///
/// tantivy's own query counts such an occurrence as a whole one, and does not find words in another order.
#[derive(Clone)]
pub(crate) struct LoosePhrase {
    phrase: Arc<Phrase>,
    scoring: JointScoring,
}

struct Phrase {
    /// At least two.
    words: Vec<PhraseWord>,
    slop: u32,
}

impl LoosePhrase {
    /// At least two words of this field. How far they may be moved is `slop`, in positions.
    pub(crate) fn new(snapshot: &Snapshot, field: &Field, words: Vec<PhraseWord>, slop: u32, boost: Score) -> Self {
        LoosePhrase { phrase: Arc::new(Phrase { words, slop }), scoring: JointScoring::new(snapshot, field, boost) }
    }
}

impl fmt::Debug for LoosePhrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LoosePhrase({:?}, {})", self.phrase.words, self.phrase.slop)
    }
}

impl Query for LoosePhrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let scores = self.scoring.of_all(self.phrase.terms(), scoring)?;
        Ok(Box::new(LoosePhraseWeight { phrase: Arc::clone(&self.phrase), scores }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.phrase.terms().for_each(|term| visitor(term, true));
        if let Some(term) = self.scoring.statistics_term() {
            visitor(term, false);
        }
    }
}

struct LoosePhraseWeight {
    phrase: Arc<Phrase>,
    /// `None` if scores are not used.
    scores: Option<Arc<JointScores>>,
}

impl Weight for LoosePhraseWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut words = Vec::with_capacity(self.phrase.words.len());
        for word in &self.phrase.words {
            let Some(postings) = WordPostings::open(segment, word)? else { return Ok(Box::new(EmptyScorer)) };
            words.push(postings);
        }
        let scores = self.scores.as_ref().map(|scores| scores.of_segment(segment)).transpose()?;
        let matches = self.phrase.matches();
        let mut scorer = LoosePhraseScorer { words, matches, scores, boost, doc: 0, frequency: 0.0 };
        scorer.find(0);
        Ok(Box::new(scorer))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explain_match(self, segment, doc, "how often the phrase occurs")
    }
}

impl Phrase {
    fn terms(&self) -> impl Iterator<Item = &Term> {
        self.words.iter().flat_map(|word| &word.terms)
    }

    fn matches(&self) -> SloppyMatches {
        let offsets: Vec<i64> = self.words.iter().map(|word| word.position as i64).collect();
        // Each word belongs to the group of the first word that it shares a term with.
        let mut group_of: Vec<usize> = (0..self.words.len()).collect();
        for later in 0..self.words.len() {
            for earlier in 0..later {
                let shares = self.words[later].terms.iter().any(|term| self.words[earlier].terms.contains(term));
                let (joined, left) = (group_of[earlier], group_of[later]);
                if shares && joined != left {
                    group_of.iter_mut().filter(|group| **group == left).for_each(|group| *group = joined);
                }
            }
        }
        let members = |group: usize| (0..self.words.len()).filter(|&word| group_of[word] == group).collect::<Vec<_>>();
        let groups: Vec<_> = (0..self.words.len()).map(members).filter(|group| group.len() > 1).collect();
        let has_alternatives = groups.iter().flatten().any(|&word| self.words[word].terms.len() > 1);
        let grouping = if has_alternatives { Grouping::Alternatives } else { Grouping::SameWord };
        SloppyMatches::new(&offsets, groups, grouping, self.slop)
    }
}

struct LoosePhraseScorer {
    words: Vec<WordPostings>,
    matches: SloppyMatches,
    scores: Option<SegmentScores>,
    boost: Score,
    doc: DocId,
    frequency: Score,
}

impl LoosePhraseScorer {
    /// Goes to the first match at `target` or after it.
    fn find(&mut self, mut target: DocId) -> DocId {
        loop {
            target = self.align(target);
            self.doc = target;
            if target == TERMINATED {
                return TERMINATED;
            }
            for (index, word) in self.words.iter_mut().enumerate() {
                word.positions(self.matches.positions(index));
            }
            self.frequency = self.matches.frequency();
            if self.frequency > 0.0 {
                return target;
            }
            target += 1;
        }
    }

    /// The first document at `target` or after it that has all words.
    fn align(&mut self, mut target: DocId) -> DocId {
        'next: loop {
            for word in &mut self.words {
                let doc = if word.doc() < target { word.seek(target) } else { word.doc() };
                if doc > target {
                    target = doc;
                    continue 'next;
                }
            }
            return target;
        }
    }
}

impl DocSet for LoosePhraseScorer {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED { TERMINATED } else { self.find(self.doc + 1) }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc { self.doc } else { self.find(target) }
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        // Few of the documents with all words have them next to each other.
        self.words.iter().map(DocSet::size_hint).min().unwrap_or(0) / 4
    }

    fn cost(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.size_hint())).sum()
    }
}

impl Scorer for LoosePhraseScorer {
    fn score(&mut self) -> Score {
        self.boost * self.scores.as_ref().map_or(1.0, |scores| scores.score(self.doc, self.frequency))
    }
}
