//! What the terms of a text become: queries for words and phrases.

use quidditch_index::{Field, FieldKind, FieldValue, Token};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Query};

use super::prefix;
use super::rewrite::{MAX_TERMS, plan_fuzzy};
use super::term::Lookup;
use super::term_pattern::{LetterCase, PatternOptions};
use super::text_options::{TextForm, TextOptions, not_fuzzy};
use super::token_graph::TokenGraph;
use super::word_sequences::{WordSequences, is_beginning};
use crate::Error;
use crate::clause::Clause;
use crate::plan::{Planned, Planner};
use crate::scores::{PhraseWord, Scores, Scoring};
use crate::terms::{PatternTerms, TermMatcher};
use crate::warmup::TermUse;

/// Whether the positions of terms are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Positions {
    Ignored,
    Needed,
}

/// What the terms of a text become.
pub(super) struct Terms<'a> {
    pub(super) options: &'a TextOptions,
    pub(super) field: &'a Field,
    pub(super) planner: &'a Planner<'a>,
    pub(super) scoring: Scoring,
}

impl Terms<'_> {
    pub(super) fn plan(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        if TokenGraph::is_needed(&tokens) {
            return self.plan_graph(&TokenGraph::new(tokens)?);
        }
        let is_phrase = matches!(self.options.form, TextForm::Phrase | TextForm::PhrasePrefix);
        if is_phrase
            && self.options.slop == 0
            && let Some(found) = WordSequences::new(self.planner, self.field, &tokens)
        {
            return self.sequences(found);
        }
        match self.options.form {
            TextForm::Words => self.words(tokens),
            TextForm::WordsThenPrefix => self.words_then_prefix(tokens),
            TextForm::Phrase => self.phrase(tokens),
            TextForm::PhrasePrefix => self.phrase_prefix(tokens),
        }
    }

    /// A phrase in a `search_as_you_type`.
    fn sequences(&self, found: WordSequences<'_>) -> Result<Planned, Error> {
        let of = |field| Terms { field, ..*self };
        match (&found.sequences[..], self.options.form) {
            ([only], TextForm::PhrasePrefix) if is_beginning(&only.text) => of(found.beginnings).exact_word(&only.text),
            (_, TextForm::PhrasePrefix) => of(found.field).phrase_prefix(found.sequences),
            _ => of(found.field).phrase(found.sequences),
        }
    }

    fn words(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        self.combine(self.positions(tokens)?)
    }

    /// A query for each position. Terms of the same position are synonyms.
    fn positions(&self, tokens: Vec<Token>) -> Result<Vec<Planned>, Error> {
        let same = tokens.chunk_by(|a, b| a.position == b.position);
        same.map(|tokens| self.any_word(tokens)).collect()
    }

    /// Documents with one of several terms, which score as if they were one.
    pub(super) fn any_word(&self, tokens: &[Token]) -> Result<Planned, Error> {
        if let [only] = tokens {
            return self.word(&only.text);
        }
        let terms: Option<Vec<Term>> = tokens.iter().map(|token| self.term(&token.text)).collect();
        match terms {
            Some(terms) => Ok(Planned::scored(self.planner.scored_synonyms(self.field, terms, self.scoring))),
            None => {
                let words =
                    tokens.iter().map(|token| self.word(&token.text)?.into_query(self.planner, self.scoring.scores));
                Ok(Planned::scored(Box::new(BooleanQuery::union(words.collect::<Result<_, _>>()?))))
            }
        }
    }

    pub(super) fn combine(&self, mut words: Vec<Planned>) -> Result<Planned, Error> {
        if words.len() == 1 {
            return Ok(words.remove(0));
        }
        let queries = words.into_iter().map(|word| word.into_query(self.planner, self.scoring.scores));
        let queries = queries.collect::<Result<_, _>>()?;
        Ok(self.options.operator.combine(queries, self.options.minimum_should_match.as_ref()))
    }

    /// Documents with a term, or with one that is similar to it.
    pub(super) fn word(&self, word: &str) -> Result<Planned, Error> {
        let Terms { options, field, planner, scoring } = *self;
        let Some(fuzziness) = options.fuzziness else { return self.exact_word(word) };
        if !matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. }) {
            return Err(not_fuzzy(field.name(), field.kind().type_name()));
        }
        plan_fuzzy(planner, field, options.fuzzy.term(word, fuzziness), options.rewrite()?, scoring)
    }

    pub(super) fn exact_word(&self, word: &str) -> Result<Planned, Error> {
        if let Some(term) = self.term(word) {
            return Ok(Planned::scored(self.planner.scored_term(self.field, term, self.scoring)));
        }
        let lookup = Lookup::new(self.planner, self.field.name(), &Json::from(word))?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(self.planner, self.scoring)))
    }

    /// The term of a `text`.
    pub(super) fn term(&self, word: &str) -> Option<Term> {
        let is_text = matches!(self.field.kind(), FieldKind::Text { .. });
        self.field.term(&FieldValue::Text(word.to_owned())).filter(|_| is_text)
    }

    fn words_then_prefix(&self, mut tokens: Vec<Token>) -> Result<Planned, Error> {
        let Some(last) = tokens.pop() else { return Ok(Planned::none()) };
        let mut words = self.positions(tokens)?;
        words.push(self.prefix(&last.text)?);
        self.combine(words)
    }

    pub(super) fn prefix(&self, prefix: &str) -> Result<Planned, Error> {
        let prefix = prefix::pattern(self.field.name(), prefix, LetterCase::Sensitive, PatternOptions::default());
        prefix.plan(self.planner, self.scoring)
    }

    pub(super) fn phrase(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        if let [only] = &tokens[..] {
            return self.exact_word(&only.text);
        }
        let mut words = self.phrase_words(tokens)?;
        if words.len() == 1 {
            return Ok(self.any_of(words.remove(0).terms));
        }
        Ok(Planned::scored(self.planner.scored_phrase(self.field, words, self.options.slop, self.scoring)))
    }

    /// The words with their positions. Those that the analyzer removed leave gaps, in which any word matches.
    fn phrase_words(&self, tokens: Vec<Token>) -> Result<Vec<PhraseWord>, Error> {
        let mut words: Vec<PhraseWord> = Vec::new();
        for token in tokens {
            let Some(term) = self.term(&token.text) else {
                let name = self.field.name();
                return Err(Error::Query(format!("field [{name}] has no positions, which a phrase needs")));
            };
            match words.last_mut() {
                Some(last) if last.position == token.position => last.terms.push(term),
                _ => words.push(PhraseWord { position: token.position, terms: vec![term] }),
            }
        }
        Ok(words)
    }

    pub(super) fn phrase_prefix(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        let Terms { options, field, planner, scoring } = *self;
        if !matches!(field.kind(), FieldKind::Text { .. }) {
            let (name, kind) = (field.name(), field.kind().type_name());
            return Err(Error::Query(format!(
                "Can only use phrase prefix queries on text fields - not on [{name}] which is of type [{kind}]"
            )));
        }
        let last_position = tokens.last().map(|token| token.position);
        let (last, first): (Vec<Token>, Vec<Token>) =
            tokens.into_iter().partition(|token| Some(token.position) == last_position);
        let mut words = self.phrase_words(first)?;
        let texts: Vec<&str> = last.iter().map(|token| token.text.as_str()).collect();
        let positions = if words.is_empty() { Positions::Ignored } else { Positions::Needed };
        let terms = self.terms_beginning_with(&texts, positions)?;
        if words.is_empty() {
            return Ok(self.any_of(terms));
        }
        if terms.is_empty() && planner.searcher.is_some() {
            return Ok(Planned::none());
        }
        words.push(PhraseWord { position: last_position.unwrap_or_default(), terms });
        Ok(Planned::scored(planner.scored_phrase(field, words, options.slop, scoring)))
    }

    /// The terms that begin with one of these texts; none in a dry run, which announces them.
    pub(super) fn terms_beginning_with(&self, texts: &[&str], positions: Positions) -> Result<Vec<Term>, Error> {
        let Terms { options, field, planner, scoring } = *self;
        let term_use = TermUse { scored: scoring.scores == Scores::Needed, positions: positions == Positions::Needed };
        let limit = options.fuzzy.max_expansions.min(MAX_TERMS + 1);
        let mut terms = Vec::new();
        for text in texts {
            let pattern = PatternTerms { field: field.tantivy_field(), matcher: TermMatcher::prefix(text), limit };
            let found = planner.pattern_terms(field, pattern, term_use)?;
            terms.extend(found.into_iter().flatten().map(|found| found.term));
        }
        if terms.len() > MAX_TERMS {
            return Err(Error::Query(format!(
                "too many clauses: more than {MAX_TERMS} terms of [{}] start with [{}]; use a smaller [max_expansions]",
                field.name(),
                texts.join(", ")
            )));
        }
        Ok(terms)
    }

    /// Documents with one of these terms.
    pub(super) fn any_of(&self, terms: Vec<Term>) -> Planned {
        let queries = terms.into_iter().map(|term| self.planner.scored_term(self.field, term, self.scoring));
        let mut queries: Vec<Box<dyn Query>> = queries.collect();
        match queries.len() {
            0 => Planned::none(),
            1 => Planned::scored(queries.remove(0)),
            _ => Planned::scored(Box::new(BooleanQuery::union(queries))),
        }
    }
}
