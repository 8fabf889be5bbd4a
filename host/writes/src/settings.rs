//! The settings of an index in a request: which there are, and which values they may have.
//!
//! Settings that define analyzers have their effect. Most others say how a cluster stores and searches an index, which does not concern
//! this one: they are kept to be shown. One whose other values would change answers is refused with these values.

mod known;

use std::collections::BTreeMap;

use quidditch_service::writing::{ApiError, Refusal};
use serde_json::{Map, Value as Json, json};

use known::{Change, Values, known_setting};

/// Settings by their names without `index.`; `None` if a setting is set to null.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct IndexSettings(BTreeMap<String, Json>);

impl IndexSettings {
    /// Reads settings, which may be inside of each other, or have names with dots, with or without `index.`.
    ///
    /// # Errors
    /// Unknown settings, and values that are not possible or not supported.
    pub(crate) fn read(settings: &Map<String, Json>) -> Result<Self, ApiError> {
        let mut flat = BTreeMap::new();
        flatten("", settings, &mut flat);
        let strip = |name: String| name.strip_prefix("index.").map(str::to_owned).unwrap_or(name);
        let settings: BTreeMap<String, Json> = flat.into_iter().map(|(name, value)| (strip(name), value)).collect();
        for (name, value) in &settings {
            check(name, value)?;
        }
        Ok(IndexSettings(settings))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds settings, which take precedence.
    pub(crate) fn extend(&mut self, other: IndexSettings) {
        self.0.extend(other.0);
    }

    /// Those that define analyzers, in the form that a mapping is read from.
    pub(crate) fn of_analysis(&self) -> Json {
        let mut nested = Map::new();
        for (name, value) in self.0.iter().filter(|(name, value)| is_of_analysis(name) && !value.is_null()) {
            insert_nested(&mut nested, name, value.clone());
        }
        Json::Object(nested)
    }

    /// The others, which are kept.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (&str, Option<String>)> {
        self.0
            .iter()
            .filter(|(name, _)| !is_of_analysis(name))
            .map(|(name, value)| (name.as_str(), (!value.is_null()).then(|| text_of(value))))
    }

    /// Checks that all of them can be changed after an index was created.
    pub(crate) fn check_dynamic(&self, index: &str) -> Result<(), ApiError> {
        let is_fixed = |name: &&String| known_setting(name).is_none_or(|(change, _)| change == Change::OnlyWhenCreated);
        let fixed: Vec<String> = self.0.keys().filter(is_fixed).map(|name| format!("index.{name}")).collect();
        if fixed.is_empty() {
            return Ok(());
        }
        let fixed = fixed.join(", ");
        Err(ApiError::Argument(format!("Can't update non dynamic settings [[{fixed}]] for open indices [[{index}]]")))
    }

    /// As templates show them.
    pub(crate) fn to_json(&self) -> Json {
        let mut nested = Map::new();
        for (name, value) in &self.0 {
            let value = if name.starts_with("analysis.") { value.clone() } else { Json::String(text_of(value)) };
            insert_nested(&mut nested, name, value);
        }
        if nested.is_empty() { json!({}) } else { json!({ "index": nested }) }
    }
}

/// Whether a setting has an effect: it defines analyzers, or limits them.
fn is_of_analysis(name: &str) -> bool {
    name.starts_with("analysis.") || name == "max_ngram_diff" || name == "max_shingle_diff"
}

fn flatten(prefix: &str, object: &Map<String, Json>, flat: &mut BTreeMap<String, Json>) {
    for (key, value) in object {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Json::Object(inner) => flatten(&name, inner, flat),
            value => _ = flat.insert(name, value.clone()),
        }
    }
}

fn insert_nested(object: &mut Map<String, Json>, name: &str, value: Json) {
    match name.split_once('.') {
        None => _ = object.insert(name.to_owned(), value),
        Some((first, rest)) => {
            if let Json::Object(inner) = object.entry(first).or_insert_with(|| json!({})) {
                insert_nested(inner, rest, value);
            }
        }
    }
}

fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn check(name: &str, value: &Json) -> Result<(), ApiError> {
    let Some((_, values)) = known_setting(name) else {
        return Err(ApiError::Argument(format!(
            "unknown setting [index.{name}] please check that any required plugins are installed, or check the breaking changes \
             documentation for removed settings"
        )));
    };
    if value.is_null() {
        return Ok(());
    }
    let text = text_of(value);
    match values {
        Values::Any => Ok(()),
        Values::Boolean if text == "true" || text == "false" => Ok(()),
        Values::Boolean => Err(ApiError::Argument(format!(
            "Failed to parse value [{text}] as only [true] or [false] are allowed for setting [index.{name}]"
        ))),
        Values::Only(supported) if text == supported => Ok(()),
        Values::Only(supported) => Err(ApiError::Argument(format!(
            "setting [index.{name}] with the value [{text}] is not supported, only [{supported}]"
        ))),
        Values::Time if is_time(&text) => Ok(()),
        Values::Time => Err(ApiError::Argument(format!(
            "failed to parse setting [index.{name}] with value [{text}] as a time value: unit is missing or unrecognized"
        ))),
        Values::Integer { min, max } => match text.parse::<i64>() {
            Ok(number) if number < min => Err(ApiError::Argument(format!(
                "Failed to parse value [{text}] for setting [index.{name}] must be >= {min}"
            ))),
            Ok(number) if number > max => Err(ApiError::Argument(format!(
                "Failed to parse value [{text}] for setting [index.{name}] must be <= {max}"
            ))),
            Ok(_) => Ok(()),
            Err(_) => {
                let cause = Refusal::bad_request("number_format_exception", format!("For input string: \"{text}\""));
                let reason = format!("Failed to parse value [{text}] for setting [index.{name}]");
                let refusal = Refusal::bad_request("illegal_argument_exception", reason);
                Err(refusal.caused_by(cause).into())
            }
        },
        Values::Unsupported => Err(ApiError::Argument(format!("setting [index.{name}] is not supported"))),
    }
}

/// Whether a text is a time, such as `5s`, or -1 or 0.
fn is_time(text: &str) -> bool {
    let number = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let unit = &text[number.len()..];
    if matches!(number, "-1" | "0") && unit.is_empty() {
        return true;
    }
    number.parse::<i64>().is_ok() && ["nanos", "micros", "ms", "s", "m", "h", "d"].contains(&unit)
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "JSON literals read better without `&`")]
mod tests {
    use super::*;

    fn read(json: Json) -> Result<IndexSettings, ApiError> {
        IndexSettings::read(json.as_object().expect("an object"))
    }

    #[test]
    fn settings_may_be_written_in_several_forms() {
        let forms = [
            json!({ "number_of_replicas": 2, "analysis": { "analyzer": { "a": { "type": "simple" } } } }),
            json!({ "index": { "number_of_replicas": "2" }, "analysis.analyzer.a.type": "simple" }),
            json!({ "index.number_of_replicas": 2, "index.analysis.analyzer": { "a": { "type": "simple" } } }),
        ];
        for form in forms {
            let settings = read(form).expect("valid");
            assert_eq!(settings.of_analysis(), json!({ "analysis": { "analyzer": { "a": { "type": "simple" } } } }));
            assert_eq!(settings.kept().collect::<Vec<_>>(), [("number_of_replicas", Some("2".to_owned()))]);
            assert_eq!(settings.to_json()["index"]["number_of_replicas"], "2");
        }
    }

    #[test]
    fn values_are_checked() {
        let error = |json: Json| read(json).expect_err("refused").to_string();
        insta::assert_snapshot!(error(json!({"foo": 1})), @"unknown setting [index.foo] please check that any required plugins are installed, or check the breaking changes documentation for removed settings");
        insta::assert_snapshot!(error(json!({"number_of_shards": 0})), @"Failed to parse value [0] for setting [index.number_of_shards] must be >= 1");
        insta::assert_snapshot!(error(json!({"number_of_shards": "x"})), @"Failed to parse value [x] for setting [index.number_of_shards]");
        insta::assert_snapshot!(error(json!({"refresh_interval": "x"})), @"failed to parse setting [index.refresh_interval] with value [x] as a time value: unit is missing or unrecognized");
        insta::assert_snapshot!(error(json!({"max_result_window": 10_001})), @"Failed to parse value [10001] for setting [index.max_result_window] must be <= 10000");
        insta::assert_snapshot!(error(json!({"hidden": true})), @"setting [index.hidden] with the value [true] is not supported, only [false]");
        insta::assert_snapshot!(error(json!({"sort": {"field": "a"}})), @"setting [index.sort.field] is not supported");
        assert!(read(json!({"max_result_window": 10_000, "refresh_interval": "-1", "hidden": "false"})).is_ok());
    }

    #[test]
    fn some_settings_are_fixed() {
        let settings = read(json!({"number_of_shards": 1, "number_of_replicas": 1})).expect("valid");
        insta::assert_snapshot!(
            settings.check_dynamic("a").expect_err("fixed"),
            @"Can't update non dynamic settings [[index.number_of_shards]] for open indices [[a]]"
        );
        assert!(read(json!({"number_of_replicas": 1})).expect("valid").check_dynamic("a").is_ok());
    }
}
