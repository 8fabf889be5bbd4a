//! A script, compiled: what the evaluator runs.

use std::sync::Arc;

use quidditch_function::ColumnRequest;

use crate::failure::Failure;
use crate::function::ScalarFunction;
use crate::operations::CastKind;
use crate::syntax::{LoopOrder, StepResult, TypeName};
use crate::value::Value;

/// A compiled script.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) columns: Vec<ColumnRequest>,
    pub(crate) statements: Vec<Statement>,
    /// The number of variables.
    pub(crate) variables: usize,
    /// What a script returns that ends without a `return`.
    pub(crate) default: Value,
    pub(crate) needs_score: bool,
}

#[derive(Debug)]
pub(crate) enum Statement {
    Assign {
        variable: usize,
        value: Node,
    },
    /// Evaluates for its errors alone.
    Evaluate(Node),
    /// `emit(value)`
    Emit(Node),
    Return(Node),
    If {
        condition: Node,
        yes: Vec<Statement>,
        no: Vec<Statement>,
    },
    Loop {
        condition: Node,
        order: LoopOrder,
        body: Vec<Statement>,
        /// After the body, also if it continues.
        after: Vec<Statement>,
        at: usize,
    },
    ForEach {
        variable: usize,
        /// The conversion of each value.
        cast: Option<(TypeName, CastKind)>,
        values: Node,
        body: Vec<Statement>,
        at: usize,
    },
    Break,
    Continue,
}

/// A function of the script's own. It always returns.
#[derive(Debug)]
pub(crate) struct FunctionBody {
    /// The variables of its parameters.
    pub(crate) parameters: Vec<usize>,
    pub(crate) statements: Vec<Statement>,
}

/// An operation.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) operation: Operation,
    /// The byte of the source at which errors point.
    pub(crate) at: usize,
    /// Whether it cannot fail on any document, so that it may be evaluated even if its value is not used.
    pub(crate) total: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Constant(Value),
    Score,
    Variable(usize),
    /// Something of a field's values in each document.
    Field {
        column: usize,
        read: FieldRead,
    },
    /// One of a field's values by its index.
    Element {
        column: usize,
        index: Box<Node>,
    },
    /// Whether a field has a value.
    Contains {
        column: usize,
        value: Box<Node>,
    },
    /// The first point of a field.
    Point {
        lat: usize,
        lon: usize,
    },
    /// All values of a field, as a list.
    Values(usize),
    /// All points of a field, as a list.
    Points {
        lat: usize,
        lon: usize,
    },
    Apply(ScalarFunction, Vec<Node>),
    Call(Arc<FunctionBody>, Vec<Node>),
    /// Stores a value in a variable.
    Assign {
        variable: usize,
        value: Box<Node>,
        /// Whether it is the new or the old value.
        result: StepResult,
    },
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Conditional(Box<[Node; 3]>),
    /// The right operand where the left one is null.
    Elvis(Box<Node>, Box<Node>),
    /// An error on every document that gets here.
    Fail(Failure),
}

/// What is read of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldRead {
    /// The smallest value; it is an error if there is none.
    First,
    /// The smallest value as a double, or 0.
    FirstOrZero,
    /// The number of values, as an integer.
    Count,
    /// An aggregate, as a double; 0 if there are no values.
    Min,
    Max,
    Median,
    Average,
    Sum,
}

impl Node {
    pub(crate) fn constant(value: Value, at: usize) -> Self {
        Node { operation: Operation::Constant(value), at, total: true }
    }

    pub(crate) fn new(operation: Operation, at: usize) -> Self {
        Node { operation, at, total: false }
    }

    pub(crate) fn total(operation: Operation, at: usize) -> Self {
        Node { operation, at, total: true }
    }

    pub(crate) fn as_constant(&self) -> Option<&Value> {
        match &self.operation {
            Operation::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Applies a function, at once if all arguments are small constants. If it fails on them, it will fail when it is evaluated.
    pub(crate) fn apply(function: ScalarFunction, arguments: Vec<Node>, at: usize) -> Self {
        let use_of_value = match function {
            ScalarFunction::Method(..) | ScalarFunction::Property(..) | ScalarFunction::Index => Use::Member,
            _ => Use::Whole,
        };
        let constants: Option<Vec<Value>> = arguments
            .iter()
            .map(|argument| argument.as_constant().filter(|value| is_small(value, use_of_value)).cloned())
            .collect();
        if let Some(Ok(value)) = constants.map(|constants| function.apply(&constants)) {
            return Node::constant(value, at);
        }
        let total = function.is_total() && arguments.iter().all(|argument| argument.total);
        Node { operation: Operation::Apply(function, arguments), at, total }
    }

    /// `condition ? yes : no`, decided at once if the condition is a constant.
    pub(crate) fn conditional(condition: Node, yes: Node, no: Node, at: usize) -> Self {
        match condition.as_constant() {
            Some(Value::Boolean(true)) => yes,
            Some(Value::Boolean(false)) => no,
            _ => {
                let total = condition.total && yes.total && no.total;
                Node { operation: Operation::Conditional(Box::new([condition, yes, no])), at, total }
            }
        }
    }

    pub(crate) fn and(left: Node, right: Node, at: usize) -> Self {
        match left.as_constant() {
            Some(Value::Boolean(true)) => right,
            Some(Value::Boolean(false)) => left,
            _ => {
                let total = left.total && right.total;
                Node { operation: Operation::And(Box::new(left), Box::new(right)), at, total }
            }
        }
    }

    pub(crate) fn or(left: Node, right: Node, at: usize) -> Self {
        match left.as_constant() {
            Some(Value::Boolean(false)) => right,
            Some(Value::Boolean(true)) => left,
            _ => {
                let total = left.total && right.total;
                Node { operation: Operation::Or(Box::new(left), Box::new(right)), at, total }
            }
        }
    }
}

/// Longest text that is computed with while a script is compiled, in bytes. 1,000: compiling has no time limit.
const SMALL_TEXT: usize = 1_000;

/// What is done with a list or a map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// One of its members is looked up.
    Member,
    /// It is converted to a text, or compared.
    Whole,
}

/// Whether computing with a constant takes no time worth mentioning. Members of lists and maps are found without looking at all of
/// them.
fn is_small(value: &Value, use_of_value: Use) -> bool {
    match value {
        Value::Text(text) => text.len() <= SMALL_TEXT,
        Value::List(_) | Value::Map(_) => use_of_value == Use::Member,
        _ => true,
    }
}
