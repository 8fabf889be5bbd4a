//! Statements of Painless.

use super::Parser;
use super::expression::{is_type, unsupported_keyword};
use crate::failure::{Failure, Located};
use crate::lexer::TokenKind;
use crate::syntax::{Statement, StatementKind, TypeName};

impl Parser<'_> {
    /// Appends the next statement, or several: `int a = 1, b = 2;`.
    pub(super) fn statement(&mut self, statements: &mut Vec<Statement>) -> Result<(), Located> {
        let at = self.at();
        if let TokenKind::Name(name) = self.peek().clone() {
            if name == "if" {
                let kind = self.if_statement()?;
                statements.push(Statement { kind, at });
                return Ok(());
            }
            if let Some(what) = unsupported_keyword(&name) {
                return self.unsupported(what, at);
            }
            if let TokenKind::Name(variable) = self.peek_after(1)
                && variable != "instanceof"
                && name != "return"
            {
                if matches!(self.peek_after(2), TokenKind::Symbol("("))
                    && (TypeName::from_name(&name).is_some() || is_type(&name))
                {
                    return self.unsupported(format_args!("a function of the script's own ([{variable}])"), at);
                }
                match TypeName::from_name(&name) {
                    Some(of) => self.declarations(of, statements)?,
                    None if is_type(&name) => return self.unsupported(format_args!("the type [{name}]"), at),
                    None => {
                        self.advance();
                        return Err(self.unexpected("';'"));
                    }
                }
                return self.end_of_statement();
            }
            if name == "return" {
                self.advance();
                let ends = matches!(self.peek(), TokenKind::Symbol(";" | "}") | TokenKind::End);
                let value = if ends { None } else { Some(self.expression()?) };
                statements.push(Statement { kind: StatementKind::Return(value), at });
                return self.end_of_statement();
            }
        }
        if self.is_symbol("{") || self.is_symbol(";") {
            let reason = format!("invalid sequence of tokens near ['{}'].", self.written());
            return Err(Failure::argument(reason).at(at));
        }
        let expression = self.expression()?;
        statements.push(Statement { kind: StatementKind::Expression(expression), at });
        self.end_of_statement()
    }

    fn declarations(&mut self, of: TypeName, statements: &mut Vec<Statement>) -> Result<(), Located> {
        self.advance();
        loop {
            let at = self.at();
            let TokenKind::Name(name) = self.peek().clone() else {
                return Err(self.unexpected("the name of a variable"));
            };
            if is_reserved(&name) {
                return Err(self.unexpected("the name of a variable"));
            }
            self.advance();
            let value = if self.take("=") { Some(self.expression()?) } else { None };
            statements.push(Statement { kind: StatementKind::Declare { of, name, value }, at });
            if !self.take(",") {
                return Ok(());
            }
        }
    }

    /// A semicolon; the last statement of a block needs none.
    fn end_of_statement(&mut self) -> Result<(), Located> {
        if self.take(";") || matches!(self.peek(), TokenKind::End | TokenKind::Symbol("}")) {
            return Ok(());
        }
        Err(self.unexpected("';' or the end of the script"))
    }

    fn if_statement(&mut self) -> Result<StatementKind, Located> {
        self.advance();
        self.deeper()?;
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        let yes = self.block()?;
        let mut no = Vec::new();
        if self.is_name("else") {
            self.advance();
            no = self.block()?;
        }
        self.level -= 1;
        Ok(StatementKind::If { condition, yes, no })
    }

    /// Statements in braces, or one statement.
    fn block(&mut self) -> Result<Vec<Statement>, Located> {
        let at = self.at();
        let mut statements = Vec::new();
        if !self.take("{") {
            self.statement(&mut statements)?;
            return Ok(statements);
        }
        while !self.take("}") {
            if *self.peek() == TokenKind::End {
                return Err(self.unexpected("'}'"));
            }
            self.statement(&mut statements)?;
        }
        if statements.is_empty() {
            return Err(Failure::argument("extraneous if block").at(at));
        }
        Ok(statements)
    }
}

/// Names that cannot be those of variables.
fn is_reserved(name: &str) -> bool {
    TypeName::from_name(name).is_some()
        || unsupported_keyword(name).is_some()
        || matches!(name, "if" | "else" | "return" | "in" | "true" | "false" | "null" | "instanceof")
}
