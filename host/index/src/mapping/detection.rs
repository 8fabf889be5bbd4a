//! How the types of unknown fields are found out.

use serde_json::{Map, Value as Json};

use super::definition::{Definition, as_object, invalid, join};
use super::template::Template;
use crate::excerpt::json_excerpt;
use crate::{DateFormat, IndexError};

/// The format of dates that are detected in addition to ISO dates.
const SLASH_DATES: &str = "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis";

/// The keys of a mapping that are read here.
const KEYS: [&str; 4] = ["date_detection", "numeric_detection", "dynamic_date_formats", "dynamic_templates"];

/// How the types of unknown fields are found out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Detection {
    finds_dates: bool,
    finds_numbers: bool,
    /// Formats of dates; `None` means the default ones.
    date_formats: Option<Vec<DateFormat>>,
    pub(super) templates: Vec<Template>,
    /// As it was given.
    given: Map<String, Json>,
}

impl Default for Detection {
    fn default() -> Self {
        Detection {
            finds_dates: true,
            finds_numbers: false,
            date_formats: None,
            templates: Vec::new(),
            given: Map::new(),
        }
    }
}

/// The type that the value of a document suggests.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Detected {
    Object,
    Text,
    Long,
    Double,
    Boolean,
    Date(DateFormat),
}

impl Detected {
    /// Its name in the condition `match_mapping_type` of a template.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Detected::Object => "object",
            Detected::Text => "string",
            Detected::Long => "long",
            Detected::Double => "double",
            Detected::Boolean => "boolean",
            Detected::Date(_) => "date",
        }
    }

    /// The type of a field that a template defines without one: `{dynamic_type}`.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Detected::Text => "text",
            Detected::Double => "float",
            other => other.name(),
        }
    }
}

impl Detection {
    /// Whether a key of a mapping is read here.
    pub(super) fn has_key(key: &str) -> bool {
        KEYS.contains(&key)
    }

    pub(super) fn read(definition: &Definition<'_>) -> Result<Self, IndexError> {
        let mut detection = Detection {
            finds_dates: definition.flag("date_detection")?.unwrap_or(true),
            finds_numbers: definition.flag("numeric_detection")?.unwrap_or(false),
            ..Detection::default()
        };
        let list = |key: &str| match definition.object.get(key) {
            None => Ok(None),
            Some(Json::Array(items)) => Ok(Some(items)),
            Some(other) => Err(invalid(&join(definition.path, key), format!("{} is not a list", json_excerpt(other)))),
        };
        if let Some(items) = list("dynamic_date_formats")? {
            let format = |item: &Json| {
                let path = join(definition.path, "dynamic_date_formats");
                let text =
                    item.as_str().ok_or_else(|| invalid(&path, format!("{} is not a string", json_excerpt(item))))?;
                DateFormat::parse(text).map_err(|error| invalid(&path, error))
            };
            detection.date_formats = Some(items.iter().map(format).collect::<Result<_, _>>()?);
        }
        for (index, item) in list("dynamic_templates")?.into_iter().flatten().enumerate() {
            let path = join(definition.path, &format!("dynamic_templates[{index}]"));
            let object = as_object(item, &path)?;
            let mut entries = object.iter();
            let (Some((name, template)), None) = (entries.next(), entries.next()) else {
                return Err(invalid(&path, "a template is an object with one key, its name"));
            };
            detection.templates.push(Template::read(name, template, &join(&path, name))?);
        }
        detection.given = definition.object.iter().filter(|(key, _)| Self::has_key(key)).map(owned).collect();
        Ok(detection)
    }

    /// Adds what [`Detection::read`] has read to the JSON of a mapping.
    pub(super) fn add_to(&self, json: &mut Map<String, Json>) {
        json.extend(self.given.iter().map(owned));
    }

    pub(super) fn detect(&self, value: &Json) -> Detected {
        match value {
            Json::Object(_) => Detected::Object,
            Json::Bool(_) => Detected::Boolean,
            Json::Number(number) if number.is_f64() => Detected::Double,
            Json::String(text) => self.detect_in_text(text),
            _ => Detected::Long,
        }
    }

    fn detect_in_text(&self, text: &str) -> Detected {
        let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
        if self.finds_numbers && is_number {
            return if text.parse::<i64>().is_ok() { Detected::Long } else { Detected::Double };
        }
        if !self.finds_dates || is_number {
            return Detected::Text;
        }
        match &self.date_formats {
            None if DateFormat::is_dynamic_date(text) => Detected::Date(DateFormat::default()),
            None => match DateFormat::parse(SLASH_DATES) {
                Ok(format) if text.contains('/') && format.accepts(text) => Detected::Date(format),
                _ => Detected::Text,
            },
            Some(formats) => {
                let format = formats.iter().find(|format| format.accepts(text));
                format.map_or(Detected::Text, |format| Detected::Date(format.clone()))
            }
        }
    }
}

fn owned((key, value): (&String, &Json)) -> (String, Json) {
    (key.clone(), value.clone())
}
