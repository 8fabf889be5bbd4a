//! Syntax trees to programs. Names are resolved, types are checked, and what depends on no document is computed.

mod columns;
mod expression;
mod painless;

use crate::failure::{Failure, Located};
use crate::field::Fields;
use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::parser::{parse_expression, parse_script};
use crate::program::Program;
use crate::purpose::Purpose;
use crate::script::Script;

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

/// The value of a number that begins with `0x` or with `0`: hexadecimal, or octal. `None` if it is a decimal number; an error if
/// it is neither.
fn other_radix(number: &str) -> Option<Result<i64, Failure>> {
    let invalid = || Failure::argument(format!("invalid number [{number}]"));
    if let Some(hex) = number.strip_prefix("0x").or_else(|| number.strip_prefix("0X")) {
        return Some(u64::from_str_radix(hex, 16).map(|value| value as i64).map_err(|_| invalid()));
    }
    if number.len() > 1 && number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(i64::from_str_radix(number, 8).map_err(|_| invalid()));
    }
    None
}
