//! What the parts of a query that is written as a text become: what `query_string` and `simple_query_string` have in common.

use std::sync::Arc;

use quidditch_index::{Field, FieldKind, RangeEdge, TimeZone};
use serde_json::Value as Json;

use super::bool::Bool;
use super::boosted::Boosted;
use super::dis_max::DisMax;
use super::field_boosts::FieldBoosts;
use super::fuzziness::Fuzziness;
use super::fuzzy::Fuzzy;
use super::match_none::MatchNone;
use super::minimum_should_match::MinimumShouldMatch;
use super::multi_match_type::MultiMatchType;
use super::operator::Operator;
use super::range::Range;
use super::regexp::Regexp;
use super::related_ranges::Relation;
use super::term_pattern::{LetterCase, PatternOptions};
use super::text_in_fields::TextInFields;
use super::text_options::{InvalidValues, LastPrefix, TextForm, TextOptions};
use super::{prefix, regexp, wildcard};
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::explain::Explainer;
use crate::explanation::Explanation;
use crate::plan::{Planned, Planner};
use crate::scores::Scoring;
use crate::terms::Transpositions;

/// How the parts are searched.
pub(super) struct StringOptions {
    /// The fields of parts that name none.
    pub(super) names: FieldBoosts,
    pub(super) multi_match_type: MultiMatchType,
    /// How much the fields count that do not score highest.
    pub(super) tie_breaker: f32,
    /// The same for phrases.
    pub(super) phrase_tie_breaker: f32,
    pub(super) words: Arc<TextOptions>,
    pub(super) phrases: TextOptions,
    /// What the names of the fields end in that phrases are searched in.
    pub(super) quote_field_suffix: Option<String>,
    pub(super) fuzziness: Fuzziness,
    pub(super) prefix_length: i32,
    pub(super) max_expansions: i32,
    pub(super) transpositions: Transpositions,
    /// Whether the text of a prefix is analyzed.
    pub(super) analyze_wildcard: bool,
    /// Of patterns.
    pub(super) rewrite: Option<String>,
    /// What compiling a regular expression may cost.
    pub(super) regexp_effort: usize,
    pub(super) time_zone: TimeZone,
}

/// A part of a query, before it is put together with others.
pub(super) enum Built {
    /// Clauses, which may become those of the clause around it.
    Bool(Bool),
    Other(Box<dyn Clause>),
    Boosted(Box<Built>, f32),
}

impl Built {
    pub(super) fn none() -> Self {
        Built::Other(Box::new(MatchNone))
    }

    pub(super) fn boosted(self, boost: Option<f32>) -> Self {
        match boost {
            Some(boost) => Built::Boosted(Box::new(self), boost),
            None => self,
        }
    }

    /// Requires that at least this many clauses match, if it consists of clauses.
    pub(super) fn with_minimum(self, minimum: Option<&MinimumShouldMatch>) -> Self {
        match (self, minimum) {
            (Built::Bool(clauses), Some(minimum)) => {
                let asks_for_more = minimum.required(clauses.should.len()) > clauses.should.len();
                if asks_for_more {
                    return Built::none();
                }
                Built::Bool(Bool { minimum_should_match: Some(minimum.clone()), ..clauses })
            }
            (Built::Boosted(inner, boost), minimum) => Built::Boosted(Box::new(inner.with_minimum(minimum)), boost),
            (built, _) => built,
        }
    }

    pub(super) fn into_clause(self) -> Box<dyn Clause> {
        match self {
            Built::Bool(clauses) => Box::new(clauses),
            Built::Other(clause) => clause,
            Built::Boosted(inner, boost) => Box::new(Boosted { clause: inner.into_clause(), boost }),
        }
    }
}

/// The parts of a query for an index. `None` stands for a part of which the analyzer leaves nothing.
pub(super) struct StringParts<'a> {
    pub(super) options: &'a StringOptions,
    pub(super) planner: &'a Planner<'a>,
}

impl StringParts<'_> {
    /// The fields of a part; of one without a field, the default ones.
    pub(super) fn fields(&self, field: Option<&str>) -> Vec<(String, f32)> {
        match field {
            Some(field) => FieldBoosts::for_field(field).resolve(self.planner),
            None => self.options.names.resolve(self.planner),
        }
    }

    fn phrase_fields(&self, field: Option<&str>) -> Vec<(String, f32)> {
        let Some(suffix) = &self.options.quote_field_suffix else { return self.fields(field) };
        match field {
            Some(field) => FieldBoosts::for_field(field).resolve_with_suffix(self.planner, suffix),
            None => self.options.names.resolve_with_suffix(self.planner, suffix),
        }
    }

    /// Words, which are analyzed together.
    pub(super) fn words(&self, field: Option<&str>, text: &str) -> Result<Option<Built>, Error> {
        let options = self.options;
        self.text(TextInFields {
            fields: self.fields(field),
            text: Json::from(text),
            multi_match_type: options.multi_match_type,
            options: Arc::clone(&options.words),
            tie_breaker: Some(options.tie_breaker),
            boost: 1.0,
        })
    }

    /// The text of a prefix, if that is analyzed.
    fn words_then_prefix(&self, field: Option<&str>, text: &str) -> Result<Option<Built>, Error> {
        let (form, last_prefix) = (TextForm::WordsThenPrefix, LastPrefix::Always);
        let words = TextOptions { form, last_prefix, ..TextOptions::clone(&self.options.words) };
        self.text(TextInFields {
            fields: self.fields(field),
            text: Json::from(text),
            multi_match_type: MultiMatchType::BoolPrefix,
            options: Arc::new(words),
            tie_breaker: Some(self.options.tie_breaker),
            boost: 1.0,
        })
    }

    pub(super) fn phrase(&self, field: Option<&str>, text: &str, slop: Option<u32>) -> Result<Option<Built>, Error> {
        let mut phrases = self.options.phrases.clone();
        phrases.slop = slop.unwrap_or(phrases.slop);
        self.text(TextInFields {
            fields: self.phrase_fields(field),
            text: Json::from(text),
            multi_match_type: MultiMatchType::Phrase,
            options: Arc::new(phrases),
            tie_breaker: Some(self.options.phrase_tie_breaker),
            boost: 1.0,
        })
    }

    fn text(&self, text: TextInFields) -> Result<Option<Built>, Error> {
        text.options.check(self.planner)?;
        if text.fields.is_empty() {
            return Ok(Some(Built::none()));
        }
        if text.is_empty(self.planner) {
            return Ok(None);
        }
        let text = Arc::new(text);
        let Some(words) = text.split(self.planner)? else { return Ok(Some(Built::Other(Box::new(text)))) };
        Ok(Some(Built::Bool(match text.options.operator {
            Operator::And => Bool { must: words, ..Bool::default() },
            Operator::Or => Bool { should: words, ..Bool::default() },
        })))
    }

    /// Terms that start with a text.
    pub(super) fn prefix(&self, field: Option<&str>, text: &str) -> Result<Option<Built>, Error> {
        if self.options.analyze_wildcard {
            return self.words_then_prefix(field, text);
        }
        self.in_fields(self.fields(field), |name| {
            let text = self.normalize(name, text);
            Ok(Box::new(prefix::pattern(name, &text, LetterCase::Sensitive, self.pattern_options())))
        })
    }

    /// Terms that match a pattern, in which a backslash makes the next character an ordinary one.
    pub(super) fn wildcard(&self, field: Option<&str>, pattern: &str) -> Result<Option<Built>, Error> {
        self.in_fields(self.fields(field), |name| {
            let pattern = wildcard::map_texts(pattern, |part| self.normalize(name, part));
            Ok(Box::new(wildcard::pattern(name, &pattern, LetterCase::Sensitive, self.pattern_options())))
        })
    }

    pub(super) fn regexp(&self, field: Option<&str>, text: &str) -> Result<Option<Built>, Error> {
        regexp::check_length(text).map_err(|error| Error::Query(error.to_string()))?;
        self.in_fields(self.fields(field), |name| {
            let has_texts = |field: &&Field| matches!(field.kind(), FieldKind::Text { .. } | FieldKind::Keyword { .. });
            if self.planner.field(name).filter(has_texts).is_none() {
                return Ok(Box::new(MatchNone));
            }
            let text = self.normalize(name, text);
            let regexp = Regexp { effort: self.options.regexp_effort, ..Regexp::new(&text, LetterCase::Sensitive) };
            Ok(Box::new(regexp.pattern(name, self.pattern_options())))
        })
    }

    /// Terms that are similar to a text.
    pub(super) fn fuzzy(&self, field: Option<&str>, text: &str, fuzziness: Fuzziness) -> Result<Option<Built>, Error> {
        let StringOptions { prefix_length, max_expansions, transpositions, .. } = *self.options;
        self.in_fields(self.fields(field), |name| {
            Ok(Box::new(Fuzzy {
                field: name.to_owned(),
                text: Json::from(self.normalize(name, text)),
                fuzziness,
                prefix_length,
                max_expansions,
                transpositions,
                ..Fuzzy::default()
            }))
        })
    }

    /// Values between two bounds.
    pub(super) fn range(
        &self,
        field: Option<&str>,
        lower: Option<(RangeEdge, &str)>,
        upper: Option<(RangeEdge, &str)>,
    ) -> Result<Option<Built>, Error> {
        self.in_fields(self.fields(field), |name| {
            let bound = |(edge, text): (RangeEdge, &str)| (edge, Json::from(self.normalize(name, text)));
            Ok(Box::new(Range {
                field: name.to_owned(),
                lower: lower.map(bound),
                upper: upper.map(bound),
                format: None,
                time_zone: self.options.time_zone.clone(),
                relation: Relation::default(),
                boost: 1.0,
            }))
        })
    }

    /// One clause for each field, of which the best counts.
    pub(super) fn in_fields(
        &self,
        fields: Vec<(String, f32)>,
        clause: impl Fn(&str) -> Result<Box<dyn Clause>, Error>,
    ) -> Result<Option<Built>, Error> {
        self.planner.expand(fields.len())?;
        let mut queries = Vec::with_capacity(fields.len());
        for (name, boost) in fields {
            let clause =
                Box::new(Forgiven { clause: clause(&name)?, invalid_values: self.options.words.invalid_values });
            queries.push(if boost == 1.0 { clause as Box<dyn Clause> } else { Box::new(Boosted { clause, boost }) });
        }
        Ok(Some(match queries.len() {
            0 => Built::none(),
            1 => Built::Other(queries.remove(0)),
            _ => Built::Other(Box::new(DisMax { queries, tie_breaker: self.options.tie_breaker, boost: 1.0 })),
        }))
    }

    fn pattern_options(&self) -> PatternOptions {
        PatternOptions { boost: 1.0, rewrite: self.options.rewrite.clone() }
    }

    /// A part of a term as the analyzer of the field writes it.
    fn normalize(&self, field: &str, part: &str) -> String {
        let Some(FieldKind::Text { search_analyzer, .. }) = self.planner.field(field).map(Field::kind) else {
            return part.to_owned();
        };
        let analyzer = self.options.words.analyzer.as_deref().unwrap_or(search_analyzer);
        self.planner.snapshot.normalize(analyzer, part)
    }
}

/// A clause that matches nothing where its value is invalid, if the query is lenient.
struct Forgiven {
    clause: Box<dyn Clause>,
    invalid_values: InvalidValues,
}

impl Clause for Forgiven {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let planned = self.clause.plan(planner, scoring).map(Some);
        Ok(self.invalid_values.forgive(planned)?.unwrap_or_else(Planned::none))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.clause.text_matches(planner, matches)
    }

    fn explain(&self, explainer: &Explainer<'_>, scoring: Scoring) -> Result<Explanation, Error> {
        match self.clause.explain(explainer, scoring) {
            Err(error) if self.invalid_values.forgives(&error) => {
                explainer.planned(&|planner| self.plan(planner, scoring), &self.description(), scoring)
            }
            explained => explained,
        }
    }

    fn description(&self) -> String {
        self.clause.description()
    }
}
