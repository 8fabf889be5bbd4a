//! What passes between the engine and functions, as the generated bindings have it.

use quidditch_function::{self as function, AnswerLimits, Cause, cut};

use super::bindings::types;

/// Arguments, whose lists of texts are those of [`texts`].
pub(super) fn arguments<'a>(
    arguments: &'a [function::Argument],
    texts: &'a [Vec<&'a str>],
) -> Vec<types::ArgumentParam<'a>> {
    let argument = |(argument, texts): (&'a function::Argument, &'a Vec<&'a str>)| types::ArgumentParam {
        name: &argument.name,
        value: value(&argument.value, texts),
    };
    arguments.iter().zip(texts).map(argument).collect()
}

/// The list of texts that each argument has; empty for those that are something else.
pub(super) fn texts<'a>(arguments: &'a [function::Argument]) -> Vec<Vec<&'a str>> {
    let of_argument = |value: &'a function::Value| match value {
        function::Value::Texts(texts) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    arguments.iter().map(|argument| of_argument(&argument.value)).collect()
}

fn value<'a>(value: &'a function::Value, texts: &'a [&'a str]) -> types::ValueParam<'a> {
    match value {
        function::Value::Boolean(value) => types::ValueParam::Boolean(*value),
        function::Value::Integer(value) => types::ValueParam::Integer(*value),
        function::Value::Float(value) => types::ValueParam::Float(*value),
        function::Value::Text(value) => types::ValueParam::Text(value),
        function::Value::Integers(values) => types::ValueParam::Integers(values),
        function::Value::Floats(values) => types::ValueParam::Floats(values),
        function::Value::Texts(_) => types::ValueParam::Texts(texts),
        function::Value::Json(value) => types::ValueParam::Json(value),
    }
}

/// A batch, whose columns are those of [`columns`].
pub(super) fn batch<'a>(batch: &'a function::Batch, columns: &'a [types::ColumnParam<'a>]) -> types::BatchParam<'a> {
    types::BatchParam {
        len: u32::try_from(batch.len).expect("a batch is far smaller than 2^32 documents"),
        scores: &batch.scores,
        columns,
    }
}

pub(super) fn columns(batch: &function::Batch) -> Vec<types::ColumnParam<'_>> {
    batch.columns.iter().map(column).collect()
}

fn column(column: &function::Column) -> types::ColumnParam<'_> {
    let values = match &column.values {
        function::Values::Booleans(values) => types::ValuesParam::Booleans(values),
        function::Values::Integers(values) => types::ValuesParam::Integers(values),
        function::Values::Floats(values) => types::ValuesParam::Floats(values),
        function::Values::Texts(function::Dictionary { codes, ends, bytes }) => {
            types::ValuesParam::Texts(types::DictionaryParam { codes, ends, bytes })
        }
    };
    types::ColumnParam { values, starts: &column.starts }
}

pub(super) fn column_request(request: types::ColumnRequest) -> function::ColumnRequest {
    let kind = match request.kind {
        types::Kind::Booleans => function::ColumnKind::Booleans,
        types::Kind::Integers => function::ColumnKind::Integers,
        types::Kind::Floats => function::ColumnKind::Floats,
        types::Kind::Texts => function::ColumnKind::Texts,
        types::Kind::Dates => function::ColumnKind::Dates,
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
