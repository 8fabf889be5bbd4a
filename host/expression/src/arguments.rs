//! The arguments of methods.

use crate::failure::Failure;
use crate::operations::{CastKind, cast};
use crate::syntax::TypeName;
use crate::value::Value;

/// A string.
pub(crate) fn text_argument(value: &Value) -> Result<&str, Failure> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Null => Err(Failure::null("an argument is null")),
        other => Err(Failure::cast(format!("cannot cast [{}] to java.lang.String", other.class()))),
    }
}

/// An index, or another number of the type `int`.
pub(crate) fn int_argument(value: &Value) -> Result<i64, Failure> {
    match cast(TypeName::Int, CastKind::Implicit, value)? {
        Value::Int(index) => Ok(i64::from(index)),
        _ => unreachable!("a cast to int returns an int"),
    }
}
