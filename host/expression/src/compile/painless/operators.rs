//! Operators.

use std::sync::Arc;

use super::compiler::Compiler;
use super::item::{Item, Regex};
use super::kind::{Kind, Typed, cannot_cast};
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::java_regex::{self, Search};
use crate::operations::CastKind;
use crate::program::{Node, Operation};
use crate::syntax::{Binary, Expr, ExprKind, TypeName, Unary};
use crate::value::Value;

impl Compiler<'_> {
    pub(super) fn unary(&mut self, operator: Unary, operand: &Expr, at: usize) -> Result<Typed, Located> {
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

    /// `of` is the type of what will hold the value, if it is known.
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        (left, right): (&Expr, &Expr),
        of: Option<TypeName>,
        at: usize,
    ) -> Result<Typed, Located> {
        match operator {
            Binary::And | Binary::Or => {
                let (left, right) = (self.value(left)?.condition()?, self.value(right)?.condition()?);
                let both = if operator == Binary::And { Node::and } else { Node::or };
                Ok(Typed::new(both(left, right, at), Kind::Boolean))
            }
            Binary::Find => self.search(left, Search::Part, right, at),
            Binary::Match => self.search(left, Search::Whole, right, at),
            _ => {
                let are_literals = is_literal(left) && is_literal(right);
                let has_text = [left, right].iter().any(|operand| matches!(operand.kind, ExprKind::Text(_)));
                let (mut left, right) = (self.operand(left, right)?, self.operand(right, left)?);
                if operator == Binary::Add && !has_text && joins_texts(left.kind, right.kind, of) {
                    let empty = Typed::new(Node::constant(Value::text(""), at), Kind::Text);
                    left = Self::arithmetic(Binary::Add, empty, left, at)?;
                }
                if are_literals && divides_by_zero(operator, &left, &right) {
                    return Err(Failure::new("arithmetic_exception", "/ by zero").at(at));
                }
                Self::arithmetic(operator, left, right, at)
            }
        }
    }

    /// `text =~ /pattern/` and `text ==~ /pattern/`.
    fn search(&mut self, text: &Expr, search: Search, pattern: &Expr, at: usize) -> Result<Typed, Located> {
        let text = self.value(text)?;
        match self.item_of(pattern, None)? {
            Item::Regex(regex) => search_for(&regex, search, text, at),
            Item::Value(value) if value.kind != Kind::Def => {
                Err(cannot_cast(value.kind, "java.util.regex.Pattern", pattern.at))
            }
            _ => Err(Failure::unsupported("a regular expression that is not a constant").at(pattern.at)),
        }
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

    /// An operator but `&&` and `||`. If both types are known, it is known whether they have the operator.
    pub(super) fn arithmetic(operator: Binary, left: Typed, right: Typed, at: usize) -> Result<Typed, Located> {
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
        // Of numbers whose types are not declared, these fail on floats.
        let needs_integers = is_shift || matches!(operator, Binary::BitAnd | Binary::BitOr | Binary::BitXor);
        let are_integers = [left_kind, right_kind].iter().all(|kind| *kind == Kind::Def || kind.is_integer());
        let is_total = left.is_always_number()
            && right.is_always_number()
            && (!divides || kind == Kind::Double)
            && (!needs_integers || are_integers);
        let node = Node::apply(ScalarFunction::Binary(operator), vec![left.node, right.node], at);
        Ok(Typed::new(Node { total: node.total || is_total, ..node }, kind))
    }

    pub(super) fn elvis(&mut self, left: &Expr, right: &Expr) -> Result<Typed, Located> {
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

    /// `condition ? yes : no`.
    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        yes: &Expr,
        no: &Expr,
        of: Option<TypeName>,
        at: usize,
    ) -> Result<Typed, Located> {
        let condition = self.value(condition)?.condition()?;
        let (yes, no) = (self.value_for_kind(yes, of)?, self.value_for_kind(no, of)?);
        alternatives(condition, yes, no, of, at)
    }
}

/// Whether `+` joins texts, even where one of them is null. Where a text is expected, operands whose types are not known become texts.
fn joins_texts(left: Kind, right: Kind, of: Option<TypeName>) -> bool {
    let is_any = |kind: Kind| left == kind || right == kind;
    is_any(Kind::Text) || (of == Some(TypeName::Text) && is_any(Kind::Def))
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
pub(super) fn alternatives(
    condition: Node,
    yes: Typed,
    no: Typed,
    of: Option<TypeName>,
    at: usize,
) -> Result<Typed, Located> {
    let (yes, no, kind) =
        if let Some(of) = of.filter(|of| *of != TypeName::Def && yes.kind != Kind::Null && no.kind != Kind::Null) {
            (yes.cast(of, CastKind::Implicit)?, no.cast(of, CastKind::Implicit)?, Kind::from_type_name(of))
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

/// Whether a text, or a part of it, matches.
pub(super) fn search_for(regex: &Regex, search: Search, text: Typed, at: usize) -> Result<Typed, Located> {
    if text.kind != Kind::Def && text.kind != Kind::Text {
        return Err(cannot_cast(text.kind, "java.lang.CharSequence", text.node.at));
    }
    let compiled = java_regex::compile(&regex.pattern, &regex.flags, search).map_err(|failure| failure.at(at))?;
    let node = Node::apply(ScalarFunction::Regex(Arc::new(compiled)), vec![text.node], at);
    Ok(Typed::new(node, Kind::Boolean))
}
