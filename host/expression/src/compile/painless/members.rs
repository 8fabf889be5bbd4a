//! Properties, methods and elements.

use std::sync::Arc;

use super::compiler::Compiler;
use super::item::Item;
use super::kind::{Kind, Typed};
use super::operators::search_for;
use crate::class_name::ClassName;
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::java_regex::Search;
use crate::members::{is_change, is_method};
use crate::program::Node;
use crate::syntax::{Access, Expr};
use crate::value::Value;
use crate::{statics, time_members};

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
                let kind = match value.kind {
                    Kind::Time(class) => getter_kind(class, name),
                    _ => Kind::Def,
                };
                let property = ScalarFunction::Property(Arc::from(name), access);
                let read = Typed::new(Node::apply(property, vec![value.node], at), kind);
                nullable(read, access).map(Item::Value)
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
            Kind::Text => text_method_kind(name),
            Kind::List => list_method_kind(name),
            Kind::Map => map_method_kind(name),
            Kind::Time(class) => time_method_kind(class, name),
            _ => Kind::Def,
        };
        let method = ScalarFunction::Method(Arc::from(name), access);
        nullable(Typed::new(Node::apply(method, values, at), kind), access)
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

/// What `?.` returns must be able to be null.
fn nullable(value: Typed, access: Access) -> Result<Typed, Located> {
    if access == Access::NullSafe && value.kind.is_primitive() {
        return Err(not_nullable(value.node.at));
    }
    Ok(value)
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

/// What the method of a value of `java.time` returns.
fn time_method_kind(class: ClassName, name: &str) -> Kind {
    time_members::returned_type(class, name).map_or(Kind::Def, Kind::from_type_name)
}

/// What a property that stands for a getter, such as `year`, returns.
fn getter_kind(class: ClassName, property: &str) -> Kind {
    let (first, rest) = property.split_at(property.chars().next().map_or(0, char::len_utf8));
    time_method_kind(class, &format!("get{}{rest}", first.to_ascii_uppercase()))
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
        Value::Time(_) => ClassName::from_name(class).map_or(Kind::Def, Kind::Time),
        _ => Kind::Def,
    };
    Ok(Typed::new(Node::constant(value, at), kind))
}

#[cfg(test)]
mod tests {
    use quidditch_function::Role;
    use serde_json::Map;

    use crate::language::Language;
    use crate::test_documents::{Document, compiled, run};

    /// The number that a script returns, or the reason why it is refused.
    fn answer(source: &str) -> Result<f64, String> {
        let program = compiled(Language::Painless, source, &Map::new(), Role::Scorer);
        let program = program.map_err(|error| error.failure.reason.to_string())?;
        let document = Document { integers: [vec![3], vec![3]], ..Document::default() };
        let values = run(&program, &[document]).expect("evaluated");
        Ok(values[0].as_double().expect("a number"))
    }

    #[test]
    fn methods_of_dates_return_integers_of_their_own_size() {
        // As a long, also where the other alternative is an int, whichever is taken.
        let seconds = "Duration.ofSeconds(doc['n'].value).getSeconds()";
        assert_eq!(answer(&format!("(doc['n'].value > 5 ? {seconds} : ~12) >>> 3")), Ok(((u64::MAX - 12) >> 3) as f64));
        assert_eq!(answer("(doc['n'].value > 5 ? 1 : ~12) >>> 3"), Ok(f64::from((u32::MAX - 12) >> 3)));
        assert_eq!(answer("Duration d = Duration.ofDays(2); long hours = d.toHours(); return hours"), Ok(48.0));
        assert_eq!(answer("ZonedDateTime.parse('2024-03-15T00:00:00Z').year"), Ok(2024.0));
        assert_eq!(
            answer("Month m = Month.MAY; DayOfWeek d = DayOfWeek.MONDAY; return m.plus(1).getValue() + d.ordinal()"),
            Ok(6.0)
        );
    }

    #[test]
    fn types_of_dates_are_checked_before_the_script_runs() {
        insta::assert_snapshot!(answer("int s = Duration.ofDays(1).getSeconds(); return s").expect_err("a long"), @"Cannot cast from [long] to [int].");
        insta::assert_snapshot!(answer("Instant i = Duration.ofDays(1); return 1").expect_err("a duration"), @"Cannot cast from [java.time.Duration] to [java.time.Instant].");
        insta::assert_snapshot!(answer("Duration.ofDays(1) + 1").expect_err("a duration"), @"cannot apply the operator [+] to the types [java.time.Duration] and [int]");
        insta::assert_snapshot!(answer("Duration.ofDays(1)?.getSeconds() ?: 3").expect_err("a long"), @"Result of null safe operator must be nullable");
    }
}
