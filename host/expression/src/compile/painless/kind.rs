//! The static types of values in a script, and the conversions between them.

use crate::class_name::ClassName;
use crate::failure::{Failure, Located};
use crate::function::ScalarFunction;
use crate::operations::{CastKind, type_name};
use crate::program::{FieldRead, Node, Operation};
use crate::syntax::TypeName;

/// The type of a value as far as it is known before it is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any type.
    Def,
    Boolean,
    Char,
    Int,
    Long,
    Float,
    Double,
    Text,
    List,
    Map,
    /// A class of `java.time`.
    Time(ClassName),
    /// The literal `null`.
    Null,
}

impl Kind {
    pub(super) fn from_type_name(name: TypeName) -> Self {
        match name {
            TypeName::Def => Kind::Def,
            TypeName::Boolean => Kind::Boolean,
            TypeName::Char => Kind::Char,
            TypeName::Int => Kind::Int,
            TypeName::Long => Kind::Long,
            TypeName::Float => Kind::Float,
            TypeName::Double => Kind::Double,
            TypeName::Text => Kind::Text,
            TypeName::Class(ClassName::List) => Kind::List,
            TypeName::Class(ClassName::Map) => Kind::Map,
            TypeName::Class(class) if class.is_of_time() => Kind::Time(class),
            // What it has is known when it is evaluated.
            TypeName::Class(_) => Kind::Def,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Def => "def",
            Kind::Boolean => "boolean",
            Kind::Char => "char",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Text => "java.lang.String",
            Kind::List => "java.util.List",
            Kind::Map => "java.util.Map",
            Kind::Time(class) => class.full_name(),
            Kind::Null => "java.lang.Object",
        }
    }

    /// How wide a type of numbers is; `None` for other types.
    pub(super) fn width(self) -> Option<u8> {
        match self {
            Kind::Char => Some(0),
            Kind::Int => Some(1),
            Kind::Long => Some(2),
            Kind::Float => Some(3),
            Kind::Double => Some(4),
            _ => None,
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Kind::Char | Kind::Int | Kind::Long)
    }

    pub(super) fn is_primitive(self) -> bool {
        self == Kind::Boolean || self.width().is_some()
    }

    /// The wider type of two types of numbers, which is at least `int`.
    pub(super) fn promoted(self, other: Kind) -> Option<Kind> {
        let (left, right) = (self.width()?, other.width()?);
        let wider = if left >= right { self } else { other };
        Some(if wider == Kind::Char { Kind::Int } else { wider })
    }

    fn type_name(self) -> Option<TypeName> {
        Some(match self {
            Kind::Def => TypeName::Def,
            Kind::Boolean => TypeName::Boolean,
            Kind::Char => TypeName::Char,
            Kind::Int => TypeName::Int,
            Kind::Long => TypeName::Long,
            Kind::Float => TypeName::Float,
            Kind::Double => TypeName::Double,
            Kind::Text => TypeName::Text,
            Kind::Time(class) => TypeName::Class(class),
            Kind::List | Kind::Map | Kind::Null => return None,
        })
    }
}

/// The mistake of a value of the wrong type.
pub(super) fn cannot_cast(from: Kind, to: &str, at: usize) -> Located {
    Failure::cast(format!("Cannot cast from [{}] to [{to}].", from.name())).at(at)
}

/// A value and what is known of its type before it is evaluated.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) node: Node,
    pub(super) kind: Kind,
}

impl Typed {
    pub(super) fn new(node: Node, kind: Kind) -> Self {
        Typed { node, kind }
    }

    pub(super) fn dynamic(node: Node) -> Self {
        Typed { node, kind: Kind::Def }
    }

    /// Converts it to a type. Where its own type is known, it is known whether that works.
    pub(super) fn cast(self, to: TypeName, how: CastKind) -> Result<Typed, Located> {
        let at = self.node.at;
        let target = Kind::from_type_name(to);
        if let TypeName::Class(class) = to {
            let is_other_time = matches!((self.kind, target), (Kind::Time(from), Kind::Time(to)) if from != to);
            if self.kind.is_primitive() || is_other_time {
                return Err(cannot_cast(self.kind, class.full_name(), at));
            }
            return Ok(Typed::new(Node::apply(ScalarFunction::Cast(to, how), vec![self.node], at), target));
        }
        if self.kind == target || to == TypeName::Def {
            return Ok(Typed { kind: target, ..self });
        }
        let fits = match (self.kind, target) {
            (Kind::Def, _) | (Kind::Null, Kind::Text) => true,
            (Kind::Text, Kind::Char) => how == CastKind::Explicit,
            (from, to) => match (from.width(), to.width()) {
                (Some(from), Some(to)) => how == CastKind::Explicit || from < to,
                _ => false,
            },
        };
        if !fits {
            return Err(cannot_cast(self.kind, type_name(to), at));
        }
        Ok(Typed::new(Node::apply(ScalarFunction::Cast(to, how), vec![self.node], at), target))
    }

    /// Widens a number to another type of numbers.
    pub(super) fn widened(self, to: Kind) -> Result<Typed, Located> {
        match to.type_name() {
            Some(to) => self.cast(to, CastKind::Implicit),
            None => Ok(self),
        }
    }

    /// Whether every document has it, and it is a number. This is also true of how many values a field has, whose type is `def`.
    pub(super) fn is_always_number(&self) -> bool {
        let is_count = matches!(self.node.operation, Operation::Field { read: FieldRead::Count, .. });
        self.node.total && (is_count || self.kind.width().is_some())
    }

    /// It as a condition.
    pub(super) fn condition(self) -> Result<Node, Located> {
        match self.kind {
            Kind::Boolean | Kind::Def => Ok(self.node),
            kind => Err(cannot_cast(kind, "boolean", self.node.at)),
        }
    }

    /// It as an argument that must be a number.
    pub(super) fn number(self) -> Result<Node, Located> {
        if self.kind == Kind::Def || self.kind.width().is_some() {
            return Ok(self.node);
        }
        Err(cannot_cast(self.kind, "double", self.node.at))
    }
}
