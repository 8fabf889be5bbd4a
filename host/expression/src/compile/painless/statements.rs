//! Statements.

use super::kind::Kind;
use super::variables::Holds;
use super::{Compiler, Item, Typed};
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::{Node, Operation, Statement};
use crate::syntax::{Binary, Expr, ExprKind, Statement as Syntax, StatementKind, StepResult, TypeName};
use crate::value::Value;

/// Where a block is: the value of an expression that ends the script is what the script returns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Last,
    Before,
}

/// A variable that is to be changed.
struct Target {
    number: usize,
    of: TypeName,
}

impl Compiler<'_> {
    pub(super) fn body(&mut self, statements: &[Syntax]) -> Result<Vec<Statement>, Located> {
        Ok(self.block(statements, Place::Last)?.0)
    }

    /// Compiles a block, and says whether it always returns.
    fn block(&mut self, statements: &[Syntax], place: Place) -> Result<(Vec<Statement>, bool), Located> {
        let entered = self.variables.enter();
        let mut compiled = Vec::new();
        let mut returns = false;
        for (index, statement) in statements.iter().enumerate() {
            if returns {
                return Err(Failure::argument("invalid block: unreachable statement").at(statement.at));
            }
            let is_last = place == Place::Last && index + 1 == statements.len();
            let place = if is_last { Place::Last } else { Place::Before };
            returns = self.statement(statement, place, &mut compiled)?;
        }
        self.variables.leave(entered);
        Ok((compiled, returns))
    }

    /// Compiles a statement, and says whether it always returns.
    fn statement(&mut self, statement: &Syntax, place: Place, compiled: &mut Vec<Statement>) -> Result<bool, Located> {
        match &statement.kind {
            StatementKind::Declare { of, name, value } => {
                self.declare(*of, name, value.as_ref(), statement.at, compiled)?;
                Ok(false)
            }
            StatementKind::Return(value) => {
                let Some(value) = value else {
                    let kind = Kind::of(self.returned()).name();
                    return Err(Failure::cast(format!("cannot cast from [{kind}] to [void]")).at(statement.at));
                };
                let value = self.value(value)?;
                compiled.push(self.return_value(value)?);
                Ok(true)
            }
            StatementKind::If { condition, yes, no } => {
                if matches!(condition.kind, ExprKind::Boolean(_)) {
                    return Err(Failure::argument("extraneous if block").at(statement.at));
                }
                let condition = self.value(condition)?.condition()?;
                let (yes, yes_returns) = self.block(yes, place)?;
                let (no, no_returns) = self.block(no, place)?;
                compiled.push(Statement::If { condition, yes, no });
                Ok(yes_returns && no_returns)
            }
            StatementKind::Expression(expression) => self.expression_statement(expression, place, compiled),
        }
    }

    fn declare(
        &mut self,
        of: TypeName,
        name: &str,
        value: Option<&Expr>,
        at: usize,
        compiled: &mut Vec<Statement>,
    ) -> Result<(), Located> {
        let value = match value {
            None => {
                let value = match of {
                    TypeName::Def | TypeName::Text => Value::Null,
                    TypeName::Boolean => Value::Boolean(false),
                    TypeName::Int => Value::Int(0),
                    TypeName::Long => Value::Long(0),
                    TypeName::Float => Value::Float(0.0),
                    TypeName::Double => Value::Double(0.0),
                };
                Node::constant(value, at)
            }
            Some(value) => match self.item_for(value, of)? {
                Item::Value(value) => value.cast(of, CastKind::Implicit)?.node,
                item if of == TypeName::Def => return self.variables.alias(name, item, at),
                item => self.as_value(item, value.at).cast(of, CastKind::Implicit)?.node,
            },
        };
        let variable = self.variables.declare(name, of, at)?;
        compiled.push(Statement::Assign { variable, value });
        Ok(())
    }

    fn return_value(&mut self, value: Typed) -> Result<Statement, Located> {
        Ok(Statement::Return(value.cast(self.returned(), CastKind::Implicit)?.node))
    }

    fn expression_statement(
        &mut self,
        expression: &Expr,
        place: Place,
        compiled: &mut Vec<Statement>,
    ) -> Result<bool, Located> {
        let (target, old_is_result) = match &expression.kind {
            ExprKind::Assignment { variable, operator, value } => {
                let target = self.target(variable)?;
                let value = match operator {
                    None => self.value_for(value, target.of)?.cast(target.of, CastKind::Implicit)?.node,
                    Some(operator) => {
                        let value = self.value(value)?;
                        self.changed(&target, *operator, value, variable.at)?
                    }
                };
                compiled.push(Statement::Assign { variable: target.number, value });
                (target, false)
            }
            ExprKind::Step { variable, by, result } => {
                let target = self.target(variable)?;
                let one = Typed::new(Node::constant(Value::Int(1), expression.at), Kind::Int);
                let value = self.changed(&target, *by, one, variable.at)?;
                let old_is_result = *result == StepResult::Before && place == Place::Last;
                if !old_is_result {
                    compiled.push(Statement::Assign { variable: target.number, value });
                }
                (target, old_is_result)
            }
            ExprKind::Method { .. } | ExprKind::Call { .. } if place == Place::Before => {
                let value = self.value(expression)?;
                compiled.push(Statement::Evaluate(value.node));
                return Ok(false);
            }
            _ if place == Place::Before => {
                let reason = "not a statement: the result of the expression is not used";
                return Err(Failure::argument(reason).at(expression.at));
            }
            _ => {
                let value = self.value(expression)?;
                compiled.push(self.return_value(value)?);
                return Ok(true);
            }
        };
        if place == Place::Last || old_is_result {
            let value = Typed::new(Node::new(Operation::Variable(target.number), expression.at), Kind::of(target.of));
            compiled.push(self.return_value(value)?);
            return Ok(true);
        }
        Ok(false)
    }

    /// The variable on the left side of an assignment.
    fn target(&mut self, variable: &Expr) -> Result<Target, Located> {
        let at = variable.at;
        match &variable.kind {
            ExprKind::Name(name) => match self.variables.find(name) {
                Some(found) => match found.holds {
                    Holds::Value(number) => Ok(Target { number, of: found.of }),
                    Holds::Alias(_) => {
                        Err(Failure::unsupported("changing a variable that holds the values of a field").at(at))
                    }
                },
                None => Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at)),
            },
            ExprKind::Property { .. } | ExprKind::Index { .. } => {
                Err(Failure::unsupported("changing a parameter or a field").at(at))
            }
            _ => Err(Failure::argument("invalid assignment: only a variable can be assigned a value").at(at)),
        }
    }

    /// The new value of `variable operator= value`, which has the type of the variable.
    fn changed(&mut self, target: &Target, operator: Binary, value: Typed, at: usize) -> Result<Node, Located> {
        let old = Typed::new(Node::new(Operation::Variable(target.number), at), Kind::of(target.of));
        let new = Self::binary(operator, old.clone(), value, at)?;
        if target.of == TypeName::Def {
            return Ok(Node::apply(ScalarFunction::CastLike, vec![old.node, new.node], at));
        }
        Ok(new.cast(target.of, CastKind::Explicit)?.node)
    }
}
