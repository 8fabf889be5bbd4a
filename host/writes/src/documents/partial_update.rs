//! Updates of a document by a part of it.

use http::StatusCode;
use quidditch_index::parse_json;
use quidditch_indexing::{CurrentDocument, DocumentUpdate, UpdateError, Updated};
use quidditch_service::writing::Refusal;
use serde_json::{Map, Value as Json};

/// Whether an update that changes nothing writes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IfEqual {
    Noop,
    Write,
}

/// Puts values into a document, or stores another one if there is none.
#[derive(Debug, Clone)]
pub(super) struct PartialUpdate {
    pub(super) doc: Map<String, Json>,
    /// What is stored if there is no document.
    pub(super) upsert: Option<Map<String, Json>>,
    pub(super) if_equal: IfEqual,
}

impl DocumentUpdate for PartialUpdate {
    fn update(&self, current: Option<CurrentDocument<'_>>) -> Result<Updated, UpdateError> {
        let Some(current) = current else {
            let upsert = self.upsert.as_ref().ok_or(UpdateError::Missing)?;
            return Ok(Updated::Index(Json::from(upsert.clone()).to_string()));
        };
        let mut document = match parse_json(current.source) {
            Ok(Json::Object(document)) => document,
            _ => {
                let reason = format!("the source of document [{}] cannot be read", current.id);
                let refusal = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error", reason);
                return Err(UpdateError::Failed(Box::new(refusal)));
            }
        };
        let changed = merge(&mut document, &self.doc);
        match (changed, self.if_equal) {
            (false, IfEqual::Noop) => Ok(Updated::Noop),
            _ => Ok(Updated::Index(Json::from(document).to_string())),
        }
    }
}

/// Puts values into an object; objects in it are merged. Returns whether any value is another one now.
fn merge(object: &mut Map<String, Json>, changes: &Map<String, Json>) -> bool {
    let mut changed = false;
    for (key, change) in changes {
        match (object.get_mut(key), change) {
            (Some(Json::Object(inner)), Json::Object(change)) => changed |= merge(inner, change),
            (Some(value), change) => {
                changed |= value != change;
                value.clone_from(change);
            }
            (None, change) => {
                changed = true;
                object.insert(key.clone(), change.clone());
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use quidditch_index::Revision;
    use serde_json::json;

    use super::*;

    fn updated(source: Option<&str>, doc: &Json, upsert: Option<&Json>, if_equal: IfEqual) -> Option<Updated> {
        let object = |json: &Json| json.as_object().expect("an object").clone();
        let update = PartialUpdate { doc: object(doc), upsert: upsert.map(object), if_equal };
        let current = source.map(|source| CurrentDocument { index: "a", id: "1", source, revision: Revision::UNKNOWN });
        update.update(current).ok()
    }

    #[test]
    fn values_are_merged_into_the_document() {
        let source = Some(r#"{"n":1,"o":{"a":1,"b":[1,2]}}"#);
        let merged = updated(source, &json!({"n": 2, "o": {"c": null, "b": [3]}, "x": {}}), None, IfEqual::Noop);
        assert_eq!(merged, Some(Updated::Index(r#"{"n":2,"o":{"a":1,"b":[3],"c":null},"x":{}}"#.to_owned())));
    }

    #[test]
    fn equal_values_change_nothing() {
        let source = Some(r#"{"n":1,"o":{"a":1.0}}"#);
        let equal = json!({"n": 1, "o": {"a": 1.0}});
        assert_eq!(updated(source, &equal, None, IfEqual::Noop), Some(Updated::Noop));
        assert!(matches!(updated(source, &equal, None, IfEqual::Write), Some(Updated::Index(_))));
        assert!(matches!(updated(source, &json!({"n": 1.0}), None, IfEqual::Noop), Some(Updated::Index(_))));
    }

    #[test]
    fn a_missing_document_is_stored_only_if_it_is_given() {
        assert_eq!(updated(None, &json!({"n": 1}), None, IfEqual::Noop), None);
        let upsert = json!({"n": 9});
        let stored = updated(None, &json!({"n": 1}), Some(&upsert), IfEqual::Noop);
        assert_eq!(stored, Some(Updated::Index(r#"{"n":9}"#.to_owned())));
    }
}
