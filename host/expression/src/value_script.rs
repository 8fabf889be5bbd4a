//! A script that computes a value of a hit.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{Batch, Budget, ColumnRequest, FunctionError, FunctionId};
use serde_json::{Map, Value as Json};

use crate::date::Instant;
use crate::field::Fields;
use crate::limits::ScriptLimits;
use crate::purpose::Purpose;
use crate::runnable_script::RunnableScript;
use crate::script::Script;
use crate::value::Value;

/// A compiled script that computes a value of any type for each document. It cannot read `_score`.
pub struct ValueScript {
    runnable: RunnableScript,
}

impl ValueScript {
    /// Compiles a script for one mapping.
    ///
    /// # Errors
    /// A mistake in the script, with its position.
    pub fn compile(
        script: &Script<'_>,
        fields: &dyn Fields,
        clock: &Arc<dyn Clock>,
        limits: ScriptLimits,
    ) -> Result<Self, FunctionError> {
        Ok(ValueScript { runnable: RunnableScript::compile(script, Purpose::Field, fields, clock, limits)? })
    }

    /// The name of the script in errors: the beginning of its source.
    pub fn id(&self) -> &FunctionId {
        self.runnable.id()
    }

    /// The columns that each batch must have, in this order. Those of points have the points in the same order.
    pub fn columns(&self) -> &[ColumnRequest] {
        self.runnable.columns()
    }

    /// The value for each document of a batch, as JSON. The time is spent from `budget`.
    ///
    /// # Errors
    /// The script fails on a document, or the time is over.
    pub fn values(&self, batch: &Batch, budget: &Budget) -> Result<Vec<Json>, FunctionError> {
        let column = self.runnable.run(batch, budget)?;
        Ok((0..batch.len).map(|row| json(&column.value(row))).collect())
    }
}

/// A value as clients see it: numbers that JSON does not have are texts.
fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Long(value) => Json::from(*value),
        Value::Float(value) if value.is_finite() => Json::from(short(*value)),
        Value::Double(value) if value.is_finite() => Json::from(*value),
        Value::Float(_) | Value::Double(_) => Json::String(value.to_text()),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Char(_) => Json::String(value.to_text()),
        Value::Time(time) => Json::String(time.in_json()),
        Value::Entry(entry) => Json::Object(Map::from_iter([(entry.0.to_text(), json(&entry.1))])),
        Value::Date(millis) => Json::String(Instant::new(*millis).to_string()),
        Value::Point(lat, lon) => Json::Object(Map::from_iter(
            [("lat", *lat), ("lon", *lon)].map(|(key, value)| (key.to_owned(), value.into())),
        )),
        Value::List(items) => Json::Array(items.iter().map(json).collect()),
        Value::Map(entries) => Json::Object(entries.iter().map(|(key, value)| (key.clone(), json(value))).collect()),
    }
}

/// A 32-bit float as the 64-bit float with the same shortest decimal digits.
fn short(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use serde_json::json;

    use super::*;
    use crate::language::Language;
    use crate::test_documents::{Document, TestFields, batch};

    fn values(language: Language, source: &str) -> Result<Vec<Json>, FunctionError> {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let params = json!({"list": [1, {"a": 2.5}]}).as_object().cloned().unwrap_or_default();
        let script = Script { language, source, params: &params };
        let script = ValueScript::compile(&script, &TestFields, &clock, ScriptLimits::default())?;
        let documents = [vec![3, 4], vec![1], vec![]].map(|n| Document {
            integers: [n, vec![]],
            keywords: vec!["ab"],
            ..Document::default()
        });
        script.values(&batch(&documents, script.columns()), &Budget::new(Duration::from_secs(1)))
    }

    #[test]
    fn a_value_keeps_its_type() {
        let painless = |source| values(Language::Painless, source).expect("runs")[0].clone();
        assert_eq!(painless("1"), json!(1));
        assert_eq!(painless("0.1f"), json!(0.1));
        assert_eq!(painless("'x' + 1"), json!("x1"));
        assert_eq!(painless("null"), json!(null));
        assert_eq!(painless("1.0 / 0"), json!("Infinity"));
        assert_eq!(painless("params.list"), json!([1, {"a": 2.5}]));
        assert_eq!(painless("doc['n'].size() > 1 ? 'many' : 'one'"), json!("many"));
        assert_eq!(painless("if (doc['n'].size() > 5) { return 1 }"), json!(null));
        assert_eq!(values(Language::Expression, "doc['n'].value / 2").expect("runs"), [1.5, 0.5, 0.0]);
    }

    #[test]
    fn moments_have_milliseconds_at_least() {
        let parsed = |text: &str, rest: &str| {
            let source = format!("ZonedDateTime.parse('{text}'){rest}");
            values(Language::Painless, &source).expect("runs")[0].clone()
        };
        assert_eq!(parsed("2024-03-15T00:00:00Z", ""), json!("2024-03-15T00:00:00.000Z"));
        assert_eq!(parsed("2024-03-15T00:00:00.5+02:00", ""), json!("2024-03-15T00:00:00.500+02:00"));
        assert_eq!(parsed("2024-03-15T00:00:00Z", ".plusNanos(120000)"), json!("2024-03-15T00:00:00.00012Z"));
        assert_eq!(parsed("2024-03-15T00:00:00Z", ".withYear(-44)"), json!("-0044-03-15T00:00:00.000Z"));
        assert_eq!(parsed("2024-03-15T00:00:00Z", ".withYear(-44).toString()"), json!("-0044-03-15T00:00Z"));
        assert_eq!(
            parsed("2024-03-15T00:00:00Z", ".withYear(-44).toInstant().toString()"),
            json!("-0044-03-15T00:00:00Z")
        );
        assert_eq!(parsed("2024-03-15T00:00:00Z", ".toInstant()"), json!("2024-03-15T00:00:00.000Z"));
        assert_eq!(parsed("2024-03-15T00:00:00Z", ".toLocalDate()"), json!("2024-03-15"));
    }

    #[test]
    fn a_script_can_return_all_values_of_a_field() {
        assert_eq!(values(Language::Painless, "doc['n']").expect("runs"), [json!([3, 4]), json!([1]), json!([])]);
    }

    #[test]
    fn the_score_is_unknown_and_failures_name_the_document() {
        assert!(values(Language::Painless, "_score").is_err());
        assert!(values(Language::Expression, "_score").is_err());
        assert!(values(Language::Painless, "doc['n'].value").is_err(), "the last document has no value");
    }
}
