//! A text in one field: how it becomes terms, and how documents must have these. What all types of `match` have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind, FieldValue, Token};
use serde_json::Value as Json;
use tantivy::Term;
use tantivy::query::{BooleanQuery, Query};

use super::clause::Clause;
use super::computed;
use super::fuzziness::{Fuzziness, FuzzyOptions};
use super::metadata_field::MetadataField;
use super::minimum_should_match::MinimumShouldMatch;
use super::operator::Operator;
use super::prefix;
use super::rewrite::{MAX_TERMS, Rewrite, plan_fuzzy};
use super::term::{Lookup, text_of};
use super::term_pattern::{LetterCase, PatternOptions};
use super::text_matches::{TermTest, TextMatches};
use super::zero_terms::ZeroTerms;
use crate::Error;
use crate::json::{Node, ParseError};
use crate::plan::{Planned, Planner};
use crate::scores::{PhraseWord, Scores, Scoring};
use crate::terms::{PatternTerms, TermMatcher};
use crate::warmup::TermUse;

/// A text that is searched in a field.
pub(super) struct TextQuery {
    pub(super) field: String,
    pub(super) text: Json,
    pub(super) options: Arc<TextOptions>,
    pub(super) boost: f32,
}

/// How a text is searched, whatever the field.
#[derive(Debug, Clone)]
pub(super) struct TextOptions {
    /// The type of the query, for errors.
    pub(super) query: &'static str,
    pub(super) form: TextForm,
    /// `None` is the field's own.
    pub(super) analyzer: Option<String>,
    pub(super) operator: Operator,
    pub(super) minimum_should_match: Option<MinimumShouldMatch>,
    pub(super) fuzziness: Option<Fuzziness>,
    pub(super) fuzzy: FuzzyOptions,
    /// The name of a [`Rewrite`].
    pub(super) fuzzy_rewrite: Option<String>,
    /// How many positions the words of a phrase may be moved.
    pub(super) slop: u32,
    pub(super) zero_terms: ZeroTerms,
    pub(super) invalid_values: InvalidValues,
}

/// How documents must have the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextForm {
    /// Anywhere.
    Words,
    /// Anywhere; the last one may be the start of a term.
    WordsThenPrefix,
    /// Next to each other, in order.
    Phrase,
    /// Next to each other, in order; the last one may be the start of a term.
    PhrasePrefix,
}

/// What happens with a text that the field cannot have as a value, such as a word for a number: `lenient`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvalidValues {
    Fail,
    MatchNothing,
}

impl InvalidValues {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(if node.boolean()? { InvalidValues::MatchNothing } else { InvalidValues::Fail })
    }

    /// A query that cannot be planned because of its value matches nothing, if values may be invalid.
    pub(super) fn forgive(self, planned: Result<Option<Planned>, Error>) -> Result<Option<Planned>, Error> {
        match planned {
            Err(Error::Query(_) | Error::Shard { .. }) if self == InvalidValues::MatchNothing => {
                Ok(Some(Planned::none()))
            }
            planned => planned,
        }
    }
}

impl TextOptions {
    /// A text whose words may be anywhere, in any order, and of which one is enough.
    pub(super) fn new(query: &'static str, form: TextForm) -> Self {
        TextOptions {
            query,
            form,
            analyzer: None,
            operator: Operator::Or,
            minimum_should_match: None,
            fuzziness: None,
            fuzzy: FuzzyOptions::default(),
            fuzzy_rewrite: None,
            slop: 0,
            zero_terms: ZeroTerms::None,
            invalid_values: InvalidValues::Fail,
        }
    }

    /// Whether the index has the analyzer, and the way of scoring exists.
    pub(super) fn check(&self, planner: &Planner<'_>) -> Result<(), Error> {
        self.rewrite()?;
        match &self.analyzer {
            Some(analyzer) if !planner.mapping().has_analyzer(analyzer) => {
                Err(Error::Query(format!("[{}] analyzer [{analyzer}] not found", self.query)))
            }
            _ => Ok(()),
        }
    }

    /// Whether the whole text of a field that is not analyzed must be the same.
    fn is_plain(&self) -> bool {
        let is_whole = matches!(self.form, TextForm::Words | TextForm::Phrase);
        is_whole && self.analyzer.is_none() && self.fuzziness.is_none()
    }

    fn rewrite(&self) -> Result<Rewrite, Error> {
        self.fuzzy_rewrite.as_deref().map_or(Ok(self.fuzzy.rewrite()), Rewrite::parse)
    }
}

/// The value of `query`, which is a string, a number or a boolean.
pub(super) fn text(node: &Node<'_>, query: &str, field: &str) -> Result<Json, ParseError> {
    match node.json() {
        text @ (Json::String(_) | Json::Number(_) | Json::Bool(_)) => Ok(text.clone()),
        _ => Err(node.error(format!("[{query}] query expects a string, number or boolean for [{field}]"))),
    }
}

impl Clause for TextQuery {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let boost = scoring.boosted(self.boost)?.boost();
        Ok(self.plan_words(planner, scoring)?.unwrap_or_else(|| self.options.zero_terms.plan(boost)))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        let options = &*self.options;
        let Some(field) = self.analyzed_field(planner) else {
            let keyword = planner.field(&self.field).filter(|field| matches!(field.kind(), FieldKind::Keyword { .. }));
            if let Some(text) = keyword.and_then(|field| field.text(&self.text).ok()) {
                let is_prefix = options.form == TextForm::WordsThenPrefix;
                self.add_word(&text, if is_prefix { WordForm::Prefix } else { WordForm::Whole }, matches);
            }
            return Ok(());
        };
        let Ok(tokens) = self.tokens(planner, field) else { return Ok(()) };
        let last = tokens.last().map(|token| token.position);
        if matches!(options.form, TextForm::Words | TextForm::WordsThenPrefix) {
            for token in &tokens {
                let is_prefix = options.form == TextForm::WordsThenPrefix && Some(token.position) == last;
                self.add_word(&token.text, if is_prefix { WordForm::Prefix } else { WordForm::Whole }, matches);
            }
            return Ok(());
        }
        let words = tokens.into_iter().map(|token| {
            let is_prefix = options.form == TextForm::PhrasePrefix && Some(token.position) == last;
            let test = if is_prefix { starts_with(&token.text) } else { TermTest::Is(token.text) };
            (token.position, test)
        });
        matches.phrase(&self.field, words.collect(), options.slop as usize);
        Ok(())
    }

    fn description(&self) -> String {
        format!("{}:{}", self.field, text_of(&self.text))
    }
}

/// Whether a word is a term, or the start of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordForm {
    Whole,
    Prefix,
}

/// Terms that start with a text.
fn starts_with(text: &str) -> TermTest {
    let text = text.to_owned();
    TermTest::Passes(Arc::new(move |term| term.starts_with(&text)))
}

impl TextQuery {
    /// Adds a word of the text, which may be the start of a term, to what the query matches.
    pub(super) fn add_word(&self, word: &str, form: WordForm, matches: &mut TextMatches) {
        matches.test(
            &self.field,
            match self.options.fuzziness {
                _ if form == WordForm::Prefix => starts_with(word),
                None => TermTest::Is(word.to_owned()),
                Some(fuzziness) => {
                    let similar = self.options.fuzzy.term(word, fuzziness);
                    TermTest::Passes(Arc::new(move |term| similar.similarity(term).is_some()))
                }
            },
        );
    }

    /// `None` if the analyzer leaves nothing of the text.
    pub(super) fn plan_words(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Option<Planned>, Error> {
        self.options.check(planner)?;
        let scoring = scoring.boosted(self.boost)?;
        let invalid_values = self.options.invalid_values;
        if let Some(computed) = planner.computed(&self.field)
            && self.options.is_plain()
        {
            let planned = computed::one_of(planner, computed, std::slice::from_ref(&self.text), scoring);
            return invalid_values.forgive(planned.map(Some));
        }
        let Some(field) = self.analyzed_field(planner) else {
            return invalid_values.forgive(self.plan_value(planner, scoring).map(Some));
        };
        let tokens = match self.tokens(planner, field) {
            Ok(tokens) => tokens,
            Err(error) => return invalid_values.forgive(Err(error)),
        };
        planner.expand(tokens.len())?;
        if tokens.is_empty() {
            return Ok(None);
        }
        let terms = Terms { options: &self.options, field, planner, scoring };
        invalid_values.forgive(terms.plan(tokens).map(Some))
    }

    /// One word of the text, which was analyzed.
    pub(super) fn plan_word(
        &self,
        planner: &Planner<'_>,
        word: &str,
        form: TextForm,
        scoring: Scoring,
    ) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let Some(field) = self.analyzed_field(planner) else { return Ok(Planned::none()) };
        let terms = Terms { options: &self.options, field, planner, scoring };
        let planned = if form == TextForm::WordsThenPrefix { terms.prefix(word) } else { terms.word(word) };
        Ok(self.options.invalid_values.forgive(planned.map(Some))?.unwrap_or_else(Planned::none))
    }

    /// Whether the analyzer leaves nothing of the text.
    pub(super) fn is_empty(&self, planner: &Planner<'_>) -> bool {
        let field = self.analyzed_field(planner);
        field.and_then(|field| self.tokens(planner, field).ok()).is_some_and(|tokens| tokens.is_empty())
    }

    /// The field, if the text is analyzed for it: a `text`, or any other if the query has an analyzer.
    pub(super) fn analyzed_field<'p>(&self, planner: &'p Planner<'_>) -> Option<&'p Field> {
        let field = planner.field(&self.field)?;
        let is_analyzed = matches!(field.kind(), FieldKind::Text { .. }) || self.options.analyzer.is_some();
        is_analyzed.then_some(field)
    }

    /// The terms of the text.
    pub(super) fn tokens(&self, planner: &Planner<'_>, field: &Field) -> Result<Vec<Token>, Error> {
        let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
        let given = self.options.analyzer.as_deref();
        let tokens = given.and_then(|analyzer| planner.snapshot.analyze_with(analyzer, &text));
        Ok(tokens.unwrap_or_else(|| planner.snapshot.analyze(field, &text)))
    }

    /// The text as one value of a field that has no analyzer.
    fn plan_value(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let options = &self.options;
        let field = planner.field(&self.field);
        let kind = match field {
            Some(field) => field.kind().type_name(),
            None if MetadataField::find(&self.field).is_some() => &self.field,
            None => return Ok(Planned::none()),
        };
        let keyword = field.filter(|field| matches!(field.kind(), FieldKind::Keyword { .. }));
        if options.form == TextForm::PhrasePrefix {
            return Err(Error::Query(format!(
                "Can only use phrase prefix queries on text fields - not on [{}] which is of type [{kind}]",
                self.field
            )));
        }
        if let (TextForm::WordsThenPrefix, Some(field)) = (options.form, keyword) {
            let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
            return prefix::pattern(&self.field, &text, LetterCase::Sensitive, PatternOptions::default())
                .plan(planner, scoring);
        }
        if let Some(fuzziness) = options.fuzziness {
            let Some(field) = keyword else { return Err(not_fuzzy(&self.field, kind)) };
            let text = field.text(&self.text).map_err(|error| Planner::value_error(&error))?;
            return plan_fuzzy(planner, field, options.fuzzy.term(&text, fuzziness), options.rewrite()?, scoring);
        }
        let lookup = Lookup::new(planner, &self.field, &self.text)?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(planner, scoring)))
    }
}

/// The error that a field has no terms that others are similar to.
pub(super) fn not_fuzzy(field: &str, kind: &str) -> Error {
    Error::Query(format!(
        "Can only use fuzzy queries on keyword and text fields - not on [{field}] which is of type [{kind}]"
    ))
}

/// What the terms of a text become.
struct Terms<'a> {
    options: &'a TextOptions,
    field: &'a Field,
    planner: &'a Planner<'a>,
    scoring: Scoring,
}

impl Terms<'_> {
    fn plan(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        match self.options.form {
            TextForm::Words => self.words(tokens),
            TextForm::WordsThenPrefix => self.words_then_prefix(tokens),
            TextForm::Phrase => self.phrase(tokens),
            TextForm::PhrasePrefix => self.phrase_prefix(tokens),
        }
    }

    fn words(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
        let words = tokens.into_iter().map(|token| self.word(&token.text)).collect::<Result<Vec<_>, _>>()?;
        self.combine(words)
    }

    fn combine(&self, mut words: Vec<Planned>) -> Result<Planned, Error> {
        if words.len() == 1 {
            return Ok(words.remove(0));
        }
        let queries = words.into_iter().map(|word| word.into_query(self.planner, self.scoring.scores));
        let queries = queries.collect::<Result<_, _>>()?;
        Ok(self.options.operator.combine(queries, self.options.minimum_should_match.as_ref()))
    }

    /// Documents with a term, or with one that is similar to it.
    fn word(&self, word: &str) -> Result<Planned, Error> {
        let Terms { options, field, planner, scoring } = *self;
        let Some(fuzziness) = options.fuzziness else { return self.exact_word(word) };
        if !matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. }) {
            return Err(not_fuzzy(field.name(), field.kind().type_name()));
        }
        plan_fuzzy(planner, field, options.fuzzy.term(word, fuzziness), options.rewrite()?, scoring)
    }

    fn exact_word(&self, word: &str) -> Result<Planned, Error> {
        if let Some(term) = self.term(word) {
            return Ok(Planned::scored(self.planner.scored_term(self.field, term, self.scoring)));
        }
        let lookup = Lookup::new(self.planner, self.field.name(), &Json::from(word))?;
        Ok(lookup.map_or_else(Planned::none, |lookup| lookup.plan(self.planner, self.scoring)))
    }

    /// The term of a `text`.
    fn term(&self, word: &str) -> Option<Term> {
        let is_text = matches!(self.field.kind(), FieldKind::Text { .. });
        self.field.term(&FieldValue::Text(word.to_owned())).filter(|_| is_text)
    }

    fn words_then_prefix(&self, mut tokens: Vec<Token>) -> Result<Planned, Error> {
        let Some(last) = tokens.pop() else { return Ok(Planned::none()) };
        let mut words = tokens.into_iter().map(|token| self.word(&token.text)).collect::<Result<Vec<_>, _>>()?;
        words.push(self.prefix(&last.text)?);
        self.combine(words)
    }

    fn prefix(&self, prefix: &str) -> Result<Planned, Error> {
        let prefix = prefix::pattern(self.field.name(), prefix, LetterCase::Sensitive, PatternOptions::default());
        prefix.plan(self.planner, self.scoring)
    }

    fn phrase(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
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

    fn phrase_prefix(&self, tokens: Vec<Token>) -> Result<Planned, Error> {
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
        let term_use = TermUse { scored: scoring.scores == Scores::Needed, positions: !words.is_empty() };
        let limit = options.fuzzy.max_expansions.min(MAX_TERMS + 1);
        let mut terms = Vec::new();
        for token in &last {
            let matcher = TermMatcher::Prefix(token.text.as_str().into());
            let pattern = PatternTerms { field: field.tantivy_field(), matcher, limit };
            let found = planner.pattern_terms(field, pattern, term_use)?;
            terms.extend(found.into_iter().flatten().map(|found| found.term));
        }
        if terms.len() > MAX_TERMS {
            let prefix: Vec<&str> = last.iter().map(|token| token.text.as_str()).collect();
            return Err(Error::Query(format!(
                "too many clauses: more than {MAX_TERMS} terms of [{}] start with [{}]; use a smaller [max_expansions]",
                field.name(),
                prefix.join(", ")
            )));
        }
        if words.is_empty() {
            return Ok(self.any_of(terms));
        }
        if terms.is_empty() && planner.searcher.is_some() {
            return Ok(Planned::none());
        }
        words.push(PhraseWord { position: last_position.unwrap_or_default(), terms });
        Ok(Planned::scored(planner.scored_phrase(field, words, options.slop, scoring)))
    }

    /// Documents with one of these terms.
    fn any_of(&self, terms: Vec<Term>) -> Planned {
        let queries = terms.into_iter().map(|term| self.planner.scored_term(self.field, term, self.scoring));
        let mut queries: Vec<Box<dyn Query>> = queries.collect();
        match queries.len() {
            0 => Planned::none(),
            1 => Planned::scored(queries.remove(0)),
            _ => Planned::scored(Box::new(BooleanQuery::union(queries))),
        }
    }
}
