//! `{"simple_query_string": {"query": "quiet + (lost | \"harbour nights\") -europe", "fields": ["title"]}}`: a query in a language in
//! which there are no mistakes.

mod flags;
mod parser;

use std::sync::Arc;

use quidditch_index::TimeZone;

use super::bool::Bool;
use super::field_boosts::FieldBoosts;
use super::fuzziness::{Fuzziness, transpositions};
use super::match_all::MatchAll;
use super::minimum_should_match::MinimumShouldMatch;
use super::multi_match_type::MultiMatchType;
use super::operator::Operator;
use super::query_string::{DEFAULT_OPERATORS, field_list};
use super::string_clause::{StringClause, StringQuery};
use super::string_parts::{Built, StringOptions, StringParts};
use super::text_options::{InvalidValues, SynonymWords, TextForm, TextOptions};
use super::zero_terms::ZeroTerms;
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::plan::Planner;
use crate::request::{Parser, take_boost};
use crate::terms::Transpositions;
use flags::Flags;
use parser::{Operand, Step};

const QUERY: &str = "[simple_query_string] query";

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let query = fields.required("query", QUERY)?;
    let text = query.scalar()?;
    let flags = fields.optional("flags", Flags::parse)?.unwrap_or(Flags::ALL);
    let steps = parser::parse(&text, flags, parser.limits.max_clauses).map_err(|error| {
        query.mistake(ErrorKind::Query, format!("[simple_query_string] query cannot be parsed: {error}"))
    })?;
    let is_any = text.trim() == "*" && flags.have(Flags::PREFIX);
    let options = take_options(&mut fields)?;
    let query = SimpleQueryString {
        // Alone, it is known to match all documents.
        steps: if is_any { None } else { Some(steps) },
        operator: options.words.operator,
        options,
        minimum_should_match: fields.optional("minimum_should_match", MinimumShouldMatch::parse)?,
    };
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(StringClause { query, boost }))
}

fn take_options(fields: &mut Fields<'_>) -> Result<StringOptions, ParseError> {
    let text = |node: &Node<'_>| node.text().map(str::to_owned);
    let names = fields.optional("fields", field_list)?.unwrap_or_else(FieldBoosts::all);
    let mut words = TextOptions::new("simple_query_string", TextForm::Words);
    words.zero_terms = ZeroTerms::Dropped;
    words.analyzer = fields.optional("analyzer", text)?;
    if let Some(operator) = fields.optional("default_operator", |node| DEFAULT_OPERATORS.read(node))? {
        words.operator = operator;
    }
    let lenient = fields.optional("lenient", InvalidValues::parse)?;
    words.invalid_values =
        lenient.unwrap_or(if names.is_all() { InvalidValues::MatchNothing } else { InvalidValues::Fail });
    words.synonyms = SynonymWords::take(fields)?;
    Ok(StringOptions {
        names,
        multi_match_type: MultiMatchType::MostFields,
        tie_breaker: 1.0,
        phrase_tie_breaker: 0.0,
        phrases: TextOptions { form: TextForm::Phrase, ..words.clone() },
        words: Arc::new(words),
        quote_field_suffix: fields.optional("quote_field_suffix", text)?,
        fuzziness: Fuzziness::AUTO,
        prefix_length: fields.optional("fuzzy_prefix_length", Node::integer)?.unwrap_or(0),
        max_expansions: fields.optional("fuzzy_max_expansions", Node::integer)?.unwrap_or(50),
        transpositions: fields.optional("fuzzy_transpositions", transpositions)?.unwrap_or(Transpositions::OneEdit),
        analyze_wildcard: fields.optional("analyze_wildcard", Node::boolean)?.unwrap_or(false),
        rewrite: None,
        regexp_effort: 0,
        time_zone: TimeZone::default(),
    })
}

struct SimpleQueryString {
    /// `None` matches all documents.
    steps: Option<Vec<Step>>,
    operator: Operator,
    options: StringOptions,
    minimum_should_match: Option<MinimumShouldMatch>,
}

impl StringQuery for SimpleQueryString {
    fn build(&self, planner: &Planner<'_>) -> Result<Box<dyn Clause>, Error> {
        self.options.words.check(planner)?;
        let Some(steps) = &self.steps else { return Ok(Box::new(MatchAll { boost: 1.0 })) };
        let builder = Builder { operator: self.operator, parts: StringParts { options: &self.options, planner } };
        let built = builder.group(steps)?.unwrap_or_else(Built::none);
        Ok(built.with_minimum(self.minimum_should_match.as_ref()).into_clause())
    }
}

/// Builds the clauses of a query.
struct Builder<'a> {
    operator: Operator,
    parts: StringParts<'a>,
}

/// What was read so far of a group.
#[derive(Default)]
struct Tree {
    top: Option<Built>,
    /// The operator that connects the next operand, if one was read.
    next: Option<Operator>,
    /// The operator that connects the operands in `top`, if there are several.
    connects: Option<Operator>,
}

impl Builder<'_> {
    /// `None` if nothing is left of it.
    fn group(&self, steps: &[Step]) -> Result<Option<Built>, Error> {
        let mut tree = Tree::default();
        for step in steps {
            match step {
                Step::And => tree.read(Operator::And),
                Step::Or => tree.read(Operator::Or),
                Step::Nothing => tree.next = None,
                Step::Operand { operand, is_negated } => {
                    if let Some(built) = self.operand(operand)? {
                        tree.add(if *is_negated { negated(built) } else { built }, self.operator);
                    }
                }
            }
        }
        Ok(tree.top)
    }

    fn operand(&self, operand: &Operand) -> Result<Option<Built>, Error> {
        match operand {
            Operand::Term(text) => self.parts.words(None, text),
            Operand::Prefix(text) => self.parts.prefix(None, text),
            Operand::Fuzzy(text, edits) => {
                let edits = u8::try_from(*edits).unwrap_or(u8::MAX);
                self.parts.fuzzy(None, text, Fuzziness::Edits(edits))
            }
            Operand::Phrase(text, slop) => self.parts.phrase(None, text, Some(*slop)),
            Operand::Group(steps) => self.group(steps),
        }
    }
}

impl Tree {
    /// An operator only connects if something is before it, and of several operators the first one counts.
    fn read(&mut self, operator: Operator) {
        if self.top.is_some() && self.next.is_none() {
            self.next = Some(operator);
        }
    }

    /// Operands that the same operator connects are next to each other; another operator connects all before it with what follows.
    fn add(&mut self, built: Built, default: Operator) {
        let operator = self.next.take().unwrap_or(default);
        let Some(top) = self.top.take() else {
            self.top = Some(built);
            return;
        };
        let mut clauses = match (top, self.connects == Some(operator)) {
            (Built::Bool(clauses), true) => clauses,
            (top, _) => {
                let mut clauses = Bool::default();
                push(&mut clauses, top, operator);
                clauses
            }
        };
        push(&mut clauses, built, operator);
        self.top = Some(Built::Bool(clauses));
        self.connects = Some(operator);
    }
}

fn push(clauses: &mut Bool, built: Built, operator: Operator) {
    match operator {
        Operator::And => clauses.must.push(built.into_clause()),
        Operator::Or => clauses.should.push(built.into_clause()),
    }
}

/// All documents that something does not match.
fn negated(built: Built) -> Built {
    Built::Bool(Bool {
        must_not: vec![built.into_clause()],
        should: vec![Box::new(MatchAll { boost: 1.0 })],
        ..Bool::default()
    })
}
