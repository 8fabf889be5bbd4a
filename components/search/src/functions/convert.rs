//! What passes between the engine and functions, as the generated bindings have it.

use quidditch_function::{self as function, AnswerLimits, Cause, cut};

use super::bindings::types;

pub(super) fn arguments(arguments: &[function::Argument]) -> Vec<types::Argument> {
    let argument =
        |argument: &function::Argument| types::Argument { name: argument.name.clone(), value: value(&argument.value) };
    arguments.iter().map(argument).collect()
}

fn value(value: &function::Value) -> types::Value {
    match value {
        function::Value::Boolean(value) => types::Value::Boolean(*value),
        function::Value::Integer(value) => types::Value::Integer(*value),
        function::Value::Float(value) => types::Value::Float(*value),
        function::Value::Text(value) => types::Value::Text(value.clone()),
        function::Value::Integers(values) => types::Value::Integers(values.clone()),
        function::Value::Floats(values) => types::Value::Floats(values.clone()),
        function::Value::Texts(values) => types::Value::Texts(values.clone()),
        function::Value::Json(value) => types::Value::Json(value.clone()),
    }
}

/// A copy: the bindings own what they hand over. To copy numbers costs a fraction of what the call does.
pub(super) fn batch(batch: &function::Batch) -> types::Batch {
    types::Batch {
        len: u32::try_from(batch.len).expect("a batch is far smaller than 2^32 documents"),
        scores: batch.scores.clone(),
        columns: batch.columns.iter().map(column).collect(),
    }
}

fn column(column: &function::Column) -> types::Column {
    let values = match &column.values {
        function::Values::Booleans(values) => types::Values::Booleans(values.clone()),
        function::Values::Integers(values) => types::Values::Integers(values.clone()),
        function::Values::Floats(values) => types::Values::Floats(values.clone()),
        function::Values::Texts(function::Dictionary { codes, ends, bytes }) => {
            types::Values::Texts(types::Dictionary { codes: codes.clone(), ends: ends.clone(), bytes: bytes.clone() })
        }
    };
    types::Column { values, starts: column.starts.clone() }
}

pub(super) fn column_request(request: types::ColumnRequest) -> function::ColumnRequest {
    let kind = match request.kind {
        types::Kind::Booleans => function::Kind::Booleans,
        types::Kind::Integers => function::Kind::Integers,
        types::Kind::Floats => function::Kind::Floats,
        types::Kind::Texts => function::Kind::Texts,
        types::Kind::Dates => function::Kind::Dates,
    };
    function::ColumnRequest { field: request.field, kind }
}

/// What the function itself reported.
pub(super) fn reported(error: types::Error, limits: &AnswerLimits) -> Cause {
    match error {
        types::Error::InvalidArgument(text) => Cause::InvalidArgument(cut(&text, limits.message_bytes).to_owned()),
        types::Error::Failed(text) => Cause::Failed(cut(&text, limits.message_bytes).to_owned()),
    }
}
