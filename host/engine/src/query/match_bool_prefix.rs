//! `{"match_bool_prefix": {"field": "some te"}}`: documents that have the terms of a text, the last of which may be the start of a
//! term: search as you type.

use std::sync::Arc;

use super::text_options::{TextForm, TextOptions};
use super::text_query::{TextQuery, text};
use crate::clause::Clause;
use crate::json::{ErrorKind, Node, ParseError};
use crate::request::{Parser, take_boost};

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    const QUERY: &str = "[match_bool_prefix] query";
    let mut options = TextOptions::new("match_bool_prefix", TextForm::WordsThenPrefix);
    let (field, body) = node.only_entry(QUERY)?;
    let field = field.to_owned();
    if !body.is_object() {
        let text = text(&body, options.query, &field)?;
        return Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost: 1.0 }));
    }
    let mut fields = body.fields()?;
    let text = text(&fields.required_or(ErrorKind::Argument, "query", QUERY)?, options.query, &field)?;
    options.take_words(&mut fields)?;
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    Ok(Box::new(TextQuery { field, text, options: Arc::new(options), boost }))
}
