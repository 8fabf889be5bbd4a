//! Assignments, which are expressions as well as statements.

use super::compiler::Compiler;
use super::kind::{Kind, Typed};
use crate::failure::Located;
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::syntax::{Binary, Expr, StepResult, TypeName};
use crate::value::Value;

impl Compiler<'_> {
    /// `variable = value`, `variable += value`
    pub(super) fn assignment(
        &mut self,
        variable: &Expr,
        operator: Option<Binary>,
        value: &Expr,
        at: usize,
    ) -> Result<Typed, Located> {
        let target = self.target(variable)?;
        let value = match operator {
            None => self.value_for(value, target.1)?.cast(target.1, CastKind::Implicit)?.node,
            Some(operator) => {
                let value = self.value(value)?;
                changed(target, operator, value, variable.at)?
            }
        };
        Ok(assign(target, value, StepResult::After, at))
    }

    /// `variable++`, `--variable`
    pub(super) fn step(
        &mut self,
        variable: &Expr,
        by: Binary,
        result: StepResult,
        at: usize,
    ) -> Result<Typed, Located> {
        let target = self.target(variable)?;
        let one = Typed::new(Node::constant(Value::Int(1), at), Kind::Int);
        let value = changed(target, by, one, variable.at)?;
        Ok(assign(target, value, result, at))
    }
}

fn assign((variable, of): (usize, TypeName), value: Node, result: StepResult, at: usize) -> Typed {
    Typed::new(Node::new(Operation::Assign { variable, value: Box::new(value), result }, at), Kind::from_type_name(of))
}

/// The new value of `variable operator= value`, which has the type of the variable.
fn changed((variable, of): (usize, TypeName), operator: Binary, value: Typed, at: usize) -> Result<Node, Located> {
    let old = Typed::new(Node::new(Operation::Variable(variable), at), Kind::from_type_name(of));
    let new = Compiler::arithmetic(operator, old.clone(), value, at)?;
    if Kind::from_type_name(of) == Kind::Def {
        return Ok(Node::apply(ScalarFunction::CastLike, vec![old.node, new.node], at));
    }
    Ok(new.cast(of, CastKind::Explicit)?.node)
}
