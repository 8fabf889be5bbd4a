//! The types of `wit/udf.wit` as wasmtime passes them across the boundary.
//!
//! Arguments and batches are borrowed, so lists of numbers are copied once, directly into the function's memory. Results are
//! owned, and limited in size by the store.
#![allow(unsafe_code, reason = "wasmtime's derives expand to unsafe impls; there is no other unsafe code here")]
#![allow(dead_code, reason = "some cases are only constructed by code that wasmtime derives")]

use quidditch_function as function;
use wasmtime::component::{ComponentType, Lift, Lower};

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) value: Value,
}

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
pub(crate) enum Value {
    #[component(name = "boolean")]
    Boolean(bool),
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "float")]
    Float(f64),
    #[component(name = "text")]
    Text(String),
    #[component(name = "integers")]
    Integers(Vec<i64>),
    #[component(name = "floats")]
    Floats(Vec<f64>),
    #[component(name = "texts")]
    Texts(Vec<String>),
    #[component(name = "json")]
    Json(String),
}

#[derive(ComponentType, Lift, Clone, Copy)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum ColumnKind {
    #[component(name = "booleans")]
    Booleans,
    #[component(name = "integers")]
    Integers,
    #[component(name = "floats")]
    Floats,
    #[component(name = "texts")]
    Texts,
    #[component(name = "dates")]
    Dates,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ColumnRequest {
    pub(crate) field: String,
    pub(crate) kind: ColumnKind,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Dictionary<'a> {
    codes: &'a [u32],
    ends: &'a [u32],
    bytes: &'a [u8],
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Values<'a> {
    #[component(name = "booleans")]
    Booleans(&'a [u8]),
    #[component(name = "integers")]
    Integers(&'a [i64]),
    #[component(name = "floats")]
    Floats(&'a [f64]),
    #[component(name = "texts")]
    Texts(Dictionary<'a>),
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Column<'a> {
    values: Values<'a>,
    starts: &'a [u32],
}

/// The values that a function computed.
#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ComputedDictionary {
    codes: Vec<u32>,
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(crate) enum ComputedValues {
    #[component(name = "booleans")]
    Booleans(Vec<u8>),
    #[component(name = "integers")]
    Integers(Vec<i64>),
    #[component(name = "floats")]
    Floats(Vec<f64>),
    #[component(name = "texts")]
    Texts(ComputedDictionary),
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct ComputedColumn {
    values: ComputedValues,
    starts: Vec<u32>,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Range {
    column: u32,
    min: f64,
    max: f64,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Batch<'a> {
    pub(crate) len: u32,
    pub(crate) scores: &'a [f32],
    pub(crate) columns: &'a [Column<'a>],
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(crate) enum Error {
    #[component(name = "invalid-argument")]
    InvalidArgument(String),
    #[component(name = "failed")]
    Failed(String),
}

#[derive(ComponentType, Lift, Clone, Copy)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum ParameterKind {
    #[component(name = "boolean")]
    Boolean,
    #[component(name = "integer")]
    Integer,
    #[component(name = "float")]
    Float,
    #[component(name = "text")]
    Text,
    #[component(name = "integers")]
    Integers,
    #[component(name = "floats")]
    Floats,
    #[component(name = "texts")]
    Texts,
    #[component(name = "json")]
    Json,
    #[component(name = "field")]
    Field,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Parameter {
    name: String,
    kind: ParameterKind,
    required: bool,
    default: Option<Value>,
    summary: String,
}

#[derive(ComponentType, Lift, Clone, Copy, PartialEq)]
#[component(enum)]
#[repr(u8)]
pub(crate) enum LogLevel {
    #[component(name = "debug")]
    Debug,
    #[component(name = "info")]
    Info,
    #[component(name = "warn")]
    Warn,
    #[component(name = "error")]
    Error,
}

impl From<&function::Argument> for Argument {
    fn from(argument: &function::Argument) -> Self {
        let value = match &argument.value {
            function::Value::Boolean(value) => Value::Boolean(*value),
            function::Value::Integer(value) => Value::Integer(*value),
            function::Value::Float(value) => Value::Float(*value),
            function::Value::Text(value) => Value::Text(value.clone()),
            function::Value::Integers(values) => Value::Integers(values.clone()),
            function::Value::Floats(values) => Value::Floats(values.clone()),
            function::Value::Texts(values) => Value::Texts(values.clone()),
            function::Value::Json(value) => Value::Json(value.clone()),
        };
        Argument { name: argument.name.clone(), value }
    }
}

impl From<Value> for function::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Boolean(value) => function::Value::Boolean(value),
            Value::Integer(value) => function::Value::Integer(value),
            Value::Float(value) => function::Value::Float(value),
            Value::Text(value) => function::Value::Text(value),
            Value::Integers(values) => function::Value::Integers(values),
            Value::Floats(values) => function::Value::Floats(values),
            Value::Texts(values) => function::Value::Texts(values),
            Value::Json(value) => function::Value::Json(value),
        }
    }
}

impl From<ColumnKind> for function::ColumnKind {
    fn from(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Booleans => function::ColumnKind::Booleans,
            ColumnKind::Integers => function::ColumnKind::Integers,
            ColumnKind::Floats => function::ColumnKind::Floats,
            ColumnKind::Texts => function::ColumnKind::Texts,
            ColumnKind::Dates => function::ColumnKind::Dates,
        }
    }
}

impl From<ColumnRequest> for function::ColumnRequest {
    fn from(request: ColumnRequest) -> Self {
        function::ColumnRequest { field: request.field, kind: request.kind.into() }
    }
}

impl From<Range> for function::ColumnRange {
    fn from(Range { column, min, max }: Range) -> Self {
        function::ColumnRange { column, min, max }
    }
}

impl From<ComputedColumn> for function::Column {
    fn from(ComputedColumn { values, starts }: ComputedColumn) -> Self {
        let values = match values {
            ComputedValues::Booleans(values) => function::Values::Booleans(values),
            ComputedValues::Integers(values) => function::Values::Integers(values),
            ComputedValues::Floats(values) => function::Values::Floats(values),
            ComputedValues::Texts(ComputedDictionary { codes, ends, bytes }) => {
                function::Values::Texts(function::Dictionary { codes, ends, bytes })
            }
        };
        function::Column { values, starts }
    }
}

impl<'a> From<&'a function::Column> for Column<'a> {
    fn from(column: &'a function::Column) -> Self {
        let values = match &column.values {
            function::Values::Booleans(values) => Values::Booleans(values),
            function::Values::Integers(values) => Values::Integers(values),
            function::Values::Floats(values) => Values::Floats(values),
            function::Values::Texts(function::Dictionary { codes, ends, bytes }) => {
                Values::Texts(Dictionary { codes, ends, bytes })
            }
        };
        Column { values, starts: &column.starts }
    }
}

impl From<Parameter> for function::Parameter {
    fn from(parameter: Parameter) -> Self {
        let kind = match parameter.kind {
            ParameterKind::Boolean => function::ParameterKind::Boolean,
            ParameterKind::Integer => function::ParameterKind::Integer,
            ParameterKind::Float => function::ParameterKind::Float,
            ParameterKind::Text => function::ParameterKind::Text,
            ParameterKind::Integers => function::ParameterKind::Integers,
            ParameterKind::Floats => function::ParameterKind::Floats,
            ParameterKind::Texts => function::ParameterKind::Texts,
            ParameterKind::Json => function::ParameterKind::Json,
            ParameterKind::Field => function::ParameterKind::Field,
        };
        function::Parameter {
            name: parameter.name,
            kind,
            required: parameter.required,
            default: parameter.default.map(Into::into),
            summary: parameter.summary,
        }
    }
}
