//! The types of parameters.

/// The type of the values of a parameter.
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
    /// A string that names a field of the index.
    Field,
}

impl ParameterKind {
    /// All kinds.
    const ALL: [ParameterKind; 9] = [
        ParameterKind::Boolean,
        ParameterKind::Integer,
        ParameterKind::Float,
        ParameterKind::Text,
        ParameterKind::Integers,
        ParameterKind::Floats,
        ParameterKind::Texts,
        ParameterKind::Json,
        ParameterKind::Field,
    ];

    /// The kind with this name in the contract.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            ParameterKind::Boolean => "boolean",
            ParameterKind::Integer => "integer",
            ParameterKind::Float => "float",
            ParameterKind::Text => "text",
            ParameterKind::Integers => "integers",
            ParameterKind::Floats => "floats",
            ParameterKind::Texts => "texts",
            ParameterKind::Json => "json",
            ParameterKind::Field => "field",
        }
    }
}
