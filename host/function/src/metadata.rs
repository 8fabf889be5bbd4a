//! The description of a function.

use crate::{FunctionId, ParameterKind, Roles, Value};

/// The description of a function, for its callers.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// The name and version under which it was published.
    pub id: FunctionId,
    /// One or two sentences that describe the function.
    pub summary: String,
    /// Its parameters, in the order in which it declares them.
    pub parameters: Vec<Parameter>,
    /// Its roles.
    pub roles: Roles,
    /// The memory that an instance may need, in MiB; 0 for what the host grants by default.
    pub memory_mib: u32,
}

/// One parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The key in a clause's `parameters`.
    pub name: String,
    /// The type of its values.
    pub kind: ParameterKind,
    /// Whether every clause must set it.
    pub required: bool,
    /// The value for clauses that do not set it. Without a default, the function gets no argument.
    pub default: Option<Value>,
    /// One line that describes the parameter.
    pub summary: String,
}
