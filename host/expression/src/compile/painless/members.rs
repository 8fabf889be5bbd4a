//! Properties, methods and elements.

use std::sync::Arc;

use super::compiler::Compiler;
use super::item::Item;
use super::kind::{Kind, Typed};
use super::operators::search_for;
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::java_regex::Search;
use crate::members::{is_change, is_method};
use crate::program::Node;
use crate::statics;
use crate::syntax::{Access, Expr};
use crate::value::Value;

impl Compiler<'_> {
    pub(super) fn property(&mut self, object: &Expr, name: &str, access: Access, at: usize) -> Result<Item, Located> {
        match self.item_of(object, None)? {
            Item::Doc => {
                let name = Node::constant(Value::text(name), at);
                self.values_of(&name)
            }
            Item::Values { field, field_type } => self.member(&field, field_type, name, at).map(Item::Value),
            Item::Class(_) if access == Access::NullSafe => Err(not_nullable(at)),
            Item::Class(class) => class_constant(&class, name, at).map(Item::Value),
            Item::Regex(_) | Item::Matcher(..) => {
                Err(Failure::unsupported(format_args!("[{name}] of a regular expression")).at(at))
            }
            Item::Value(value) => {
                let property = ScalarFunction::Property(Arc::from(name), access);
                Ok(Item::Value(Typed::dynamic(Node::apply(property, vec![value.node], at))))
            }
        }
    }

    pub(super) fn method(
        &mut self,
        object: &Expr,
        name: &str,
        arguments: &[Expr],
        access: Access,
        at: usize,
    ) -> Result<Item, Located> {
        match self.item_of(object, None)? {
            Item::Doc if access == Access::NullSafe && name == "containsKey" => Err(not_nullable(at)),
            Item::Doc => self.doc_method(name, arguments, at),
            Item::Values { field, field_type } => {
                self.values_method(&field, field_type, name, arguments, at).map(Item::Value)
            }
            Item::Class(_) if access == Access::NullSafe => Err(not_nullable(at)),
            Item::Class(class) => self.class_method(&class, name, arguments, at).map(Item::Value),
            Item::Regex(regex) => match (name, arguments) {
                ("matcher", [text]) => Ok(Item::Matcher(regex, self.value(text)?)),
                _ => Err(Failure::unsupported(format_args!("the method [{name}] of a regular expression")).at(at)),
            },
            Item::Matcher(regex, text) => match (name, arguments) {
                ("matches", []) => search_for(&regex, Search::Whole, text, at).map(Item::Value),
                ("find", []) => search_for(&regex, Search::Part, text, at).map(Item::Value),
                _ => Err(Failure::unsupported(format_args!("the method [{name}] of a matcher")).at(at)),
            },
            Item::Value(value) => self.value_method(value, name, arguments, access, at).map(Item::Value),
        }
    }

    fn value_method(
        &mut self,
        value: Typed,
        name: &str,
        arguments: &[Expr],
        access: Access,
        at: usize,
    ) -> Result<Typed, Located> {
        // Not even scripts that change documents can call the last two.
        if is_change(name) || matches!(name, "replaceAll" | "sort") {
            return Err(Failure::unsupported(format_args!("changing a list or a map ([{name}])")).at(at));
        }
        if !is_method(name) {
            return Err(Failure::unsupported(format_args!("the method [{name}]")).at(at));
        }
        let value_kind = value.kind;
        let mut values = vec![value.node];
        for argument in arguments {
            values.push(self.value(argument)?.node);
        }
        let kind = match value_kind {
            _ if name == "between" => Kind::Long,
            Kind::Text => text_method_kind(name),
            Kind::List => list_method_kind(name),
            Kind::Map => map_method_kind(name),
            _ => Kind::Def,
        };
        let method = ScalarFunction::Method(Arc::from(name), access);
        Ok(Typed::new(Node::apply(method, values, at), kind))
    }

    pub(super) fn index(&mut self, object: &Expr, index: &Expr, at: usize) -> Result<Item, Located> {
        match self.item_of(object, None)? {
            Item::Doc => {
                let name = self.value(index)?.node;
                self.values_of(&name)
            }
            Item::Values { field, field_type } => self.element(&field, field_type, index, at).map(Item::Value),
            Item::Class(class) => Err(Failure::argument(format!("the class [{class}] has no elements")).at(at)),
            Item::Regex(_) | Item::Matcher(..) => Err(Failure::argument("a regular expression has no elements").at(at)),
            Item::Value(value) => {
                let index = self.value(index)?.node;
                Ok(Item::Value(Typed::dynamic(Node::apply(ScalarFunction::Index, vec![value.node, index], at))))
            }
        }
    }
}

fn not_nullable(at: usize) -> Located {
    Failure::argument("Result of null safe operator must be nullable").at(at)
}

/// What the method of a text returns.
fn text_method_kind(name: &str) -> Kind {
    match name {
        "length" | "indexOf" | "lastIndexOf" | "compareTo" | "compareToIgnoreCase" | "hashCode" | "codePointAt" => {
            Kind::Int
        }
        "charAt" => Kind::Char,
        "isEmpty" | "contains" | "startsWith" | "endsWith" | "equals" | "equalsIgnoreCase" | "contentEquals" => {
            Kind::Boolean
        }
        "substring" | "toLowerCase" | "toUpperCase" | "trim" | "replace" | "concat" | "toString" => Kind::Text,
        _ => Kind::Def,
    }
}

/// What the method of a list returns.
fn list_method_kind(name: &str) -> Kind {
    match name {
        "size" | "indexOf" | "lastIndexOf" => Kind::Int,
        "isEmpty" | "contains" | "containsAll" => Kind::Boolean,
        "subList" => Kind::List,
        "sum" => Kind::Double,
        _ => Kind::Def,
    }
}

/// What the method of a map returns.
fn map_method_kind(name: &str) -> Kind {
    match name {
        "size" => Kind::Int,
        "isEmpty" | "containsKey" | "containsValue" => Kind::Boolean,
        "keySet" | "values" | "entrySet" => Kind::List,
        _ => Kind::Def,
    }
}

fn class_constant(class: &str, name: &str, at: usize) -> Result<Typed, Located> {
    let Some(value) = statics::constant(class, name) else {
        return Err(Failure::unsupported(format_args!("[{class}.{name}]")).at(at));
    };
    let kind = match value {
        Value::Int(_) => Kind::Int,
        Value::Long(_) => Kind::Long,
        Value::Float(_) => Kind::Float,
        Value::Double(_) => Kind::Double,
        _ => Kind::Def,
    };
    Ok(Typed::new(Node::constant(value, at), kind))
}
