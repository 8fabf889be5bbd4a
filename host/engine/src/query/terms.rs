//! `{"terms": {"field": ["a", "b"]}}`: documents that have at least one of these values, or of those that a document has
//! (`{"index": ..., "id": ..., "path": ...}`). All score the same, except that one boolean alone scores as a `term` query for it.

use std::borrow::Cow;

use serde_json::Value as Json;
use tantivy::query::{BooleanQuery, Query};

use super::term::{Lookup, add_text_match, may_match, text_of};
use super::term_set::TermSet;
use super::{computed, range};
use crate::Error;
use crate::clause::{Clause, TextMatches};
use crate::json::{Case, ErrorKind, Node, ParseError, Words};
use crate::lookups::{DocumentLookup, MissingIndex};
use crate::plan::{Planned, Planner, Pruner};
use crate::request::{Parser, field_name, take_boost};
use crate::scores::Scoring;
use crate::source_paths::values_at;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let boost = take_boost(&mut fields)?;
    if let Some(value_type) = fields.take("value_type") {
        VALUE_TYPES.read(&value_type)?;
    }
    let mut entries = fields.rest();
    let Some((field, list)) = entries.next() else { return Err(node.error("[terms] query requires a field")) };
    if let Some((other, node)) = entries.next() {
        return Err(node.error(format!("[terms] query accepts one field, found [{field}] and [{other}]")));
    }
    let field = field_name(field, node)?.to_owned();
    let values = if list.is_object() { lookup(&list, parser)? } else { given(&list, parser)? };
    Ok(Box::new(Terms { field, values, max_terms: parser.limits.max_terms, boost }))
}

/// `["a", "b"]`
fn given(list: &Node<'_>, parser: &Parser<'_>) -> Result<Values, ParseError> {
    let mut values = Vec::new();
    for item in list.list()? {
        if item.json().is_object() || item.json().is_array() || item.json().is_null() {
            return Err(item.error("[terms] query accepts strings, numbers and booleans"));
        }
        values.push(item.json().clone());
    }
    match too_many(values.len(), parser.limits.max_terms) {
        Some(reason) => Err(list.mistake(ErrorKind::Query, reason)),
        None => Ok(Values::Given(values)),
    }
}

fn too_many(count: usize, limit: usize) -> Option<String> {
    (count > limit).then(|| format!("[terms] query has {count} values; at most {limit} are allowed"))
}

/// `{"index": "i", "id": "1", "path": "f"}`
fn lookup(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Values, ParseError> {
    const WHAT: &str = "a lookup of [terms]";
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let mut fields = node.fields()?;
    let mut text = |key| -> Result<String, ParseError> {
        let value = fields.required_or(ErrorKind::Argument, key, WHAT)?;
        Ok(value.text().map_err(as_object)?.to_owned())
    };
    let (index, id, path) = (text("index")?, text("id")?, text("path")?);
    // There is one shard, and nothing is stored but the source.
    fields.optional("routing", |node| node.text().map(drop)).map_err(as_object)?;
    if fields.optional("store", Node::boolean).map_err(as_object)? == Some(true) {
        return Err(node.error("[terms] query does not support [store]: the values are those of the source"));
    }
    fields.finish(WHAT).map_err(as_object)?;
    if id.is_empty() {
        return Err(node.mistake(ErrorKind::Validation, "Validation Failed: 1: id is missing;"));
    }
    let document = DocumentLookup { index: Some(index), id, missing_index: MissingIndex::Fails };
    Ok(Values::OfDocument { document: parser.lookup(node, document)?, path })
}

/// How the values are written.
const VALUE_TYPES: Words<()> =
    Words { key: "value_type", case: Case::Any, error: ErrorKind::Argument, words: &[("default", ())] };

struct Terms {
    field: String,
    values: Values,
    max_terms: usize,
    boost: f32,
}

enum Values {
    Given(Vec<Json>),
    /// Those at a path of a document.
    OfDocument {
        document: usize,
        path: String,
    },
}

impl Terms {
    fn values<'a>(&'a self, planner: &Planner<'_>) -> Result<Cow<'a, [Json]>, Error> {
        let (document, path) = match &self.values {
            Values::Given(values) => return Ok(Cow::Borrowed(values)),
            Values::OfDocument { document, path } => (*document, path),
        };
        let mut values = Vec::new();
        if let Some(source) = planner.documents.source(document) {
            values_at(source, path).into_iter().for_each(|value| add_scalars(value, &mut values));
        }
        match too_many(values.len(), self.max_terms) {
            Some(reason) => Err(Error::Query(reason)),
            None => Ok(Cow::Owned(values)),
        }
    }
}

fn add_scalars(value: &Json, values: &mut Vec<Json>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| add_scalars(item, values)),
        Json::Null | Json::Object(_) => {}
        scalar => values.push(scalar.clone()),
    }
}

impl Clause for Terms {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let scoring = scoring.boosted(self.boost)?;
        let values = self.values(planner)?;
        if let Some(field) = planner.computed(&self.field) {
            return computed::one_of(planner, field, &values, scoring);
        }
        let mut terms = Vec::with_capacity(values.len());
        let (mut booleans, mut numbers) = (Vec::new(), Vec::new());
        let mut alternatives: Vec<Box<dyn Query>> = Vec::new();
        for value in values.iter() {
            match Lookup::new(planner, &self.field, value)? {
                Some(Lookup::Text(_, term) | Lookup::Exact(term)) => terms.push(term),
                Some(Lookup::Number(field, term)) => numbers.push((field, term)),
                Some(Lookup::Boolean(field, term)) => booleans.push((field, term)),
                Some(Lookup::Between(query)) => alternatives.push(query),
                Some(Lookup::Ranges(related)) => alternatives.push(Box::new(related)),
                Some(Lookup::AllDocuments) => return Ok(Planned::all(scoring.boost())),
                None => {}
            }
        }
        planner.expand(alternatives.len())?;
        if let Some((field, _)) = numbers.first() {
            let values = numbers.iter().map(|(_, term)| term);
            alternatives.push(range::one_of(planner, field, values));
        }
        booleans.dedup_by(|(_, one), (_, other)| one == other);
        if let [(field, term)] = &booleans[..] {
            // One boolean alone scores as a `term` query for it.
            return Ok(Planned::scored(planner.scored_term(field, term.clone(), scoring)));
        }
        terms.extend(booleans.into_iter().map(|(_, term)| term));
        if !terms.is_empty() {
            alternatives.push(Box::new(TermSet::new(terms)));
        }
        let query: Box<dyn Query> = match alternatives.len() {
            0 => return Ok(Planned::none()),
            1 => alternatives.remove(0),
            _ => Box::new(BooleanQuery::union(alternatives)),
        };
        Ok(Planned::constant(query, scoring.boost()))
    }

    fn may_match(&self, pruner: &Pruner<'_>) -> bool {
        match &self.values {
            Values::Given(values) => values.iter().any(|value| may_match(pruner, &self.field, value)),
            Values::OfDocument { .. } => true,
        }
    }

    fn text_matches(&self, planner: &Planner<'_>, matches: &mut TextMatches) -> Result<(), Error> {
        self.values(planner)?.iter().for_each(|value| add_text_match(planner, &self.field, value, matches));
        Ok(())
    }

    fn description(&self) -> String {
        let Values::Given(values) = &self.values else { return format!("{}:(values of a document)", self.field) };
        // A long list explains nothing.
        let shown: Vec<String> = values.iter().take(10).map(text_of).collect();
        let more = if values.len() > shown.len() { " ..." } else { "" };
        format!("{}:({}{more})", self.field, shown.join(" "))
    }
}
