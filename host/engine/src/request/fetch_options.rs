//! What a response has of each hit: `_source`, `fields`, `docvalue_fields`, `stored_fields`, `script_fields` and `highlight`.

mod take;

use serde_json::{Map, Value as Json};

use super::field_pattern::FieldPattern;
use super::highlight::Highlight;
use super::script_field::ScriptField;
use super::shown_revision::ShownRevision;
use super::source_filter::SourceFilter;
use super::stored_fields::StoredFields;
use crate::json::{Node, ParseError};

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

    /// `highlight` as it was written.
    pub(crate) fn highlight_json(&self) -> Option<&Json> {
        self.json.get("highlight")
    }

    /// The keys of a request that is parsed to the same options.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, Json)> {
        let source = self.source.as_ref().and_then(|source| serde_json::to_value(source).ok());
        let others = self.json.iter().map(|(key, value)| (key.as_str(), value.clone()));
        source.map(|source| ("_source", source)).into_iter().chain(others)
    }
}
