//! Takes what a response has of each hit from a request.

use super::super::field_pattern::FieldPattern;
use super::super::highlight::Highlight;
use super::super::parser::Parser;
use super::super::script_field::ScriptField;
use super::super::shown_revision::ShownRevision;
use super::super::source_filter::SourceFilter;
use super::super::stored_fields::StoredFields;
use super::FetchOptions;
use crate::json::{Fields, Node, ParseError};

impl FetchOptions {
    /// Takes the keys that say what a response has of each hit.
    pub(crate) fn take(keys: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let source = keys.optional("_source", SourceFilter::parse)?;
        let mut options = FetchOptions { source, ..FetchOptions::default() };
        if let Some(node) = options.keep(keys, "stored_fields") {
            options.stored_fields = Some(StoredFields::parse(&node)?);
        }
        if let Some(node) = options.keep(keys, "fields") {
            options.fields = FieldPattern::parse_list(&node)?;
        }
        if let Some(node) = options.keep(keys, "docvalue_fields") {
            options.docvalue_fields = FieldPattern::parse_list(&node)?;
        }
        if let Some(node) = options.keep(keys, "script_fields") {
            options.script_fields = ScriptField::parse_all(&node)?;
        }
        if let Some(node) = options.keep(keys, "explain") {
            options.explain = node.boolean()?;
        }
        if let Some(node) = options.keep(keys, ShownRevision::VERSION) {
            options.revision.version = node.boolean()?;
        }
        if let Some(node) = options.keep(keys, ShownRevision::SEQ_NO) {
            options.revision.seq_no = node.boolean()?;
        }
        if let Some(node) = options.keep(keys, "highlight") {
            options.highlight = Some(Highlight::parse(&node, parser)?);
        }
        Ok(options)
    }

    fn keep<'a>(&mut self, keys: &mut Fields<'a>, key: &'static str) -> Option<Node<'a>> {
        let node = keys.take(key)?;
        self.json.insert(key.to_owned(), node.json().clone());
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json, json};

    use super::*;

    fn options(json: &Json) -> FetchOptions {
        let node = Node::root(json);
        let mut keys = node.fields().expect("an object");
        let limits = crate::limits::Limits::default();
        FetchOptions::take(&mut keys, &mut crate::query::parser(&limits)).expect("valid")
    }

    #[test]
    fn the_source_is_left_out_where_other_values_are_asked_for() {
        let source = |json: Json| options(&json).source();
        assert_eq!(source(json!({})), SourceFilter::All);
        assert_eq!(source(json!({"fields": ["a"], "docvalue_fields": ["a"]})), SourceFilter::All);
        assert_eq!(source(json!({"stored_fields": ["a"]})), SourceFilter::None);
        assert_eq!(source(json!({"stored_fields": []})), SourceFilter::None);
        assert_eq!(source(json!({"stored_fields": ["a", "_source"]})), SourceFilter::All);
        assert_eq!(source(json!({"stored_fields": "_none_"})), SourceFilter::None);
        assert_eq!(source(json!({"script_fields": {"s": {"script": "1"}}})), SourceFilter::None);
        assert_eq!(
            source(json!({"script_fields": {"s": {"script": "1"}}, "stored_fields": "_source"})),
            SourceFilter::All
        );
        assert_eq!(source(json!({"stored_fields": ["a"], "_source": true})), SourceFilter::All);
    }

    #[test]
    fn parameters_of_the_url_are_added() {
        let mut changed = options(&json!({"docvalue_fields": [{"field": "a", "format": "yyyy"}]}));
        for (key, value) in [("docvalue_fields", "b,c"), ("stored_fields", "_none_"), ("_source", "")] {
            let value = json!(value);
            assert!(changed.apply_parameter(key, &Node::root(&value)).expect("valid"));
        }
        let sent: Json = changed.entries().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into();
        assert_eq!(
            sent,
            json!({"docvalue_fields": [{"field": "a", "format": "yyyy"}, "b", "c"], "stored_fields": ["_none_"]})
        );
        let entries = |options: &FetchOptions| {
            options.entries().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>()
        };
        assert_eq!(entries(&options(&sent)), entries(&changed));
        let value = json!("x");
        assert!(!changed.apply_parameter("nope", &Node::root(&value)).expect("valid"));
    }
}
