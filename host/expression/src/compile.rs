//! Syntax trees to programs. Names are resolved, types are checked, and what depends on no document is computed.

mod columns;
mod date_parts;
mod expression;
mod number;
mod painless;

use crate::failure::{Failure, Located};
use crate::field::Fields;
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::parser::{parse_expression, parse_script};
use crate::program::Program;
use crate::purpose::Purpose;
use crate::script::Script;

pub(crate) use painless::{default_value, number_value};

/// Parses a script, for its mistakes.
pub(crate) fn check_syntax(script: &Script<'_>, limits: &ScriptLimits) -> Result<(), Located> {
    match script.language {
        Language::Expression => parse_expression(script.source, limits).map(drop),
        Language::Painless => parse_script(script.source, limits).map(drop),
    }
}

/// Compiles a script for what its value is used for.
pub(crate) fn compile(
    script: &Script<'_>,
    purpose: Purpose,
    fields: &dyn Fields,
    limits: &ScriptLimits,
) -> Result<Program, Located> {
    match script.language {
        Language::Expression => {
            let expression = parse_expression(script.source, limits)?;
            expression::compile(&expression, purpose, fields, script.params)
        }
        Language::Painless => {
            let parsed = parse_script(script.source, limits)?;
            if parsed.statements.is_empty() {
                return Err(Failure::argument("the script has no statements").at(0));
            }
            painless::compile(&parsed, purpose, fields, script.params)
        }
    }
}
