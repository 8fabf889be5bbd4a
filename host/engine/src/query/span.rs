//! Span queries: documents with words at certain positions to each other, put together from other span queries.

mod parse;

use quidditch_index::Field;
use serde_json::Value as Json;
use tantivy::Term;

use super::matched_terms::has_positions;
use super::term::text_of;
use crate::Error;
use crate::clause::{Clause, SpanPart, TermTest, TextMatches};
use crate::plan::{Planned, Planner};
use crate::scores::{PositionQuery, Scoring, Shape, Spans};

pub(super) use parse::{
    parse_containing, parse_first, parse_gap, parse_mask, parse_multi, parse_near, parse_not, parse_or, parse_term,
    parse_within,
};

/// A span query. It may have a boost only if it is not part of another one.
struct SpanQuery {
    node: SpanNode,
    boost: f32,
}

/// What a span query consists of. The clauses are span queries.
enum SpanNode {
    Term {
        field: String,
        value: Json,
    },
    Near {
        parts: Vec<Box<dyn Clause>>,
        slop: i32,
        order: Order,
    },
    Gap {
        width: i32,
    },
    Or(Vec<Box<dyn Clause>>),
    Not {
        include: Box<dyn Clause>,
        exclude: Box<dyn Clause>,
        before: i32,
        after: i32,
    },
    First {
        inner: Box<dyn Clause>,
        end: i32,
    },
    Containing {
        big: Box<dyn Clause>,
        little: Box<dyn Clause>,
    },
    Within {
        big: Box<dyn Clause>,
        little: Box<dyn Clause>,
    },
    /// A pattern of terms.
    Multi(Box<dyn Clause>),
    /// The same, as if it were of another field.
    Mask {
        inner: Box<dyn Clause>,
        field: String,
    },
}

/// Whether the parts of a span must have the order of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AsWritten,
    Any,
}

impl Clause for SpanQuery {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        if let SpanNode::Mask { inner, .. } = &self.node {
            // Alone, a masked span scores as that of its own field.
            return inner.plan(planner, scoring);
        }
        let SpanPart { spans, field, leaf } = self.span(planner)?;
        if matches!(spans, Spans::Gap(_)) {
            return Err(Error::Query("[span_gap] is only possible between the clauses of [span_near]".to_owned()));
        }
        let find = |name: Option<String>| planner.field(&name?);
        let Some(field) = find(field).or_else(|| find(leaf)) else { return Ok(Planned::none()) };
        planner.warmup.lengths(field.tantivy_field());
        let query = PositionQuery::new(planner.snapshot, field, Shape::Spans(spans), scoring.boost());
        Ok(Planned::scored(Box::new(query)))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        match &self.node {
            SpanNode::Term { field, value } => matches.term(field, text_of(value)),
            SpanNode::Near { parts, slop, .. } => match phrase_of(parts, planner)? {
                Some((field, words)) => matches.phrase(&field, words, usize::try_from(*slop).unwrap_or(0)),
                None => parts.iter().try_for_each(|part| part.text_matches(planner, matches))?,
            },
            SpanNode::Or(parts) => parts.iter().try_for_each(|part| part.text_matches(planner, matches))?,
            SpanNode::Gap { .. } => {}
            SpanNode::Multi(pattern) => pattern.text_matches(planner, matches)?,
            SpanNode::Not { include: inner, .. } | SpanNode::First { inner, .. } | SpanNode::Mask { inner, .. } => {
                inner.text_matches(planner, matches)?;
            }
            SpanNode::Containing { big, little } | SpanNode::Within { big, little } => {
                big.text_matches(planner, matches)?;
                little.text_matches(planner, matches)?;
            }
        }
        Ok(())
    }

    fn span_boost(&self) -> Option<f32> {
        Some(self.boost)
    }

    fn span(&self, planner: &Planner<'_>) -> Result<SpanPart, Error> {
        let mistake = |reason: &str| Error::Query(reason.to_owned());
        Ok(match &self.node {
            SpanNode::Term { field, value } => {
                let found = planner.field(field);
                let terms = found.map(|field| term(field, value)).transpose()?.into_iter().collect();
                let name = found.map_or(field.as_str(), Field::name);
                SpanPart {
                    spans: Spans::terms(terms),
                    field: Some(name.to_owned()),
                    leaf: found.map(|field| field.name().to_owned()),
                }
            }
            SpanNode::Multi(pattern) => match pattern.term_pattern(planner)? {
                Some(matched) => {
                    let leaf = Some(matched.field.clone());
                    SpanPart { spans: Spans::terms(matched.terms), field: Some(matched.field), leaf }
                }
                None => SpanPart { spans: Spans::terms(Vec::new()), field: None, leaf: None },
            },
            SpanNode::Near { parts, slop, order } => {
                let (mut parts, field, leaf) = all(parts, planner, "clauses of [span_near] must have the same field")?;
                let has_gaps = parts.iter().any(|part| matches!(part, Spans::Gap(_)));
                if has_gaps && *order == Order::Any {
                    return Err(mistake("gaps can only be added to ordered near queries"));
                }
                let slop = i64::from(*slop);
                let spans = match order {
                    _ if parts.len() == 1 => parts.remove(0),
                    Order::AsWritten => Spans::Ordered { parts, slop },
                    Order::Any => Spans::Unordered { parts, slop },
                };
                SpanPart { spans, field, leaf }
            }
            SpanNode::Gap { width } => SpanPart { spans: Spans::Gap(i64::from(*width)), field: None, leaf: None },
            SpanNode::Or(parts) => {
                let (parts, field, leaf) = all(parts, planner, "clauses of [span_or] must have the same field")?;
                SpanPart { spans: Spans::Any(parts), field, leaf }
            }
            SpanNode::Not { include, exclude, before, after } => {
                let include = include.span(planner)?;
                let exclude = exclude.span(planner)?;
                if !have_same_field(&include, &exclude) {
                    return Err(mistake("clauses of [span_not] must have the same field"));
                }
                let (before, after) = (i64::from(*before), i64::from(*after));
                let (inner, others) = (Box::new(include.spans), Box::new(exclude.spans));
                let field = include.field.or(exclude.field);
                SpanPart { spans: Spans::Not { inner, others, before, after }, field, leaf: include.leaf }
            }
            SpanNode::First { inner, end } => {
                let SpanPart { spans, field, leaf } = inner.span(planner)?;
                SpanPart { spans: Spans::First { inner: Box::new(spans), end: i64::from(*end) }, field, leaf }
            }
            SpanNode::Containing { big, little } => {
                let (big, little, field, leaf) = big_and_little(&**big, &**little, planner)?;
                SpanPart { spans: Spans::Containing { big, little }, field, leaf }
            }
            SpanNode::Within { big, little } => {
                let (big, little, field, leaf) = big_and_little(&**big, &**little, planner)?;
                SpanPart { spans: Spans::Within { big, little }, field, leaf }
            }
            SpanNode::Mask { inner, field } => {
                // The field may be named by an alias.
                let name = planner.field(field).map_or(field.as_str(), Field::name);
                SpanPart { field: Some(name.to_owned()), ..inner.span(planner)? }
            }
        })
    }
}

/// The field and the words of parts that are all words of one field.
fn phrase_of(parts: &[Box<dyn Clause>], planner: &Planner<'_>) -> Result<Option<(String, Words)>, Error> {
    let (mut words, mut common) = (Vec::with_capacity(parts.len()), None);
    for (position, part) in parts.iter().enumerate() {
        let SpanPart { spans: Spans::Terms { terms, .. }, leaf: Some(leaf), .. } = part.span(planner)? else {
            return Ok(None);
        };
        let word = match &terms[..] {
            [only] => only.value().as_str().map(str::to_owned),
            _ => None,
        };
        let Some(word) = word.filter(|_| *common.get_or_insert_with(|| leaf.clone()) == leaf) else { return Ok(None) };
        words.push((position, TermTest::Is(word)));
    }
    Ok(common.map(|field| (field, words)))
}

type Words = Vec<(usize, TermTest)>;

fn term(field: &Field, value: &Json) -> Result<Term, Error> {
    let name = field.name();
    if !has_positions(field) {
        let kind = field.kind().type_name();
        return Err(Error::Query(format!(
            "Can only use span queries on text fields - not on [{name}] which is of type [{kind}]"
        )));
    }
    let text = field.text(value).map_err(|error| Planner::value_error(&error))?;
    Ok(Term::from_field_text(field.tantivy_field(), &text))
}

/// Whether parts may be combined.
fn have_same_field(one: &SpanPart, other: &SpanPart) -> bool {
    match (&one.field, &other.field) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

/// Parts that must have the same field, with that field and the one of a term.
type Parts = (Vec<Spans>, Option<String>, Option<String>);

fn all(parts: &[Box<dyn Clause>], planner: &Planner<'_>, mismatch: &str) -> Result<Parts, Error> {
    let (mut all, mut common, mut any_leaf) = (Vec::with_capacity(parts.len()), None, None);
    for part in parts {
        let SpanPart { spans, field, leaf } = part.span(planner)?;
        match (&common, field) {
            (Some(common), Some(field)) if *common != field => return Err(Error::Query(mismatch.to_owned())),
            (None, field) => common = field,
            _ => {}
        }
        any_leaf = any_leaf.or(leaf);
        all.push(spans);
    }
    Ok((all, common, any_leaf))
}

type TwoSpans = (Box<Spans>, Box<Spans>, Option<String>, Option<String>);

fn big_and_little(big: &dyn Clause, little: &dyn Clause, planner: &Planner<'_>) -> Result<TwoSpans, Error> {
    let (big, little) = (big.span(planner)?, little.span(planner)?);
    if !have_same_field(&big, &little) {
        return Err(Error::Query("big and little not same field".to_owned()));
    }
    let (field, leaf) = (big.field.or(little.field), big.leaf.or(little.leaf));
    Ok((Box::new(big.spans), Box::new(little.spans), field, leaf))
}
