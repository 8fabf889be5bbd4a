//! Where a nested object is in its document.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

/// Where a nested object is in its document: in which list, and which of its objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NestedPlace {
    /// The path of the list, within the object around it.
    pub field: String,
    /// The number of objects before it.
    pub offset: usize,
    /// Where the nested object in it is, if it is about one inside of it.
    #[serde(rename = "_nested", skip_serializing_if = "Option::is_none")]
    pub inside: Option<Box<NestedPlace>>,
}

impl NestedPlace {
    /// The object in the text of its document; `None` if it is not there.
    ///
    /// # Errors
    /// A text that is not JSON.
    pub(crate) fn find<'s>(&self, document: &'s str) -> serde_json::Result<Option<&'s RawValue>> {
        let mut objects = Vec::new();
        collect(document, &self.field, &mut objects)?;
        let Some(object) = objects.get(self.offset).copied() else { return Ok(None) };
        match &self.inside {
            None => Ok(Some(object)),
            Some(inside) => inside.find(object.get()),
        }
    }

    /// The full path of the list.
    pub(crate) fn path(&self) -> String {
        match &self.inside {
            None => self.field.clone(),
            Some(inside) => format!("{}.{}", self.field, inside.path()),
        }
    }
}

/// The objects at a path within an object.
fn collect<'s>(object: &'s str, path: &str, objects: &mut Vec<&'s RawValue>) -> serde_json::Result<()> {
    let entries: BTreeMap<String, &'s RawValue> = serde_json::from_str(object)?;
    for (key, value) in entries {
        if key == path {
            each_object(value, &mut |object| {
                objects.push(object);
                Ok(())
            })?;
        } else if let Some(rest) = path.strip_prefix(&key).and_then(|rest| rest.strip_prefix('.')) {
            each_object(value, &mut |object| collect(object.get(), rest, objects))?;
        }
    }
    Ok(())
}

/// Calls `found` with an object, or with each object of a list. Anything else has no nested objects.
fn each_object<'s>(
    value: &'s RawValue,
    found: &mut dyn FnMut(&'s RawValue) -> serde_json::Result<()>,
) -> serde_json::Result<()> {
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'{') => found(value),
        Some(b'[') => {
            let items: Vec<&'s RawValue> = serde_json::from_str(text)?;
            items.into_iter().try_for_each(|item| each_object(item, found))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(field: &str, offset: usize, inside: Option<NestedPlace>) -> NestedPlace {
        NestedPlace { field: field.to_owned(), offset, inside: inside.map(Box::new) }
    }

    #[test]
    fn objects_are_found_in_lists_and_in_objects_around_them() {
        let text = r#"{"a": [null, {"b": 1.50, "c": {"d": [[{"e": 1}], {"e": 2}]}}, {"x": {"c.d": {"e": 3}}}], "o.p": {"q": 1}}"#;
        let find = |place: NestedPlace| {
            place.find(text).expect("JSON").map(|object| object.get().to_owned()).unwrap_or_default()
        };
        assert_eq!(find(place("a", 1, None)), r#"{"x": {"c.d": {"e": 3}}}"#);
        assert_eq!(find(place("a", 0, Some(place("c.d", 1, None)))), r#"{"e": 2}"#);
        assert_eq!(find(place("a", 1, Some(place("x.c.d", 0, None)))), r#"{"e": 3}"#);
        assert_eq!(find(place("o.p", 0, None)), r#"{"q": 1}"#);
        assert_eq!(find(place("a", 2, None)), "");
        assert_eq!(find(place("b", 0, None)), "");
    }

    #[test]
    fn a_place_is_shown_as_clients_know_it() {
        let place = place("a", 1, Some(place("b.c", 0, None)));
        let json = serde_json::to_string(&place).expect("JSON");
        assert_eq!(json, r#"{"field":"a","offset":1,"_nested":{"field":"b.c","offset":0}}"#);
        assert_eq!(place.path(), "a.b.c");
    }
}
