//! What a function says of itself.

use crate::{FunctionId, Roles, Value};

/// What people and machines need to know to call a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Name and version that it was published under.
    pub id: FunctionId,
    /// One or two sentences for people.
    pub summary: String,
    /// What it can be bound with.
    pub parameters: Vec<Parameter>,
    /// What it can be bound as.
    pub roles: Roles,
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The key in the request's `parameters`.
    pub name: String,
    /// What it takes.
    pub kind: ParameterKind,
    /// Whether a clause must give it.
    pub required: bool,
    /// What the function gets where the clause does not give it; `None` leaves it out.
    pub default: Option<Value>,
    /// One line for people.
    pub summary: String,
}

/// What a parameter takes.
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
    /// A string that names a field of the index.
    Field,
}

impl ParameterKind {
    /// All of them.
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

    /// The kind that the contract calls this.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name that the contract uses.
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
