//! Painless: values have the types of Java, and what has the type `def` gets its type when it is evaluated.

mod calls;
mod documents;
mod expressions;
mod kind;
mod statements;
mod variables;

use quidditch_function::Role;
use serde_json::{Map, Value as Json};

use super::columns::Columns;
use crate::failure::Located;
use crate::field::{FieldType, Fields};
use crate::program::{Node, Program};
use crate::syntax::{Statement, TypeName};
use crate::value::Value;
use kind::Kind;
use variables::Variables;

pub(super) fn compile(
    statements: &[Statement],
    role: Role,
    fields: &dyn Fields,
    params: &Map<String, Json>,
) -> Result<Program, Located> {
    let mut compiler = Compiler {
        role,
        fields,
        params,
        columns: Columns::default(),
        variables: Variables::default(),
        converted_params: None,
        needs_score: false,
    };
    let statements = compiler.body(statements)?;
    Ok(Program {
        columns: compiler.columns.into_requests(),
        statements,
        variables: compiler.variables.count(),
        default: match role {
            Role::Filter => Value::Boolean(false),
            Role::Scorer | Role::Values => Value::Double(0.0),
        },
        needs_score: compiler.needs_score,
    })
}

struct Compiler<'a> {
    role: Role,
    fields: &'a dyn Fields,
    params: &'a Map<String, Json>,
    columns: Columns,
    variables: Variables,
    /// The parameters, if the script has mentioned them.
    converted_params: Option<Value>,
    needs_score: bool,
}

/// What an expression stands for.
#[derive(Debug, Clone)]
enum Item {
    Value(Typed),
    /// `doc`
    Doc,
    /// `doc['field']`
    Values {
        field: String,
        field_type: FieldType,
    },
    /// `Math`
    Class(String),
}

/// A value and what is known of its type before it is evaluated.
#[derive(Debug, Clone)]
struct Typed {
    node: Node,
    kind: Kind,
}

impl Typed {
    fn new(node: Node, kind: Kind) -> Self {
        Typed { node, kind }
    }

    fn dynamic(node: Node) -> Self {
        Typed { node, kind: Kind::Def }
    }
}

impl Compiler<'_> {
    /// The type that the script returns.
    fn returned(&self) -> TypeName {
        match self.role {
            Role::Filter => TypeName::Boolean,
            Role::Scorer | Role::Values => TypeName::Double,
        }
    }
}
