//! The arguments of calls, which may be lambdas.

use super::tokens::Parser;
use crate::failure::Located;
use crate::lexer::TokenKind;
use crate::syntax::{Expr, ExprKind};

impl Parser<'_> {
    pub(super) fn arguments(&mut self) -> Result<Vec<Expr>, Located> {
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.take(")") {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.argument()?);
            if !self.take(",") {
                self.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    /// An expression, or a lambda.
    fn argument(&mut self) -> Result<Expr, Located> {
        let at = self.at();
        let Some(parameters) = self.lambda_parameters() else { return self.expression() };
        if self.is_symbol("{") {
            return self.unsupported("a lambda with statements", at);
        }
        let body = self.expression()?;
        self.make(ExprKind::Lambda { parameters, body: Box::new(body) }, at)
    }

    /// Takes `name ->`, `(name, name) ->` or `() ->`, if that is next.
    fn lambda_parameters(&mut self) -> Option<Vec<String>> {
        let is_symbol =
            |next: usize, symbol: &str| matches!(self.peek_after(next), TokenKind::Symbol(other) if *other == symbol);
        let name = |next: usize| match self.peek_after(next) {
            TokenKind::Name(name) => Some(name.clone()),
            _ => None,
        };
        let (parameters, arrow) = if is_symbol(0, "(") {
            let (mut parameters, mut next) = (Vec::new(), 1);
            while let Some(parameter) = name(next) {
                parameters.push(parameter);
                next += 1;
                if is_symbol(next, ",") {
                    next += 1;
                }
            }
            if !is_symbol(next, ")") {
                return None;
            }
            (parameters, next + 1)
        } else {
            (vec![name(0)?], 1)
        };
        if !is_symbol(arrow, "->") {
            return None;
        }
        (0..=arrow).for_each(|_| _ = self.advance());
        Some(parameters)
    }

    /// The class of `new class(`, if that is next.
    pub(super) fn new_class(&self) -> Option<String> {
        match (self.peek(), self.peek_after(1), self.peek_after(2)) {
            (TokenKind::Name(new), TokenKind::Name(class), TokenKind::Symbol("(")) if new == "new" => {
                Some(class.clone())
            }
            _ => None,
        }
    }
}
