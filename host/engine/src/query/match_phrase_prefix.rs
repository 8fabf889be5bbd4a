//! `{"match_phrase_prefix": {"field": "some te"}}`: documents that have the terms of a text next to each other, in this order, the
//! last of which may be the start of a term.

use super::match_phrase::parse_phrase;
use super::text_options::{TextForm, TextOptions};
use crate::clause::Clause;
use crate::json::{Node, ParseError};
use crate::request::Parser;

pub(super) fn parse(node: &Node<'_>, _: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    parse_phrase(node, TextOptions::new("match_phrase_prefix", TextForm::PhrasePrefix), |options, fields| {
        if let Some(count) = fields.optional("max_expansions", Node::count)? {
            // Clients expect none to count as one.
            options.fuzzy.max_expansions = count.max(1);
        }
        Ok(())
    })
}
