//! Painless: values have the types of Java, and what has the type `def` gets its type when it is evaluated.

mod assignments;
mod calls;
mod compiler;
mod declared;
mod documents;
mod escapes;
mod expressions;
mod functions;
mod item;
mod kind;
mod loops;
mod members;
mod statements;
mod variables;

use serde_json::{Map, Value as Json};

use super::columns::Columns;
use crate::failure::Located;
use crate::field::Fields;
use crate::program::Program;
use crate::purpose::Purpose;
use crate::syntax::{Script, TypeName};
use crate::value::Value;
use compiler::Compiler;
use declared::Declared;
use escapes::Place;
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
        columns: Columns::default(),
        variables: Variables::default(),
        converted_params: None,
        needs_score: false,
        functions: Declared::list(&script.functions)?,
        scope: Scope::Script,
        returns: match purpose {
            Purpose::Filter => TypeName::Boolean,
            Purpose::Score => TypeName::Double,
            Purpose::Field => TypeName::Def,
        },
    };
    let (statements, _) = compiler.block(&script.statements, Place::END)?;
    compiler.compile_remaining_functions()?;
    Ok(Program {
        columns: compiler.columns.into_requests(),
        statements,
        variables: compiler.variables.count(),
        default: match purpose {
            Purpose::Filter => Value::Boolean(false),
            Purpose::Score => Value::Double(0.0),
            Purpose::Field => Value::Null,
        },
        needs_score: compiler.needs_score,
    })
}
