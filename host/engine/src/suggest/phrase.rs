//! The suggester `phrase`: corrections of a whole text.
//!
//! Each word of the text, and each of its candidates, has a probability, given the words before it: the more often they occur
//! together in the field, the higher. The corrections are the combinations with the highest product of the probabilities and of
//! the similarities of the candidates to the words (a noisy channel).

mod candidates;
mod collate;
mod corrections;
mod request;
mod word_scores;

use candidates::{CandidateSet, Generator};
use corrections::{Correction, find_corrections};
pub(super) use request::PhraseSuggester;
use word_scores::WordScores;

use quidditch_index::{AnalyzedToken, Field};

use super::answer::{Entry, PhraseOption, SuggestOption};
use super::context::Context;
use super::field_terms::FieldTerms;
use super::input::{Input, analyzer_error};
use crate::Error;

/// The type of tokens that consist of several words.
const SHINGLE: &str = "shingle";

/// The type of tokens that stand next to another.
const SYNONYM: &str = "SYNONYM";

impl PhraseSuggester {
    /// The ids of stored templates that it names.
    pub(super) fn stored_template(&self) -> Option<&str> {
        self.collate.as_ref().and_then(collate::Collate::stored_template)
    }

    /// One entry for the text.
    pub(super) fn entries(&self, input: &Input, context: &Context<'_>) -> Result<Vec<Entry>, Error> {
        let field = input.field(context)?;
        let text = input.text()?;
        let count = input.shard_size(input.size.max(5))?;
        let tokens = input.tokens(field, context)?;
        let collate = match &self.collate {
            Some(collate) => Some((collate, collate.template(context)?)),
            None => None,
        };
        let shingles = context.mapping().shingles_of_query(field, input.analyzer.as_deref());
        let shingles = shingles.map_err(|error| analyzer_error(&error))?;
        let gram_size = self.gram_size.or(shingles.as_ref().map(|shingles| shingles.max)).unwrap_or(1);
        let own_separator = shingles.as_ref().map(|shingles| shingles.separator.as_str());
        let separator = self.separator.as_deref().or(own_separator).unwrap_or(" ");
        if self.generators.is_empty()
            && self.needs_single_words
            && shingles.as_ref().is_some_and(|shingles| !shingles.keeps_single_tokens)
        {
            return Err(Error::shard_argument(format!(
                "the analyzer of field [{}] makes no single words, of which candidates are made; set [field] of \
                 [direct_generator]",
                field.name()
            )));
        }
        let corrections = match FieldTerms::open(context, field) {
            Some(terms) => self.corrections(field, &terms, (tokens, count, gram_size, separator), context)?,
            None => Vec::new(),
        };
        let collated: Vec<(Correction, Option<bool>)> = match &collate {
            Some((collate, template)) => {
                let corrections = corrections.into_iter().map(|correction| (correction.text(), correction)).collect();
                collate.collate(template, corrections, context)?
            }
            None => corrections.into_iter().map(|correction| (correction, None)).collect(),
        };
        let option = |(correction, collate_match): (Correction, Option<bool>)| {
            SuggestOption::Phrase(correction.option(self.highlight.as_ref(), collate_match))
        };
        let options = collated.into_iter().map(option).collect();
        let length = text.encode_utf16().count();
        Ok(vec![Entry { text: text.to_owned(), offset: 0, length, options }])
    }

    fn corrections(
        &self,
        field: &Field,
        terms: &FieldTerms<'_>,
        (tokens, count, gram_size, separator): (Vec<AnalyzedToken>, usize, usize, &str),
        context: &Context<'_>,
    ) -> Result<Vec<Correction>, Error> {
        // All of it is read, to count the terms.
        terms.read_ahead("");
        let generators = self.open_generators(field, context)?;
        if generators.is_empty() || terms.is_empty() {
            terms.check()?;
            return Ok(Vec::new());
        }
        let mut sets = self.candidate_sets(tokens, &generators)?;
        let mut found = Vec::new();
        if !sets.is_empty() && sets.len() < self.token_limit {
            for set in &mut sets {
                for generator in &generators {
                    generator.draw(set)?;
                }
                set.keep_best(count);
            }
            let scores = WordScores::new(&self.smoothing, self.real_word_likelihood, separator, field, terms, context);
            found = find_corrections(self, &sets, &scores, gram_size, count, context.progress);
        }
        for generator in &generators {
            generator.check()?;
        }
        terms.check()?;
        Ok(found)
    }

    /// The generators whose fields have terms.
    fn open_generators<'a>(&'a self, field: &Field, context: &'a Context<'a>) -> Result<Vec<Generator<'a>>, Error> {
        if self.generators.is_empty() {
            let generator = Generator::for_field(field, self.real_word_likelihood, context);
            return Ok(generator.into_iter().filter(Generator::has_terms).collect());
        }
        let mut opened = Vec::new();
        for generator in &self.generators {
            opened.extend(generator.open(self.real_word_likelihood, context)?.filter(Generator::has_terms));
        }
        Ok(opened)
    }

    /// A set of candidates for each word, so far without candidates but synonyms.
    fn candidate_sets(
        &self,
        tokens: Vec<AnalyzedToken>,
        generators: &[Generator<'_>],
    ) -> Result<Vec<CandidateSet>, Error> {
        let has_tokens = !tokens.is_empty();
        let words = tokens.into_iter().filter(|token| !self.needs_single_words || token.kind != SHINGLE);
        let mut sets: Vec<CandidateSet> = Vec::new();
        let mut position = None;
        for token in words {
            let is_beside = position == Some(token.position) && token.kind == SYNONYM;
            position = Some(token.position);
            match sets.last_mut().filter(|_| is_beside) {
                Some(set) => set.add_synonym(token.token, self.real_word_likelihood, &generators[0])?,
                None => sets.push(CandidateSet::new(token.token, &generators[0])?),
            }
        }
        if sets.is_empty() && has_tokens {
            return Err(Error::shard_argument(
                "all words of the text were put together, but single words are needed; set [force_unigrams] to false",
            ));
        }
        Ok(sets)
    }
}

impl Correction {
    fn option(self, highlight: Option<&(String, String)>, collate_match: Option<bool>) -> PhraseOption {
        let highlighted = highlight.map(|(before, after)| self.highlighted(before, after));
        PhraseOption { text: self.text(), highlighted, score: self.score as f32, collate_match }
    }
}
