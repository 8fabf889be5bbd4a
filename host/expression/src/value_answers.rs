//! Compares what scripts compute as values with what OpenSearch 2.19 answered, which a file in `testdata` holds.
//!
//! The answers are those to a search for one document with a `_script` sort of texts (`text`), with a `max` aggregation of
//! `_value` of the field `n` (`value`), and with a derived field of a type (`emit-long`): the text, the number, the values, or
//! the kind of error.

use std::sync::Arc;
use std::time::Duration;

use quidditch_clock::{Clock, ManualClock};
use quidditch_function::{Budget, Cause, Column, ColumnKind, ColumnRequest, FailurePhase, FunctionError, Values};
use serde_json::{Value as Json, json};

use crate::answers::{compare, json_number, params};
use crate::field::{FieldType, Fields};
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::script::Script;
use crate::test_documents::{Document, TestFields, batch};
use crate::values_of::{EmittedKind, ValuesOf};

/// The mapping of the documents, with `n` as the field of `_value`, whose values are read as floats in an aggregation of numbers.
struct WithCurrent(ColumnRequest);

impl Fields for WithCurrent {
    fn field_type(&self, name: &str) -> Option<FieldType> {
        TestFields.field_type(name)
    }

    fn current(&self) -> Option<&ColumnRequest> {
        Some(&self.0)
    }
}

/// The values of one document, in ascending order.
fn values(context: &str, language: Language, source: &str, document: &Document) -> Result<Vec<Json>, FunctionError> {
    let values_of = match context {
        "text" => ValuesOf::TextSort,
        "value" => ValuesOf::Aggregation(ColumnKind::Floats),
        "emit-long" => ValuesOf::Field(EmittedKind::Values(ColumnKind::Integers)),
        "emit-double" => ValuesOf::Field(EmittedKind::Values(ColumnKind::Floats)),
        "emit-boolean" => ValuesOf::Field(EmittedKind::Values(ColumnKind::Booleans)),
        "emit-date" => ValuesOf::Field(EmittedKind::Values(ColumnKind::Dates)),
        _ => ValuesOf::Field(EmittedKind::Values(ColumnKind::Texts)),
    };
    let current = WithCurrent(ColumnRequest { field: "n".to_owned(), kind: ColumnKind::Floats });
    let fields: &dyn Fields = if context == "value" { &current } else { &TestFields };
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let script = Script { language, source, params: &params() };
    let function = script.compile_values(values_of, fields, &clock, ScriptLimits::default())?;
    let mut bound = function.bind_values(&[], &Arc::new(Budget::new(Duration::from_secs(1))))?;
    let batch = batch(std::slice::from_ref(document), bound.columns());
    let mut column = Column { values: Values::empty(bound.kind()), starts: Vec::new() };
    bound.compute(&batch, &mut column)?;
    Ok(match column.values {
        Values::Booleans(values) => values.into_iter().map(|value| json!(value != 0)).collect(),
        Values::Integers(values) => values.into_iter().map(|value| json!(value)).collect(),
        Values::Floats(values) => values.into_iter().map(json_number).collect(),
        Values::Texts(texts) => texts.codes.iter().map(|code| json!(texts.text(*code))).collect(),
    })
}

/// What the answer of OpenSearch is to be compared with; `None` if the script is refused.
fn answer(context: &str, language: Language, source: &str, document: &Document) -> Option<Json> {
    match values(context, language, source, document) {
        Ok(values) if context.starts_with("emit") => Some(json!(values)),
        Ok(mut values) => Some(values.pop().unwrap_or(Json::Null)),
        Err(FunctionError { cause: Cause::Script(failure), .. })
            if failure.reason.contains("is not supported in scripts") =>
        {
            None
        }
        Err(error) if error.phase == FailurePhase::Bind => Some(json!("compile")),
        Err(_) => Some(json!("runtime")),
    }
}

#[test]
fn values_of_random_scripts_are_those_of_opensearch() {
    compare(include_str!("../testdata/opensearch-random-values.json"), 1_544, answer);
}
