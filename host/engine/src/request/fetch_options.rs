//! What a response has of each hit: `_source`, `fields`, `docvalue_fields`, `stored_fields`, `script_fields` and `highlight`.

use serde_json::{Map, Value as Json};

use super::field_pattern::FieldPattern;
use super::highlight::Highlight;
use super::script_field::ScriptField;
use super::shown_revision::ShownRevision;
use super::source_filter::SourceFilter;
use super::stored_fields::StoredFields;
use crate::json::{Fields, Node, ParseError};
use crate::query::Parser;

/// What a response has of each hit. Valid for any index.
#[derive(Default)]
pub(crate) struct FetchOptions {
    /// `None` if the request does not say: then [`FetchOptions::source`] returns the default.
    source: Option<SourceFilter>,
    stored_fields: Option<StoredFields>,
    pub(crate) fields: Vec<FieldPattern>,
    pub(crate) docvalue_fields: Vec<FieldPattern>,
    pub(crate) script_fields: Vec<ScriptField>,
    pub(crate) highlight: Option<Highlight>,
    /// Whether the scores are explained.
    pub(crate) explain: bool,
    pub(crate) revision: ShownRevision,
    /// The keys as they came, but for `_source`, to be sent on.
    json: Map<String, Json>,
}

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

    /// Applies a parameter of the URL; `false` if it is not about what a hit has.
    pub(crate) fn apply_parameter(&mut self, key: &str, value: &Node<'_>) -> Result<bool, ParseError> {
        let text = value.text()?;
        let names = || text.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
        match key {
            "stored_fields" => {
                let names: Vec<String> = names().collect();
                let json = Json::from(names);
                self.stored_fields = Some(StoredFields::parse(&Node::root(&json))?);
                self.json.insert(key.to_owned(), json);
            }
            "docvalue_fields" => {
                self.docvalue_fields.extend(names().map(FieldPattern::plain));
                let list = self.json.entry(key).or_insert_with(|| Json::Array(Vec::new()));
                if let Json::Array(list) = list {
                    list.extend(names().map(Json::String));
                }
            }
            "explain" => {
                self.explain = text.is_empty() || value.boolean()?;
                self.json.insert(key.to_owned(), self.explain.into());
            }
            ShownRevision::VERSION => {
                self.revision.version = text.is_empty() || value.boolean()?;
                self.json.insert(key.to_owned(), self.revision.version.into());
            }
            ShownRevision::SEQ_NO => {
                self.revision.seq_no = text.is_empty() || value.boolean()?;
                self.json.insert(key.to_owned(), self.revision.seq_no.into());
            }
            // As if the parameter were not there.
            "_source" | "_source_includes" | "_source_excludes" if text.is_empty() => {}
            _ => {
                let mut source = self.source.clone().unwrap_or_default();
                if !source.apply_parameter(key, text) {
                    return Ok(false);
                }
                self.source = Some(source);
            }
        }
        Ok(true)
    }

    /// The wanted part of the source. A request for stored fields or for scripts has no source, unless it asks for it.
    pub(crate) fn source(&self) -> SourceFilter {
        match (&self.source, &self.stored_fields) {
            (Some(source), _) => source.clone(),
            (None, Some(StoredFields::Some { source: true })) => SourceFilter::All,
            (None, Some(_)) => SourceFilter::None,
            (None, None) if !self.script_fields.is_empty() => SourceFilter::None,
            (None, None) => SourceFilter::All,
        }
    }

    /// Whether nothing that is stored is wanted, not even the `_id`.
    pub(crate) fn wants_nothing_stored(&self) -> bool {
        self.stored_fields == Some(StoredFields::None)
    }

    /// The keys of a request that is parsed to the same options.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, Json)> {
        let source = self.source.as_ref().and_then(|source| serde_json::to_value(source).ok());
        let others = self.json.iter().map(|(key, value)| (key.as_str(), value.clone()));
        source.map(|source| ("_source", source)).into_iter().chain(others)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
