//! How values are shown as texts.

use quidditch_index::{DateFormat, TimeZone, float_text, ip_text};
use serde_json::{Map, Value as Json};

use super::decimal_format::DecimalFormat;

/// How the values of a field are shown as texts, next to the values.
#[derive(Debug, Clone)]
pub(super) enum ValueFormat {
    /// Not at all.
    Raw,
    Boolean,
    /// Texts that stand for addresses.
    Ip,
    Date(DateFormat, TimeZone),
    Decimal(DecimalFormat),
}

impl ValueFormat {
    pub(super) fn is_raw(&self) -> bool {
        matches!(self, ValueFormat::Raw | ValueFormat::Ip)
    }

    /// The text that clients see of a text of the index.
    pub(super) fn text_key(&self, text: String) -> String {
        if matches!(self, ValueFormat::Ip) { ip_text(&text) } else { text }
    }

    /// `None` if values are not shown as texts.
    pub(super) fn text(&self, value: f64) -> Option<String> {
        match self {
            ValueFormat::Raw | ValueFormat::Ip => None,
            ValueFormat::Boolean => Some((value != 0.0).to_string()),
            ValueFormat::Date(format, zone) => Some(date_text(value as i64, format, zone)),
            ValueFormat::Decimal(format) => Some(format.format(value)),
        }
    }

    /// The text of a value, or the value itself as a text.
    pub(super) fn key(&self, value: f64) -> String {
        self.text(value).unwrap_or_else(|| float_text(value))
    }

    /// The text of a value; of a boolean, clients expect the boolean itself among figures.
    pub(super) fn figure(&self, value: f64) -> Option<Json> {
        match self {
            ValueFormat::Boolean => Some(Json::Bool(value != 0.0)),
            _ => self.text(value).map(Json::String),
        }
    }

    /// Adds the text of a value to an object.
    pub(super) fn add_text(&self, object: &mut Map<String, Json>, key: &str, value: f64) {
        if let Some(text) = self.text(value) {
            object.insert(key.to_owned(), Json::String(text));
        }
    }
}

fn date_text(millis: i64, format: &DateFormat, zone: &TimeZone) -> String {
    format.format_at(millis, zone.offset_at(millis))
}
