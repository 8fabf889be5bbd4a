//! The syntax tree of both languages.

/// An expression and the byte at which errors about it point: the operator's for a member, the first one otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) at: usize,
    /// Levels of the tree below and including this one.
    pub(crate) depth: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExprKind {
    /// As it was written, with its suffix.
    Number(String),
    Text(String),
    Boolean(bool),
    Null,
    Name(String),
    /// `object.name`
    Property {
        object: Box<Expr>,
        name: String,
        access: Access,
    },
    /// `object.name(arguments)`
    Method {
        object: Box<Expr>,
        name: String,
        arguments: Vec<Expr>,
        access: Access,
    },
    /// `name(arguments)`
    Call {
        name: String,
        arguments: Vec<Expr>,
    },
    /// `object[index]`
    Index {
        object: Box<Expr>,
        index: Box<Expr>,
    },
    Unary {
        operator: Unary,
        operand: Box<Expr>,
    },
    Binary {
        operator: Binary,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `condition ? yes : no`
    Conditional {
        condition: Box<Expr>,
        yes: Box<Expr>,
        no: Box<Expr>,
    },
    /// `left ?: right`
    Elvis {
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `(type) operand`
    Cast {
        to: TypeName,
        operand: Box<Expr>,
    },
    /// `variable = value`, `variable += value`
    Assignment {
        variable: Box<Expr>,
        operator: Option<Binary>,
        value: Box<Expr>,
    },
    /// `variable++`, `--variable`
    Step {
        variable: Box<Expr>,
        by: Binary,
        result: StepResult,
    },
}

/// Whether a member of `null` is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// `.`
    Plain,
    /// `?.`
    NullSafe,
}

/// The value of `x++` and `++x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepResult {
    Before,
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Plus,
    Minus,
    BitNot,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    ShiftLeft,
    ShiftRight,
    ShiftRightUnsigned,
    BitAnd,
    BitOr,
    BitXor,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    /// `===`
    Same,
    /// `!==`
    NotSame,
    And,
    Or,
}

impl Binary {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Binary::Add => "+",
            Binary::Subtract => "-",
            Binary::Multiply => "*",
            Binary::Divide => "/",
            Binary::Remainder => "%",
            Binary::ShiftLeft => "<<",
            Binary::ShiftRight => ">>",
            Binary::ShiftRightUnsigned => ">>>",
            Binary::BitAnd => "&",
            Binary::BitOr => "|",
            Binary::BitXor => "^",
            Binary::Less => "<",
            Binary::LessOrEqual => "<=",
            Binary::Greater => ">",
            Binary::GreaterOrEqual => ">=",
            Binary::Equal => "==",
            Binary::NotEqual => "!=",
            Binary::Same => "===",
            Binary::NotSame => "!==",
            Binary::And => "&&",
            Binary::Or => "||",
        }
    }
}

/// A type that a script can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TypeName {
    Def,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Text,
}

impl TypeName {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "def" => TypeName::Def,
            "boolean" => TypeName::Boolean,
            "int" => TypeName::Int,
            "long" => TypeName::Long,
            "float" => TypeName::Float,
            "double" => TypeName::Double,
            "String" => TypeName::Text,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StatementKind {
    Declare { of: TypeName, name: String, value: Option<Expr> },
    Expression(Expr),
    Return(Option<Expr>),
    If { condition: Expr, yes: Vec<Statement>, no: Vec<Statement> },
}
