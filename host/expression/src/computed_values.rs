//! Scripts that compute values of documents: for a sort, for an aggregation, for a field of the request.

mod current_values;
mod emitted_value;
mod returned_value;
mod value_writer;

use quidditch_function::{Batch, Budget, Column as BatchColumn, DocumentRef, FunctionError};

use crate::evaluate::{Column, Emission};
use crate::failure::Failure;
use crate::runnable_script::RunnableScript;
use crate::value::Value;
use crate::values_of::{EmittedKind, ValuesOf};

use current_values::CurrentValues;
use emitted_value::emitted_value;
use returned_value::returned_value;
use value_writer::{ValueWriter, sort_each};

/// Replaces `out`, a column of the type of the values, by those of the documents of a batch.
pub(crate) fn compute(
    values_of: ValuesOf,
    script: &RunnableScript,
    batch: &Batch,
    budget: &Budget,
    out: &mut BatchColumn,
) -> Result<(), FunctionError> {
    let mut writer = ValueWriter::new(values_of.kind(), out);
    match values_of {
        ValuesOf::Field(kind) => compute_field(kind, script, batch, budget, &mut writer)?,
        ValuesOf::Aggregation(_) if script.has_current_value() => {
            compute_of_each(script, batch, budget, &mut writer)?;
        }
        _ => {
            let column = script.run(batch, budget)?;
            let is_aggregation = matches!(values_of, ValuesOf::Aggregation(_));
            let is_taken = writer.take_column(&column, batch.len) || (is_aggregation && writer.take_written(&column));
            if !is_taken {
                for document in 0..batch.len {
                    write(values_of, &column.value(document), &mut writer)
                        .map_err(|failure| script.failed(failure, 0, document))?;
                    writer.end_document();
                }
            }
        }
    }
    writer.finish();
    if !matches!(values_of, ValuesOf::Field(EmittedKind::Latitudes | EmittedKind::Longitudes)) {
        sort_each(out);
    }
    Ok(())
}

/// Writes what a script returned for a document.
fn write(values_of: ValuesOf, value: &Value, writer: &mut ValueWriter<'_>) -> Result<(), Failure> {
    match (values_of, value) {
        (ValuesOf::NumberSort | ValuesOf::Scores, value) => {
            // All NaN are the same, of whichever sign, and come after all other numbers.
            let number = value.as_double().filter(|number| !number.is_nan()).unwrap_or(f64::NAN);
            writer.float(number + 0.0);
            Ok(())
        }
        (ValuesOf::TextSort, Value::Text(text)) => {
            writer.text(text);
            Ok(())
        }
        (ValuesOf::TextSort, _) => Err(Failure::null("the script returned null, which is not a text to sort by")),
        (ValuesOf::Minimum, Value::Null) => Ok(()),
        (ValuesOf::Minimum, value) => match value.as_double() {
            Some(number) => {
                writer.float(if number.is_nan() { 0.0 } else { number });
                Ok(())
            }
            None => {
                let class = value.class();
                Err(Failure::cast(format!("Cannot cast from [{class}] to [java.lang.Number].")))
            }
        },
        (_, Value::Null) => Ok(()),
        (_, Value::List(items)) => items.iter().try_for_each(|item| returned_value(item, writer)),
        (_, value) => returned_value(value, writer),
    }
}

/// Evaluates the script for each value of a field.
fn compute_of_each(
    script: &RunnableScript,
    batch: &Batch,
    budget: &Budget,
    writer: &mut ValueWriter<'_>,
) -> Result<(), FunctionError> {
    let current = CurrentValues::new(batch);
    let column = script.run(current.batch(), budget).map_err(|mut error| {
        if let Some(document) = error.cause.document_mut()
            && let DocumentRef::BatchIndex(index) = document
        {
            *index = current.document_of(*index);
        }
        error
    })?;
    if writer.take_column(&column, current.batch().len) || writer.take_written(&column) {
        writer.set_starts(current.starts());
        return Ok(());
    }
    for document in 0..batch.len {
        for index in current.values_of(document) {
            let written = match column.value(index) {
                Value::Null => Err(Failure::null("the script returned null for a value of the field")),
                value => returned_value(&value, writer),
            };
            written.map_err(|failure| script.failed(failure, 0, document))?;
        }
        writer.end_document();
    }
    Ok(())
}

fn compute_field(
    kind: EmittedKind,
    script: &RunnableScript,
    batch: &Batch,
    budget: &Budget,
    writer: &mut ValueWriter<'_>,
) -> Result<(), FunctionError> {
    let emitted = match script.emit(batch, budget)?.into_only() {
        Ok(Emission { column, at, .. }) => {
            if matches!(kind, EmittedKind::Values(_)) && writer.take_column(&column, batch.len) {
                return Ok(());
            }
            return write_each(kind, script, (&column, at), batch.len, writer);
        }
        Err(emitted) => emitted,
    };
    for (document, values) in emitted.by_document(batch.len).into_iter().enumerate() {
        for (value, at) in values {
            emitted_value(kind, &value, writer).map_err(|failure| script.failed(failure, at, document))?;
        }
        writer.end_document();
    }
    Ok(())
}

/// Writes one emitted value for each document.
fn write_each(
    kind: EmittedKind,
    script: &RunnableScript,
    (column, at): (&Column<'_>, usize),
    documents: usize,
    writer: &mut ValueWriter<'_>,
) -> Result<(), FunctionError> {
    for document in 0..documents {
        emitted_value(kind, &column.value(document), writer).map_err(|failure| script.failed(failure, at, document))?;
        writer.end_document();
    }
    Ok(())
}

impl RunnableScript {
    /// The failure of the script on a document of a batch.
    fn failed(&self, failure: Failure, at: usize, document: usize) -> FunctionError {
        self.failure(failure.at(at), DocumentRef::BatchIndex(document))
    }
}
