//! `_source`: which parts of the documents come back.

use quidditch_index::matches_pattern;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use crate::Error;
use crate::json::{Node, ParseError};

/// Which parts of a document a response contains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SourceFilter {
    /// The whole document.
    #[default]
    All,
    /// Nothing.
    None,
    /// Some of its parts. Paths are patterns with `*`.
    Some {
        /// The paths to include; empty includes all.
        includes: Vec<String>,
        /// The paths to exclude.
        excludes: Vec<String>,
    },
}

impl Serialize for SourceFilter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            SourceFilter::All => serializer.serialize_bool(true),
            SourceFilter::None => serializer.serialize_bool(false),
            SourceFilter::Some { includes, excludes } => {
                let mut object = serializer.serialize_map(Some(2))?;
                object.serialize_entry("includes", includes)?;
                object.serialize_entry("excludes", excludes)?;
                object.end()
            }
        }
    }
}

impl SourceFilter {
    /// The filter of a request that has only the URL parameters `_source`, `_source_includes` and `_source_excludes`.
    ///
    /// # Errors
    /// [`Error::Argument`] for other parameters.
    pub fn from_parameters(parameters: &[(String, String)]) -> Result<Self, Error> {
        let mut filter = SourceFilter::All;
        for (key, value) in parameters {
            if !filter.apply_parameter(key, value) {
                return Err(Error::Argument(format!("in the URL parameter [{key}]: unknown source parameter")));
            }
        }
        Ok(filter)
    }

    /// The filter that a value of `_source` asks for.
    ///
    /// # Errors
    /// [`Error::Argument`] for other values.
    pub fn from_json(json: &Json) -> Result<Self, Error> {
        Self::parse(&Node::root(json)).map_err(|error| Error::Argument(format!("in [_source]: {}", error.reason)))
    }

    /// Applies a parameter of the URL; `false` if it is not about sources.
    pub(crate) fn apply_parameter(&mut self, key: &str, value: &str) -> bool {
        let list = || value.split(',').map(str::to_owned).collect();
        match (key, value) {
            // As if the parameter were not there.
            ("_source" | "_source_includes" | "_source_excludes", "") => {}
            ("_source", "true") => *self = SourceFilter::All,
            ("_source", "false") => *self = SourceFilter::None,
            ("_source", _) => *self = SourceFilter::Some { includes: list(), excludes: Vec::new() },
            ("_source_includes", _) => self.extend(list(), Vec::new()),
            ("_source_excludes", _) => self.extend(Vec::new(), list()),
            _ => return false,
        }
        true
    }

    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.json() {
            Json::Bool(true) => Ok(SourceFilter::All),
            Json::Bool(false) => Ok(SourceFilter::None),
            // A string is a pattern, even "true".
            Json::String(pattern) => Ok(SourceFilter::Some { includes: vec![pattern.clone()], excludes: Vec::new() }),
            Json::Array(_) => {
                let includes = node.items().map(|item| Ok(item.scalar()?.into_owned())).collect::<Result<_, _>>()?;
                Ok(SourceFilter::Some { includes, excludes: Vec::new() })
            }
            _ => Self::parse_object(node),
        }
    }

    /// `{"includes": .., "excludes": ..}`, or the names without the `s`, which older clients send.
    fn parse_object(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let mut patterns = |key, older_key| match (fields.take(key), fields.take(older_key)) {
            (Some(_), Some(other)) => Err(other.error(format!("[_source] has both [{key}] and [{older_key}]"))),
            (Some(list), None) | (None, Some(list)) => texts(&list),
            (None, None) => Ok(Vec::new()),
        };
        let includes = patterns("includes", "include")?;
        let excludes = patterns("excludes", "exclude")?;
        fields.finish("[_source]")?;
        Ok(SourceFilter::Some { includes, excludes })
    }

    /// Adds the URL's `_source_includes` or `_source_excludes`.
    fn extend(&mut self, more_includes: Vec<String>, more_excludes: Vec<String>) {
        if !matches!(self, SourceFilter::Some { .. }) {
            *self = SourceFilter::Some { includes: Vec::new(), excludes: Vec::new() };
        }
        if let SourceFilter::Some { includes, excludes } = self {
            includes.extend(more_includes);
            excludes.extend(more_excludes);
        }
    }

    /// The wanted part of a document; `None` if no part is.
    ///
    /// # Errors
    /// A source that is not JSON.
    pub fn apply(&self, source: String) -> serde_json::Result<Option<Box<serde_json::value::RawValue>>> {
        match self {
            SourceFilter::None => Ok(None),
            SourceFilter::All => serde_json::value::RawValue::from_string(source).map(Some),
            SourceFilter::Some { includes, excludes } => {
                let document: Map<String, Json> = serde_json::from_str(&source)?;
                let wanted = if includes.is_empty() { Wanted::Whole } else { Wanted::Parts };
                let kept = Patterns { includes, excludes }.keep(document, "", wanted);
                serde_json::value::to_raw_value(&kept).map(Some)
            }
        }
    }
}

fn texts(node: &Node<'_>) -> Result<Vec<String>, ParseError> {
    node.items().map(|item| item.text().map(str::to_owned)).collect()
}

/// Patterns of the paths that are wanted, and of those that are not.
struct Patterns<'a> {
    includes: &'a [String],
    excludes: &'a [String],
}

/// What is kept of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All that is not excluded: a pattern includes the value as a whole.
    Whole,
    /// What inner patterns include.
    Parts,
}

impl Patterns<'_> {
    /// The entries of an object that are wanted.
    fn keep(&self, object: Map<String, Json>, parent: &str, wanted: Wanted) -> Map<String, Json> {
        let mut kept = Map::new();
        for (key, value) in object {
            let path = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
            if self.excludes.iter().any(|pattern| matches(pattern, &path)) {
                continue;
            }
            let is_included = self.includes.iter().any(|pattern| matches(pattern, &path));
            let wanted = if is_included { Wanted::Whole } else { wanted };
            if let Some(value) = self.keep_value(value, &path, wanted) {
                kept.insert(key, value);
            }
        }
        kept
    }

    /// Whether a pattern may exclude something inside of a value. Then its lists lose what is empty, as clients expect it.
    fn may_exclude_inside(&self, path: &str) -> bool {
        let inside = format!("{path}.");
        self.excludes.iter().any(|pattern| match pattern.split_once('*') {
            None => pattern.starts_with(&inside),
            Some((beginning, _)) => beginning.starts_with(&inside) || inside.starts_with(beginning),
        })
    }

    fn keep_value(&self, value: Json, path: &str, wanted: Wanted) -> Option<Json> {
        match value {
            Json::Object(object) => {
                let kept = self.keep(object, path, wanted);
                (wanted == Wanted::Whole || !kept.is_empty()).then_some(Json::Object(kept))
            }
            Json::Array(items) => {
                let may_be_excluded = self.may_exclude_inside(path);
                let kept: Vec<Json> = items
                    .into_iter()
                    .filter_map(|item| self.keep_value(item, path, wanted))
                    .filter(|item| !may_be_excluded || !is_empty(item))
                    .collect();
                (wanted == Wanted::Whole || !kept.is_empty()).then_some(Json::Array(kept))
            }
            scalar => (wanted == Wanted::Whole).then_some(scalar),
        }
    }
}

fn is_empty(json: &Json) -> bool {
    match json {
        Json::Object(object) => object.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether the pattern matches `path`, or an object that contains it. `*` matches any characters.
fn matches(pattern: &str, path: &str) -> bool {
    let ends = path.char_indices().filter(|(_, character)| *character == '.').map(|(end, _)| end);
    ends.chain([path.len()]).any(|end| matches_pattern(pattern, &path[..end]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn apply(filter: Json) -> String {
        let document = json!({"a": 1, "b": {"c": 2, "d": {"e": 3}}, "list": [{"x": 1, "y": 2}, 7]});
        let filter = SourceFilter::parse(&Node::root(&filter)).expect("valid");
        filter.apply(document.to_string()).expect("JSON").map_or_else(|| "nothing".to_owned(), |raw| raw.to_string())
    }

    #[test]
    fn parts_of_a_document() {
        assert_eq!(apply(json!(false)), "nothing");
        assert_eq!(apply(json!("a")), r#"{"a":1}"#);
        assert_eq!(apply(json!(["b.d", "a"])), r#"{"a":1,"b":{"d":{"e":3}}}"#);
        assert_eq!(apply(json!("b.*")), r#"{"b":{"c":2,"d":{"e":3}}}"#);
        assert_eq!(apply(json!("*.x")), r#"{"list":[{"x":1}]}"#);
        assert_eq!(apply(json!({"excludes": ["b", "list.x"]})), r#"{"a":1,"list":[{"y":2},7]}"#);
        assert_eq!(apply(json!({"includes": ["b"], "excludes": ["*.e"]})), r#"{"b":{"c":2,"d":{}}}"#);
        assert_eq!(apply(json!({"excludes": ["list.*", "b", "a"]})), r#"{"list":[7]}"#);
        assert_eq!(apply(json!("nope")), "{}");
        assert_eq!(apply(json!("true")), "{}");
        assert_eq!(apply(json!({"include": "a", "exclude": ["b"]})), r#"{"a":1}"#);
    }
}
