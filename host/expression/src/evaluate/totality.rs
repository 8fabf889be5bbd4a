//! What cannot fail on a batch, although it can on others: most of all fields of which each document has one value. It may be
//! evaluated for all documents at once, where otherwise only some of them need it.

use quidditch_function::{ColumnKind, Values};

use super::{Evaluation, dates};
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::{FieldRead, Node, Operation};
use crate::syntax::{Binary, TypeName};
use crate::value::Value;

/// What is known of the values of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    Integer,
    Float,
    Boolean,
    Date,
    Other,
}

impl Known {
    fn is_number(self) -> bool {
        matches!(self, Known::Integer | Known::Float)
    }
}

impl Evaluation<'_, '_> {
    /// Whether a node cannot fail on this batch.
    pub(super) fn never_fails(&self, node: &Node) -> bool {
        node.total || self.known(node).is_some()
    }

    /// Whether a node is a condition that cannot fail on this batch.
    pub(super) fn is_safe_condition(&self, node: &Node) -> bool {
        node.total || self.known(node) == Some(Known::Boolean)
    }

    /// The type of a node's values; `None` if it might fail.
    fn known(&self, node: &Node) -> Option<Known> {
        match &node.operation {
            Operation::Constant(value) => Some(match value {
                Value::Int(_) | Value::Long(_) => Known::Integer,
                Value::Double(_) => Known::Float,
                Value::Boolean(_) => Known::Boolean,
                _ => Known::Other,
            }),
            Operation::Score => Some(Known::Float),
            Operation::Field { read: FieldRead::Count, .. } => Some(Known::Integer),
            Operation::Field { column, read: FieldRead::First } => {
                let kind = self.program.columns[*column].kind;
                let column = &self.batch.columns[*column];
                if !column.starts.is_empty() {
                    return None;
                }
                Some(match &column.values {
                    Values::Integers(_) if kind == ColumnKind::Dates => Known::Date,
                    Values::Integers(_) => Known::Integer,
                    Values::Floats(_) => Known::Float,
                    Values::Booleans(_) => Known::Boolean,
                    _ => Known::Other,
                })
            }
            Operation::Apply(ScalarFunction::Binary(operator), operands) => {
                let [left, right] = &operands[..] else { return None };
                let (left, right) = (self.known(left)?, self.known(right)?);
                if !left.is_number() || !right.is_number() {
                    return None;
                }
                let is_float = left == Known::Float || right == Known::Float;
                match operator {
                    Binary::Less
                    | Binary::LessOrEqual
                    | Binary::Greater
                    | Binary::GreaterOrEqual
                    | Binary::Equal
                    | Binary::NotEqual => Some(Known::Boolean),
                    Binary::Add | Binary::Subtract | Binary::Multiply if !is_float => Some(Known::Integer),
                    Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder
                        if is_float =>
                    {
                        Some(Known::Float)
                    }
                    _ => None,
                }
            }
            Operation::Apply(
                ScalarFunction::Math1(_) | ScalarFunction::Math2(_) | ScalarFunction::Saturation,
                operands,
            ) => {
                let are_numbers = operands.iter().all(|operand| self.known(operand).is_some_and(Known::is_number));
                are_numbers.then_some(Known::Float)
            }
            Operation::Apply(ScalarFunction::Cast(to, kind), operands) => {
                let operand = self.known(operands.first()?)?;
                match (to, kind) {
                    (TypeName::Def, _) => Some(operand),
                    (TypeName::Boolean, _) if operand == Known::Boolean => Some(operand),
                    (TypeName::Double, _) if operand.is_number() => Some(Known::Float),
                    (TypeName::Int | TypeName::Long, CastKind::Explicit) if operand.is_number() => Some(Known::Integer),
                    _ => None,
                }
            }
            Operation::Apply(ScalarFunction::Method(name, _), operands) => {
                let [date] = &operands[..] else { return None };
                (self.known(date)? == Known::Date && dates::is_integer_getter(name)).then_some(Known::Integer)
            }
            Operation::Conditional(parts) => {
                let [condition, yes, no] = &**parts;
                let (yes, no) = (self.known(yes)?, self.known(no)?);
                let is_safe = self.is_safe_condition(condition) && yes == no;
                is_safe.then_some(yes)
            }
            Operation::And(left, right) | Operation::Or(left, right) => {
                let are_conditions = [left, right].iter().all(|side| self.is_safe_condition(side));
                are_conditions.then_some(Known::Boolean)
            }
            _ => None,
        }
    }
}
