//! `{"query_string": {"query": "title:(quiet OR lost) -harbour"}}`: a query in the language of Lucene's classic query parser.

mod error;
mod escapes;
mod group;
mod parser;
mod tokens;

use std::sync::Arc;

use quidditch_index::RangeEdge;
use tantivy::query::Occur;

use super::bool::Bool;
use super::exists::Exists;
use super::field_boosts::FieldBoosts;
use super::fuzziness::{Fuzziness, transpositions};
use super::match_all::MatchAll;
use super::metadata_field::MetadataField;
use super::minimum_should_match::MinimumShouldMatch;
use super::multi_match_type::{MultiMatchType, TYPES};
use super::operator::{OPERATORS, Operator};
use super::range;
use super::regexp;
use super::rewrite::Rewrite;
use super::string_clause::{StringClause, StringQuery};
use super::string_parts::{Built, StringOptions, StringParts};
use super::text_options::{InvalidValues, SynonymWords, TextForm, TextOptions};
use super::zero_terms::ZeroTerms;
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError, Words};
use crate::plan::Planner;
use crate::request::{Parser, take_boost};
use crate::terms::Transpositions;
use group::{Conjunction, Group, GroupClause, Part, PartKind, RangePart, Sign};

pub(super) use error::SyntaxError;

const QUERY: &str = "[query_string] query";

pub(super) const DEFAULT_OPERATORS: Words<Operator> = Words { key: "default_operator", ..OPERATORS };

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = fields.required("query", QUERY)?;
    let text = query.scalar()?;
    let is_escaped = fields.optional("escape", Node::boolean)?.unwrap_or(false);
    let text = if is_escaped { escapes::escape(&text) } else { text.into_owned() };
    let group = match text.trim() {
        "" => None,
        _ => Some(parser::parse(&text, parser.limits.max_clauses).map_err(|error| {
            query.mistake(ErrorKind::Query, format!("[query_string] query cannot be parsed: {error}"))
        })?),
    };
    let default_field = take_default_field(&mut fields)?;
    let names = match &default_field {
        Some(field) => FieldBoosts::for_field(field),
        None => fields.optional("fields", field_list)?.unwrap_or_else(FieldBoosts::all),
    };
    let options = take_options(&mut fields, names)?;
    let operator = options.words.operator;
    let query = QueryString {
        group,
        default_field: default_field.filter(|field| field != "*"),
        options,
        operator,
        leading_wildcards: fields.optional("allow_leading_wildcard", Node::boolean)?.unwrap_or(true),
        minimum_should_match: fields.optional("minimum_should_match", MinimumShouldMatch::parse)?,
    };
    let boost = take_boost(&mut fields)?;
    take_inactive_options(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(StringClause { query, boost }))
}

/// `default_field`, which must not be next to `fields`.
fn take_default_field(fields: &mut Fields<'_>) -> Result<Option<String>, ParseError> {
    let Some(node) = fields.take("default_field") else { return Ok(None) };
    if fields.take("fields").is_some_and(|names| names.items().next().is_some()) {
        return Err(node.mistake(ErrorKind::Query, "[query_string] query has both [fields] and [default_field]"));
    }
    Ok(Some(node.text()?.to_owned()))
}

pub(super) fn field_list(node: &Node<'_>) -> Result<FieldBoosts, ParseError> {
    node.list().map(drop)?;
    FieldBoosts::parse(node)
}

fn take_options(fields: &mut Fields<'_>, names: FieldBoosts) -> Result<StringOptions, ParseError> {
    let text = |node: &Node<'_>| node.text().map(str::to_owned);
    let multi_match_type = fields.optional("type", |node| TYPES.read(node))?.unwrap_or(MultiMatchType::BestFields);
    let tie_breaker = fields.optional("tie_breaker", Node::float)?.unwrap_or(multi_match_type.tie_breaker());
    let mut words = TextOptions::new("query_string", multi_match_type.form());
    words.zero_terms = ZeroTerms::Dropped;
    words.analyzer = fields.optional("analyzer", text)?;
    if let Some(operator) = fields.optional("default_operator", |node| DEFAULT_OPERATORS.read(node))? {
        words.operator = operator;
    }
    let lenient = fields.optional("lenient", InvalidValues::parse)?;
    words.invalid_values =
        lenient.unwrap_or(if names.is_all() { InvalidValues::MatchNothing } else { InvalidValues::Fail });
    if let Some(slop) = fields.optional("phrase_slop", Node::integer)? {
        words.slop = u32::try_from(slop).unwrap_or(0);
    }
    words.synonyms = SynonymWords::take(fields)?;
    let mut phrases = TextOptions { form: TextForm::Phrase, ..words.clone() };
    if let Some(analyzer) = fields.optional("quote_analyzer", text)? {
        phrases.analyzer = Some(analyzer);
    }
    Ok(StringOptions {
        names,
        multi_match_type,
        tie_breaker,
        phrase_tie_breaker: tie_breaker,
        words: Arc::new(words),
        phrases,
        quote_field_suffix: fields.optional("quote_field_suffix", text)?,
        fuzziness: fields.optional("fuzziness", Fuzziness::parse)?.unwrap_or(Fuzziness::AUTO),
        prefix_length: fields.optional("fuzzy_prefix_length", Node::integer)?.unwrap_or(0),
        max_expansions: fields.optional("fuzzy_max_expansions", Node::integer)?.unwrap_or(50),
        transpositions: fields.optional("fuzzy_transpositions", transpositions)?.unwrap_or(Transpositions::OneEdit),
        analyze_wildcard: fields.optional("analyze_wildcard", Node::boolean)?.unwrap_or(false),
        rewrite: fields.optional("rewrite", text)?,
        time_zone: fields.optional("time_zone", range::time_zone)?.unwrap_or_default(),
        regexp_effort: regexp::take_effort(fields)?,
    })
}

/// Options that change nothing here, although clients send them.
fn take_inactive_options(fields: &mut Fields<'_>) -> Result<(), ParseError> {
    fields.optional("enable_position_increments", Node::boolean)?;
    // Known to have no effect.
    fields.optional("fuzzy_rewrite", |node| node.text().map(str::to_owned))?;
    Ok(())
}

struct QueryString {
    /// `None` if the query is empty.
    group: Option<Group>,
    /// The one field of parts that name none; a pattern, perhaps.
    default_field: Option<String>,
    options: StringOptions,
    operator: Operator,
    /// Whether a pattern may start with a wildcard.
    leading_wildcards: bool,
    minimum_should_match: Option<MinimumShouldMatch>,
}

impl StringQuery for QueryString {
    fn build(&self, planner: &Planner<'_>) -> Result<Box<dyn Clause>, Error> {
        self.options.words.check(planner)?;
        self.options.phrases.check(planner)?;
        self.options.rewrite.as_deref().map(Rewrite::parse).transpose()?;
        let Some(group) = &self.group else { return Ok(Built::none().into_clause()) };
        let builder = Builder { query: self, parts: StringParts { options: &self.options, planner } };
        let built = builder.group(group)?.unwrap_or_else(Built::none);
        Ok(built.with_minimum(self.minimum_should_match.as_ref()).into_clause())
    }
}

/// Builds the clauses of a query.
struct Builder<'a> {
    query: &'a QueryString,
    parts: StringParts<'a>,
}

impl Builder<'_> {
    /// `None` if nothing is left of it.
    fn group(&self, group: &Group) -> Result<Option<Built>, Error> {
        let mut clauses: Vec<(Occur, Built)> = Vec::new();
        for clause in &group.clauses {
            let built = self.part(&clause.part)?;
            let is_alone = group.clauses.len() == 1 && clause.sign.is_none();
            if is_alone {
                return Ok(built);
            }
            match (&clause.part.kind, built) {
                (PartKind::Words(_), Some(Built::Bool(words))) => clauses.extend(self.words_as_clauses(words)),
                (_, built) => self.add(&mut clauses, clause, built),
            }
        }
        Ok(combine(clauses, group.clauses[0].sign))
    }

    /// How a clause occurs of which the query does not say so.
    fn default_occur(&self) -> Occur {
        match self.query.operator {
            Operator::And => Occur::Must,
            Operator::Or => Occur::Should,
        }
    }

    fn words_as_clauses(&self, words: Bool) -> Vec<(Occur, Built)> {
        let occur = self.default_occur();
        words.must.into_iter().chain(words.should).map(|clause| (occur, Built::Other(clause))).collect()
    }

    /// Adds a clause. `AND` and `OR` also say how the clause before them occurs, even if nothing is left of the one after them.
    fn add(&self, clauses: &mut Vec<(Occur, Built)>, clause: &GroupClause, built: Option<Built>) {
        if let Some((occur @ (Occur::Must | Occur::Should), _)) = clauses.last_mut() {
            match (clause.conjunction, self.query.operator) {
                (Some(Conjunction::And), _) => *occur = Occur::Must,
                (Some(Conjunction::Or), Operator::And) => *occur = Occur::Should,
                _ => {}
            }
        }
        let Some(built) = built else { return };
        let occur = match (clause.sign, clause.conjunction) {
            (Some(Sign::Prohibited), _) => Occur::MustNot,
            (Some(Sign::Required), _) | (None, Some(Conjunction::And)) => Occur::Must,
            (None, Some(Conjunction::Or)) => Occur::Should,
            (None, None) => self.default_occur(),
        };
        clauses.push((occur, built));
    }

    fn part(&self, part: &Part) -> Result<Option<Built>, Error> {
        let built = match &part.kind {
            PartKind::Group(group) => self.group(group)?,
            kind => self.leaf(part.field.as_deref().or(self.query.default_field.as_deref()), kind)?,
        };
        Ok(built.map(|built| built.boosted(part.boost)))
    }

    fn leaf(&self, field: Option<&str>, kind: &PartKind) -> Result<Option<Built>, Error> {
        let parts = &self.parts;
        match kind {
            PartKind::Term(text) | PartKind::Words(text) => self.text(field, text),
            PartKind::Phrase { text, .. } if field == Some(EXISTS) => Ok(Some(exists(text))),
            PartKind::Phrase { text, slop } => parts.phrase(field, text, phrase_slop(slop.as_deref())?),
            PartKind::Fuzzy { text, fuzziness } => {
                let fuzziness = match fuzziness.as_str() {
                    "" => self.query.options.fuzziness,
                    written => Fuzziness::parse_text(written).map_err(|error| Error::Query(error.reason))?,
                };
                parts.fuzzy(field, text, fuzziness)
            }
            PartKind::Prefix(text) => {
                self.check_leading_wildcard(text)?;
                parts.prefix(field, text)
            }
            PartKind::Wildcard(pattern) if pattern == "*" => self.any_value(field),
            PartKind::Wildcard(pattern) => {
                self.check_leading_wildcard(pattern)?;
                parts.wildcard(field, pattern)
            }
            PartKind::Regexp(text) => parts.regexp(field, text),
            PartKind::Range(RangePart { lower, upper, includes_lower, includes_upper }) => {
                let lower_edge = if *includes_lower { RangeEdge::GreaterOrEqual } else { RangeEdge::Greater };
                let upper_edge = if *includes_upper { RangeEdge::LessOrEqual } else { RangeEdge::Less };
                let lower = lower.as_deref().map(|text| (lower_edge, text));
                parts.range(field, lower, upper.as_deref().map(|text| (upper_edge, text)))
            }
            PartKind::Group(group) => self.group(group),
        }
    }

    /// A text; in a field, it may also be one bound of a range: `>=3`.
    fn text(&self, field: Option<&str>, text: &str) -> Result<Option<Built>, Error> {
        let parts = &self.parts;
        match field {
            Some(EXISTS) => Ok(Some(exists(text))),
            Some(_) => {
                if let Some(bound) = text.strip_prefix(">=") {
                    parts.range(field, Some((RangeEdge::GreaterOrEqual, bound)), None)
                } else if let Some(bound) = text.strip_prefix('>') {
                    parts.range(field, Some((RangeEdge::Greater, bound)), None)
                } else if let Some(bound) = text.strip_prefix("<=") {
                    parts.range(field, None, Some((RangeEdge::LessOrEqual, bound)))
                } else if let Some(bound) = text.strip_prefix('<') {
                    parts.range(field, None, Some((RangeEdge::Less, bound)))
                } else {
                    parts.words(field, text)
                }
            }
            None => parts.words(field, text),
        }
    }

    /// `*`: any value.
    fn any_value(&self, field: Option<&str>) -> Result<Option<Built>, Error> {
        let is_all = match field {
            Some(field) => field == "*",
            None => self.query.options.names.is_all(),
        };
        if is_all {
            return Ok(Some(Built::Other(Box::new(MatchAll { boost: 1.0 }))));
        }
        // Also of objects and of points, which have no terms.
        if let Some(field) = field {
            return Ok(Some(exists(field)));
        }
        self.parts
            .in_fields(self.parts.fields(None), |name| Ok(Box::new(Exists { field: name.to_owned(), boost: 1.0 })))
    }

    fn check_leading_wildcard(&self, pattern: &str) -> Result<(), Error> {
        if !self.query.leading_wildcards && pattern.starts_with(['*', '?']) {
            let reason =
                format!("the pattern [{pattern}] starts with a wildcard, but [allow_leading_wildcard] is [false]");
            return Err(Error::Query(reason));
        }
        Ok(())
    }
}

/// The field whose values are names of fields.
const EXISTS: &str = "_exists_";

fn exists(field: &str) -> Built {
    let is_name =
        !field.is_empty() && MetadataField::find(field).is_none_or(|field| field != MetadataField::Unsearchable);
    if !is_name {
        return Built::none();
    }
    Built::Other(Box::new(Exists { field: field.to_owned(), boost: 1.0 }))
}

/// What follows `~` after a phrase; `None` if that is not a number.
fn phrase_slop(text: Option<&str>) -> Result<Option<u32>, Error> {
    let Some(slop) = text.and_then(|text| text.parse::<f32>().ok()) else { return Ok(None) };
    if slop < 0.0 {
        return Err(Error::Query(format!("the slop of a phrase must not be negative, got [{slop}]")));
    }
    Ok(Some(slop as u32))
}

/// `None` if there are no clauses. One clause alone is itself if nothing is before it.
fn combine(mut clauses: Vec<(Occur, Built)>, first_sign: Option<Sign>) -> Option<Built> {
    if clauses.is_empty() {
        return None;
    }
    if matches!(clauses[..], [(Occur::Must | Occur::Should, _)]) && first_sign.is_none() {
        return clauses.pop().map(|(_, only)| only);
    }
    let mut combined = Bool::default();
    for (occur, built) in clauses {
        let list = match occur {
            Occur::Must => &mut combined.must,
            Occur::Should => &mut combined.should,
            Occur::MustNot => &mut combined.must_not,
        };
        list.push(built.into_clause());
    }
    Some(Built::Bool(combined))
}
