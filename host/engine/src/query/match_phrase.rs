//! `{"match_phrase": {"field": "some text"}}`: documents that have the terms of a text next to each other, in this order.

use std::sync::Arc;

use super::text_options::{TextForm, TextOptions};
use super::text_query::{TextQuery, text};
use super::zero_terms::ZERO_TERMS;
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::request::{Parser, take_boost};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    parse_phrase(node, TextOptions::new("match_phrase", TextForm::Phrase), |_, _| Ok(()))
}

/// Parses the body of a query for a phrase; `take_more` takes keys of its own.
pub(super) fn parse_phrase(
    node: &Node<'_>,
    mut options: TextOptions,
    take_more: fn(&mut TextOptions, &mut Fields<'_>) -> Result<(), ParseError>,
) -> Result<Box<dyn Clause>, ParseError> {
    let query = options.query;
    let what = format!("[{query}] query");
    let (field, body) = node.only_entry(&what)?;
    let field = field.to_owned();
    if !body.is_object() {
        let text = text(&body, query, &field)?;
        return Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let text = text(&fields.required_or(ErrorKind::Argument, "query", &what)?, query, &field)?;
    options.analyzer = fields.optional("analyzer", |node| node.text().map(str::to_owned))?;
    if let Some(slop) = fields.optional("slop", slop)? {
        options.slop = slop;
    }
    if let Some(zero_terms) = fields.optional("zero_terms_query", |node| ZERO_TERMS.read(node))? {
        options.zero_terms = zero_terms;
    }
    take_more(&mut options, &mut fields)?;
    let boost = take_boost(&mut fields)?;
    fields.finish(&what)?;
    Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost }))
}

/// How many positions words may be moved.
pub(super) fn slop(node: &Node<'_>) -> Result<u32, ParseError> {
    let slop = node.integer()?;
    u32::try_from(slop)
        .map_err(|_| node.mistake(ErrorKind::Argument, format!("[slop] must not be negative, got [{slop}]")))
}
