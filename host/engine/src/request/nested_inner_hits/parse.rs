//! Parses `inner_hits` of a `nested` query.

use super::super::fetch_options::FetchOptions;
use super::super::parser::Parser;
use super::super::sort::Sort;
use super::NestedInnerHits;
use crate::clause::NestedQuery;
use crate::json::{ErrorKind, Node, ParseError};

/// Objects of a hit where the request does not say how many.
const DEFAULT_SIZE: usize = 3;

impl NestedInnerHits {
    pub(crate) fn parse(
        node: &Node<'_>,
        objects: NestedQuery,
        inside: Vec<NestedInnerHits>,
        parser: &mut Parser<'_>,
    ) -> Result<Self, ParseError> {
        node.map()?;
        Self::parse_object(node, objects, inside, parser).map_err(|error| error.of_kind(ErrorKind::Object))
    }

    fn parse_object(
        node: &Node<'_>,
        objects: NestedQuery,
        inside: Vec<NestedInnerHits>,
        parser: &mut Parser<'_>,
    ) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let inner_hits = NestedInnerHits {
            given_name: fields.optional("name", |node| node.scalar().map(String::from))?,
            objects,
            from: fields.optional("from", Node::count)?.unwrap_or(0),
            size: fields.optional("size", Node::count)?.unwrap_or(DEFAULT_SIZE),
            sort: fields.optional("sort", |node| Sort::parse_list(node, parser))?.unwrap_or_default(),
            track_scores: fields.optional("track_scores", Node::boolean)?.unwrap_or(false),
            fetch: parser.without_inner_hits(|parser| FetchOptions::take(&mut fields, parser))?,
            inside,
        };
        if inner_hits.fetch.revision.seq_no {
            return Err(node.mistake(ErrorKind::Argument, "nested objects have no sequence numbers"));
        }
        // Whether the path may be missing is up to the query.
        fields.optional("ignore_unmapped", Node::boolean)?;
        fields.finish("[inner_hits]")?;
        Ok(inner_hits)
    }
}
