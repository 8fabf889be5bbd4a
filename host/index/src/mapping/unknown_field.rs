//! Adds the unknown fields of documents to a mapping.

use serde_json::{Value as Json, json};

use super::definition::Definition;
use super::detection::Detected;
use super::template::Template;
use super::{FieldError, Mapping, Property};
use crate::{DateResolution, FieldKind, FieldOptions, KeywordOptions};

/// `ignore_above` of the `keyword` sub-field of a text field that is mapped dynamically, in characters: longer texts are prose,
/// which nobody sorts by or compares as a whole.
const IGNORE_ABOVE: u32 = 256;

impl Mapping {
    /// Adds an unknown field or object, whose type follows from a template or from the first of its values that is not null.
    /// Returns `None` if there is no such value.
    ///
    /// # Errors
    /// Why it cannot be added.
    pub fn add_detected(&mut self, object: usize, key: &str, value: &Json) -> Result<Option<Property>, FieldError> {
        let Some(value) = first_value(value) else { return Ok(None) };
        let detected = self.detection.detect(value);
        if let Some(template) = self.template(object, key, &detected) {
            let name = template.name().to_owned();
            let definition = template.definition(key, detected.type_name());
            let added = self.add_defined(object, key, &definition);
            return added.map(Some).map_err(|error| FieldError::Template { template: name, reason: error.to_string() });
        }
        let kind = match detected {
            Detected::Object => return Ok(Some(Property::Object(self.add_object(object, key, None)?))),
            Detected::Text => {
                let (kind, options) = self.default_text();
                let field = self.add_field(object, key, kind)?;
                self.fields[field].options.given = options.given;
                let keyword = KeywordOptions { ignore_above: Some(IGNORE_ABOVE), ..KeywordOptions::default() };
                self.add_subfield(field, "keyword", FieldKind::Keyword(keyword))?;
                return Ok(Some(Property::Field(field)));
            }
            Detected::Long => FieldKind::Long,
            Detected::Double => FieldKind::Float,
            Detected::Boolean => FieldKind::Boolean,
            Detected::Date(format) => FieldKind::Date { format, resolution: DateResolution::Millis },
        };
        Ok(Some(Property::Field(self.add_field(object, key, kind)?)))
    }

    /// Whether there is a template for an unknown field with this value. For an array, a template for objects is needed
    /// as well as one for each of its values.
    pub fn has_template(&self, object: usize, key: &str, value: &Json) -> bool {
        match value {
            Json::Null => false,
            Json::Array(items) => {
                self.template(object, key, &Detected::Object).is_some()
                    && items.iter().all(|item| self.has_template(object, key, item))
            }
            _ => self.template(object, key, &self.detection.detect(value)).is_some(),
        }
    }

    /// The template for an unknown field.
    fn template(&self, object: usize, key: &str, detected: &Detected) -> Option<&Template> {
        let outer = self.object(object).name();
        let path = if outer.is_empty() { key.to_owned() } else { format!("{outer}.{key}") };
        self.detection.templates.iter().find(|template| template.applies(key, &path, detected.name()))
    }

    fn default_text(&self) -> (FieldKind, FieldOptions) {
        let definition = json!({ "type": "text" });
        let definition = Definition { object: definition.as_object().expect("it is an object"), path: "" };
        definition.field(&self.analysis).expect("it needs nothing but a type")
    }
}

/// The value, or the first value of a list, that is not null.
fn first_value(value: &Json) -> Option<&Json> {
    match value {
        Json::Null => None,
        Json::Array(items) => items.iter().find_map(first_value),
        other => Some(other),
    }
}
