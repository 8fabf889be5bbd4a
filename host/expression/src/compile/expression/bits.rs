//! Operators on bits: their values are of the type `long`, and become doubles only for what is around them.

use super::super::number::other_radix;
use super::{Compiler, is_of_bits, total};
use crate::failure::Located;
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::Node;
use crate::syntax::{Binary, Expr, ExprKind, TypeName, Unary};
use crate::value::Value;

impl Compiler<'_> {
    /// Whether an operand of an operator on bits is a number of the type `long` before it is converted.
    pub(super) fn is_integer(expression: &Expr) -> bool {
        match &expression.kind {
            ExprKind::Number(number) => other_radix(number).is_some(),
            ExprKind::Unary { operator: Unary::Plus, operand } => Self::is_integer(operand),
            ExprKind::Unary { operator: Unary::BitNot, .. } => true,
            ExprKind::Binary { operator, .. } => is_of_bits(*operator),
            ExprKind::Conditional { yes, no, .. } => Self::is_integer(yes) || Self::is_integer(no),
            _ => false,
        }
    }

    /// A number of the type `long`, as an operand of an operator on bits: what is one already does not become a double in between.
    fn integer(&mut self, expression: &Expr) -> Result<Node, Located> {
        let at = expression.at;
        match &expression.kind {
            ExprKind::Number(number) if let Some(integer) = other_radix(number) => {
                Ok(Node::constant(Value::Long(integer.map_err(|failure| failure.at(at))?), at))
            }
            ExprKind::Unary { operator: Unary::Plus, operand } => self.integer(operand),
            ExprKind::Unary { operator: operator @ Unary::BitNot, operand } => {
                Ok(total(ScalarFunction::Unary(*operator), vec![self.integer(operand)?], at))
            }
            ExprKind::Binary { operator, left, right } if is_of_bits(*operator) => {
                let is_shift = !matches!(operator, Binary::BitAnd | Binary::BitOr | Binary::BitXor);
                let right = if is_shift { self.low_bits(right)? } else { self.integer(right)? };
                Ok(total(ScalarFunction::Binary(*operator), vec![self.integer(left)?, right], at))
            }
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.condition(condition)?;
                Ok(Node::conditional(condition, self.integer(yes)?, self.integer(no)?, at))
            }
            _ => Ok(cast(self.number(expression)?, TypeName::Long)),
        }
    }

    /// By how many bits to shift. Of a number of the type `long`, the low bits count; others become an `int`.
    fn low_bits(&mut self, expression: &Expr) -> Result<Node, Located> {
        match &expression.kind {
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.condition(condition)?;
                Ok(Node::conditional(condition, self.low_bits(yes)?, self.low_bits(no)?, expression.at))
            }
            _ if Self::is_integer(expression) => self.integer(expression),
            _ => Ok(cast(cast(self.number(expression)?, TypeName::Int), TypeName::Long)),
        }
    }

    pub(super) fn integer_as_number(&mut self, expression: &Expr) -> Result<Node, Located> {
        Ok(cast(self.integer(expression)?, TypeName::Double))
    }

    /// Whether the low 32 bits are not 0.
    pub(super) fn integer_is_true(&mut self, expression: &Expr) -> Result<Node, Located> {
        let zero = Node::constant(Value::Int(0), expression.at);
        let low = cast(self.integer(expression)?, TypeName::Int);
        Ok(total(ScalarFunction::Binary(Binary::NotEqual), vec![low, zero], expression.at))
    }
}

fn cast(number: Node, to: TypeName) -> Node {
    let at = number.at;
    total(ScalarFunction::Cast(to, CastKind::Explicit), vec![number], at)
}
