//! `{"wrapper": {"query": "eyJtYXRjaF9hbGwiOnt9fQ=="}}`: a query that is written as JSON in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::clause::Clause;
use crate::json::{self, ErrorKind, Node, ParseError};
use crate::request::Parser;

pub(super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Box<dyn Clause>, ParseError> {
    let mut fields = node.fields()?;
    let encoded = fields.required("query", "[wrapper] query")?;
    fields.finish("[wrapper] query")?;
    let text = encoded.text().map_err(|error| error.of_kind(ErrorKind::Json))?;
    if text.is_empty() {
        return Err(encoded.mistake(ErrorKind::Argument, "[wrapper] query is empty"));
    }
    let not_base64 = || encoded.mistake(ErrorKind::Json, "[wrapper] query is not JSON in base64");
    let bytes = STANDARD.decode(text).map_err(|_| not_base64())?;
    let decoded = String::from_utf8(bytes).map_err(|_| not_base64())?;
    let query = json::parse(&decoded).map_err(|error| {
        let kind = if error.is_eof() { ErrorKind::JsonEnd } else { ErrorKind::Json };
        encoded.mistake(kind, format!("[wrapper] query is not valid JSON: {error}"))
    })?;
    if !query.is_object() {
        return Err(encoded.mistake(ErrorKind::Object, "[wrapper] query is not an object"));
    }
    // The place of a mistake in the encoded text says nothing.
    parser.query(&Node::root(&query)).map_err(|error| ParseError { path: not_base64().path, ..error })
}
