//! Scripts that read no documents: their value depends on their parameters alone.

use std::sync::Arc;

use quidditch_clock::Clock;
use quidditch_function::{Batch, Budget, Cause, FailurePhase, FunctionError, ScriptFailure};

use crate::failure::Failure;
use crate::field::{FieldType, Fields};
use crate::limits::ScriptLimits;
use crate::purpose::Purpose;
use crate::runnable_script::{RunnableScript, Source};
use crate::script::Script;
use crate::value::Value;

/// How scripts run that read no columns: their time is that of a budget.
pub struct ScriptRun {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Arc<Budget>,
}

impl ScriptRun {
    /// With the time of a budget.
    pub fn new(clock: Arc<dyn Clock>, budget: Arc<Budget>) -> Self {
        ScriptRun { clock, budget }
    }
}

/// A mapping without fields.
struct NoFields;

impl Fields for NoFields {
    fn field_type(&self, _: &str) -> Option<FieldType> {
        None
    }
}

impl Script<'_> {
    /// The number that the script returns; `None` for null.
    ///
    /// # Errors
    /// A mistake in the script, or why it failed.
    pub fn number(&self, run: &ScriptRun) -> Result<Option<f64>, FunctionError> {
        let value = self.value(Purpose::Field, run)?;
        match value.as_double() {
            Some(number) => Ok(Some(number)),
            None if value == Value::Null => Ok(None),
            None => {
                let reason = format!("Cannot cast from [{}] to [java.lang.Number].", value.class());
                Err(Source::from_script(self).error(FailurePhase::Bind, Failure::cast(reason).at(0), None))
            }
        }
    }

    /// Whether the script returns true.
    ///
    /// # Errors
    /// A mistake in the script, or why it failed.
    pub fn condition(&self, run: &ScriptRun) -> Result<bool, FunctionError> {
        Ok(self.value(Purpose::Filter, run)? == Value::Boolean(true))
    }

    /// What the script returns, as a text. It cannot name `doc`.
    ///
    /// # Errors
    /// A mistake in the script, or why it failed.
    pub fn text(&self, run: &ScriptRun) -> Result<String, FunctionError> {
        Ok(self.value(Purpose::Test, run)?.to_text())
    }

    /// The value for one document without fields.
    fn value(&self, purpose: Purpose, run: &ScriptRun) -> Result<Value, FunctionError> {
        let runnable = RunnableScript::compile(self, purpose, &NoFields, &run.clock, ScriptLimits::default())?;
        let batch = Batch { len: 1, scores: Vec::new(), columns: Vec::new() };
        let value = runnable.run(&batch, &run.budget).map(|column| column.value(0));
        value.map_err(|error| match error.cause {
            // It failed on no document.
            Cause::Script(failure) => {
                let failure = ScriptFailure { document: None, ..*failure };
                FunctionError { cause: Cause::Script(Box::new(failure)), ..error }
            }
            cause => FunctionError { cause, ..error },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_clock::ManualClock;
    use serde_json::json;

    use super::*;
    use crate::language::Language;

    fn run(time: Duration) -> ScriptRun {
        ScriptRun::new(Arc::new(ManualClock::default()), Arc::new(Budget::new(time)))
    }

    fn number(language: Language, source: &str) -> Result<Option<f64>, FunctionError> {
        let params = json!({ "a": 3.0, "b": 2 });
        let script = Script { language, source, params: params.as_object().expect("an object") };
        script.number(&run(Duration::from_secs(1)))
    }

    #[test]
    fn scripts_compute_with_parameters() {
        assert_eq!(number(Language::Painless, "params.a / params.b").expect("a number"), Some(1.5));
        assert_eq!(number(Language::Painless, "-params.a").expect("a number"), Some(-3.0));
        assert_eq!(number(Language::Expression, "a * b + 1").expect("a number"), Some(7.0));
        assert_eq!(number(Language::Painless, "params.c").expect("nothing"), None);
        assert!(number(Language::Painless, "params.a > 1").is_err());
        assert!(number(Language::Painless, "params.c + 1").is_err());
        assert!(number(Language::Painless, "_score").is_err());
        assert!(number(Language::Painless, "doc['f'].value").is_err());
    }

    #[test]
    fn conditions_are_booleans() {
        let params = json!({ "a": 3.0 });
        let params = params.as_object().expect("an object");
        let holds = |language, source| {
            Script { language, source, params }.condition(&run(Duration::from_secs(1))).expect("a condition")
        };
        assert!(holds(Language::Painless, "params.a > 2"));
        assert!(!holds(Language::Painless, "params.a > 3"));
        assert!(holds(Language::Expression, "a > 2"));
    }

    #[test]
    fn values_are_shown_as_texts() {
        let params = json!({ "a": [1, { "b": null }] });
        let params = params.as_object().expect("an object");
        let text = |source| Script { language: Language::Painless, source, params }.text(&run(Duration::from_secs(1)));
        for (source, expected) in [
            ("1", "1"),
            ("100.0", "100.0"),
            ("1e20", "1.0E20"),
            ("null", "null"),
            ("params.a", "[1, {b=null}]"),
            ("ZonedDateTime.parse('2024-01-01T00:00:00Z')", "2024-01-01T00:00Z"),
            ("int i = 1;", "null"),
        ] {
            assert_eq!(text(source).expect("runs"), expected, "{source}");
        }
        for source in ["doc['n'].value", "_score", "emit(1)", "saturation(1, 2)"] {
            assert!(text(source).is_err(), "{source}");
        }
    }

    #[test]
    fn without_time_nothing_runs() {
        let params = Default::default();
        let script = Script { language: Language::Painless, source: "1", params: &params };
        assert!(matches!(script.number(&run(Duration::ZERO)).expect_err("no time").cause, Cause::TimedOut { .. }));
    }
}
