//! The declaration of parameters.

/// A parameter of a function, declared in [`export!`](crate::export!). The host checks every clause against it.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the host reads the fields"))]
pub struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: ParameterKind,
    pub(crate) required: bool,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) summary: &'static str,
}

impl Parameter {
    /// A parameter that every clause must set.
    pub const fn required(kind: ParameterKind, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind, required: true, default: None, summary }
    }

    /// A parameter that a clause may omit.
    pub const fn optional(kind: ParameterKind, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind, required: false, default: None, summary }
    }

    /// A parameter with a default for clauses that omit it.
    pub const fn with_default(default: DefaultValue, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind: default.kind(), required: false, default: Some(default), summary }
    }
}

/// The type of the values of a parameter, in the order of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// `true` or `false`.
    Boolean,
    /// An integer.
    Integer,
    /// A floating-point number.
    Float,
    /// A string.
    Text,
    /// A list of integers.
    Integers,
    /// A list of floating-point numbers.
    Floats,
    /// A list of strings.
    Texts,
    /// Any JSON, passed as text.
    Json,
    /// A string that names a field of the index; the host checks that the field exists.
    Field,
}

/// The default of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DefaultValue {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(&'static str),
}

impl DefaultValue {
    const fn kind(self) -> ParameterKind {
        match self {
            DefaultValue::Boolean(_) => ParameterKind::Boolean,
            DefaultValue::Integer(_) => ParameterKind::Integer,
            DefaultValue::Float(_) => ParameterKind::Float,
            DefaultValue::Text(_) => ParameterKind::Text,
        }
    }
}
