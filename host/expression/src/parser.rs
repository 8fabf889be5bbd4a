//! Tokens to a syntax tree. Both languages have the operators of Java, with its precedence.

mod arguments;
mod ending;
mod expression;
mod function;
mod statement;
mod tokens;

use crate::failure::Located;
use crate::language::Language;
use crate::lexer::TokenKind;
use crate::limits::ScriptLimits;
use crate::syntax::{Expr, Script};
use ending::Ending;
use tokens::Parser;

/// Parses a source that is one expression.
pub(crate) fn parse_expression(source: &str, limits: &ScriptLimits) -> Result<Expr, Located> {
    let mut parser = Parser::new(source, Language::Expression, limits)?;
    let expression = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("the end")),
    }
}

/// Parses a source that consists of functions and statements.
pub(crate) fn parse_script(source: &str, limits: &ScriptLimits) -> Result<Script, Located> {
    let mut parser = Parser::new(source, Language::Painless, limits)?;
    let mut functions = Vec::new();
    while parser.is_function_next() {
        functions.push(parser.function()?);
    }
    let mut statements = Vec::new();
    while *parser.peek() != TokenKind::End {
        parser.statement(Ending::Block, &mut statements)?;
    }
    Ok(Script { functions, statements })
}
