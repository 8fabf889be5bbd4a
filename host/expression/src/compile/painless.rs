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
mod literals;
mod loops;
mod members;
mod operators;
mod returns;
mod statements;
mod variables;

use serde_json::{Map, Value as Json};

use super::columns::Columns;
use crate::failure::Located;
use crate::field::Fields;
use crate::program::Program;
use crate::purpose::Purpose;
use crate::syntax::Script;
use compiler::Compiler;
use declared::Declared;
use escapes::Place;
use returns::join_returns;
use variables::{Scope, Variables};

pub(crate) use literals::number_value;
pub(crate) use statements::default_value;

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
    let (mut statements, _) = compiler.block(&script.statements, end)?;
    join_returns(&mut statements);
    compiler.compile_remaining_functions()?;
    Ok(Program {
        columns: compiler.columns.into_requests(),
        statements,
        variables: compiler.variables.count(),
        default: purpose.default(),
        needs_score: compiler.needs_score,
    })
}
