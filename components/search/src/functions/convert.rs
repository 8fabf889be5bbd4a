//! Conversions between the types of `quidditch_function` and those of the generated bindings.

use quidditch_function::{self as function, Cause, OutputLimits, truncated};

use super::bindings::{dispatcher, types};

/// Arguments; `texts` is the result of [`texts`].
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

/// The list of strings in each argument; empty for arguments of other types.
pub(super) fn texts<'a>(arguments: &'a [function::Argument]) -> Vec<Vec<&'a str>> {
    let strings = |value: &'a function::Value| match value {
        function::Value::Texts(texts) => texts.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    arguments.iter().map(|argument| strings(&argument.value)).collect()
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

/// A batch; `columns` is the result of [`columns`].
pub(super) fn batch<'a>(batch: &'a function::Batch, columns: &'a [types::ColumnParam<'a>]) -> types::BatchParam<'a> {
    types::BatchParam {
        len: u32::try_from(batch.len).expect("batches have at most 4,096 documents"),
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
    function::ColumnRequest { field: request.field, kind: kind(request.kind) }
}

pub(super) fn kind(kind: types::Kind) -> function::ColumnKind {
    match kind {
        types::Kind::Booleans => function::ColumnKind::Booleans,
        types::Kind::Integers => function::ColumnKind::Integers,
        types::Kind::Floats => function::ColumnKind::Floats,
        types::Kind::Texts => function::ColumnKind::Texts,
        types::Kind::Dates => function::ColumnKind::Dates,
    }
}

pub(super) fn range(range: dispatcher::Range) -> function::ColumnRange {
    let dispatcher::Range { column, min, max } = range;
    function::ColumnRange { column, min, max }
}

/// Values that a function computed.
pub(super) fn computed(column: types::ColumnResult) -> function::Column {
    let types::ColumnResult { values, starts } = column;
    let values = match values {
        types::ValuesResult::Booleans(values) => function::Values::Booleans(values),
        types::ValuesResult::Integers(values) => function::Values::Integers(values),
        types::ValuesResult::Floats(values) => function::Values::Floats(values),
        types::ValuesResult::Texts(types::DictionaryResult { codes, ends, bytes }) => {
            function::Values::Texts(function::Dictionary { codes, ends, bytes })
        }
    };
    function::Column { values, starts }
}

/// The cause for an error that the function returned.
pub(super) fn reported_error(error: types::Error, limits: &OutputLimits) -> Cause {
    match error {
        types::Error::InvalidArgument(text) => {
            Cause::InvalidArgument(truncated(&text, limits.message_bytes).to_owned())
        }
        types::Error::Failed(text) => Cause::Failed(truncated(&text, limits.message_bytes).to_owned()),
    }
}
