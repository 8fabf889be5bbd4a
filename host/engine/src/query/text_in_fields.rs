//! A text in several fields, whose names are known: what `multi_match` and the query languages have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind, Token};
use serde_json::Value as Json;
use tantivy::query::{BooleanQuery, DisjunctionMaxQuery, Query};

use super::dis_max;
use super::multi_match_type::MultiMatchType;
use super::term::Lookup;
use super::text_options::{SynonymWords, TextForm, TextOptions, WordForm};
use super::text_query::TextQuery;
use super::text_terms::Terms;
use super::token_graph::{GraphPart, Path, TokenGraph};
use super::zero_terms::ZeroTerms;
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;

/// A text that is searched in several fields.
pub(super) struct TextInFields {
    /// With boosts.
    pub(super) fields: Vec<(String, f32)>,
    pub(super) text: Json,
    pub(super) multi_match_type: MultiMatchType,
    pub(super) options: Arc<TextOptions>,
    /// How much the fields count that do not score highest; `None` is what the type says.
    pub(super) tie_breaker: Option<f32>,
    pub(super) boost: f32,
}

impl Clause for TextInFields {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        Ok(self.plan_words(planner, scoring)?.unwrap_or_else(Planned::none))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        for (name, boost) in &self.fields {
            self.in_field(name, *boost).text_matches(planner, matches)?;
        }
        Ok(())
    }
}

impl Clause for Arc<TextInFields> {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        TextInFields::plan(self, planner, scoring)
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        TextInFields::text_matches(self, planner, matches)
    }
}

impl TextInFields {
    /// `None` if nothing is left of the text in any field, and fields without words are [dropped](ZeroTerms::Dropped).
    fn plan_words(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Option<Planned>, Error> {
        self.options.check(planner)?;
        let scoring = scoring.boosted(self.boost)?;
        if self.fields.is_empty() {
            return Ok(Some(Planned::none()));
        }
        let mut parts = Vec::new();
        for part in self.parts(planner) {
            let planned = match part {
                Part::Field(text) => {
                    if text.analyzed_field(planner).is_none() {
                        planner.expand(1)?;
                    }
                    text.plan_words(planner, scoring)?
                }
                Part::Blended(fields) => fields.plan(planner, scoring)?,
            };
            parts.extend(planned.or_else(|| match self.options.zero_terms {
                ZeroTerms::Dropped => None,
                zero_terms => Some(zero_terms.plan(scoring.boost())),
            }));
        }
        match parts.len() {
            0 => Ok(None),
            1 => Ok(parts.pop()),
            _ => dis_max::plan(planner, parts, self.tie_breaker(), scoring).map(Some),
        }
    }

    /// Whether nothing is left of the text in any field.
    pub(super) fn is_empty(&self, planner: &Planner<'_>) -> bool {
        !self.fields.is_empty() && self.fields.iter().all(|(name, boost)| self.in_field(name, *boost).is_empty(planner))
    }

    /// The words of the text as clauses of their own, if there are several, and they are searched in one field or in fields as if
    /// these were one.
    pub(super) fn split(self: &Arc<Self>, planner: &Planner<'_>) -> Result<Option<Vec<Box<dyn Clause>>>, Error> {
        if !matches!(self.options.form, TextForm::Words | TextForm::WordsThenPrefix) || self.boost != 1.0 {
            return Ok(None);
        }
        let mut last = self.options.form.last_word();
        let tokens = match &self.parts(planner)[..] {
            [Part::Field(text)] if text.boost == 1.0 => match text.analyzed_field(planner) {
                Some(field) => text.tokens(planner, field).inspect(|tokens| {
                    last = text.options_for(field, tokens).form.last_word();
                }),
                None => return Ok(None),
            },
            [Part::Blended(fields)] => fields.tokens(planner),
            _ => return Ok(None),
        };
        // Planning the whole text says what is wrong with it.
        let Ok(tokens) = tokens else { return Ok(None) };
        let are_words = tokens.windows(2).all(|two| two[0].position < two[1].position);
        if tokens.len() < 2 || !are_words || TokenGraph::is_needed(&tokens) {
            return Ok(None);
        }
        planner.expand(tokens.len())?;
        let count = tokens.len();
        let words = tokens.into_iter().enumerate().map(|(index, token)| {
            let form = last.of_word(index, count);
            Box::new(WordOfText { text: Arc::clone(self), word: token.text, form }) as Box<dyn Clause>
        });
        Ok(Some(words.collect()))
    }

    fn tie_breaker(&self) -> f32 {
        self.tie_breaker.unwrap_or(self.multi_match_type.tie_breaker())
    }

    fn in_field(&self, name: &str, boost: f32) -> TextQuery {
        TextQuery { field: name.to_owned(), text: self.text.clone(), options: Arc::clone(&self.options), boost }
    }

    /// What is searched on its own.
    fn parts<'a>(&'a self, planner: &'a Planner<'_>) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut groups: Vec<(&str, Vec<(&Field, f32)>)> = Vec::new();
        for (name, boost) in &self.fields {
            let field = planner.field(name).filter(|_| self.multi_match_type == MultiMatchType::CrossFields);
            let Some(field) = field else {
                parts.push(Part::Field(self.in_field(name, *boost)));
                continue;
            };
            let analyzer = self.options.analyzer.as_deref().unwrap_or_else(|| analyzer(field));
            match groups.iter_mut().find(|(known, _)| *known == analyzer) {
                Some((_, group)) => group.push((field, *boost)),
                None => groups.push((analyzer, vec![(field, *boost)])),
            }
        }
        for (_, fields) in groups {
            let only = if fields.len() == 1 { fields.first().copied() } else { None };
            parts.push(match only {
                Some((field, boost)) => Part::Field(self.in_field(field.name(), boost)),
                None => Part::Blended(BlendedFields { text: self, fields }),
            });
        }
        parts
    }
}

/// The analyzer of a field's queries.
fn analyzer(field: &Field) -> &str {
    match field.kind() {
        FieldKind::Text { search_analyzer, .. } => search_analyzer,
        _ => "keyword",
    }
}

enum Part<'a> {
    Field(TextQuery),
    /// Each word may be in another of these fields.
    Blended(BlendedFields<'a>),
}

/// Fields with the same analyzer, which are searched as if they were one.
struct BlendedFields<'a> {
    text: &'a TextInFields,
    fields: Vec<(&'a Field, f32)>,
}

impl BlendedFields<'_> {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Option<Planned>, Error> {
        let options = &self.text.options;
        let tokens = self.tokens(planner)?;
        planner.expand(tokens.len().saturating_mul(self.fields.len()))?;
        let words = if TokenGraph::is_needed(&tokens) {
            let graph = TokenGraph::new(tokens)?;
            graph.parts().iter().map(|part| self.graph_part(planner, part, scoring)).collect::<Result<Vec<_>, _>>()?
        } else {
            let same = tokens.chunk_by(|a, b| a.position == b.position);
            same.map(|tokens| self.any_word(planner, tokens, scoring)).collect::<Result<Vec<_>, _>>()?
        };
        match words.len() {
            0 => Ok(None),
            1 => Ok(words.into_iter().next().map(Planned::scored)),
            _ => Ok(Some(options.operator.combine(words, options.minimum_should_match.as_ref()))),
        }
    }

    /// All fields have the same analyzer, so that the first one's text is that of all.
    fn tokens(&self, planner: &Planner<'_>) -> Result<Vec<Token>, Error> {
        let (first, boost) = self.fields[0];
        self.text.in_field(first.name(), boost).tokens(planner, first)
    }

    fn graph_part(&self, planner: &Planner<'_>, part: &GraphPart, scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        let paths = match part {
            GraphPart::Position { tokens, .. } => return self.any_word(planner, tokens, scoring),
            GraphPart::Paths(paths) => paths,
        };
        let paths = paths.iter().map(|path| self.path(planner, path, scoring));
        Ok(Box::new(BooleanQuery::union(paths.collect::<Result<_, _>>()?)))
    }

    /// The words of a path: as a phrase in one of the fields, or each in any of them.
    fn path(&self, planner: &Planner<'_>, path: &Path, scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        if path.len() == 1 || self.text.options.synonyms == SynonymWords::Anywhere {
            let words = path.iter().map(|(token, _)| self.word(planner, &token.text, scoring));
            let mut words = words.collect::<Result<Vec<_>, _>>()?;
            return Ok(if words.len() == 1 { words.remove(0) } else { Box::new(BooleanQuery::intersection(words)) });
        }
        let phrases = self.fields.iter().map(|(field, boost)| {
            let scoring = scoring.boosted(*boost)?;
            let terms = Terms { options: &self.text.options, field, planner, scoring };
            terms.phrase_of_path(path)?.into_query(planner, scoring.scores)
        });
        let phrases = phrases.collect::<Result<Vec<_>, Error>>()?;
        Ok(Box::new(DisjunctionMaxQuery::with_tie_breaker(phrases, self.text.tie_breaker())))
    }

    fn word(&self, planner: &Planner<'_>, word: &str, scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        self.any_of(planner, &[word], scoring)
    }

    fn any_word(&self, planner: &Planner<'_>, tokens: &[Token], scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        self.any_of(planner, &words, scoring)
    }

    /// Documents with one of several words that mean the same.
    fn any_of(&self, planner: &Planner<'_>, words: &[&str], scoring: Scoring) -> Result<Box<dyn Query>, Error> {
        let mut terms = Vec::new();
        let mut others = Vec::new();
        for ((field, boost), word) in self.fields.iter().flat_map(|field| words.iter().map(move |word| (field, *word)))
        {
            let scoring = scoring.boosted(*boost)?;
            match Lookup::new(planner, field.name(), &Json::from(word)) {
                Ok(Some(Lookup::Text(field, term) | Lookup::Boolean(field, term))) => {
                    terms.push((field, term, scoring));
                }
                Ok(lookup) => {
                    let planned = lookup.map(|lookup| lookup.plan(planner, scoring));
                    others.push(planned.unwrap_or_else(Planned::none));
                }
                Err(error) => {
                    let forgiven = self.text.options.invalid_values.forgive(Err(error))?;
                    others.push(forgiven.unwrap_or_else(Planned::none));
                }
            }
        }
        let mut blended = planner.blended_terms(terms)?;
        let best: Option<Box<dyn Query>> = match blended.len() {
            0 => None,
            1 => blended.pop(),
            _ => Some(Box::new(DisjunctionMaxQuery::with_tie_breaker(blended, self.text.tie_breaker()))),
        };
        let others = others.into_iter().map(|other| other.into_query(planner, scoring.scores));
        let mut queries = others.collect::<Result<Vec<_>, _>>()?;
        queries.extend(best);
        Ok(match queries.len() {
            1 => queries.remove(0),
            _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, 1.0)),
        })
    }
}

/// One word of a text that was analyzed.
struct WordOfText {
    text: Arc<TextInFields>,
    word: String,
    form: WordForm,
}

impl Clause for WordOfText {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        match self.text.parts(planner).into_iter().next() {
            Some(Part::Field(text)) => text.plan_word(planner, &self.word, self.form, scoring),
            Some(Part::Blended(fields)) => fields.word(planner, &self.word, scoring).map(Planned::scored),
            None => Ok(Planned::none()),
        }
    }

    fn text_matches(&self, _: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        for (name, boost) in &self.text.fields {
            self.text.in_field(name, *boost).add_word(&self.word, self.form, matches);
        }
        Ok(())
    }
}
