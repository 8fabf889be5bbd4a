//! Writes a mapping as JSON: what was given, and what documents have added, without the defaults.

use serde_json::{Map, Value as Json};

use super::Mapping;
use super::definition::{DEFAULT_INPUT_LENGTH, DEFAULT_MAX_WORDS};
use super::dynamic::Dynamic;
use super::object::Property;
use crate::{CompletionContext, DateFormat, Field, FieldKind, KeywordForm, RangeType, ScoreImpact, TextForm};

impl Mapping {
    pub(super) fn object_to_json(&self, index: usize) -> Json {
        let object = &self.objects[index];
        let mut json = Map::new();
        if index == 0 {
            json.extend(self.meta.iter().map(|meta| ("_meta".to_owned(), meta.clone())));
            self.detection.add_to(&mut json);
        }
        if let Some(nested) = object.nested {
            nested.add_to(&mut json);
        }
        if let Some(dynamic) = object.own_dynamic {
            json.insert("dynamic".to_owned(), dynamic.name().into());
        }
        if !object.is_enabled {
            json.insert("enabled".to_owned(), false.into());
        }
        if index == 0 && !self.computed.is_empty() {
            let computed = self.computed.iter().map(|(name, definition)| (name.clone(), definition.clone()));
            json.insert("derived".to_owned(), Json::Object(computed.collect()));
        }
        if object.properties.is_empty() {
            // Without properties, only its type shows that it is an object. The document itself needs none.
            if index != 0 && object.nested.is_none() {
                json.insert("type".to_owned(), "object".into());
            }
            return Json::Object(json);
        }
        let properties = object.properties.iter().map(|(key, property)| {
            let definition = match property {
                Property::Object(index) => self.object_to_json(*index),
                Property::Field(index) => self.field_to_json(&self.fields[*index]),
                Property::Alias(index) => Json::from(Map::from_iter([
                    ("type".to_owned(), "alias".into()),
                    ("path".to_owned(), self.aliases[*index].1.as_str().into()),
                ])),
            };
            (key.clone(), definition)
        });
        json.insert("properties".to_owned(), Json::Object(properties.collect()));
        Json::Object(json)
    }

    pub(super) fn field_to_json(&self, field: &Field) -> Json {
        let mut json = Map::new();
        json.insert("type".to_owned(), field.kind.type_name().into());
        match &field.kind {
            FieldKind::Text { form, .. } => {
                add_form(*form, &mut json);
                if !field.options.contexts.is_empty() {
                    let contexts = field.options.contexts.iter().map(CompletionContext::to_json);
                    json.insert("contexts".to_owned(), contexts.collect());
                }
            }
            FieldKind::Keyword(options) => {
                if let Some(limit) = options.ignore_above {
                    json.insert("ignore_above".to_owned(), limit.into());
                }
                if let Some(normalizer) = &options.normalizer {
                    json.insert("normalizer".to_owned(), normalizer.name().into());
                }
                if let KeywordForm::Constant(value) = &options.form {
                    json.insert("value".to_owned(), value.as_str().into());
                }
            }
            FieldKind::RankFeature { impact: ScoreImpact::Negative, .. } => {
                json.insert("positive_score_impact".to_owned(), false.into());
            }
            FieldKind::ScaledFloat { factor } => {
                json.insert("scaling_factor".to_owned(), (*factor).into());
            }
            FieldKind::Date { format, .. } | FieldKind::Range(RangeType::Date(format))
                if *format != DateFormat::default() =>
            {
                json.insert("format".to_owned(), format.to_string().into());
            }
            _ => {}
        }
        json.extend(field.options.given.iter().map(|(key, value)| (key.clone(), value.clone())));
        if !field.options.copy_to.is_empty() {
            // A list, even if it was given as one name.
            json.insert("copy_to".to_owned(), Json::from(field.options.copy_to.clone()));
        }
        let given = field.subfields.iter().map(|index| &self.fields[*index]).filter(|subfield| !subfield.is_derived());
        let subfields: Map<_, _> = given
            .map(|subfield| (subfield.name[field.name.len() + 1..].to_owned(), self.field_to_json(subfield)))
            .collect();
        if !subfields.is_empty() {
            json.insert("fields".to_owned(), Json::Object(subfields));
        }
        Json::Object(json)
    }
}

/// Adds the options of a form of text that are not the default.
fn add_form(form: TextForm, json: &mut Map<String, Json>) {
    match form {
        TextForm::Completion(options) => {
            if !options.preserve_separators {
                json.insert("preserve_separators".to_owned(), false.into());
            }
            if !options.preserve_position_increments {
                json.insert("preserve_position_increments".to_owned(), false.into());
            }
            if options.max_input_length != DEFAULT_INPUT_LENGTH {
                json.insert("max_input_length".to_owned(), options.max_input_length.into());
            }
        }
        TextForm::SearchAsYouType { max_words } if max_words != DEFAULT_MAX_WORDS => {
            json.insert("max_shingle_size".to_owned(), max_words.into());
        }
        _ => {}
    }
}

impl Dynamic {
    fn name(self) -> &'static str {
        match self {
            Dynamic::True => "true",
            Dynamic::False => "false",
            Dynamic::Strict => "strict",
            Dynamic::StrictAllowTemplates => "strict_allow_templates",
        }
    }
}
