//! Painless: values have the types of Java, and what has the type `def` gets its type when it is evaluated.

mod assignments;
mod calls;
mod documents;
mod escapes;
mod expressions;
mod functions;
mod kind;
mod loops;
mod statements;
mod variables;

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::columns::Columns;
use crate::failure::Located;
use crate::field::{FieldType, Fields};
use crate::program::{Node, Program};
use crate::purpose::Purpose;
use crate::syntax::{Script, TypeName};
use crate::value::Value;
use escapes::Place;
use functions::Declared;
use kind::Kind;
use variables::{Scope, Variables};

pub(super) fn compile(
    script: &Script,
    purpose: Purpose,
    fields: &dyn Fields,
    params: &Map<String, Json>,
) -> Result<Program, Located> {
    let mut compiler = Compiler {
        purpose,
        fields,
        params,
        columns: Columns::with_current(fields.current()),
        variables: Variables::default(),
        converted_params: None,
        needs_score: false,
        functions: Declared::list(&script.functions)?,
        scope: Scope::Script,
        returns: purpose.returns(),
    };
    let end = if purpose == Purpose::Emit { Place::END.before() } else { Place::END };
    let (statements, _) = compiler.block(&script.statements, end)?;
    compiler.compile_remaining_functions()?;
    Ok(Program {
        columns: compiler.columns.into_requests(),
        statements,
        variables: compiler.variables.count(),
        default: purpose.default(),
        needs_score: compiler.needs_score,
    })
}

struct Compiler<'a> {
    purpose: Purpose,
    fields: &'a dyn Fields,
    params: &'a Map<String, Json>,
    columns: Columns,
    variables: Variables,
    /// The parameters, if the script has mentioned them.
    converted_params: Option<Value>,
    needs_score: bool,
    functions: Vec<Declared<'a>>,
    scope: Scope,
    /// The type that the script, or the function that is being compiled, returns.
    returns: TypeName,
}

/// A regular expression in the script.
#[derive(Debug, Clone)]
struct Regex {
    pattern: Arc<str>,
    flags: Arc<str>,
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
    Regex(Regex),
    /// A regular expression and the text in which it is searched for.
    Matcher(Regex, Typed),
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
