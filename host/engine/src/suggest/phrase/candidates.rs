//! Words that may stand in place of a word of the text.

use std::cmp::Ordering;

use quidditch_index::Field;

use super::request::DirectGenerator;
use crate::Error;
use crate::suggest::context::Context;
use crate::suggest::field_terms::{FieldTerms, Frequency};
use crate::suggest::input::analyzer_error;
use crate::suggest::spell_checker::{SpellChecker, SuggestMode};

/// A word that may stand in place of another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) term: String,
    /// How similar it is to the word of the text; 1 for this itself.
    pub(super) similarity: f64,
    pub(super) frequency: Frequency,
    /// How good it is on its own.
    score: f64,
    /// Whether it is the word of the text.
    pub(super) is_given: bool,
}

/// A word of the text, and what may stand in place of it.
#[derive(Debug)]
pub(super) struct CandidateSet {
    pub(super) given: Candidate,
    pub(super) candidates: Vec<Candidate>,
}

/// Finds candidates in a field.
pub(super) struct Generator<'a> {
    context: &'a Context<'a>,
    field: &'a Field,
    terms: FieldTerms<'a>,
    checker: SpellChecker,
    size: usize,
    pre_filter: Option<&'a str>,
    post_filter: Option<&'a str>,
    real_word_likelihood: f64,
    /// How many terms all texts of the field have.
    occurrences: u64,
}

impl DirectGenerator {
    /// `None` if the terms of the field are not words.
    pub(super) fn open<'a>(
        &'a self,
        real_word_likelihood: f64,
        context: &'a Context<'a>,
    ) -> Result<Option<Generator<'a>>, Error> {
        let Some(field) = context.mapping().field(&self.field) else { return Ok(None) };
        let Some(generator) = Generator::for_field(field, real_word_likelihood, context) else { return Ok(None) };
        for analyzer in [&self.pre_filter, &self.post_filter].into_iter().flatten() {
            context.mapping().analyze_query(field, Some(analyzer), "").map_err(|error| analyzer_error(&error))?;
        }
        Ok(Some(Generator {
            checker: self.checker.clone(),
            size: self.size,
            pre_filter: self.pre_filter.as_deref(),
            post_filter: self.post_filter.as_deref(),
            ..generator
        }))
    }
}

impl<'a> Generator<'a> {
    /// The generator of a request that has none.
    pub(super) fn for_field(field: &Field, real_word_likelihood: f64, context: &'a Context<'a>) -> Option<Self> {
        let field = context.mapping().field(field.name())?;
        Some(Generator {
            terms: FieldTerms::open(context, field)?,
            occurrences: context.occurrences(field),
            context,
            field,
            checker: SpellChecker::default(),
            size: 5,
            pre_filter: None,
            post_filter: None,
            real_word_likelihood,
        })
    }

    pub(super) fn has_terms(&self) -> bool {
        !self.terms.is_empty()
    }

    /// Adds candidates for the word of a set.
    pub(super) fn draw(&self, set: &mut CandidateSet) -> Result<(), Error> {
        let word = self.filtered(&set.given.term)?;
        let mut checker = self.checker.clone();
        if checker.mode != SuggestMode::Always {
            let threshold = threshold(set.given.frequency.documents, self.plateau());
            if threshold == i32::MAX as f32 {
                return Ok(());
            }
            checker.min_doc_freq = checker.min_doc_freq.max(threshold);
        }
        let mut drawn = Vec::new();
        for similar in checker.similar(&word, self.size, &self.terms) {
            let similarity = f64::from(similar.score);
            let frequency = self.terms.frequency(&similar.text);
            let candidate = self.candidate(similar.text, frequency, similarity);
            self.add_filtered(candidate, &mut drawn)?;
        }
        set.add(drawn);
        Ok(())
    }

    /// # Errors
    /// The first read that failed.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.terms.check()
    }

    fn candidate(&self, term: String, frequency: Frequency, similarity: f64) -> Candidate {
        let share = (frequency.occurrences as f64 + 1.0) / (self.occurrences as f64 + 1.0);
        Candidate { term, similarity, frequency, score: similarity * share, is_given: false }
    }

    /// A word of the text as it is looked up.
    fn filtered(&self, word: &str) -> Result<String, Error> {
        let Some(analyzer) = self.pre_filter else { return Ok(word.to_owned()) };
        let mut tokens = self.analyzed(analyzer, word)?;
        Ok(tokens.pop().unwrap_or_default())
    }

    fn add_filtered(&self, candidate: Candidate, drawn: &mut Vec<Candidate>) -> Result<(), Error> {
        let Some(analyzer) = self.post_filter else {
            drawn.push(candidate);
            return Ok(());
        };
        for term in self.analyzed(analyzer, &candidate.term)? {
            let similarity = if term == candidate.term { candidate.similarity } else { self.real_word_likelihood };
            drawn.push(Candidate { term, similarity, ..candidate.clone() });
        }
        Ok(())
    }

    fn analyzed(&self, analyzer: &str, text: &str) -> Result<Vec<String>, Error> {
        let tokens = self.context.mapping().analyze_query(self.field, Some(analyzer), text);
        let tokens = tokens.map_err(|error| analyzer_error(&error))?;
        Ok(tokens.into_iter().map(|token| token.token).collect())
    }

    /// The documents that a candidate needs anyway.
    fn plateau(&self) -> u64 {
        let frequency = self.checker.min_doc_freq;
        if frequency >= 1.0 {
            return frequency as u64;
        }
        (self.terms.documents_of_index() as f32 * frequency) as u64
    }
}

/// The documents that a candidate needs for a word that this many documents have.
fn threshold(documents: u64, plateau: u64) -> f32 {
    if documents == 0 {
        return 0.0;
    }
    let documents = documents as f64;
    let rarer = (documents - plateau as f64).log10() * (1.0 / 5.0_f64.log10());
    let threshold = (documents * rarer + 1.0 + 0.5).floor();
    // A comparison with what is not a number is as if it were zero.
    if threshold.is_nan() { 0.0 } else { threshold.clamp(0.0, f64::from(i32::MAX)) as f32 }
}

impl CandidateSet {
    /// A word of the text, without candidates.
    pub(super) fn new(word: String, generator: &Generator<'_>) -> Result<Self, Error> {
        let frequency = generator.terms.frequency(&generator.filtered(&word)?);
        let given = Candidate { is_given: true, ..generator.candidate(word, frequency, 1.0) };
        Ok(CandidateSet { given, candidates: Vec::new() })
    }

    /// Adds a synonym of the word, if the index has it.
    pub(super) fn add_synonym(
        &mut self,
        synonym: String,
        likelihood: f64,
        generator: &Generator<'_>,
    ) -> Result<(), Error> {
        let frequency = generator.terms.frequency(&generator.filtered(&synonym)?);
        if frequency.documents > 0 {
            self.candidates.push(generator.candidate(synonym, frequency, likelihood));
        }
        Ok(())
    }

    /// Adds candidates, the best first. Of several with the same term, the new one stays.
    fn add(&mut self, drawn: Vec<Candidate>) {
        let mut all: Vec<Candidate> = Vec::new();
        for candidate in drawn.into_iter().chain(std::mem::take(&mut self.candidates)) {
            if !all.iter().any(|known| known.term == candidate.term) {
                all.push(candidate);
            }
        }
        all.sort_by(Candidate::compare);
        self.candidates = all;
    }

    /// Drops all but the best.
    pub(super) fn keep_best(&mut self, count: usize) {
        self.candidates.truncate(count);
    }
}

impl Candidate {
    fn compare(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then_with(|| self.term.cmp(&other.term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_need_more_documents_than_frequent_words() {
        let thresholds: Vec<f32> = [0, 1, 2, 5, 10].map(|documents| threshold(documents, 0)).to_vec();
        assert_eq!(thresholds, [0.0, 1.0, 2.0, 6.0, 15.0]);
        assert_eq!(threshold(3, 5), 0.0);
        assert_eq!(threshold(5, 5), 0.0);
    }
}
