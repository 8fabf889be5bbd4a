//! The naive evaluator of Lucene expressions.

use super::{Naive, as_number, params};
use crate::function::{expression_function, is_true};
use crate::syntax::{Binary, Expr, ExprKind, Unary};
use crate::value::Value;

impl Naive<'_> {
    /// A condition of Lucene expressions.
    fn is_true(&self, expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::Binary { operator, .. } if is_of_bits(*operator) => self.integer(expression) as i32 != 0,
            ExprKind::Unary { operator: Unary::BitNot, .. } => self.integer(expression) as i32 != 0,
            ExprKind::Unary { operator: Unary::Plus, operand } => self.is_true(operand),
            ExprKind::Conditional { condition, yes, no } => {
                if self.is_true(condition) {
                    self.is_true(yes)
                } else {
                    self.is_true(no)
                }
            }
            _ => is_true(self.number(expression)),
        }
    }

    /// An operand of an operator on bits.
    fn integer(&self, expression: &Expr) -> i64 {
        match &expression.kind {
            ExprKind::Unary { operator: Unary::Plus, operand } => self.integer(operand),
            ExprKind::Unary { operator: Unary::BitNot, operand } => !self.integer(operand),
            ExprKind::Binary { operator, left, right } if is_of_bits(*operator) => {
                let left = self.integer(left);
                match operator {
                    Binary::BitAnd => left & self.integer(right),
                    Binary::BitOr => left | self.integer(right),
                    Binary::BitXor => left ^ self.integer(right),
                    Binary::ShiftLeft => left.wrapping_shl(self.low_bits(right)),
                    Binary::ShiftRight => left.wrapping_shr(self.low_bits(right)),
                    _ => (left as u64).wrapping_shr(self.low_bits(right)) as i64,
                }
            }
            ExprKind::Conditional { condition, yes, no } => {
                self.integer(if self.is_true(condition) { yes } else { no })
            }
            _ => self.number(expression) as i64,
        }
    }

    /// By how many bits to shift.
    fn low_bits(&self, expression: &Expr) -> u32 {
        match &expression.kind {
            ExprKind::Unary { operator: Unary::BitNot, .. } => self.integer(expression) as u32,
            ExprKind::Unary { operator: Unary::Plus, operand } => self.low_bits(operand),
            ExprKind::Binary { operator, .. } if is_of_bits(*operator) => self.integer(expression) as u32,
            ExprKind::Conditional { condition, yes, no } => {
                self.low_bits(if self.is_true(condition) { yes } else { no })
            }
            _ => self.number(expression) as i32 as u32,
        }
    }

    /// Lucene expressions.
    pub(super) fn number(&self, expression: &Expr) -> f64 {
        let truth = |value: bool| if value { 1.0 } else { 0.0 };
        match &expression.kind {
            ExprKind::Number(number) => number.parse().expect("a number"),
            ExprKind::Name(name) if name == "_score" => f64::from(self.document.score),
            ExprKind::Name(name) => params()[name].as_f64().expect("a number"),
            ExprKind::Property { object, name, .. } => {
                let values = self.field(object).expect("a field");
                match name.as_str() {
                    "value" => values.first().map_or(0.0, as_number),
                    "empty" => truth(values.is_empty()),
                    _ => values.len() as f64,
                }
            }
            ExprKind::Method { object, name, .. } => {
                let values: Vec<f64> = self.field(object).expect("a field").iter().map(as_number).collect();
                let sum = values.iter().sum::<f64>();
                match name.as_str() {
                    _ if values.is_empty() => 0.0,
                    "min" => values[0],
                    "max" => values[values.len() - 1],
                    "avg" => sum / values.len() as f64,
                    "sum" => sum,
                    _ if values.len() % 2 == 1 => values[values.len() / 2],
                    _ => (values[values.len() / 2 - 1] + values[values.len() / 2]) / 2.0,
                }
            }
            ExprKind::Call { name, arguments } => {
                let (_, function) = expression_function(name).expect("a function");
                let arguments: Vec<Value> =
                    arguments.iter().map(|argument| Value::Double(self.number(argument))).collect();
                function.apply(&arguments).map_or(f64::NAN, |value| as_number(&value))
            }
            ExprKind::Unary { operator, operand } => match operator {
                Unary::Plus => self.number(operand),
                Unary::Minus => -self.number(operand),
                Unary::BitNot => self.integer(expression) as f64,
                Unary::Not => truth(!self.is_true(operand)),
            },
            ExprKind::Binary { operator: Binary::And, left, right } => truth(self.is_true(left) && self.is_true(right)),
            ExprKind::Binary { operator: Binary::Or, left, right } => truth(self.is_true(left) || self.is_true(right)),
            ExprKind::Binary { operator, .. } if is_of_bits(*operator) => self.integer(expression) as f64,
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.number(left), self.number(right));
                match operator {
                    Binary::Less => truth(left < right),
                    Binary::Equal => truth(left == right),
                    Binary::NotEqual => truth(left != right),
                    Binary::GreaterOrEqual => truth(left >= right),
                    Binary::Add => left + right,
                    Binary::Subtract => left - right,
                    Binary::Multiply => left * right,
                    Binary::Divide => left / right,
                    Binary::Remainder => left % right,
                    operator => panic!("{operator:?} is not one of numbers"),
                }
            }
            ExprKind::Conditional { condition, yes, no } => {
                if self.is_true(condition) {
                    self.number(yes)
                } else {
                    self.number(no)
                }
            }
            _ => unreachable!("the strategy makes no other expressions"),
        }
    }
}

fn is_of_bits(operator: Binary) -> bool {
    use Binary::{BitAnd, BitOr, BitXor, ShiftLeft, ShiftRight, ShiftRightUnsigned};
    matches!(operator, BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight | ShiftRightUnsigned)
}
