//! What a function tells people and machines about its parameters.

/// One parameter of a function. Declared once, in [`export!`](crate::export!); the host checks every clause against it.
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
    /// Every clause must give it.
    pub const fn required(kind: ParameterKind, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind, required: true, default: None, summary }
    }

    /// A clause may leave it out.
    pub const fn optional(kind: ParameterKind, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind, required: false, default: None, summary }
    }

    /// The function gets `default` where a clause leaves it out.
    pub const fn with_default(default: DefaultValue, name: &'static str, summary: &'static str) -> Self {
        Parameter { name, kind: default.kind(), required: false, default: Some(default), summary }
    }
}

/// What a parameter takes. The order is that of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A string.
    Text,
    /// A list of whole numbers.
    Integers,
    /// A list of numbers.
    Floats,
    /// A list of strings.
    Texts,
    /// Any JSON, handed over as text.
    Json,
    /// A string that names a field of the index; the host checks that the field exists.
    Field,
}

/// What a function gets where a clause leaves a parameter out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DefaultValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
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
