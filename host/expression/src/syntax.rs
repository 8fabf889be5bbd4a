//! The syntax tree of both languages.

use crate::class_name::ClassName;

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
    /// `[1, 2]`
    List(Vec<Expr>),
    /// `['a': 1]`, as keys and values in turn.
    Map(Vec<Expr>),
    /// `/pattern/flags`
    Regex {
        pattern: String,
        flags: String,
    },
    /// `operand instanceof type`
    InstanceOf {
        operand: Box<Expr>,
        of: TypeName,
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
    /// `new class(arguments)`
    New {
        class: String,
        arguments: Vec<Expr>,
    },
    /// `parameter -> body`
    Lambda {
        parameters: Vec<String>,
        body: Box<Expr>,
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
    /// `=~`: whether a regular expression matches a part of a text.
    Find,
    /// `==~`: whether it matches all of it.
    Match,
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
            Binary::Find => "=~",
            Binary::Match => "==~",
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
    Char,
    Text,
    Class(ClassName),
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
            "char" => TypeName::Char,
            "String" => TypeName::Text,
            _ => return ClassName::from_name(name).map(TypeName::Class),
        })
    }
}

/// A script in Painless.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Script {
    pub(crate) functions: Vec<Function>,
    pub(crate) statements: Vec<Statement>,
}

/// A function of the script's own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    pub(crate) returns: TypeName,
    pub(crate) name: String,
    pub(crate) parameters: Vec<(TypeName, String)>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    pub(crate) at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StatementKind {
    Declare {
        of: TypeName,
        name: String,
        value: Option<Expr>,
    },
    Expression(Expr),
    Return(Option<Expr>),
    If {
        condition: Expr,
        yes: Vec<Statement>,
        no: Vec<Statement>,
    },
    /// `while`, `do ... while` and `for (;;)`. The first statements of a `for` declare its variables.
    Loop {
        first: Vec<Statement>,
        condition: Option<Expr>,
        order: LoopOrder,
        body: Vec<Statement>,
        after: Option<Expr>,
    },
    /// `for (type name : values)`
    ForEach {
        of: TypeName,
        name: String,
        values: Expr,
        body: Vec<Statement>,
    },
    Break,
    Continue,
}

/// When the condition of a loop is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoopOrder {
    ConditionFirst,
    BodyFirst,
}
