//! Parses span queries.

use super::{Order, SpanNode, SpanQuery};
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::request::{Parser, take_boost};

type Parsed = Result<Box<dyn Clause>, ParseError>;

/// Patterns of terms, which may be in `span_multi`.
const PATTERNS: [&str; 5] = ["fuzzy", "prefix", "range", "regexp", "wildcard"];

/// `{"span_term": {"field": "word"}}`
pub(in super::super) fn parse_term(node: &Node<'_>, _: &mut Parser<'_>) -> Parsed {
    const QUERY: &str = "[span_term] query";
    let (field, body) = node.only_entry(QUERY)?;
    let null = || node.mistake(ErrorKind::Argument, format!("{QUERY} requires a value"));
    let (value, boost) = if body.is_object() {
        let mut fields = body.fields()?;
        let value = fields.take("value");
        let value = fields.take("term").or(value).ok_or_else(null)?;
        let boost = take_boost(&mut fields)?;
        fields.finish(QUERY)?;
        (value.json().clone(), boost)
    } else {
        (body.json().clone(), 1.0)
    };
    if value.is_null() {
        return Err(null());
    }
    if value.is_object() || value.is_array() {
        return Err(body.error(format!("{QUERY} expects a string, number or boolean for [{field}]")));
    }
    finished(SpanNode::Term { field: field.to_owned(), value }, boost)
}

/// `{"span_near": {"clauses": [...], "slop": 1, "in_order": false}}`
pub(in super::super) fn parse_near(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let mut fields = node.fields()?;
    let parts = spans(node, &mut fields, "span_near", parser)?;
    let slop = fields.optional("slop", Node::integer)?.unwrap_or(0);
    let is_ordered = fields.optional("in_order", Node::boolean)?.unwrap_or(true);
    let boost = take_boost(&mut fields)?;
    fields.finish("[span_near] query")?;
    let order = if is_ordered { Order::AsWritten } else { Order::Any };
    finished(SpanNode::Near { parts, slop, order }, boost)
}

/// `{"span_gap": {"field": 2}}`: between the clauses of `span_near`.
pub(in super::super) fn parse_gap(node: &Node<'_>, _: &mut Parser<'_>) -> Parsed {
    let (_, body) = node.only_entry("[span_gap]")?;
    finished(SpanNode::Gap { width: body.integer()? }, 1.0)
}

/// `{"span_or": {"clauses": [...]}}`
pub(in super::super) fn parse_or(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let mut fields = node.fields()?;
    let parts = spans(node, &mut fields, "span_or", parser)?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[span_or] query")?;
    finished(SpanNode::Or(parts), boost)
}

/// `{"span_not": {"include": {...}, "exclude": {...}, "pre": 1, "post": 1}}`
pub(in super::super) fn parse_not(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let mut fields = node.fields()?;
    let include = span(&fields.required("include", "[span_not] query")?, "span_not [include]", parser)?;
    let exclude = span(&fields.required("exclude", "[span_not] query")?, "span_not [exclude]", parser)?;
    let distance = fields.optional("dist", Node::integer)?;
    let before = fields.optional("pre", Node::integer)?;
    let after = fields.optional("post", Node::integer)?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[span_not] query")?;
    if distance.is_some() && (before.is_some() || after.is_some()) {
        return Err(node.error("span_not can either use [dist] or [pre] & [post] (or none)"));
    }
    let count = |given: Option<i32>| given.or(distance).unwrap_or(0).max(0);
    let node = SpanNode::Not { include, exclude, before: count(before), after: count(after) };
    finished(node, boost)
}

/// `{"span_first": {"match": {...}, "end": 3}}`
pub(in super::super) fn parse_first(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let mut fields = node.fields()?;
    let inner = span(&fields.required("match", "[span_first] query")?, "span_first [match]", parser)?;
    let end = fields.required("end", "[span_first] query")?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[span_first] query")?;
    let position = end.integer()?;
    if position < 0 {
        return Err(end.mistake(ErrorKind::Argument, "parameter [end] needs to be positive"));
    }
    finished(SpanNode::First { inner, end: position }, boost)
}

/// `{"span_containing": {"big": {...}, "little": {...}}}`
pub(in super::super) fn parse_containing(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let (big, little, boost) = big_and_little(node, "span_containing", ErrorKind::Argument, parser)?;
    finished(SpanNode::Containing { big, little }, boost)
}

/// `{"span_within": {"big": {...}, "little": {...}}}`
pub(in super::super) fn parse_within(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let (big, little, boost) = big_and_little(node, "span_within", ErrorKind::Parsing, parser)?;
    finished(SpanNode::Within { big, little }, boost)
}

/// `{"span_multi": {"match": {"prefix": {...}}}}`
pub(in super::super) fn parse_multi(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    let mut fields = node.fields()?;
    let pattern = fields.required("match", "[span_multi] query")?;
    let is_pattern = pattern.map()?.keys().all(|name| PATTERNS.contains(&name.as_str()));
    if !is_pattern {
        return Err(pattern.error("[span_multi] [match] must be of type multi term query"));
    }
    let clause = parser.query(&pattern)?;
    let boost = take_boost(&mut fields)?;
    fields.finish("[span_multi] query")?;
    finished(SpanNode::Multi(clause), boost)
}

/// `{"field_masking_span": {"query": {...}, "field": "other"}}`
pub(in super::super) fn parse_mask(node: &Node<'_>, parser: &mut Parser<'_>) -> Parsed {
    const QUERY: &str = "[span_field_masking] query";
    let mut fields = node.fields()?;
    let inner = span(&fields.required("query", QUERY)?, "[span_field_masking] query", parser)?;
    let field = fields.required("field", QUERY)?.scalar()?.into_owned();
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    finished(SpanNode::Mask { inner, field }, boost)
}

fn finished(node: SpanNode, boost: f32) -> Parsed {
    Ok(Box::new(SpanQuery { node, boost }))
}

/// The span queries of `clauses`.
fn spans(
    node: &Node<'_>,
    fields: &mut Fields<'_>,
    query: &str,
    parser: &mut Parser<'_>,
) -> Result<Vec<Box<dyn Clause>>, ParseError> {
    let missing = || node.error(format!("{query} must include [clauses]"));
    let list = fields.take("clauses").ok_or_else(missing)?;
    let what = format!("{query} [clauses]");
    let parts = list.list()?.map(|item| span(&item, &what, parser)).collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() { Err(missing()) } else { Ok(parts) }
}

/// A span query that is a part of another.
fn span(node: &Node<'_>, what: &str, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let clause = parser.query(node)?;
    match clause.span_boost() {
        None => Err(node.error(format!("{what} must be of type span query"))),
        Some(boost) if boost != 1.0 => {
            Err(node.error(format!("{what} as a nested span clause can't have non-default boost value [{boost:?}]")))
        }
        Some(_) => Ok(clause),
    }
}

/// Two span queries, and the boost of that which they are parts of.
type BigAndLittle = (Box<dyn Clause>, Box<dyn Clause>, f32);

fn big_and_little(
    node: &Node<'_>,
    query: &str,
    missing: ErrorKind,
    parser: &mut Parser<'_>,
) -> Result<BigAndLittle, ParseError> {
    let mut fields = node.fields()?;
    let what = format!("[{query}] query");
    let big = fields.required_or(missing, "big", &what)?;
    let little = fields.required_or(missing, "little", &what)?;
    let boost = take_boost(&mut fields)?;
    let big = span(&big, &format!("{query} [big]"), parser)?;
    let little = span(&little, &format!("{query} [little]"), parser)?;
    fields.finish(&what)?;
    Ok((big, little, boost))
}
