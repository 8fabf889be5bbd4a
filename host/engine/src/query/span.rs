//! Span queries: documents with words at certain positions to each other, put together from other span queries.

mod parse;

use std::sync::Arc;

use quidditch_index::Field;
use serde_json::Value as Json;
use tantivy::Term;

use super::clause::Clause;
use super::matched_terms::has_positions;
use super::term::text_of;
use super::text_matches::{TermTest, TextMatches};
use crate::Error;
use crate::plan::{Planned, Planner};
use crate::scores::{PositionQuery, Scoring, Shape, Spans};

pub(super) use parse::{
    parse_containing, parse_first, parse_gap, parse_mask, parse_multi, parse_near, parse_not, parse_or, parse_term,
    parse_within,
};

/// A span query, and its boost, which it may only have where it is no part of another one.
pub(crate) struct SpanQuery {
    node: Arc<SpanNode>,
    boost: f32,
}

/// What a span query consists of.
enum SpanNode {
    Term {
        field: String,
        value: Json,
    },
    Near {
        parts: Vec<Arc<SpanNode>>,
        slop: i32,
        order: Order,
    },
    Gap {
        width: i32,
    },
    Or(Vec<Arc<SpanNode>>),
    Not {
        include: Arc<SpanNode>,
        exclude: Arc<SpanNode>,
        before: i32,
        after: i32,
    },
    First {
        inner: Arc<SpanNode>,
        end: i32,
    },
    Containing {
        big: Arc<SpanNode>,
        little: Arc<SpanNode>,
    },
    Within {
        big: Arc<SpanNode>,
        little: Arc<SpanNode>,
    },
    /// A pattern of terms.
    Multi(Box<dyn Clause>),
    /// The same, as if it were of another field.
    Mask {
        inner: Arc<SpanNode>,
        field: String,
    },
}

/// Whether the parts of a span must have the order of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    AsWritten,
    Any,
}

/// A part of a span query for an index, and its field; `None` if nothing can match, whatever the field.
struct Built {
    spans: Spans,
    field: Option<String>,
}

impl Clause for SpanQuery {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        // Alone, a masked span scores as that of its own field.
        let mut node = &self.node;
        while let SpanNode::Mask { inner, .. } = &**node {
            node = inner;
        }
        if let SpanNode::Gap { .. } = &**node {
            return Err(Error::Query("[span_gap] is only possible between the clauses of [span_near]".to_owned()));
        }
        let Built { spans, field } = node.build(planner)?;
        let field = field.and_then(|field| planner.field(&field)).or_else(|| node.leaf_field(planner));
        let Some(field) = field else { return Ok(Planned::none()) };
        planner.warmup.lengths(field.tantivy_field());
        let query = PositionQuery::new(planner.snapshot, field, Shape::Spans(spans), scoring.boost());
        Ok(Planned::scored(Box::new(query)))
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.node.text_matches(planner, matches)
    }

    fn span(&self) -> Option<&SpanQuery> {
        Some(self)
    }
}

impl SpanNode {
    fn build(&self, planner: &Planner<'_>) -> Result<Built, Error> {
        let mismatch = |reason: &str| Error::Query(reason.to_owned());
        Ok(match self {
            SpanNode::Term { field, value } => {
                let terms = match planner.field(field) {
                    Some(of) => vec![term(of, value)?],
                    None => Vec::new(),
                };
                let name = planner.field(field).map_or(field.as_str(), Field::name);
                Built { spans: Spans::terms(terms), field: Some(name.to_owned()) }
            }
            SpanNode::Multi(pattern) => match pattern.term_pattern(planner)? {
                Some(matched) => Built { spans: Spans::terms(matched.terms), field: Some(matched.field) },
                None => Built { spans: Spans::terms(Vec::new()), field: None },
            },
            SpanNode::Near { parts, slop, order } => {
                let has_gaps = parts.iter().any(|part| matches!(**part, SpanNode::Gap { .. }));
                if has_gaps && *order == Order::Any {
                    return Err(mismatch("gaps can only be added to ordered near queries"));
                }
                let (mut parts, field) = build_all(parts, planner, "clauses of [span_near] must have the same field")?;
                let slop = i64::from(*slop);
                let spans = match order {
                    _ if parts.len() == 1 => parts.remove(0),
                    Order::AsWritten => Spans::Ordered { parts, slop },
                    Order::Any => Spans::Unordered { parts, slop },
                };
                Built { spans, field }
            }
            SpanNode::Gap { width } => Built { spans: Spans::Gap(i64::from(*width)), field: None },
            SpanNode::Or(parts) => {
                let (parts, field) = build_all(parts, planner, "clauses of [span_or] must have the same field")?;
                Built { spans: Spans::Any(parts), field }
            }
            SpanNode::Not { include, exclude, before, after } => {
                let reason = "clauses of [span_not] must have the same field";
                let (inner, others, field) = build_two(include, exclude, planner, reason)?;
                let (before, after) = (i64::from(*before), i64::from(*after));
                Built { spans: Spans::Not { inner, others, before, after }, field }
            }
            SpanNode::First { inner, end } => {
                let Built { spans, field } = inner.build(planner)?;
                Built { spans: Spans::First { inner: Box::new(spans), end: i64::from(*end) }, field }
            }
            SpanNode::Containing { big, little } => {
                let (big, little, field) = build_two(big, little, planner, "big and little not same field")?;
                Built { spans: Spans::Containing { big, little }, field }
            }
            SpanNode::Within { big, little } => {
                let (big, little, field) = build_two(big, little, planner, "big and little not same field")?;
                Built { spans: Spans::Within { big, little }, field }
            }
            SpanNode::Mask { inner, field } => Built { field: Some(field.clone()), ..inner.build(planner)? },
        })
    }

    /// The field of any of its terms.
    fn leaf_field<'p>(&self, planner: &'p Planner<'_>) -> Option<&'p Field> {
        match self {
            SpanNode::Term { field, .. } => planner.field(field),
            SpanNode::Near { parts, .. } | SpanNode::Or(parts) => {
                parts.iter().find_map(|part| part.leaf_field(planner))
            }
            SpanNode::Gap { .. } | SpanNode::Multi(_) => None,
            SpanNode::Not { include: inner, .. } | SpanNode::First { inner, .. } | SpanNode::Mask { inner, .. } => {
                inner.leaf_field(planner)
            }
            SpanNode::Containing { big, little } | SpanNode::Within { big, little } => {
                big.leaf_field(planner).or_else(|| little.leaf_field(planner))
            }
        }
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        match self {
            SpanNode::Term { field, value } => matches.term(field, text_of(value)),
            SpanNode::Near { parts, slop, .. } => {
                let Some((field, words)) = words(parts) else {
                    return parts.iter().try_for_each(|part| part.text_matches(planner, matches));
                };
                matches.phrase(field, words, usize::try_from(*slop).unwrap_or(0));
            }
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
}

/// The field and the words of parts that are all terms of one field.
fn words(parts: &[Arc<SpanNode>]) -> Option<(&str, Vec<(usize, TermTest)>)> {
    let term = |part: &'_ Arc<SpanNode>| match &**part {
        SpanNode::Term { field, value } => Some((field.clone(), text_of(value))),
        _ => None,
    };
    let SpanNode::Term { field: first, .. } = &**parts.first()? else { return None };
    let mut words = Vec::with_capacity(parts.len());
    for (position, part) in parts.iter().enumerate() {
        let (field, word) = term(part)?;
        if field != *first {
            return None;
        }
        words.push((position, TermTest::Is(word)));
    }
    Some((first, words))
}

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

/// Parts that must have the same field.
fn build_all(
    parts: &[Arc<SpanNode>],
    planner: &Planner<'_>,
    mismatch: &str,
) -> Result<(Vec<Spans>, Option<String>), Error> {
    let (mut all, mut common) = (Vec::with_capacity(parts.len()), None);
    for part in parts {
        let Built { spans, field } = part.build(planner)?;
        match (&common, field) {
            (Some(common), Some(field)) if *common != field => return Err(Error::Query(mismatch.to_owned())),
            (None, field) => common = field,
            _ => {}
        }
        all.push(spans);
    }
    Ok((all, common))
}

type TwoSpans = (Box<Spans>, Box<Spans>, Option<String>);

fn build_two(
    one: &Arc<SpanNode>,
    other: &Arc<SpanNode>,
    planner: &Planner<'_>,
    mismatch: &str,
) -> Result<TwoSpans, Error> {
    let (mut parts, field) = build_all(&[Arc::clone(one), Arc::clone(other)], planner, mismatch)?;
    let other = Box::new(parts.remove(1));
    Ok((Box::new(parts.remove(0)), other, field))
}
