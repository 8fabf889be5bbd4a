//! Expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::kind::{Kind, cannot_cast};
use super::variables::Holds;
use super::{Compiler, Item, Typed};
use crate::compile::other_radix;
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::members::is_method;
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::syntax::{Access, Binary, Expr, ExprKind, TypeName, Unary};
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

    fn value_for_kind(&mut self, expression: &Expr, of: Option<TypeName>) -> Result<Typed, Located> {
        let item = self.item_of(expression, of)?;
        Ok(self.as_value(item, expression.at))
    }

    pub(super) fn item_for(&mut self, expression: &Expr, of: TypeName) -> Result<Item, Located> {
        self.item_of(expression, Some(of))
    }

    /// Anything that is not a value, such as a whole field, fails on every document.
    pub(super) fn as_value(&self, item: Item, at: usize) -> Typed {
        let what = match item {
            Item::Value(value) => return value,
            Item::Doc => "[doc]".to_owned(),
            Item::Values { field, .. } => format!("[doc['{field}']], which is the list of a field's values,"),
            Item::Class(class) => format!("the class [{class}]"),
        };
        let failure = Failure::cast(format!("{what} cannot be used as a value"));
        Typed::dynamic(Node::new(Operation::Fail(failure), at))
    }

    fn item_of(&mut self, expression: &Expr, of: Option<TypeName>) -> Result<Item, Located> {
        let at = expression.at;
        let value = match &expression.kind {
            ExprKind::Number(number) => number_literal(number, at)?,
            ExprKind::Text(text) => Typed::new(Node::constant(Value::text(text), at), Kind::Text),
            ExprKind::Boolean(value) => Typed::new(Node::constant(Value::Boolean(*value), at), Kind::Boolean),
            ExprKind::Null => Typed::new(Node::constant(Value::Null, at), Kind::Null),
            ExprKind::Name(name) => return self.name(name, at),
            ExprKind::Property { object, name, access } => {
                let object = self.item_of(object, None)?;
                return self.property(object, name, *access, at);
            }
            ExprKind::Method { object, name, arguments, access } => {
                let object = self.item_of(object, None)?;
                return self.method(object, name, arguments, *access, at);
            }
            ExprKind::Call { name, arguments } => self.call(name, arguments, at)?,
            ExprKind::Index { object, index } => {
                let object_item = self.item_of(object, None)?;
                return self.index(object_item, index, at);
            }
            ExprKind::Unary { operator, operand } => self.unary(*operator, operand, at)?,
            ExprKind::Binary { operator: Binary::And, left, right } => {
                let (left, right) = (self.value(left)?.condition()?, self.value(right)?.condition()?);
                Typed::new(Node::and(left, right, at), Kind::Boolean)
            }
            ExprKind::Binary { operator: Binary::Or, left, right } => {
                let (left, right) = (self.value(left)?.condition()?, self.value(right)?.condition()?);
                Typed::new(Node::or(left, right, at), Kind::Boolean)
            }
            ExprKind::Binary { operator, left, right } => {
                let (left, right) = (self.operand(left)?, self.operand(right)?);
                Self::binary(*operator, left, right, at)?
            }
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.value(condition)?.condition()?;
                let (yes, no) = (self.value_for_kind(yes, of)?, self.value_for_kind(no, of)?);
                conditional(condition, yes, no, of, at)?
            }
            ExprKind::Elvis { left, right } => self.elvis(left, right)?,
            ExprKind::Cast { to, operand } => self.value(operand)?.cast(*to, CastKind::Explicit)?,
            ExprKind::Assignment { .. } | ExprKind::Step { .. } => {
                return Err(Failure::unsupported("an assignment inside of an expression").at(at));
            }
        };
        Ok(Item::Value(value))
    }

    /// An operand. The values of a field are not null, which scripts sometimes ask.
    fn operand(&mut self, expression: &Expr) -> Result<Typed, Located> {
        match self.item_of(expression, None)? {
            Item::Values { .. } => {
                let list = Value::List(Arc::from([]));
                Ok(Typed::dynamic(Node::constant(list, expression.at)))
            }
            item => Ok(self.as_value(item, expression.at)),
        }
    }

    fn name(&mut self, name: &str, at: usize) -> Result<Item, Located> {
        if let Some(variable) = self.variables.find(name) {
            return Ok(match &variable.holds {
                Holds::Alias(item) => item.clone(),
                Holds::Value(number) => {
                    Item::Value(Typed::new(Node::total(Operation::Variable(*number), at), Kind::of(variable.of)))
                }
            });
        }
        match name {
            "doc" => Ok(Item::Doc),
            "params" => {
                let params = self.params_constant(at)?;
                Ok(Item::Value(Typed::new(Node::constant(params, at), Kind::Map)))
            }
            "_score" if self.role == quidditch_function::Role::Scorer => {
                self.needs_score = true;
                Ok(Item::Value(Typed::new(Node::total(Operation::Score, at), Kind::Double)))
            }
            "Math" | "Integer" | "Long" | "Double" | "String" => Ok(Item::Class(name.to_owned())),
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
                let reason = format!("the parameter [{key}] has an integer that 64 bits do not hold");
                return Err(Failure::argument(reason).at(at));
            };
            entries.insert(key.clone(), value);
        }
        let params = Value::Map(Arc::new(entries));
        self.converted_params = Some(params.clone());
        Ok(params)
    }

    fn property(&mut self, object: Item, name: &str, access: Access, at: usize) -> Result<Item, Located> {
        match object {
            Item::Doc => {
                let name = Node::constant(Value::text(name), at);
                self.values_of(&name)
            }
            Item::Values { field, field_type } => self.member(&field, field_type, name, at).map(Item::Value),
            Item::Class(_) if access == Access::NullSafe => Err(not_nullable(at)),
            Item::Class(class) => class_constant(&class, name, at).map(Item::Value),
            Item::Value(value) => {
                let property = ScalarFunction::Property(Arc::from(name), access);
                Ok(Item::Value(Typed::dynamic(Node::apply(property, vec![value.node], at))))
            }
        }
    }

    fn method(
        &mut self,
        object: Item,
        name: &str,
        arguments: &[Expr],
        access: Access,
        at: usize,
    ) -> Result<Item, Located> {
        match object {
            Item::Doc if access == Access::NullSafe && name == "containsKey" => Err(not_nullable(at)),
            Item::Doc => self.doc_method(name, arguments, at),
            Item::Values { field, field_type } => {
                self.values_method(&field, field_type, name, arguments, at).map(Item::Value)
            }
            Item::Class(_) if access == Access::NullSafe => Err(not_nullable(at)),
            Item::Class(class) => self.class_method(&class, name, arguments, at).map(Item::Value),
            Item::Value(value) => {
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
                    Kind::Map => map_method_kind(name),
                    _ => Kind::Def,
                };
                let method = ScalarFunction::Method(Arc::from(name), access);
                Ok(Item::Value(Typed::new(Node::apply(method, values, at), kind)))
            }
        }
    }

    fn index(&mut self, object: Item, index: &Expr, at: usize) -> Result<Item, Located> {
        match object {
            Item::Doc => {
                let name = self.value(index)?.node;
                self.values_of(&name)
            }
            Item::Values { field, field_type } => self.element(&field, field_type, index, at).map(Item::Value),
            Item::Class(class) => Err(Failure::argument(format!("the class [{class}] has no elements")).at(at)),
            Item::Value(value) => {
                let index = self.value(index)?.node;
                Ok(Item::Value(Typed::dynamic(Node::apply(ScalarFunction::Index, vec![value.node, index], at))))
            }
        }
    }

    fn unary(&mut self, operator: Unary, operand: &Expr, at: usize) -> Result<Typed, Located> {
        let operand = self.value(operand)?;
        let kind = match operator {
            Unary::Not => {
                let condition = operand.condition()?;
                return Ok(Typed::new(
                    Node::apply(ScalarFunction::Unary(Unary::Not), vec![condition], at),
                    Kind::Boolean,
                ));
            }
            Unary::BitNot if operand.kind.is_integer() => operand.kind,
            Unary::Plus | Unary::Minus if operand.kind.width().is_some() => operand.kind,
            _ if operand.kind == Kind::Def => Kind::Def,
            _ => {
                let name = match operator {
                    Unary::BitNot => "bitwise not operator [~]",
                    Unary::Minus => "subtraction operator [-]",
                    _ => "addition operator [+]",
                };
                let reason = format!("cannot apply the {name} to the type [{}]", operand.kind.name());
                return Err(Failure::cast(reason).at(at));
            }
        };
        let operand_at = operand.node.at;
        Ok(Typed::new(Node::apply(ScalarFunction::Unary(operator), vec![operand.node], operand_at), kind))
    }

    /// An operator but `&&` and `||`. If both types are known, it is known whether they have the operator.
    pub(super) fn binary(operator: Binary, left: Typed, right: Typed, at: usize) -> Result<Typed, Located> {
        if matches!(operator, Binary::Same | Binary::NotSame) {
            let symbol = operator.symbol();
            return Err(Failure::unsupported(format_args!("the comparison of identities with [{symbol}]")).at(at));
        }
        let (left_kind, right_kind) = (left.kind, right.kind);
        let is_dynamic = left_kind == Kind::Def || right_kind == Kind::Def;
        let refuse = || {
            let (symbol, left, right) = (operator.symbol(), left_kind.name(), right_kind.name());
            Failure::cast(format!("cannot apply the operator [{symbol}] to the types [{left}] and [{right}]")).at(at)
        };
        let kind = match operator {
            Binary::Equal | Binary::NotEqual => {
                if left_kind == Kind::Null && right_kind == Kind::Null {
                    return Err(Failure::argument("extraneous comparison of [null] constants").at(at));
                }
                if !is_dynamic && left_kind != right_kind && left_kind.promoted(right_kind).is_none() {
                    let are_objects = !left_kind.is_primitive() && !right_kind.is_primitive();
                    if !are_objects {
                        return Err(cannot_cast(left_kind, right_kind.name(), at));
                    }
                }
                Kind::Boolean
            }
            Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
                if !is_dynamic && left_kind.promoted(right_kind).is_none() {
                    return Err(refuse());
                }
                Kind::Boolean
            }
            Binary::Add if left_kind == Kind::Text || right_kind == Kind::Text => Kind::Text,
            _ if is_dynamic => Kind::Def,
            Binary::BitXor if left_kind == Kind::Boolean && right_kind == Kind::Boolean => Kind::Boolean,
            Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned => {
                if !left_kind.is_integer() || !right_kind.is_integer() {
                    return Err(refuse());
                }
                left_kind
            }
            Binary::BitAnd | Binary::BitOr | Binary::BitXor => {
                let promoted = left_kind.promoted(right_kind).filter(|kind| kind.is_integer());
                promoted.ok_or_else(refuse)?
            }
            _ => left_kind.promoted(right_kind).ok_or_else(refuse)?,
        };
        let divides = matches!(operator, Binary::Divide | Binary::Remainder);
        if divides
            && kind.is_integer()
            && left.node.as_constant().is_some()
            && matches!(right.node.as_constant(), Some(Value::Int(0) | Value::Long(0)))
        {
            return Err(Failure::new("arithmetic_exception", "/ by zero").at(at));
        }
        let is_total = left.is_always_number() && right.is_always_number() && (!divides || kind == Kind::Double);
        let node = Node::apply(ScalarFunction::Binary(operator), vec![left.node, right.node], at);
        Ok(Typed::new(Node { total: node.total || is_total, ..node }, kind))
    }

    fn elvis(&mut self, left: &Expr, right: &Expr) -> Result<Typed, Located> {
        let at = left.at;
        let extraneous = |what: &str| Failure::argument(format!("Extraneous elvis operator. LHS is {what}.")).at(at);
        match left.kind {
            ExprKind::Null => return Err(extraneous("null")),
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Boolean(_) => return Err(extraneous("a constant")),
            _ => {}
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        if left.kind.is_primitive() {
            return Err(extraneous("a primitive"));
        }
        let kind = if left.kind == right.kind { left.kind } else { Kind::Def };
        let node = match left.node.as_constant() {
            Some(Value::Null) => right.node,
            Some(_) => left.node,
            None => Node::new(Operation::Elvis(Box::new(left.node), Box::new(right.node)), at),
        };
        Ok(Typed::new(node, kind))
    }
}

/// `condition ? yes : no`. Numbers of different types get the wider one, but not if a variable of any type will hold the value.
fn conditional(condition: Node, yes: Typed, no: Typed, of: Option<TypeName>, at: usize) -> Result<Typed, Located> {
    let (yes, no, kind) = if yes.kind == no.kind {
        let kind = yes.kind;
        (yes, no, kind)
    } else if yes.kind == Kind::Def || no.kind == Kind::Def || of == Some(TypeName::Def) {
        (yes, no, Kind::Def)
    } else if let Some(kind) = yes.kind.promoted(no.kind) {
        (yes.widened(kind)?, no.widened(kind)?, kind)
    } else if !yes.kind.is_primitive() && !no.kind.is_primitive() {
        (yes, no, Kind::Text)
    } else {
        return Err(cannot_cast(yes.kind, "java.lang.Object", yes.node.at));
    };
    Ok(Typed::new(Node::conditional(condition, yes.node, no.node, at), kind))
}

fn not_nullable(at: usize) -> Located {
    Failure::argument("Result of null safe operator must be nullable").at(at)
}

/// What the method of a text returns.
fn text_method_kind(name: &str) -> Kind {
    match name {
        "length" | "indexOf" | "lastIndexOf" | "compareTo" | "compareToIgnoreCase" | "hashCode" => Kind::Int,
        "isEmpty" | "contains" | "startsWith" | "endsWith" | "equals" | "equalsIgnoreCase" => Kind::Boolean,
        "substring" | "toLowerCase" | "toUpperCase" | "trim" | "replace" | "concat" | "toString" => Kind::Text,
        _ => Kind::Def,
    }
}

/// What the method of the parameters returns.
fn map_method_kind(name: &str) -> Kind {
    match name {
        "size" => Kind::Int,
        "isEmpty" | "containsKey" => Kind::Boolean,
        _ => Kind::Def,
    }
}

fn number_literal(number: &str, at: usize) -> Result<Typed, Located> {
    let invalid = |what: &str| Failure::argument(format!("Invalid {what} constant [{number}].")).at(at);
    let literal = |value: Value, kind| Ok(Typed::new(Node::constant(value, at), kind));
    let is_hex = number.starts_with("0x") || number.starts_with("0X");
    if let Some(long) = number.strip_suffix(['l', 'L']) {
        let value = match other_radix(long) {
            Some(value) => value.map_err(|failure| failure.at(at))?,
            None => long.parse().map_err(|_| invalid("long"))?,
        };
        return literal(Value::Long(value), Kind::Long);
    }
    if !is_hex {
        if let Some(float) = number.strip_suffix(['f', 'F']) {
            return literal(Value::Float(float.parse().map_err(|_| invalid("float"))?), Kind::Float);
        }
        let double = number.strip_suffix(['d', 'D']);
        if double.is_some() || number.contains(['.', 'e', 'E']) {
            let value = double.unwrap_or(number).parse().map_err(|_| invalid("double"))?;
            return literal(Value::Double(value), Kind::Double);
        }
    }
    let value = match other_radix(number) {
        // `0xFFFFFFFF` is -1.
        Some(value) => {
            let value = value.map_err(|failure| failure.at(at))?;
            i32::try_from(value).or_else(|_| u32::try_from(value).map(|bits| bits as i32)).ok()
        }
        None => number.parse().ok(),
    };
    let reason = format!("Invalid int constant [{number}]. If you want a long constant then change it to [{number}L].");
    literal(Value::Int(value.ok_or_else(|| Failure::argument(reason).at(at))?), Kind::Int)
}

fn class_constant(class: &str, name: &str, at: usize) -> Result<Typed, Located> {
    let (value, kind) = match (class, name) {
        ("Math", "PI") => (Value::Double(std::f64::consts::PI), Kind::Double),
        ("Math", "E") => (Value::Double(std::f64::consts::E), Kind::Double),
        ("Integer", "MAX_VALUE") => (Value::Int(i32::MAX), Kind::Int),
        ("Integer", "MIN_VALUE") => (Value::Int(i32::MIN), Kind::Int),
        ("Long", "MAX_VALUE") => (Value::Long(i64::MAX), Kind::Long),
        ("Long", "MIN_VALUE") => (Value::Long(i64::MIN), Kind::Long),
        ("Double", "MAX_VALUE") => (Value::Double(f64::MAX), Kind::Double),
        // The smallest positive number.
        ("Double", "MIN_VALUE") => (Value::Double(f64::from_bits(1)), Kind::Double),
        ("Double", "POSITIVE_INFINITY") => (Value::Double(f64::INFINITY), Kind::Double),
        ("Double", "NEGATIVE_INFINITY") => (Value::Double(f64::NEG_INFINITY), Kind::Double),
        ("Double", "NaN") => (Value::Double(f64::NAN), Kind::Double),
        _ => return Err(Failure::unsupported(format_args!("[{class}.{name}]")).at(at)),
    };
    Ok(Typed::new(Node::constant(value, at), kind))
}
