//! The settings that a mapping may come with.

use serde_json::{Map, Value as Json};

use super::definition::{as_object, unknown_key};
use super::nested::NestedLimits;
use crate::IndexError;
use crate::analysis::Analysis;

/// The settings that a mapping may come with.
const SETTINGS: &str =
    "analysis, max_ngram_diff, max_shingle_diff, mapping.nested_fields.limit, mapping.nested_objects.limit";

/// The settings of an index.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) analysis: Analysis,
    pub(super) nested_limits: NestedLimits,
}

impl Settings {
    /// Reads settings, which may be inside of `index`, or have names that begin with `index.`.
    pub(super) fn read(json: &Json) -> Result<Self, IndexError> {
        let mut settings = Map::new();
        for (key, value) in as_object(json, "settings")? {
            if key == "index" {
                for (key, value) in as_object(value, "settings.index")? {
                    add_setting(&mut settings, key, value);
                }
            } else {
                add_setting(&mut settings, key.strip_prefix("index.").unwrap_or(key), value);
            }
        }
        if let Some(key) = settings.keys().find(|key| !SETTINGS.split(", ").any(|known| known == *key)) {
            return Err(unknown_key("settings", key, SETTINGS));
        }
        let nested_limits = NestedLimits::take(&mut settings)?;
        Ok(Settings { analysis: Analysis::from_settings(&settings, "settings")?, nested_limits })
    }
}

/// Adds a setting; those inside of `mapping` by their full names.
fn add_setting(settings: &mut Map<String, Json>, key: &str, value: &Json) {
    match value {
        Json::Object(inner) if key == "mapping" || key.starts_with("mapping.") => {
            inner.iter().for_each(|(name, value)| add_setting(settings, &format!("{key}.{name}"), value));
        }
        _ => _ = settings.insert(key.to_owned(), value.clone()),
    }
}
