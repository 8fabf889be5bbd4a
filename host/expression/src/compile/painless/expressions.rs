//! Expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compiler::Compiler;
use super::item::{Item, Regex};
use super::kind::{Kind, Typed};
use super::literals::number_literal;
use super::operators::alternatives;
use super::variables::{Holds, Scope};
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::java_regex::{self, Search};
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::purpose::Purpose;
use crate::statics::CLASSES;
use crate::syntax::{Expr, ExprKind, TypeName};
use crate::value::Value;

impl Compiler<'_> {
    /// An expression that must be a value.
    pub(super) fn value(&mut self, expression: &Expr) -> Result<Typed, Located> {
        self.value_for_kind(expression, None)
    }

    /// An expression whose value a variable of this type will hold.
    pub(super) fn value_for(&mut self, expression: &Expr, of: TypeName) -> Result<Typed, Located> {
        self.value_for_kind(expression, Some(of))
    }

    pub(super) fn value_for_kind(&mut self, expression: &Expr, of: Option<TypeName>) -> Result<Typed, Located> {
        let item = self.item_of(expression, of)?;
        self.as_value(item, expression.at)
    }

    pub(super) fn item_for(&mut self, expression: &Expr, of: TypeName) -> Result<Item, Located> {
        self.item_of(expression, Some(of))
    }

    /// The item as a value: the values of a field are a list. An item that is not a value is an error on every document.
    pub(super) fn as_value(&mut self, item: Item, at: usize) -> Result<Typed, Located> {
        let what = match item {
            Item::Value(value) => return Ok(value),
            Item::Values { field, field_type } => return Ok(self.list(&field, field_type, at)),
            Item::Regex(_) | Item::Matcher(..) => {
                return Err(Failure::unsupported("a regular expression that is not matched immediately").at(at));
            }
            Item::Doc => "[doc]".to_owned(),
            Item::Class(class) => format!("the class [{class}]"),
        };
        let failure = Failure::cast(format!("{what} cannot be used as a value"));
        Ok(Typed::dynamic(Node::new(Operation::Fail(failure), at)))
    }

    pub(super) fn item_of(&mut self, expression: &Expr, of: Option<TypeName>) -> Result<Item, Located> {
        let at = expression.at;
        let value = match &expression.kind {
            ExprKind::Number(number) => number_literal(number, at)?,
            ExprKind::Text(text) => Typed::new(Node::constant(Value::text(text), at), Kind::Text),
            ExprKind::Boolean(value) => Typed::new(Node::constant(Value::Boolean(*value), at), Kind::Boolean),
            ExprKind::Null => Typed::new(Node::constant(Value::Null, at), Kind::Null),
            ExprKind::Name(name) => return self.name(name, at),
            ExprKind::Property { object, name, access } => return self.property(object, name, *access, at),
            ExprKind::Method { object, name, arguments, access } => {
                return self.method(object, name, arguments, *access, at);
            }
            ExprKind::Call { name, arguments } => self.called(name, arguments, at)?,
            ExprKind::List(items) => self.collection(ScalarFunction::List, Kind::List, items, at)?,
            ExprKind::Map(items) => self.collection(ScalarFunction::Map, Kind::Map, items, at)?,
            ExprKind::Regex { pattern, flags } => return regex(pattern, flags, at),
            ExprKind::InstanceOf { operand, of } => self.instance_of(operand, *of, at)?,
            ExprKind::Index { object, index } => return self.index(object, index, at),
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand, at)?,
            ExprKind::Binary { operator, left, right } => self.binary(*operator, (left, right), of, at)?,
            ExprKind::Conditional { condition, yes, no } => self.conditional(condition, yes, no, of, at)?,
            ExprKind::Elvis { left, right } => self.elvis(left, right)?,
            ExprKind::Cast { to, operand } => self.cast(operand, *to)?,
            ExprKind::Assignment { variable, operator, value } => self.assignment(variable, *operator, value, at)?,
            ExprKind::Step { variable, by, result } => self.step(variable, *by, *result, at)?,
            ExprKind::New { .. } => return Err(Failure::unsupported("a new object ([new])").at(at)),
            ExprKind::Lambda { .. } => return Err(Failure::unsupported("a lambda").at(at)),
        };
        Ok(Item::Value(value))
    }

    /// A list, or a map.
    fn collection(
        &mut self,
        function: ScalarFunction,
        kind: Kind,
        items: &[Expr],
        at: usize,
    ) -> Result<Typed, Located> {
        let mut nodes = Vec::with_capacity(items.len());
        for item in items {
            nodes.push(self.value(item)?.node);
        }
        Ok(Typed::new(Node::apply(function, nodes, at), kind))
    }

    fn name(&mut self, name: &str, at: usize) -> Result<Item, Located> {
        if let Some(variable) = self.variables.find(name) {
            return Ok(match &variable.holds {
                Holds::Alias(item) => item.clone(),
                Holds::Value(number) => Item::Value(Typed::new(
                    Node::total(Operation::Variable(*number), at),
                    Kind::from_type_name(variable.of),
                )),
            });
        }
        if CLASSES.contains(&name) {
            return Ok(Item::Class(name.to_owned()));
        }
        match name {
            _ if self.scope == Scope::Function => {
                Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at))
            }
            "doc" if self.purpose.has_document() => Ok(Item::Doc),
            "params" => {
                let params = self.params_constant(at)?;
                Ok(Item::Value(Typed::new(Node::constant(params, at), Kind::Map)))
            }
            "_value" if self.purpose == Purpose::Aggregation => Ok(Item::Value(self.current_value(at))),
            "_score" if self.purpose.has_score() => {
                self.needs_score = true;
                Ok(Item::Value(Typed::new(Node::total(Operation::Score, at), Kind::Double)))
            }
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
                Err(Failure::unsupported(format_args!("the class [{name}]")).at(at))
            }
            _ => Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at)),
        }
    }

    /// The parameters, which are converted once.
    fn params_constant(&mut self, at: usize) -> Result<Value, Located> {
        if let Some(params) = &self.converted_params {
            return Ok(params.clone());
        }
        let mut entries = BTreeMap::new();
        for (key, json) in self.params {
            let Some(value) = Value::from_json(json) else {
                let reason = format!("the parameter [{key}] has an integer of more than 64 bits");
                return Err(Failure::argument(reason).at(at));
            };
            entries.insert(key.clone(), value);
        }
        let params = Value::Map(Arc::new(entries));
        self.converted_params = Some(params.clone());
        Ok(params)
    }

    fn called(&mut self, name: &str, arguments: &[Expr], at: usize) -> Result<Typed, Located> {
        match self.find_function(name, arguments.len()) {
            Some(number) => self.call_function(number, arguments, at),
            None => self.call(name, arguments, at),
        }
    }

    fn instance_of(&mut self, operand: &Expr, of: TypeName, at: usize) -> Result<Typed, Located> {
        let operand = self.value(operand)?;
        let node = Node::apply(ScalarFunction::InstanceOf(of), vec![operand.node], at);
        Ok(Typed::new(node, Kind::Boolean))
    }

    /// The alternatives of a `?:` are cast, not what they have in common.
    fn cast(&mut self, operand: &Expr, to: TypeName) -> Result<Typed, Located> {
        if let ExprKind::Conditional { condition, yes, no } = &operand.kind {
            let condition = self.value(condition)?.condition()?;
            let (yes, no) = (self.cast(yes, to)?, self.cast(no, to)?);
            return alternatives(condition, yes, no, Some(to), operand.at);
        }
        self.value_for(operand, to)?.cast(to, CastKind::Explicit)
    }
}

fn regex(pattern: &str, flags: &str, at: usize) -> Result<Item, Located> {
    // For its mistakes.
    java_regex::compile(pattern, flags, Search::Part).map_err(|failure| failure.at(at))?;
    Ok(Item::Regex(Regex { pattern: Arc::from(pattern), flags: Arc::from(flags) }))
}
