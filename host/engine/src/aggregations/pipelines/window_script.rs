//! The scripts of `moving_fn`: calls of `MovingFunctions`, with conditions around them.

mod parser;

use super::moving_functions::MovingFunction;
use super::moving_window::Work;
use super::window_error::WindowError;

/// A parsed script.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WindowScript {
    Number(f64),
    Length,
    Element(Box<WindowScript>),
    Call(MovingFunction, Vec<WindowScript>),
    Negated(Box<WindowScript>),
    Binary(Operator, Box<[WindowScript; 2]>),
    Conditional(Box<[WindowScript; 3]>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

impl WindowScript {
    /// At most the work for one window.
    pub(super) fn work(&self) -> Work {
        let (reads, parts) = match self {
            WindowScript::Number(_) | WindowScript::Length => (0, &[][..]),
            WindowScript::Element(operand) | WindowScript::Negated(operand) => (0, std::slice::from_ref(&**operand)),
            WindowScript::Call(_, arguments) => (1, &arguments[..]),
            WindowScript::Binary(_, operands) => (0, &operands[..]),
            WindowScript::Conditional(parts) => (0, &parts[..]),
        };
        let add = |sum: Work, part: Work| Work { reads: sum.reads + part.reads, steps: sum.steps + part.steps };
        parts.iter().map(WindowScript::work).fold(Work { reads, steps: 1 }, add)
    }

    /// The value for a window.
    ///
    /// # Errors
    /// Why it has none.
    pub(super) fn evaluate(&self, values: &[f64]) -> Result<f64, WindowError> {
        Ok(match self {
            WindowScript::Number(number) => *number,
            WindowScript::Length => values.len() as f64,
            WindowScript::Element(index) => {
                let index = index.evaluate(values)?;
                let found = (index >= 0.0).then(|| values.get(index as usize)).flatten();
                *found.ok_or(WindowError::OutOfBounds { index, values: values.len() })?
            }
            WindowScript::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| argument.evaluate(values));
                function.of(values, &arguments.collect::<Result<Vec<f64>, WindowError>>()?)?
            }
            WindowScript::Negated(operand) => -operand.evaluate(values)?,
            WindowScript::Binary(operator, operands) => {
                let [left, right] = &**operands;
                operator.apply(left.evaluate(values)?, right.evaluate(values)?)
            }
            WindowScript::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                if condition.evaluate(values)? == 0.0 { no.evaluate(values)? } else { yes.evaluate(values)? }
            }
        })
    }
}

impl Operator {
    fn apply(self, left: f64, right: f64) -> f64 {
        let truth = |holds: bool| f64::from(u8::from(holds));
        match self {
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            Operator::Greater => truth(left > right),
            Operator::GreaterOrEqual => truth(left >= right),
            Operator::Less => truth(left < right),
            Operator::LessOrEqual => truth(left <= right),
            Operator::Equal => truth(left == right),
            Operator::NotEqual => truth(left != right),
        }
    }
}
