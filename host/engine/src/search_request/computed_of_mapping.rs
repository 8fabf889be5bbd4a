//! The computed fields of a mapping, and which of them a request may read.

use quidditch_index::{Mapping, matches_pattern};
use serde_json::{Map, Value as Json};

use super::SearchRequest;
use super::parse::with_position;
use crate::Error;
use crate::functions::FunctionCall;
use crate::json::Node;
use crate::limits::Limits;
use crate::query;
use crate::request::ComputedFieldRequest;

/// Computed fields of a mapping, and the calls that compute them.
#[derive(Default)]
pub(crate) struct ComputedOfMapping {
    pub(crate) fields: Vec<ComputedFieldRequest>,
    pub(crate) calls: Vec<FunctionCall>,
}

/// Which computed fields of a mapping a search may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayRead {
    /// All, for the sake of the filter of an alias.
    All,
    /// Those that the request names.
    Named,
}

/// Checks the definitions of the computed fields of a mapping, apart from their scripts: these are compiled when they are used, with
/// the fields that the mapping then has.
///
/// # Errors
/// As [`SearchRequest::parse`], without positions.
pub fn check_computed_fields(mapping: &Mapping, limits: &Limits) -> Result<(), Error> {
    // One after another: the number of calls is limited for those that a request names.
    mapping.computed_fields().iter().try_for_each(|(name, definition)| {
        parse_computed(Map::from_iter([(name.clone(), definition.clone())]), limits).map(drop)
    })
}

/// Parses definitions of computed fields: the `derived` of a mapping, or a part of it.
fn parse_computed(derived: Map<String, Json>, limits: &Limits) -> Result<ComputedOfMapping, Error> {
    let mut parser = query::parser(limits);
    // The path of a call is that in a request.
    let json = Json::from_iter([("derived".to_owned(), Json::Object(derived))]);
    let root = Node::root(&json);
    let parsed =
        root.child("derived").map_or(Ok(Vec::new()), |node| ComputedFieldRequest::parse_all(&node, &mut parser));
    let fields = parsed.map_err(|error| with_position(error, ""))?;
    Ok(ComputedOfMapping { fields, calls: parser.into_calls() })
}

impl SearchRequest {
    /// The computed fields of a mapping that the search may read. Only these are compiled, so that it does not pay for the others,
    /// nor fail because of them. A field of the request takes the place of one with its name.
    ///
    /// # Errors
    /// A definition that is wrong, or more calls than a request may have.
    pub(crate) fn computed_of_mapping(
        &self,
        mapping: &Mapping,
        may_read: MayRead,
        limits: &Limits,
    ) -> Result<ComputedOfMapping, Error> {
        let defined = mapping.computed_fields();
        if defined.is_empty() {
            return Ok(ComputedOfMapping::default());
        }
        let body = serde_json::to_value(self).expect("a request is JSON");
        let is_read = |name: &str| {
            let is_own = self.computed.iter().any(|computed| computed.field.name() == name);
            !is_own && (may_read == MayRead::All || mentions(&body, name))
        };
        let read = defined.iter().filter(|(name, _)| is_read(name));
        parse_computed(read.map(|(name, definition)| (name.clone(), definition.clone())).collect(), limits)
    }
}

/// Whether a name is part of a text in a request, or matches a pattern in it.
fn mentions(json: &Json, name: &str) -> bool {
    match json {
        Json::String(text) => text_mentions(text, name),
        Json::Array(items) => items.iter().any(|item| mentions(item, name)),
        Json::Object(entries) => entries.iter().any(|(key, value)| text_mentions(key, name) || mentions(value, name)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn text_mentions(text: &str, name: &str) -> bool {
    text.contains(name) || text.contains('*') && matches_pattern(text, name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(request: &Json, may_read: MayRead) -> Vec<String> {
        let script = json!({ "type": "long", "script": "emit(1)" });
        let mapping = Mapping::from_json(&json!({ "derived": { "first": script, "second": script } })).expect("valid");
        let limits = Limits::default();
        let request = SearchRequest::parse(&request.to_string(), &[], &limits).expect("valid");
        let read = request.computed_of_mapping(&mapping, may_read, &limits).expect("valid");
        assert_eq!(read.fields.len(), read.calls.len());
        read.fields.iter().map(|computed| computed.field.name().to_owned()).collect()
    }

    #[test]
    fn only_fields_that_a_request_may_read_are_compiled() {
        for (request, expected) in [
            (json!({}), &[][..]),
            (json!({ "query": { "term": { "first": 1 } } }), &["first"][..]),
            (json!({ "post_filter": { "exists": { "field": "second" } } }), &["second"][..]),
            (json!({ "query": { "query_string": { "query": "a:1 AND second:2" } } }), &["second"][..]),
            (json!({ "sort": ["first"] }), &["first"][..]),
            (json!({ "aggs": { "a": { "max": { "field": "second" } } } }), &["second"][..]),
            (json!({ "fields": ["fir*"] }), &["first"][..]),
            (json!({ "docvalue_fields": ["*"] }), &["first", "second"][..]),
            (json!({ "collapse": { "field": "second" } }), &["second"][..]),
            (json!({ "derived": { "first": { "type": "long", "script": "emit(2)" } }, "sort": ["first"] }), &[][..]),
        ] {
            assert_eq!(read(&request, MayRead::Named), expected, "{request}");
        }
        assert_eq!(read(&json!({}), MayRead::All), ["first", "second"]);
    }

    #[test]
    fn the_calls_of_a_definition_are_checked() {
        let error = |definition: Json| {
            let mapping = Mapping::from_json(&json!({ "derived": { "a": definition } })).expect("valid");
            check_computed_fields(&mapping, &Limits::default()).map_err(|error| error.to_string())
        };
        assert_eq!(error(json!({ "type": "long", "script": "emit(" })), Ok(()), "it is compiled when it is used");
        for wrong in [
            json!({ "type": "long", "script": {} }),
            json!({ "type": "long", "script": { "source": "emit(1)", "lang": "nope" } }),
            json!({ "type": "long", "wasm_udf": {} }),
        ] {
            assert!(error(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
