//! An index template: which indices it is for, and what they get.

use quidditch_index::matches_pattern;
use quidditch_service::writing::{ApiError, Refusal};
use serde_json::{Map, Value as Json};

use crate::body::Keys;
use crate::definition::IndexDefinition;
use crate::pattern_overlap::patterns_overlap;

/// An index template.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct IndexTemplate {
    pub(super) patterns: Vec<String>,
    pub(super) composed_of: Vec<String>,
    /// What it has besides its components.
    template: Option<IndexDefinition>,
    /// Whether the list of components is shown although it is empty.
    has_components: bool,
    priority: Option<i64>,
    version: Option<i64>,
    meta: Option<Map<String, Json>>,
}

impl IndexTemplate {
    /// Reads `{"index_patterns": [...], "template": {...}, "composed_of": [...], "priority": ..., "version": ..., "_meta": {...}}`.
    pub(super) fn read(body: Map<String, Json>) -> Result<Self, ApiError> {
        let mut keys = Keys::new(body, "index_template");
        let patterns = keys.take_texts("index_patterns")?;
        let template = keys.take("template").map(IndexDefinition::from_template).transpose()?;
        let composed_of = keys.take_texts("composed_of")?;
        let priority = keys.take_integer("priority")?;
        let version = keys.take_integer("version")?;
        let meta = keys.take_object("_meta")?;
        if keys.take("data_stream").is_some() {
            return Err(ApiError::Argument("data streams are not supported: remove [data_stream]".to_owned()));
        }
        keys.finish()?;
        let patterns = patterns.ok_or_else(|| ApiError::Argument("Required [index_patterns]".to_owned()))?;
        if patterns.is_empty() {
            return Err(ApiError::Argument("There must be at least one pattern, zero given".to_owned()));
        }
        if priority.is_some_and(|priority| priority < 0) {
            return Err(ApiError::validation("index template priority must be >= 0"));
        }
        let has_components = composed_of.is_some() || template.is_some();
        let composed_of = composed_of.unwrap_or_default();
        Ok(IndexTemplate { patterns, composed_of, template, has_components, priority, version, meta })
    }

    /// As it is stored and shown.
    pub(super) fn to_json(&self) -> Json {
        let mut json = Map::new();
        json.insert("index_patterns".to_owned(), self.patterns.clone().into());
        json.extend(self.template.as_ref().map(|own| ("template".to_owned(), Json::Object(own.to_json()))));
        json.extend(self.has_components.then(|| ("composed_of".to_owned(), self.composed_of.clone().into())));
        json.extend(self.priority.map(|priority| ("priority".to_owned(), priority.into())));
        json.extend(self.version.map(|version| ("version".to_owned(), version.into())));
        json.extend(self.meta.clone().map(|meta| ("_meta".to_owned(), Json::Object(meta))));
        Json::Object(json)
    }

    /// What it has besides its components.
    pub(super) fn own(&self) -> IndexDefinition {
        self.template.clone().unwrap_or_default()
    }

    /// Of several templates for the same index, that with the highest priority counts.
    pub(super) fn priority(&self) -> i64 {
        self.priority.unwrap_or(0)
    }

    /// Whether it is for an index of this name.
    pub(super) fn is_for(&self, index: &str) -> bool {
        self.patterns.iter().any(|pattern| matches_pattern(pattern, index))
    }

    /// Whether there are names of indices that both are for.
    pub(super) fn overlaps(&self, other: &IndexTemplate) -> bool {
        self.patterns.iter().any(|left| other.patterns.iter().any(|right| patterns_overlap(left, right)))
    }

    /// Checks its patterns.
    pub(super) fn check_patterns(&self, name: &str) -> Result<(), ApiError> {
        let mut faults = Vec::new();
        for pattern in &self.patterns {
            if pattern.is_empty() {
                faults.push("index_patterns must not contain an empty text".to_owned());
            }
            if pattern.starts_with('_') {
                faults.push(format!("index_pattern [{pattern}] must not start with '_'"));
            }
            if pattern.contains([' ', '"', '\\', '<', '|', ',', '>', '/', '?', '#', ':']) {
                let reason = "must not contain the following characters [ , \", \\, <, |, ,, >, /, ?, #, :]";
                faults.push(format!("index_pattern [{pattern}] {reason}"));
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        let numbered: String =
            faults.iter().enumerate().map(|(index, fault)| format!("{}: {fault};", index + 1)).collect();
        Err(invalid_template(name, &format!("Validation Failed: {numbered}")))
    }
}

/// Checks the name of a template.
pub(super) fn check_name(name: &str) -> Result<(), ApiError> {
    let fault = if name.chars().any(char::is_uppercase) {
        "name must be lower cased"
    } else if name.contains([' ', ',', '#', '*']) {
        "name must not contain a space, ',', '#' or '*'"
    } else if name.starts_with('_') {
        "name must not start with '_'"
    } else {
        return Ok(());
    };
    Err(invalid_template(name, &format!("Validation Failed: 1: {fault};")))
}

/// The error if a template is not valid.
pub(super) fn invalid_template(name: &str, cause: &str) -> ApiError {
    let reason = format!("index_template [{name}] invalid, cause [{cause}]");
    Refusal::bad_request("invalid_index_template_exception", reason).into()
}
