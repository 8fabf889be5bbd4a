//! Adds one value of a document to a field.

use std::collections::BTreeSet;

use quidditch_index::format::{
    FlatValue, feature_term, feature_value_term, flat_path_term, flat_value_terms, signed_in_order, visit_flat_object,
};
use quidditch_index::{FeatureForm, FieldKind, FieldValue, InvalidValue, KeywordForm, TextForm, json_excerpt};
use serde_json::Value as Json;
use tantivy::schema::{Field as TantivyField, Value as _};

use super::super::error::DocumentError;
use super::Walk;

/// Longest value of a `keyword` in bytes.
pub const MAX_TERM_BYTES: usize = 32_766;

impl Walk<'_> {
    /// Adds one value to one field, unless the field may leave it out. Returns whether it was indexed.
    pub(super) fn value(&mut self, index: usize, value: &Json) -> Result<bool, DocumentError> {
        match self.valid_value(index, value) {
            Err(error) if self.may_ignore(index, value) && matches!(error, DocumentError::Value(_)) => {
                if !self.ignored.contains(&index) {
                    self.ignored.push(index);
                }
                Ok(false)
            }
            result => result,
        }
    }

    fn may_ignore(&self, index: usize, value: &Json) -> bool {
        let field = &self.mapping.fields()[index];
        let takes_objects = matches!(field.kind(), FieldKind::GeoPoint | FieldKind::Range(_));
        let is_misplaced = value.is_object() && !takes_objects;
        field.options().ignores_malformed && !is_misplaced
    }

    fn valid_value(&mut self, index: usize, value: &Json) -> Result<bool, DocumentError> {
        let field = &self.mapping.fields()[index];
        let tantivy_field = field.tantivy_field();
        let as_written;
        let value = match value {
            Json::Number(number) if field.keeps_notation() => {
                as_written = Json::String(self.numbers.of(number));
                &as_written
            }
            _ => value,
        };
        if !field.options().is_indexed {
            return Ok(false);
        }
        match field.kind() {
            FieldKind::Text { form: TextForm::Completion(_), .. } => return self.completion(index, value),
            FieldKind::Text { .. } => {
                let text = field.text(value)?;
                self.levels[self.at].document.add_text(tantivy_field, text);
            }
            FieldKind::Keyword(options) => {
                let text = field.text(value)?;
                if let KeywordForm::Constant(constant) = &options.form {
                    if text != constant.as_str() {
                        return Err(field.error(InvalidValue::NotTheConstant(constant.clone())).into());
                    }
                    return Ok(true);
                }
                if options.ignore_above.is_some_and(|limit| is_longer(&text, limit)) {
                    return Ok(false);
                }
                let text = options.normalized(text);
                if text.len() > MAX_TERM_BYTES {
                    let reason = InvalidValue::TooLong { bytes: text.len(), max_bytes: MAX_TERM_BYTES };
                    return Err(field.error(reason).into());
                }
                self.levels[self.at].document.add_text(tantivy_field, text);
            }
            FieldKind::FlatObject => return self.flat_object(index, value),
            FieldKind::Percolator => return self.stored_query(index, value),
            FieldKind::RankFeature { form, .. } => return self.rank_feature(index, *form, value),
            // The value can only be read from the source. Only a column records whether there is one.
            FieldKind::Binary if !field.options().has_column && !value.is_object() => return Ok(false),
            FieldKind::Binary => _ = field.value_from_json(value)?,
            _ => {
                let found = match (field.value_from_json(value)?, &field.options().null_value) {
                    // An empty string is not a number, and counts as `null`.
                    (None, Some(null)) if value.as_str() == Some("") => field.value_from_json(null)?,
                    (found, _) => found,
                };
                let Some(value) = found else { return Ok(false) };
                match value {
                    FieldValue::Text(text) => self.levels[self.at].document.add_text(tantivy_field, text),
                    FieldValue::Integer(number) | FieldValue::Date(number) => {
                        self.levels[self.at].document.add_i64(tantivy_field, number);
                    }
                    FieldValue::Nanos(nanos) => {
                        self.levels[self.at].document.add_i64(tantivy_field, nanos);
                        self.levels[self.at].document.add_i64(next_field(tantivy_field), nanos.div_euclid(1_000_000));
                    }
                    FieldValue::Unsigned(number) => {
                        self.levels[self.at].document.add_i64(tantivy_field, signed_in_order(number));
                        self.levels[self.at].document.add_f64(next_field(tantivy_field), number as f64);
                    }
                    FieldValue::Float(number) => self.levels[self.at].document.add_f64(tantivy_field, number),
                    FieldValue::Boolean(value) => self.levels[self.at].document.add_bool(tantivy_field, value),
                    FieldValue::GeoPoint { lat, lon } => {
                        self.levels[self.at].document.add_f64(tantivy_field, lat);
                        self.levels[self.at].document.add_f64(next_field(tantivy_field), lon);
                    }
                }
            }
        }
        self.seen[self.at].fields.insert(index);
        Ok(true)
    }

    /// Adds a number of words, unless the field is not indexed.
    pub(super) fn token_count(&mut self, index: usize, count: i64) -> bool {
        let field = &self.mapping.fields()[index];
        if field.options().is_indexed {
            self.levels[self.at].document.add_i64(field.tantivy_field(), count);
            self.seen[self.at].fields.insert(index);
        }
        field.options().is_indexed
    }

    /// Adds the values of an object that is one field.
    fn flat_object(&mut self, index: usize, value: &Json) -> Result<bool, DocumentError> {
        let field = &self.mapping.fields()[index];
        let Json::Object(object) = value else {
            let reason = format!("{} is not an object", json_excerpt(value));
            return Err(field.error(InvalidValue::Unsuitable(reason)).into());
        };
        let (mut terms, mut too_long) = (BTreeSet::new(), None);
        visit_flat_object(object, &mut |FlatValue { path, value }| {
            let text = match value {
                Json::String(text) => text.clone(),
                Json::Number(number) => self.numbers.of(number),
                other => other.to_string(),
            };
            let of_value = flat_value_terms(path, &text);
            too_long = too_long.or_else(|| of_value.iter().map(String::len).find(|bytes| *bytes > MAX_TERM_BYTES));
            terms.extend(of_value);
            let ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
            terms.extend(ends.map(|end| flat_path_term(&path[..end])));
        });
        if let Some(bytes) = too_long {
            return Err(field.error(InvalidValue::TooLong { bytes, max_bytes: MAX_TERM_BYTES }).into());
        }
        let has_values = !terms.is_empty();
        terms.into_iter().for_each(|term| self.levels[self.at].document.add_text(field.tantivy_field(), term));
        if has_values {
            self.seen[self.at].fields.insert(index);
        }
        Ok(has_values)
    }

    /// Adds one feature, or those of an object.
    fn rank_feature(&mut self, index: usize, form: FeatureForm, value: &Json) -> Result<bool, DocumentError> {
        let field = &self.mapping.fields()[index];
        let unsuitable = |reason: String| DocumentError::from(field.error(InvalidValue::Unsuitable(reason)));
        let features = match (form, value) {
            (FeatureForm::One, value) => vec![("", value)],
            (FeatureForm::Many, Json::Object(object)) => {
                object.iter().map(|(key, value)| (key.as_str(), value)).filter(|(_, value)| !value.is_null()).collect()
            }
            (FeatureForm::Many, other) => return Err(unsuitable(format!("{} is not an object", json_excerpt(other)))),
        };
        let mut has_values = false;
        for (feature, value) in features {
            let of_value = feature_value_term(feature, field.feature_value(value)?);
            if of_value.len() > MAX_TERM_BYTES {
                let reason = InvalidValue::TooLong { bytes: of_value.len(), max_bytes: MAX_TERM_BYTES };
                return Err(field.error(reason).into());
            }
            let of_feature = feature_term(feature);
            let document = &mut self.levels[self.at].document;
            let is_same = |term: &str| term == of_feature;
            if document.get_all(field.tantivy_field()).filter_map(|term| term.as_str()).any(is_same) {
                return Err(unsuitable(format!(
                    "a document has one value of the feature [{feature}], and this is another"
                )));
            }
            document.add_text(field.tantivy_field(), of_feature);
            document.add_text(field.tantivy_field(), of_value);
            has_values = true;
        }
        if has_values {
            self.seen[self.at].fields.insert(index);
        }
        Ok(has_values)
    }
}

/// The second of two fields of the schema that a field has.
pub(super) fn next_field(field: TantivyField) -> TantivyField {
    TantivyField::from_field_id(field.field_id() + 1)
}

fn is_longer(text: &str, characters: u32) -> bool {
    // Most texts are shorter even in bytes.
    text.len() > characters as usize && text.chars().count() > characters as usize
}
