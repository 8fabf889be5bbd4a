//! Parses `more_like_this`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::parsed::{
    DocumentItem, GivenDocument, IncludedDocuments, Item, MoreLikeThis, UnsupportedFields, WordOptions,
};
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::lookups::{DocumentLookup, MissingIndex};
use crate::query::minimum_should_match::MinimumShouldMatch;
use crate::request::{Parser, take_boost};
use crate::terms::LikeOptions;

const QUERY: &str = "[more_like_this] query";

pub(in super::super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let names = fields.optional("fields", texts)?;
    if names.as_ref().is_some_and(Vec::is_empty) {
        return Err(node.error("more_like_this requires 'fields' to be non-empty"));
    }
    let like = items(fields.take("like"), parser)?;
    let unlike = items(fields.take("unlike"), parser)?;
    let words = WordOptions {
        analyzer: fields.optional("analyzer", |node| node.scalar().map(|name| name.into_owned()))?,
        stop_words: fields.optional("stop_words", texts)?.unwrap_or_default().into_iter().collect::<BTreeSet<_>>(),
        min_length: count(&mut fields, "min_word_length", 0)?,
        max_length: count(&mut fields, "max_word_length", 0)?,
    };
    let options = LikeOptions {
        max_words: max_words(&mut fields)?,
        min_frequency: count(&mut fields, "min_term_freq", 2)?,
        min_documents: count(&mut fields, "min_doc_freq", 5)? as u64,
        max_documents: count(&mut fields, "max_doc_freq", i32::MAX as usize)? as u64,
    };
    let default_minimum = json!("30%");
    let minimum_should_match = match fields.optional("minimum_should_match", MinimumShouldMatch::parse)? {
        Some(minimum) => minimum,
        None => MinimumShouldMatch::parse(&Node::root(&default_minimum))?,
    };
    let boost_terms = fields.optional("boost_terms", Node::float)?.filter(|factor| *factor != 0.0);
    let includes = fields.optional("include", Node::boolean)?.unwrap_or(false);
    let fails = fields.optional("fail_on_unsupported_field", Node::boolean)?.unwrap_or(true);
    let boost = take_boost(&mut fields)?;
    fields.finish(QUERY)?;
    if like.is_empty() {
        return Err(node.error("more_like_this requires 'like' to be specified"));
    }
    Ok(Box::new(MoreLikeThis {
        fields: names,
        like,
        unlike,
        words,
        options,
        minimum_should_match,
        boost_terms,
        included: if includes { IncludedDocuments::All } else { IncludedDocuments::Others },
        unsupported: if fails { UnsupportedFields::Fail } else { UnsupportedFields::Skip },
        boost,
    }))
}

fn texts(node: &Node<'_>) -> Result<Vec<String>, ParseError> {
    node.list()?.map(|item| item.scalar().map(|text| text.into_owned())).collect()
}

/// A number; clients expect negative ones to count as 0.
fn count(fields: &mut Fields<'_>, key: &'static str, default: usize) -> Result<usize, ParseError> {
    let number = fields.optional(key, Node::integer)?;
    Ok(number.map_or(default, |number| usize::try_from(number).unwrap_or(0)))
}

fn max_words(fields: &mut Fields<'_>) -> Result<usize, ParseError> {
    let Some(node) = fields.take("max_query_terms") else { return Ok(25) };
    match usize::try_from(node.integer()?) {
        Ok(count @ 1..) => Ok(count),
        _ => Err(node.mistake(ErrorKind::Argument, "[max_query_terms] must be greater than 0")),
    }
}

/// Texts and documents, one or a list.
fn items(list: Option<Node<'_>>, parser: &mut Parser<'_>) -> Result<Vec<Item>, ParseError> {
    let Some(list) = list else { return Ok(Vec::new()) };
    if list.json().is_null() {
        return Ok(Vec::new());
    }
    list.items().map(|item| if item.is_object() { document(&item, parser) } else { text(&item) }).collect()
}

fn text(node: &Node<'_>) -> Result<Item, ParseError> {
    match node.json() {
        Json::Null | Json::Array(_) => Err(node.mistake(ErrorKind::Argument, "an item must be a text or an object")),
        _ => node.scalar().map(|text| Item::Text(text.into_owned())),
    }
}

/// `{"_id": "1"}` or `{"doc": {...}}`
fn document(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Item, ParseError> {
    const ITEM: &str = "an item of [more_like_this]";
    let invalid = |error: ParseError| error.of_kind(ErrorKind::Value);
    let mut fields = node.fields()?;
    let text = |node: &Node<'_>| node.scalar().map(|text| text.into_owned());
    let index = fields.optional("_index", text).map_err(invalid)?;
    let id = fields.optional("_id", text).map_err(invalid)?;
    let given = fields.take("doc");
    let names = match fields.take("fields") {
        Some(names) => Some(names),
        None => fields.take("_fields"),
    };
    let names = names.map(|names| texts(&names)).transpose().map_err(invalid)?;
    let mut analyzers = BTreeMap::new();
    if let Some(node) = fields.take("per_field_analyzer") {
        for (field, analyzer) in node.fields().map_err(invalid)?.entries() {
            analyzers.insert(field.to_owned(), text(&analyzer).map_err(invalid)?);
        }
    }
    // There is one shard, and documents have no versions.
    for key in ["routing", "version", "version_type"] {
        fields.optional(key, |node| node.scalar().map(drop)).map_err(invalid)?;
    }
    fields.finish(ITEM).map_err(invalid)?;
    let document = match (id, given) {
        (Some(_), Some(_)) => {
            return Err(node.mistake(ErrorKind::Value, format!("{ITEM} has either [_id] or [doc], but not both")));
        }
        (None, None) => return Err(node.mistake(ErrorKind::Value, format!("{ITEM} requires [_id] or [doc]"))),
        (None, Some(given)) => match given.json() {
            Json::Object(document) => GivenDocument::Artificial(document.clone()),
            // Clients expect any other value to be a document without fields.
            _ => GivenDocument::Artificial(serde_json::Map::new()),
        },
        (Some(id), None) => {
            let lookup = DocumentLookup { index, id: id.clone(), missing_index: MissingIndex::HasNoDocuments };
            GivenDocument::LookedUp { lookup: parser.lookup(node, lookup)?, id }
        }
    };
    Ok(Item::Document(DocumentItem { document, fields: names, analyzers }))
}
