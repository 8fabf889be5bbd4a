//! Statements.

use super::interpreter::{Interpreter, Variable};
use super::item::Item;
use crate::compile::default_value;
use crate::failure::{Failure, Located};
use crate::operations::CastKind;
use crate::syntax::{Expr, LoopOrder, Statement, StatementKind};
use crate::value::Value;

/// Where execution continues after a statement.
enum Flow {
    Next,
    Return,
    Break,
    Continue,
}

impl<'a> Interpreter<'a> {
    pub(super) fn run(&mut self, statements: &'a [Statement]) -> Result<(), Located> {
        self.block(statements).map(drop)
    }

    fn block(&mut self, statements: &'a [Statement]) -> Result<Flow, Located> {
        let entered = self.variables.len();
        for statement in statements {
            match self.statement(statement)? {
                Flow::Next => {}
                flow => {
                    self.variables.truncate(entered);
                    return Ok(flow);
                }
            }
        }
        self.variables.truncate(entered);
        Ok(Flow::Next)
    }

    fn statement(&mut self, statement: &'a Statement) -> Result<Flow, Located> {
        let at = statement.at;
        self.count(1).map_err(|failure| failure.at(at))?;
        match &statement.kind {
            StatementKind::Declare { of, name, value } => {
                let item = match value {
                    None => Item::Scalar(default_value(*of)),
                    Some(value) => {
                        let item = self.evaluate(value)?;
                        self.cast(*of, CastKind::Implicit, item).map_err(|failure| failure.at(value.at))?
                    }
                };
                self.variables.push(Variable { name, of: *of, item });
            }
            StatementKind::Expression(expression) => drop(self.evaluate(expression)?),
            // The check has rejected a `return` with a value.
            StatementKind::Return(_) => return Ok(Flow::Return),
            StatementKind::If { condition, yes, no } => {
                return if self.condition(condition)? { self.block(yes) } else { self.block(no) };
            }
            StatementKind::Loop { first, condition, order, body, after } => {
                let entered = self.variables.len();
                for statement in first {
                    self.statement(statement)?;
                }
                let flow = self.repeat((condition.as_ref(), *order), body, after.as_ref(), at);
                self.variables.truncate(entered);
                return flow;
            }
            StatementKind::ForEach { of, name, values, body } => {
                let items = match self.evaluate(values)? {
                    Item::List(list) => self.heap.list(list).to_vec(),
                    item if item.is_null() => {
                        return Err(Failure::null("cannot iterate: the object is null").at(values.at));
                    }
                    item => {
                        let reason = format!("Cannot iterate over [{}]", item.class());
                        return Err(Failure::argument(reason).at(values.at));
                    }
                };
                for item in items {
                    self.count_iteration(at)?;
                    let item = self.cast(*of, CastKind::Implicit, item).map_err(|failure| failure.at(values.at))?;
                    self.variables.push(Variable { name, of: *of, item });
                    let flow = self.block(body)?;
                    self.variables.pop();
                    match flow {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => break,
                        Flow::Return => return Ok(Flow::Return),
                    }
                }
            }
            StatementKind::Break => return Ok(Flow::Break),
            StatementKind::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn repeat(
        &mut self,
        (condition, order): (Option<&'a Expr>, LoopOrder),
        body: &'a [Statement],
        after: Option<&'a Expr>,
        at: usize,
    ) -> Result<Flow, Located> {
        let mut is_looked_at = order == LoopOrder::ConditionFirst;
        loop {
            if let Some(condition) = condition
                && is_looked_at
                && !self.condition(condition)?
            {
                return Ok(Flow::Next);
            }
            is_looked_at = true;
            self.count_iteration(at)?;
            match self.block(body)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Next),
                Flow::Return => return Ok(Flow::Return),
            }
            if let Some(after) = after {
                self.evaluate(after)?;
            }
        }
    }

    pub(super) fn condition(&mut self, condition: &'a Expr) -> Result<bool, Located> {
        let item = self.evaluate(condition)?;
        match item {
            Item::Scalar(Value::Boolean(value)) => Ok(value),
            _ if item.is_null() => Err(Failure::null("a condition is null").at(condition.at)),
            Item::Scalar(value) => {
                let reason = format!("cannot cast def [{}] to boolean", value.primitive());
                Err(Failure::cast(reason).at(condition.at))
            }
            item => {
                let reason = format!("cannot cast def [{}] to boolean", item.class());
                Err(Failure::cast(reason).at(condition.at))
            }
        }
    }

    fn count_iteration(&mut self, at: usize) -> Result<(), Located> {
        self.iterations += 1;
        let limit = self.limits.iterations;
        if self.iterations <= limit {
            return Ok(());
        }
        let reason = format!(
            "The maximum number of statements that can be executed in a loop has been reached. At most {limit} iterations are allowed \
             for a document"
        );
        Err(Failure::new("painless_error", reason).at(at))
    }
}
