//! Functions of a script's own.

use super::expression::is_type;
use super::tokens::Parser;
use crate::failure::{Failure, Located};
use crate::lexer::TokenKind;
use crate::syntax::{Function, TypeName};

/// Largest number of parameters of a function. 100: a script needs fewer.
const PARAMETERS: usize = 100;

impl Parser<'_> {
    /// `type name(`
    pub(super) fn is_function_next(&self) -> bool {
        matches!(self.peek(), TokenKind::Name(name) if TypeName::from_name(name).is_some() || is_type(name))
            && matches!(self.peek_after(1), TokenKind::Name(name) if name != "instanceof")
            && matches!(self.peek_after(2), TokenKind::Symbol("("))
    }

    /// `type name(type name, ...) { statements }`
    pub(super) fn function(&mut self) -> Result<Function, Located> {
        let at = self.at();
        let returns = self.type_name()?;
        let name = self.variable_name()?;
        self.expect("(")?;
        let mut parameters = Vec::new();
        if !self.take(")") {
            loop {
                if parameters.len() == PARAMETERS {
                    let reason =
                        format!("the function [{name}] has too many parameters: at most {PARAMETERS} are allowed");
                    return Err(Failure::argument(reason).at(self.at()));
                }
                parameters.push((self.type_name()?, self.variable_name()?));
                if !self.take(",") {
                    self.expect(")")?;
                    break;
                }
            }
        }
        if !self.is_symbol("{") {
            return Err(self.unexpected("'{'"));
        }
        let statements = self.block()?;
        if statements.is_empty() {
            let reason = format!(
                "invalid function definition: found no statements for function [{name}] with [{}] parameters",
                parameters.len()
            );
            return Err(Failure::argument(reason).at(at));
        }
        Ok(Function { returns, name, parameters, statements, at })
    }
}
