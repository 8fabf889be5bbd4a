//! Statements.

use super::compiler::Compiler;
use super::escapes::{Escapes, LoopPlace, Place, ResultPlace};
use super::item::Item;
use super::kind::{Kind, Typed, cannot_cast};
use super::variables::{Change, Holds, Scope};
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::program::{Node, Operation, Statement};
use crate::purpose::Purpose;
use crate::syntax::{Expr, ExprKind, Statement as Syntax, StatementKind, TypeName};
use crate::value::Value;

impl Compiler<'_> {
    /// Compiles a block, and says how its paths end.
    pub(super) fn block(&mut self, statements: &[Syntax], place: Place) -> Result<(Vec<Statement>, Escapes), Located> {
        let entered = self.variables.enter();
        let mut compiled = Vec::new();
        let mut escapes = Escapes::default();
        for (index, statement) in statements.iter().enumerate() {
            if escapes.all {
                return Err(Failure::argument("invalid block: unreachable statement").at(statement.at));
            }
            let place = if index + 1 == statements.len() { place } else { place.before() };
            escapes = escapes.then(self.statement(statement, place, &mut compiled)?);
        }
        self.variables.leave(entered);
        Ok((compiled, escapes))
    }

    fn statement(
        &mut self,
        statement: &Syntax,
        place: Place,
        compiled: &mut Vec<Statement>,
    ) -> Result<Escapes, Located> {
        let at = statement.at;
        match &statement.kind {
            StatementKind::Declare { of, name, value } => {
                self.declare(*of, name, value.as_ref(), at, compiled)?;
                Ok(Escapes::default())
            }
            StatementKind::Return(value) if self.returns_nothing() => {
                if let Some(value) = value {
                    self.returned_by_emitter(value, compiled)?;
                }
                compiled.push(Statement::Return(Node::constant(Value::Null, at)));
                Ok(Escapes::returned())
            }
            StatementKind::Return(value) => {
                let Some(value) = value else {
                    let kind = Kind::from_type_name(self.returns).name();
                    return Err(Failure::cast(format!("cannot cast from [{kind}] to [void]")).at(at));
                };
                let value = self.value_for(value, self.returns)?;
                compiled.push(self.return_value(value)?);
                Ok(Escapes::returned())
            }
            StatementKind::If { condition, yes, no } => {
                if matches!(condition.kind, ExprKind::Boolean(_)) {
                    return Err(Failure::argument("extraneous if block").at(at));
                }
                let condition = self.value(condition)?.condition()?;
                let (yes, yes_escapes) = self.block(yes, place)?;
                let (no, no_escapes) = self.block(no, place)?;
                compiled.push(Statement::If { condition, yes, no });
                Ok(yes_escapes.or(no_escapes))
            }
            StatementKind::Loop { first, condition, order, body, after } => {
                self.repeat(statement, first, (condition.as_ref(), *order), (body, after.as_ref()), compiled)
            }
            StatementKind::ForEach { of, name, values, body } => self.for_each((*of, name), values, body, at, compiled),
            StatementKind::Break => {
                if place.in_loop == LoopPlace::Outside {
                    return Err(Failure::argument("invalid break statement: not inside loop").at(at));
                }
                compiled.push(Statement::Break);
                Ok(Escapes::broken())
            }
            StatementKind::Continue => {
                match place.in_loop {
                    LoopPlace::Outside => {
                        return Err(Failure::argument("invalid continue statement: not inside loop").at(at));
                    }
                    LoopPlace::Last => return Err(Failure::argument("extraneous continue statement").at(at)),
                    LoopPlace::Inside => {}
                }
                compiled.push(Statement::Continue);
                Ok(Escapes::continued())
            }
            StatementKind::Expression(expression) => self.expression_statement(expression, place, compiled),
        }
    }

    pub(super) fn declare(
        &mut self,
        of: TypeName,
        name: &str,
        value: Option<&Expr>,
        at: usize,
        compiled: &mut Vec<Statement>,
    ) -> Result<(), Located> {
        let value = match value {
            None => Node::constant(default_value(of), at),
            Some(value) => match self.item_for(value, of)? {
                Item::Value(value) => value.cast(of, CastKind::Implicit)?.node,
                item if !matches!(of, TypeName::Def | TypeName::Class(_)) => {
                    self.as_value(item, value.at)?.cast(of, CastKind::Implicit)?.node
                }
                Item::Matcher(..) => return Err(Failure::unsupported("a variable that holds a matcher").at(at)),
                item => return self.variables.alias(name, item, at),
            },
        };
        let variable = self.variables.declare(name, of, Change::Allowed, at)?;
        compiled.push(Statement::Assign { variable, value });
        Ok(())
    }

    /// Whether the value of a `return` is not used.
    fn returns_nothing(&self) -> bool {
        self.purpose == Purpose::Emit && self.scope == Scope::Script
    }

    fn return_value(&mut self, value: Typed) -> Result<Statement, Located> {
        let must_be_number = self.purpose == Purpose::Minimum && self.scope == Scope::Script;
        if must_be_number && value.kind != Kind::Def && value.kind.width().is_none() {
            return Err(cannot_cast(value.kind, "java.lang.Number", value.node.at));
        }
        Ok(Statement::Return(value.cast(self.returns, CastKind::Implicit)?.node))
    }

    fn expression_statement(
        &mut self,
        expression: &Expr,
        place: Place,
        compiled: &mut Vec<Statement>,
    ) -> Result<Escapes, Located> {
        let is_result = place.result == ResultPlace::Returned;
        let changes = matches!(expression.kind, ExprKind::Assignment { .. } | ExprKind::Step { .. });
        if !is_result && !changes && !matches!(expression.kind, ExprKind::Method { .. } | ExprKind::Call { .. }) {
            let reason = "not a statement: the result of the expression is not used";
            return Err(Failure::argument(reason).at(expression.at));
        }
        if is_result {
            let value = self.value_for(expression, self.returns)?;
            compiled.push(self.return_value(value)?);
            return Ok(Escapes::returned());
        }
        self.effect(expression, compiled)?;
        Ok(Escapes::default())
    }

    /// What stands behind the `return` of a script that returns nothing: `emit(...)`, or a member of an object whose type is found
    /// at run time, which may have no value.
    fn returned_by_emitter(&mut self, value: &Expr, compiled: &mut Vec<Statement>) -> Result<(), Located> {
        let is_member = matches!(value.kind, ExprKind::Property { .. } | ExprKind::Method { .. });
        match self.effect(value, compiled)? {
            Some(kind) if !(is_member && kind == Kind::Def) => Err(cannot_cast(kind, "void", value.at)),
            _ => Ok(()),
        }
    }

    /// An expression whose value is not used. Returns the type of the value; `emit(...)` has none.
    pub(super) fn effect(&mut self, expression: &Expr, compiled: &mut Vec<Statement>) -> Result<Option<Kind>, Located> {
        if let ExprKind::Call { name, arguments } = &expression.kind
            && self.purpose == Purpose::Emit
            && name == "emit"
            && self.find_function(name, arguments.len()).is_none()
        {
            compiled.push(Statement::Emit(self.emitted(arguments, expression.at)?));
            return Ok(None);
        }
        let Typed { node, kind } = self.value(expression)?;
        compiled.push(match node.operation {
            Operation::Assign { variable, value, .. } => Statement::Assign { variable, value: *value },
            _ => Statement::Evaluate(node),
        });
        Ok(Some(kind))
    }

    /// The value of `emit(value)` or `emit(lat, lon)`.
    fn emitted(&mut self, arguments: &[Expr], at: usize) -> Result<Node, Located> {
        if self.scope == Scope::Function {
            let reason = "[emit] cannot be called in a function of the script's own";
            return Err(Failure::new("illegal_state_exception", reason).at(at));
        }
        match arguments {
            [value] => Ok(self.value(value)?.node),
            [lat, lon] => {
                let (lat, lon) = (self.value(lat)?, self.value(lon)?);
                let lat = lat.cast(TypeName::Double, CastKind::Implicit)?.node;
                let lon = lon.cast(TypeName::Double, CastKind::Implicit)?.node;
                Ok(Node::apply(ScalarFunction::Point, vec![lat, lon], at))
            }
            _ => {
                let count = arguments.len();
                Err(Failure::argument(format!("Unknown call [emit] with [{count}] arguments.")).at(at))
            }
        }
    }

    /// The variable on the left side of an assignment: its number and its type.
    pub(super) fn target(&mut self, variable: &Expr) -> Result<(usize, TypeName), Located> {
        let at = variable.at;
        match &variable.kind {
            ExprKind::Name(name) => match self.variables.find(name) {
                Some(found) if found.change == Change::Refused => {
                    Err(Failure::argument(format!("Variable [{name}] is read-only.")).at(at))
                }
                Some(found) => match found.holds {
                    Holds::Value(number) => Ok((number, found.of)),
                    Holds::Alias(_) => {
                        Err(Failure::unsupported("changing a variable that holds the values of a field").at(at))
                    }
                },
                None => Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at)),
            },
            ExprKind::Property { .. } | ExprKind::Index { .. } => {
                Err(Failure::unsupported("changing a parameter, a field, a list or a map").at(at))
            }
            _ => Err(Failure::argument("invalid assignment: only a variable can be assigned a value").at(at)),
        }
    }
}

/// The value of a variable that is declared without one.
pub(crate) fn default_value(of: TypeName) -> Value {
    match of {
        TypeName::Def | TypeName::Text | TypeName::Class(_) => Value::Null,
        TypeName::Boolean => Value::Boolean(false),
        TypeName::Char => Value::Char(0),
        TypeName::Int => Value::Int(0),
        TypeName::Long => Value::Long(0),
        TypeName::Float => Value::Float(0.0),
        TypeName::Double => Value::Double(0.0),
    }
}
