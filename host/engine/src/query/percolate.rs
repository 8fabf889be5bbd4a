//! `{"percolate": {"field": "query", "document": {...}}}`: documents whose stored queries match a document.

use super::match_none::match_none;
use crate::Error;
use crate::clause::Clause;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::lookups::{DocumentLookup, MissingIndex};
use crate::percolation::{PercolatedDocuments, Percolation};
use crate::plan::{Planned, Planner};
use crate::request::{Parser, take_boost};
use crate::scores::Scoring;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let mut fields = node.fields()?;
    // Scores are those of the stored queries, whatever boosts are around them, as clients expect it.
    take_boost(&mut fields)?;
    let text = |node: &Node<'_>| node.text().map(str::to_owned).map_err(as_object);
    let field = fields.optional("field", text)?;
    let name = fields.nullable("name", text)?;
    let documents = documents(node, &mut fields, parser)?;
    fields.finish("[percolate] query").map_err(as_object)?;
    let field = field.ok_or_else(|| node.mistake(ErrorKind::Argument, "Required [field]"))?;
    let number = parser.percolation(node, Percolation { field, documents, name })?;
    Ok(Box::new(Percolate { number }))
}

/// Those of the request, or one of an index.
fn documents(
    node: &Node<'_>,
    fields: &mut Fields<'_>,
    parser: &mut Parser<'_>,
) -> Result<PercolatedDocuments, ParseError> {
    let as_object = |error: ParseError| error.of_kind(ErrorKind::Object);
    let document = fields.take_nullable("document");
    let documents = fields.take_nullable("documents");
    let text = |node: &Node<'_>| node.scalar().map(|text| text.into_owned()).map_err(as_object);
    let (index, id) = (fields.nullable("index", text)?, fields.nullable("id", text)?);
    // There is one shard.
    for key in ["routing", "preference"] {
        fields.nullable(key, text)?;
    }
    let given = [("document", document.is_some()), ("documents", documents.is_some()), ("id", id.is_some())];
    let given: Vec<&str> = given.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key).collect();
    match given[..] {
        [_] => {}
        [] => {
            let reason = "Required one of fields [document, documents, id], but none were specified. ";
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
        _ => {
            let reason = format!("The following fields are not allowed together: [{}] ", given.join(", "));
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
    }
    if let Some(id) = id {
        let Some(index) = index else {
            let missing = node.mistake(ErrorKind::Argument, "[index] is a required argument");
            return Err(missing.inside(ErrorKind::Object));
        };
        let lookup = DocumentLookup { index: Some(index.clone()), id: id.clone(), missing_index: MissingIndex::Fails };
        return Ok(PercolatedDocuments::Stored { lookup: parser.lookup(node, lookup)?, index, id });
    }
    let map = |node: &Node<'_>| node.map().cloned().map_err(as_object);
    if let Some(document) = document {
        return Ok(PercolatedDocuments::Given(vec![map(&document)?]));
    }
    let list = documents.into_iter().collect::<Vec<_>>();
    let documents = list.iter().flat_map(Node::items).map(|item| map(&item)).collect::<Result<Vec<_>, _>>()?;
    match documents.is_empty() {
        false => Ok(PercolatedDocuments::Given(documents)),
        // As clients expect it.
        true => Err(node.mistake(ErrorKind::Validation, "Validation Failed: 1: index is missing;2: id is missing;")),
    }
}

struct Percolate {
    /// By which the planner finds the documents.
    number: usize,
}

impl Clause for Percolate {
    fn plan(&self, planner: &Planner<'_>, scoring: Scoring) -> Result<Planned, Error> {
        let found = planner.percolated[self.number].documents();
        if found.is_empty() {
            return match_none().plan(planner, scoring);
        }
        Ok(Planned::scored(Box::new(found.clone())))
    }

    fn description(&self) -> String {
        "PercolateQuery".to_owned()
    }
}
