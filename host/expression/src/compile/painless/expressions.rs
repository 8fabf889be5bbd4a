//! Expressions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::number::other_radix;
use super::compiler::Compiler;
use super::item::{Item, Regex};
use super::kind::{Kind, Typed, cannot_cast};
use super::variables::{Holds, Scope};
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::java_regex::{self, Search};
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::purpose::Purpose;
use crate::statics::CLASSES;
use crate::syntax::{Binary, Expr, ExprKind, TypeName, Unary};
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
        self.as_value(item, expression.at)
    }

    pub(super) fn item_for(&mut self, expression: &Expr, of: TypeName) -> Result<Item, Located> {
        self.item_of(expression, Some(of))
    }

    /// It as a value: the values of a field are a list. What is no value fails on every document.
    pub(super) fn as_value(&mut self, item: Item, at: usize) -> Result<Typed, Located> {
        let what = match item {
            Item::Value(value) => return Ok(value),
            Item::Values { field, field_type } => return Ok(self.list(&field, field_type, at)),
            Item::Regex(_) | Item::Matcher(..) => {
                return Err(Failure::unsupported("a regular expression that is not searched for at once").at(at));
            }
            Item::Doc => "[doc]".to_owned(),
            Item::Class(class) => format!("the class [{class}]"),
        };
        let failure = Failure::cast(format!("{what} cannot be used as a value"));
        Ok(Typed::dynamic(Node::new(Operation::Fail(failure), at)))
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
            ExprKind::Call { name, arguments } => match self.find_function(name, arguments.len()) {
                Some(number) => self.call_function(number, arguments, at)?,
                None => self.call(name, arguments, at)?,
            },
            ExprKind::List(items) => self.collection(ScalarFunction::List, Kind::List, items, at)?,
            ExprKind::Map(items) => self.collection(ScalarFunction::Map, Kind::Map, items, at)?,
            ExprKind::Regex { pattern, flags } => {
                let regex = Regex { pattern: Arc::from(pattern.as_str()), flags: Arc::from(flags.as_str()) };
                // For its mistakes.
                java_regex::compile(pattern, flags, Search::Part).map_err(|failure| failure.at(at))?;
                return Ok(Item::Regex(regex));
            }
            ExprKind::InstanceOf { operand, of } => {
                let operand = self.value(operand)?;
                let node = Node::apply(ScalarFunction::InstanceOf(*of), vec![operand.node], at);
                Typed::new(node, Kind::Boolean)
            }
            ExprKind::Binary { operator: operator @ (Binary::Find | Binary::Match), left, right } => {
                let search = if *operator == Binary::Find { Search::Part } else { Search::Whole };
                let text = self.value(left)?;
                match self.item_of(right, None)? {
                    Item::Regex(regex) => search_for(&regex, search, text, at)?,
                    Item::Value(value) if value.kind != Kind::Def => {
                        return Err(cannot_cast(value.kind, "java.util.regex.Pattern", right.at));
                    }
                    _ => return Err(Failure::unsupported("a regular expression that is not a constant").at(right.at)),
                }
            }
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
                let are_literals = is_literal(left) && is_literal(right);
                let (left, right) = (self.operand(left, right)?, self.operand(right, left)?);
                if are_literals && divides_by_zero(*operator, &left, &right) {
                    return Err(Failure::new("arithmetic_exception", "/ by zero").at(at));
                }
                Self::binary(*operator, left, right, at)?
            }
            ExprKind::Conditional { condition, yes, no } => {
                let condition = self.value(condition)?.condition()?;
                let (yes, no) = (self.value_for_kind(yes, of)?, self.value_for_kind(no, of)?);
                conditional(condition, yes, no, of, at)?
            }
            ExprKind::Elvis { left, right } => self.elvis(left, right)?,
            ExprKind::Cast { to, operand } => self.value(operand)?.cast(*to, CastKind::Explicit)?,
            ExprKind::Assignment { variable, operator, value } => self.assignment(variable, *operator, value, at)?,
            ExprKind::Step { variable, by, result } => self.step(variable, *by, *result, at)?,
        };
        Ok(Item::Value(value))
    }

    /// An operand. The values of a field are not null, which scripts sometimes ask.
    fn operand(&mut self, expression: &Expr, other: &Expr) -> Result<Typed, Located> {
        match self.item_of(expression, None)? {
            Item::Values { .. } if other.kind == ExprKind::Null => {
                let list = Value::List(Arc::from([]));
                Ok(Typed::dynamic(Node::constant(list, expression.at)))
            }
            item => self.as_value(item, expression.at),
        }
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
                Holds::Value(number) => {
                    Item::Value(Typed::new(Node::total(Operation::Variable(*number), at), Kind::of(variable.of)))
                }
            });
        }
        if CLASSES.contains(&name) {
            return Ok(Item::Class(name.to_owned()));
        }
        match name {
            _ if self.scope == Scope::Function => {
                Err(Failure::argument(format!("cannot resolve symbol [{name}]")).at(at))
            }
            "doc" => Ok(Item::Doc),
            "params" => {
                let params = self.params_constant(at)?;
                Ok(Item::Value(Typed::new(Node::constant(params, at), Kind::Map)))
            }
            "_score" if self.purpose == Purpose::Score => {
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
                let reason = format!("the parameter [{key}] has an integer that 64 bits do not hold");
                return Err(Failure::argument(reason).at(at));
            };
            entries.insert(key.clone(), value);
        }
        let params = Value::Map(Arc::new(entries));
        self.converted_params = Some(params.clone());
        Ok(params)
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
        if matches!(operator, Binary::Same | Binary::NotSame) && left.kind != Kind::Null && right.kind != Kind::Null {
            let symbol = operator.symbol();
            return Err(Failure::unsupported(format_args!("the comparison of identities with [{symbol}]")).at(at));
        }
        // Null is the same as null.
        let operator = match operator {
            Binary::Same => Binary::Equal,
            Binary::NotSame => Binary::NotEqual,
            other => other,
        };
        let (left_kind, right_kind) = (left.kind, right.kind);
        let is_dynamic = left_kind == Kind::Def || right_kind == Kind::Def;
        let is_shift = matches!(operator, Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned);
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
            // The left side alone has the type.
            Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned
                if is_dynamic && [left_kind, right_kind].iter().all(|kind| *kind == Kind::Def || kind.is_integer()) =>
            {
                left_kind.promoted(Kind::Int).unwrap_or(Kind::Def)
            }
            _ if is_dynamic && !is_shift => Kind::Def,
            Binary::BitXor if left_kind == Kind::Boolean && right_kind == Kind::Boolean => Kind::Boolean,
            Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightUnsigned => {
                if !left_kind.is_integer() || !right_kind.is_integer() {
                    return Err(refuse());
                }
                left_kind.promoted(Kind::Int).unwrap_or(left_kind)
            }
            Binary::BitAnd | Binary::BitOr | Binary::BitXor => {
                let promoted = left_kind.promoted(right_kind).filter(|kind| kind.is_integer());
                promoted.ok_or_else(refuse)?
            }
            _ => left_kind.promoted(right_kind).ok_or_else(refuse)?,
        };
        let divides = matches!(operator, Binary::Divide | Binary::Remainder);
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

/// Whether an expression consists of literals alone.
fn is_literal(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Number(_) => true,
        ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => is_literal(operand),
        ExprKind::Binary { left, right, .. } => is_literal(left) && is_literal(right),
        _ => false,
    }
}

/// Whether both are integers, and the right one is 0.
fn divides_by_zero(operator: Binary, left: &Typed, right: &Typed) -> bool {
    matches!(operator, Binary::Divide | Binary::Remainder)
        && left.kind.is_integer()
        && matches!(right.node.as_constant(), Some(Value::Int(0) | Value::Long(0)))
}

/// `condition ? yes : no`. Both are converted to the type of the variable that will hold the value; else numbers of different
/// types get the wider one.
fn conditional(condition: Node, yes: Typed, no: Typed, of: Option<TypeName>, at: usize) -> Result<Typed, Located> {
    let (yes, no, kind) =
        if let Some(of) = of.filter(|of| *of != TypeName::Def && yes.kind != Kind::Null && no.kind != Kind::Null) {
            (yes.cast(of, CastKind::Implicit)?, no.cast(of, CastKind::Implicit)?, Kind::of(of))
        } else if yes.kind == no.kind {
            let kind = yes.kind;
            (yes, no, kind)
        } else if yes.kind == Kind::Def || no.kind == Kind::Def || of == Some(TypeName::Def) {
            (yes, no, Kind::Def)
        } else if let Some(kind) = yes.kind.promoted(no.kind) {
            (yes.widened(kind)?, no.widened(kind)?, kind)
        } else if !yes.kind.is_primitive() && !no.kind.is_primitive() {
            let kind = match (yes.kind, no.kind) {
                (kind, Kind::Null) | (Kind::Null, kind) => kind,
                _ => Kind::Def,
            };
            (yes, no, kind)
        } else {
            return Err(cannot_cast(yes.kind, "java.lang.Object", yes.node.at));
        };
    Ok(Typed::new(Node::conditional(condition, yes.node, no.node, at), kind))
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

/// Whether a text, or a part of it, matches.
pub(super) fn search_for(regex: &Regex, search: Search, text: Typed, at: usize) -> Result<Typed, Located> {
    if text.kind != Kind::Def && text.kind != Kind::Text {
        return Err(cannot_cast(text.kind, "java.lang.CharSequence", text.node.at));
    }
    let compiled = java_regex::compile(&regex.pattern, &regex.flags, search).map_err(|failure| failure.at(at))?;
    let node = Node::apply(ScalarFunction::Regex(Arc::new(compiled)), vec![text.node], at);
    Ok(Typed::new(node, Kind::Boolean))
}
