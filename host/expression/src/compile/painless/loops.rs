//! Loops.

use super::compiler::Compiler;
use super::escapes::{Escapes, Place};
use super::kind::Kind;
use super::variables::Change;
use crate::failure::{Failure, Located};
use crate::operations::CastKind;
use crate::program::{Node, Statement};
use crate::syntax::{Expr, LoopOrder, Statement as Syntax, StatementKind, TypeName};
use crate::value::Value;

impl Compiler<'_> {
    /// `while`, `do ... while` and `for (;;)`
    pub(super) fn repeat(
        &mut self,
        statement: &Syntax,
        first: &[Syntax],
        (condition, order): (Option<&Expr>, LoopOrder),
        (body, after): (&[Syntax], Option<&Expr>),
        compiled: &mut Vec<Statement>,
    ) -> Result<Escapes, Located> {
        let at = statement.at;
        let kind = match (order, is_while(statement)) {
            (LoopOrder::BodyFirst, _) => "do-while",
            (LoopOrder::ConditionFirst, true) => "while",
            (LoopOrder::ConditionFirst, false) => "for",
        };
        let extraneous = || Failure::argument(format!("extraneous {kind} loop")).at(at);
        let entered = self.variables.enter();
        for statement in first {
            match &statement.kind {
                StatementKind::Declare { of, name, value } => {
                    self.declare(*of, name, value.as_ref(), statement.at, compiled)?;
                }
                StatementKind::Expression(expression) => {
                    self.effect(expression, compiled)?;
                }
                _ => return Err(extraneous()),
            }
        }
        let condition = match condition {
            Some(condition) => self.value(condition)?.condition()?,
            None => Node::constant(Value::Boolean(true), at),
        };
        let is_endless = match condition.as_constant() {
            Some(Value::Boolean(false)) => return Err(extraneous()),
            Some(Value::Boolean(true)) => true,
            _ => false,
        };
        if is_endless && body.is_empty() && kind == "while" {
            return Err(Failure::argument("no paths escape from while loop").at(at));
        }
        let (body, escapes) = self.block(body, Place::LOOP)?;
        if escapes.leaves_loop && !escapes.continues {
            return Err(extraneous());
        }
        let mut after_body = Vec::new();
        if let Some(after) = after {
            self.effect(after, &mut after_body)?;
        }
        self.variables.leave(entered);
        compiled.push(Statement::Loop { condition, order, body, after: after_body, at });
        let never_ends = is_endless && !escapes.breaks;
        Ok(if never_ends { Escapes::returned() } else { Escapes::default() })
    }

    /// `for (type name : values)`
    pub(super) fn for_each(
        &mut self,
        (of, name): (TypeName, &str),
        values: &Expr,
        body: &[Syntax],
        at: usize,
        compiled: &mut Vec<Statement>,
    ) -> Result<Escapes, Located> {
        let entered = self.variables.enter();
        let values = self.value(values)?;
        if values.kind == Kind::Text || values.kind == Kind::Map || values.kind.is_primitive() {
            let reason = format!("invalid foreach loop: cannot iterate over type [{}].", values.kind.name());
            return Err(Failure::argument(reason).at(at));
        }
        let variable = self.variables.declare(name, of, Change::Refused, at)?;
        let (body, escapes) = self.block(body, Place::LOOP)?;
        if escapes.leaves_loop && !escapes.continues {
            return Err(Failure::argument("extraneous foreach loop").at(at));
        }
        self.variables.leave(entered);
        let cast = (of != TypeName::Def).then_some((of, CastKind::Explicit));
        compiled.push(Statement::ForEach { variable, cast, values: values.node, body, at });
        Ok(Escapes::default())
    }
}

/// Whether a loop is a `while` loop, and not one of `for (;;)`.
fn is_while(statement: &Syntax) -> bool {
    matches!(
        &statement.kind,
        StatementKind::Loop { first, condition: Some(_), after: None, .. } if first.is_empty()
    )
}
