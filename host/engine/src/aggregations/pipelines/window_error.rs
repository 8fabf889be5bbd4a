//! What is wrong with the script of a window, or why it has no value for one.

/// A mistake in the script of a window, or a failure for some values.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum WindowError {
    #[error("unexpected [{0}] in the script of a window")]
    Unexpected(String),
    #[error("expected [{symbol}] in the script of a window, found [{found}]")]
    Expected { symbol: String, found: String },
    #[error(
        "the script of a window cannot have [{0}]: it consists of calls of [MovingFunctions], numbers, [values], [params], \
         conditions, and the operators + - *"
    )]
    Unsupported(String),
    #[error("the script of a window is nested too deeply: at most {max} levels are allowed")]
    TooDeep { max: usize },
    #[error("unknown function [MovingFunctions.{0}]")]
    UnknownFunction(String),
    #[error("the first argument of [MovingFunctions.{0}] must be [values]")]
    NoValues(String),
    #[error("[MovingFunctions.{name}] has {expected} arguments, got {found}")]
    Arguments { name: String, expected: usize, found: usize },
    #[error("the script of a window has no parameter [{0}]")]
    UnknownParameter(String),
    #[error("the parameter [{0}] of a window's script must be a number or a boolean")]
    ParameterType(String),
    #[error("index {index} is out of bounds for a window of {values} values")]
    OutOfBounds { index: f64, values: usize },
    #[error("holtWinters with a period of {period} needs at least {needed} values, but there are {found}")]
    TooFewValues { period: usize, needed: usize, found: usize },
}
