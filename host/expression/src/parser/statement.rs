//! Statements of Painless.

use super::ending::Ending;
use super::expression::{is_type, unsupported_keyword};
use super::tokens::Parser;
use crate::failure::{Failure, Located};
use crate::lexer::TokenKind;
use crate::syntax::{LoopOrder, Statement, StatementKind, TypeName};

impl Parser<'_> {
    /// Appends the next statement, or several: `int a = 1, b = 2;`.
    pub(super) fn statement(&mut self, ending: Ending, statements: &mut Vec<Statement>) -> Result<(), Located> {
        let at = self.at();
        if let TokenKind::Name(name) = self.peek().clone() {
            if let Some(kind) = self.control(&name, ending)? {
                statements.push(Statement { kind, at });
                return Ok(());
            }
            if let Some(what) = unsupported_keyword(&name) {
                return self.unsupported(what, at);
            }
            if self.is_array_type_next() {
                return self.unsupported("an array", at);
            }
            if self.is_declaration_next(&name) {
                self.declaration(&name, statements)?;
                return self.end_of_statement(ending);
            }
        }
        if self.is_symbol("{") || self.is_symbol(";") {
            let reason = format!("invalid sequence of tokens near ['{}'].", self.written());
            return Err(Failure::argument(reason).at(at));
        }
        let expression = self.expression()?;
        statements.push(Statement { kind: StatementKind::Expression(expression), at });
        self.end_of_statement(ending)
    }

    /// A statement that begins with a keyword; `None` if it does not.
    fn control(&mut self, name: &str, ending: Ending) -> Result<Option<StatementKind>, Located> {
        Ok(Some(match name {
            "if" => self.if_statement()?,
            "while" => self.while_loop(ending)?,
            "for" => self.for_loop(ending)?,
            "do" => {
                let kind = self.do_loop()?;
                self.end_of_statement(ending)?;
                kind
            }
            "break" => {
                self.advance();
                self.end_of_statement(ending)?;
                StatementKind::Break
            }
            "continue" => {
                self.advance();
                self.end_of_statement(ending)?;
                StatementKind::Continue
            }
            "return" => {
                self.advance();
                let ends = matches!(self.peek(), TokenKind::Symbol(";" | "}") | TokenKind::End);
                let value = if ends { None } else { Some(self.expression()?) };
                self.end_of_statement(ending)?;
                StatementKind::Return(value)
            }
            _ => return Ok(None),
        }))
    }

    /// `int[]`
    fn is_array_type_next(&self) -> bool {
        matches!(self.peek(), TokenKind::Name(name) if TypeName::from_name(name).is_some() || is_type(name))
            && matches!(self.peek_after(1), TokenKind::Symbol("["))
            && matches!(self.peek_after(2), TokenKind::Symbol("]"))
    }

    /// Two names in a row.
    fn is_declaration_next(&self, name: &str) -> bool {
        matches!(self.peek_after(1), TokenKind::Name(variable) if variable != "instanceof") && name != "return"
    }

    /// `type name = value, name = value`, without its end.
    fn declaration(&mut self, name: &str, statements: &mut Vec<Statement>) -> Result<(), Located> {
        let at = self.at();
        if let TokenKind::Name(variable) = self.peek_after(1).clone()
            && matches!(self.peek_after(2), TokenKind::Symbol("("))
            && (TypeName::from_name(name).is_some() || is_type(name))
        {
            let reason = format!("the function [{variable}] must come before all statements");
            return Err(Failure::argument(reason).at(at));
        }
        match TypeName::from_name(name) {
            Some(of) => self.declarations(of, statements),
            None if is_type(name) => self.unsupported(format_args!("the type [{name}]"), at),
            None => {
                self.advance();
                Err(Failure::argument(format!("invalid declaration: cannot resolve type [{name}]")).at(self.at()))
            }
        }
    }

    fn declarations(&mut self, of: TypeName, statements: &mut Vec<Statement>) -> Result<(), Located> {
        self.advance();
        loop {
            let at = self.at();
            let name = self.variable_name()?;
            let value = if self.take("=") { Some(self.expression()?) } else { None };
            statements.push(Statement { kind: StatementKind::Declare { of, name, value }, at });
            if !self.take(",") {
                return Ok(());
            }
        }
    }

    pub(super) fn variable_name(&mut self) -> Result<String, Located> {
        match self.peek().clone() {
            TokenKind::Name(name) if !is_reserved(&name) => {
                self.advance();
                Ok(name)
            }
            _ => Err(self.unexpected("the name of a variable")),
        }
    }

    fn end_of_statement(&mut self, ending: Ending) -> Result<(), Located> {
        if self.take(";") || *self.peek() == TokenKind::End || (ending == Ending::Block && self.is_symbol("}")) {
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
        let at = self.at();
        let yes = self.block()?;
        let mut no = Vec::new();
        if self.is_name("else") {
            self.advance();
            no = self.block()?;
            if no.is_empty() {
                return Err(Failure::argument("extraneous else block").at(at));
            }
        }
        if yes.is_empty() {
            return Err(Failure::argument("extraneous if block").at(at));
        }
        self.level -= 1;
        Ok(StatementKind::If { condition, yes, no })
    }

    fn while_loop(&mut self, ending: Ending) -> Result<StatementKind, Located> {
        self.advance();
        self.deeper()?;
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        let body = self.loop_body(ending)?;
        self.level -= 1;
        Ok(StatementKind::Loop {
            first: Vec::new(),
            condition: Some(condition),
            order: LoopOrder::ConditionFirst,
            body,
            after: None,
        })
    }

    fn do_loop(&mut self) -> Result<StatementKind, Located> {
        let at = self.at();
        self.advance();
        self.deeper()?;
        if !self.is_symbol("{") {
            return Err(self.unexpected("'{'"));
        }
        let body = self.block()?;
        if body.is_empty() {
            return Err(Failure::argument("extraneous do-while loop").at(at));
        }
        if !self.is_name("while") {
            return Err(self.unexpected("'while'"));
        }
        self.advance();
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        self.level -= 1;
        Ok(StatementKind::Loop {
            first: Vec::new(),
            condition: Some(condition),
            order: LoopOrder::BodyFirst,
            body,
            after: None,
        })
    }

    fn for_loop(&mut self, ending: Ending) -> Result<StatementKind, Located> {
        let at = self.at();
        self.advance();
        self.deeper()?;
        self.expect("(")?;
        let kind = match (self.peek().clone(), self.peek_after(1), self.peek_after(2)) {
            (TokenKind::Name(_), TokenKind::Name(in_), _) if in_ == "in" => {
                let name = self.variable_name()?;
                self.for_each(TypeName::Def, name, at)?
            }
            (TokenKind::Name(_), TokenKind::Name(_), TokenKind::Symbol(":")) => {
                let of = self.type_name()?;
                let name = self.variable_name()?;
                self.for_each(of, name, at)?
            }
            (next, _, _) => {
                let mut first = Vec::new();
                match next {
                    TokenKind::Symbol(";") => {}
                    TokenKind::Name(name) if self.is_declaration_next(&name) => self.declaration(&name, &mut first)?,
                    _ => {
                        let at = self.at();
                        let kind = StatementKind::Expression(self.expression()?);
                        first.push(Statement { kind, at });
                    }
                }
                self.expect(";")?;
                let condition = if self.is_symbol(";") { None } else { Some(self.expression()?) };
                self.expect(";")?;
                let after = if self.is_symbol(")") { None } else { Some(self.expression()?) };
                self.expect(")")?;
                let body = self.loop_body(ending)?;
                StatementKind::Loop { first, condition, order: LoopOrder::ConditionFirst, body, after }
            }
        };
        self.level -= 1;
        Ok(kind)
    }

    /// After the name of the variable: `: values) body` or `in values) body`.
    fn for_each(&mut self, of: TypeName, name: String, at: usize) -> Result<StatementKind, Located> {
        self.advance();
        let values = self.expression()?;
        self.expect(")")?;
        let body = self.block()?;
        if body.is_empty() {
            return Err(Failure::argument("extraneous foreach loop").at(at));
        }
        Ok(StatementKind::ForEach { of, name, values, body })
    }

    /// The body of `while` and `for (;;)`, which may be a semicolon.
    fn loop_body(&mut self, ending: Ending) -> Result<Vec<Statement>, Located> {
        if self.is_symbol(";") {
            self.end_of_statement(ending)?;
            return Ok(Vec::new());
        }
        self.block()
    }

    /// Statements in braces, or one statement.
    pub(super) fn block(&mut self) -> Result<Vec<Statement>, Located> {
        let mut statements = Vec::new();
        if !self.take("{") {
            self.statement(Ending::Alone, &mut statements)?;
            return Ok(statements);
        }
        while !self.take("}") {
            if *self.peek() == TokenKind::End {
                return Err(self.unexpected("'}'"));
            }
            self.statement(Ending::Block, &mut statements)?;
        }
        Ok(statements)
    }
}

/// Names that cannot be those of variables.
fn is_reserved(name: &str) -> bool {
    matches!(name, "def" | "boolean" | "int" | "long" | "float" | "double" | "char")
        || unsupported_keyword(name).is_some()
        || matches!(
            name,
            "if" | "else"
                | "return"
                | "in"
                | "true"
                | "false"
                | "null"
                | "instanceof"
                | "for"
                | "while"
                | "do"
                | "break"
                | "continue"
        )
}
