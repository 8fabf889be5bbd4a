//! `fields`: the values of a field in the source, as the mapping understands them.

use std::borrow::Cow;

use quidditch_index::{
    DateFormat, FeatureForm, Field, FieldKind, FieldValue, GeoPoint, RangeType, TextForm, TimeZone, float_text, ip_text,
};
use serde_json::{Map, Value as Json, json};

use crate::Error;
use crate::request::FieldPattern;
use crate::source_paths::{shown_values, values_at};

/// The values of a field in the source of a document.
pub(super) struct FieldValues<'a> {
    /// That of the field, or of an alias.
    name: &'a str,
    field: &'a Field,
    path: &'a str,
    shown: Shown,
}

/// How a value is shown.
enum Shown {
    /// As its type is in JSON.
    Plain,
    Date(DateFormat),
    GeoJson,
    WellKnownText,
}

impl<'a> FieldValues<'a> {
    pub(super) fn new(name: &'a str, field: &'a Field, path: &'a str, pattern: &FieldPattern) -> Result<Self, Error> {
        let shown = match (field.kind(), pattern.format.as_deref()) {
            (FieldKind::Date { format, .. }, None) => Shown::Date(format.clone()),
            (FieldKind::Date { .. } | FieldKind::Range(RangeType::Date(_)), Some(text)) => {
                Shown::Date(date_format(name, text)?)
            }
            (FieldKind::GeoPoint, None | Some("geojson")) => Shown::GeoJson,
            (FieldKind::GeoPoint, Some("wkt")) => Shown::WellKnownText,
            (FieldKind::GeoPoint, Some(format)) => {
                return Err(Error::shard_argument(format!(
                    "Unrecognized geometry format [{format}] of the field [{name}], use [geojson] or [wkt]"
                )));
            }
            (_, None) => Shown::Plain,
            (kind, Some(_)) => {
                let kind = kind.type_name();
                return Err(Error::shard_argument(format!("Field [{name}] of type [{kind}] doesn't support formats.")));
            }
        };
        Ok(FieldValues { name, field, path, shown })
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// The values in their order in the source; numbers of words ascend.
    pub(super) fn values(&self, source: &Map<String, Json>) -> Vec<Json> {
        let mut values = Vec::new();
        match self.field.kind() {
            // Lists may be values, or parts of one.
            FieldKind::GeoPoint | FieldKind::Text { form: TextForm::Completion(_), .. } => {
                values_at(source, self.path).into_iter().for_each(|value| self.add(value, &mut values));
            }
            kind => {
                let null_value = match kind {
                    // Clients do not see that of this type.
                    FieldKind::ScaledFloat { .. } => None,
                    _ => self.field.options().null_value.as_ref(),
                };
                for value in shown_values(source, self.path, null_value) {
                    match null_value {
                        // It is the number, not a text whose words count.
                        Some(null) if std::ptr::eq(null, value) && matches!(kind, FieldKind::TokenCount { .. }) => {
                            values.push(null.clone());
                        }
                        _ => values.extend(self.shown(value)),
                    }
                }
            }
        }
        if matches!(self.field.kind(), FieldKind::TokenCount { .. }) {
            values.sort_unstable_by_key(Json::as_i64);
        }
        values
    }

    fn add(&self, value: &Json, values: &mut Vec<Json>) {
        match value {
            Json::Null => {}
            Json::Array(items) if !(*self.field.kind() == FieldKind::GeoPoint && GeoPoint::is_point_array(items)) => {
                items.iter().for_each(|item| self.add(item, values));
            }
            value => values.extend(self.shown(value)),
        }
    }

    /// `None` if the value is not indexed.
    fn shown(&self, value: &Json) -> Option<Json> {
        match self.field.kind() {
            FieldKind::Text { form: TextForm::Completion(_), .. }
            | FieldKind::FlatObject
            | FieldKind::Percolator
            | FieldKind::RankFeature { form: FeatureForm::Many, .. } => {
                return Some(value.clone());
            }
            FieldKind::Range(range_type) => {
                let is_range = self.field.range_from_json(range_type, value).is_ok();
                return is_range.then(|| self.range(range_type, value));
            }
            FieldKind::Text { .. } => return Some(Json::String(self.text(value).into_owned())),
            FieldKind::Keyword(options) => {
                let text = self.text(value);
                let is_too_long = options.ignore_above.is_some_and(|limit| text.chars().count() > limit as usize);
                return (!is_too_long).then(|| Json::String(options.normalized(text).into_owned()));
            }
            _ => {}
        }
        // What is not a value of the field was not indexed either.
        let value = self.field.value_from_json(value).ok()??;
        Some(match (value, &self.shown) {
            (FieldValue::Date(millis), Shown::Date(format)) => Json::String(format.format(millis)),
            (FieldValue::Nanos(nanos), Shown::Date(format)) => Json::String(format.format_nanos(nanos)),
            (FieldValue::Nanos(nanos), _) => Json::from(nanos),
            (FieldValue::Unsigned(number), _) => Json::from(number),
            (FieldValue::GeoPoint { lat, lon }, Shown::WellKnownText) => {
                Json::String(format!("POINT ({} {})", float_text(lon), float_text(lat)))
            }
            (FieldValue::GeoPoint { lat, lon }, _) => json!({"type": "Point", "coordinates": [lon, lat]}),
            (FieldValue::Float(number), _)
                if matches!(self.field.kind(), FieldKind::Float | FieldKind::RankFeature { .. }) =>
            {
                Json::from(single(number))
            }
            (FieldValue::Float(number), _) => Json::from(number),
            (FieldValue::Integer(number) | FieldValue::Date(number), _) => Json::from(number),
            (FieldValue::Boolean(value), _) => Json::Bool(value),
            (FieldValue::Text(term), _) if *self.field.kind() == FieldKind::Ip => Json::String(ip_text(&term)),
            (FieldValue::Text(text), _) => Json::String(text),
        })
    }
}

impl FieldValues<'_> {
    fn text<'v>(&self, value: &'v Json) -> Cow<'v, str> {
        self.field.text(value).unwrap_or_else(|_| Cow::Owned(value.to_string()))
    }

    /// A range with its ends as its type writes them.
    fn range(&self, range_type: &RangeType, value: &Json) -> Json {
        let Json::Object(ends) = value else { return value.clone() };
        let given = ends.iter().filter(|(_, end)| !end.is_null());
        Json::Object(given.map(|(key, end)| (key.clone(), self.end(range_type, end))).collect())
    }

    fn end(&self, range_type: &RangeType, end: &Json) -> Json {
        let number = || end.as_f64().or_else(|| end.as_str()?.parse().ok());
        let shown = match range_type {
            RangeType::Integer | RangeType::Long => {
                let integer = end.as_i64().or_else(|| end.as_str()?.parse().ok());
                integer.or_else(|| Some(number()? as i64)).map(Json::from)
            }
            RangeType::Float => number().map(|number| Json::from(single(number))),
            RangeType::Double => number().map(Json::from),
            RangeType::Date(format) => {
                let text = end.as_str().map_or_else(|| end.to_string(), str::to_owned);
                let shown = if let Shown::Date(shown) = &self.shown { shown } else { format };
                let millis = format.evaluate(&text, 0, &TimeZone::default());
                millis.ok().map(|millis| Json::from(shown.format(millis)))
            }
            RangeType::Ip => None,
        };
        shown.unwrap_or_else(|| end.clone())
    }
}

/// A value of 32 bits as the 64-bit float with the same shortest decimal digits.
fn single(number: f64) -> f64 {
    (number as f32).to_string().parse().unwrap_or(number)
}

/// The format that a request asks for.
pub(super) fn date_format(field: &str, text: &str) -> Result<DateFormat, Error> {
    DateFormat::parse(text).map_err(|error| Error::shard_argument(format!("field [{field}]: {error}")))
}
