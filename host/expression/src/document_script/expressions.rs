//! Expressions.

use std::sync::Arc;

use super::interpreter::Interpreter;
use super::item::Item;
use crate::class_name::ClassName;
use crate::compile::number_value;
use crate::failure::{Failure, Located};
use crate::function::java_math;
use crate::operations::{self, CastKind, cast, type_name};
use crate::statics::{CLASSES, constant, static_method};
use crate::syntax::{Access, Binary, Expr, ExprKind, TypeName};
use crate::value::Value;

impl<'a> Interpreter<'a> {
    pub(super) fn evaluate(&mut self, expression: &'a Expr) -> Result<Item, Located> {
        let at = expression.at;
        self.count(1).map_err(|failure| failure.at(at))?;
        match &expression.kind {
            ExprKind::Number(number) => Ok(Item::Scalar(number_value(number, at)?)),
            ExprKind::Text(text) => self.heap.item(Value::text(text)).map_err(|failure| failure.at(at)),
            ExprKind::Boolean(value) => Ok(Item::boolean(*value)),
            ExprKind::Null => Ok(Item::NULL),
            ExprKind::Name(name) => self.name(name).map_err(|failure| failure.at(at)),
            ExprKind::Property { object, name, access } => self.property_of(object, name, *access, at),
            ExprKind::Method { object, name, arguments, access } => {
                self.method_of(object, (name, *access), arguments, at)
            }
            ExprKind::Index { object, index } => {
                let (receiver, index) = (self.evaluate(object)?, self.evaluate(index)?);
                self.at_index(&receiver, &index).map_err(|failure| failure.at(at))
            }
            ExprKind::Unary { operator, operand } => {
                let operand = self.evaluate(operand)?;
                let value = self.heap.value(&operand).and_then(|value| operations::unary(*operator, &value));
                value.map(Item::Scalar).map_err(|failure| failure.at(at))
            }
            ExprKind::Binary { operator: Binary::And, left, right } => {
                let value = self.condition(left)? && self.condition(right)?;
                Ok(Item::boolean(value))
            }
            ExprKind::Binary { operator: Binary::Or, left, right } => {
                let value = self.condition(left)? || self.condition(right)?;
                Ok(Item::boolean(value))
            }
            ExprKind::Binary { operator: Binary::Find | Binary::Match, left, right } => self.search(left, right.at, at),
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
                self.binary(*operator, &left, &right).map_err(|failure| failure.at(at))
            }
            ExprKind::Conditional { condition, yes, no } => {
                if self.condition(condition)? {
                    self.evaluate(yes)
                } else {
                    self.evaluate(no)
                }
            }
            ExprKind::Elvis { left, right } => {
                let left = self.evaluate(left)?;
                if left.is_null() { self.evaluate(right) } else { Ok(left) }
            }
            ExprKind::List(items) => {
                let items = items.iter().map(|item| self.evaluate(item)).collect::<Result<_, _>>()?;
                self.heap.add_list(items).map_err(|failure| failure.at(at))
            }
            ExprKind::Map(items) => {
                let map = self.heap.add_map().map_err(|failure| failure.at(at))?;
                for pair in items.chunks_exact(2) {
                    let (key, item) = (self.evaluate(&pair[0])?, self.evaluate(&pair[1])?);
                    let put = text_key(&key).and_then(|key| self.heap.put(map, &key, item));
                    put.map_err(|failure| failure.at(pair[0].at))?;
                }
                Ok(Item::Map(map))
            }
            ExprKind::InstanceOf { operand, of } => {
                let operand = self.evaluate(operand)?;
                Ok(Item::boolean(is_instance(&operand, *of)))
            }
            ExprKind::Cast { to, operand } => {
                let item = self.evaluate(operand)?;
                self.cast(*to, CastKind::Explicit, item).map_err(|failure| failure.at(at))
            }
            ExprKind::Assignment { variable, operator, value } => self.assign(variable, *operator, value, at),
            ExprKind::Step { variable, by, result } => self.step(variable, *by, *result, at),
            ExprKind::New { class, .. } => {
                let new = match class.as_str() {
                    "ArrayList" => self.heap.add_list(Vec::new()),
                    _ => self.heap.add_map().map(Item::Map),
                };
                new.map_err(|failure| failure.at(at))
            }
            // The check has rejected these, except where they are evaluated with the expression around them.
            ExprKind::Regex { .. } | ExprKind::Call { .. } | ExprKind::Lambda { .. } => {
                Err(Failure::unsupported_in_documents("this expression").at(at))
            }
        }
    }

    fn name(&mut self, name: &str) -> Result<Item, Failure> {
        if let Some(variable) = self.variable(name) {
            return Ok(variable.item.clone());
        }
        match name {
            "ctx" => Ok(Item::Map(self.ctx)),
            "params" => Ok(Item::Map(self.params)),
            _ => Err(Failure::argument(format!("cannot resolve symbol [{name}]"))),
        }
    }

    /// The class that an expression names.
    fn class<'e>(&mut self, expression: &'e Expr) -> Option<&'e str> {
        match &expression.kind {
            ExprKind::Name(name) if CLASSES.contains(&name.as_str()) && self.variable(name).is_none() => Some(name),
            _ => None,
        }
    }

    fn property_of(&mut self, object: &'a Expr, name: &str, access: Access, at: usize) -> Result<Item, Located> {
        if let Some(class) = self.class(object) {
            let found = constant(class, name).map(Item::Scalar);
            return found.ok_or_else(|| Failure::unsupported_in_documents(format_args!("[{class}.{name}]")).at(at));
        }
        let receiver = self.evaluate(object)?;
        if access == Access::NullSafe && receiver.is_null() {
            return Ok(Item::NULL);
        }
        self.property(&receiver, name).map_err(|failure| failure.at(at))
    }

    fn method_of(
        &mut self,
        object: &'a Expr,
        (name, access): (&str, Access),
        arguments: &'a [Expr],
        at: usize,
    ) -> Result<Item, Located> {
        if let Some(class) = self.class(object) {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments {
                let item = self.evaluate(argument)?;
                values.push(self.heap.value(&item).map_err(|failure| failure.at(argument.at))?);
            }
            let value = call_static(class, name, &values).and_then(|value| self.heap.item(value));
            return value.map_err(|failure| failure.at(at));
        }
        let receiver = self.evaluate(object)?;
        if access == Access::NullSafe && receiver.is_null() {
            return Ok(Item::NULL);
        }
        if let [Expr { kind: ExprKind::Lambda { parameters, body }, .. }] = arguments {
            return self.remove_if(&receiver, (name, parameters), body, at);
        }
        let arguments: Vec<Item> =
            arguments.iter().map(|argument| self.evaluate(argument)).collect::<Result<_, _>>()?;
        self.method(&receiver, name, &arguments).map_err(|failure| failure.at(at))
    }

    /// Looks for the regular expression that is there in the source.
    fn search(&mut self, text: &'a Expr, pattern: usize, at: usize) -> Result<Item, Located> {
        let patterns = self.patterns;
        let regex = patterns.get(&pattern).expect("the check has compiled all regular expressions");
        let text = self.evaluate(text)?;
        let value = self.heap.value(&text).and_then(|text| cast(TypeName::Text, CastKind::Implicit, &text));
        match value.map_err(|failure| failure.at(at))? {
            Value::Text(text) => {
                self.count(text.len() / 64).map_err(|failure| failure.at(at))?;
                Ok(Item::boolean(regex.is_match(&text)))
            }
            _ => Err(Failure::null("the text that is searched is null").at(at)),
        }
    }

    /// An operator but `&&` and `||`.
    pub(super) fn binary(&mut self, operator: Binary, left: &Item, right: &Item) -> Result<Item, Failure> {
        let (left, right) = (self.heap.value(left)?, self.heap.value(right)?);
        let value = operations::binary(operator, &left, &right)?;
        self.heap.item(value)
    }

    /// Converts it to a type.
    pub(super) fn cast(&mut self, to: TypeName, kind: CastKind, item: Item) -> Result<Item, Failure> {
        match &item {
            Item::Scalar(value) => cast(to, kind, value).map(Item::Scalar),
            _ if is_instance(&item, to) => Ok(item),
            _ => {
                let how = if kind == CastKind::Implicit { "implicitly" } else { "explicitly" };
                Err(Failure::cast(format!("cannot {how} cast def [{}] to {}", item.class(), type_name(to))))
            }
        }
    }
}

fn is_instance(item: &Item, of: TypeName) -> bool {
    use ClassName::{Collection, List, Map, Object};
    match (item, of) {
        (Item::Scalar(value), of) => operations::is_instance(value, of),
        (_, TypeName::Def | TypeName::Class(Object))
        | (Item::List(_), TypeName::Class(List | Collection))
        | (Item::Map(_), TypeName::Class(Map))
        | (Item::Number(_), TypeName::Class(ClassName::Number)) => true,
        _ => false,
    }
}

/// The key of a map.
pub(super) fn text_key(item: &Item) -> Result<Arc<str>, Failure> {
    match item {
        Item::Scalar(Value::Text(key)) => Ok(Arc::clone(key)),
        _ => Err(Failure::unsupported_in_documents("a map with keys that are not strings")),
    }
}

fn call_static(class: &str, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
    if matches!(class, "Math" | "StrictMath")
        && let Some(function) = java_math(name, arguments.len())
    {
        return function.apply(arguments);
    }
    let Some(method) = static_method(class, name, arguments.len()) else {
        let count = arguments.len();
        return Err(Failure::unsupported_in_documents(format_args!("[{class}.{name}] with {count} arguments")));
    };
    let arguments: Vec<Value> = arguments
        .iter()
        .zip(method.parameters)
        .map(|(argument, of)| cast(*of, CastKind::Implicit, argument))
        .collect::<Result<_, _>>()?;
    (method.run)(&arguments)
}
