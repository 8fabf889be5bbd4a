//! The arguments of a query clause.

use alloc::string::String;
use alloc::vec::Vec;

use crate::concat::concatenated;
use crate::value::Argument;
use crate::{Error, Value};

/// The arguments of one query clause. The host has checked them against the declared parameters and filled in the defaults.
#[derive(Debug, Clone)]
pub struct Arguments {
    arguments: Vec<Argument>,
}

impl Arguments {
    pub(crate) fn new(arguments: Vec<Argument>) -> Self {
        Arguments { arguments }
    }

    /// The argument of that name, as the inferred type: `bool`, `i64`, `f64`, `&str` or `String`, `&[i64]`, `&[f64]`,
    /// `&[String]`, or for optional parameters an `Option` of one of these. JSON arguments are strings.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the argument is missing or has another type.
    pub fn get<'a, T: FromArgument<'a>>(&'a self, name: &str) -> Result<T, Error> {
        T::from_argument(name, self.find(name))
    }

    #[inline(never)]
    fn find(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }
}

/// The types that [`Arguments::get`] can return.
pub trait FromArgument<'a>: Sized {
    /// Converts the value of the argument `name`; `None` if the clause does not set it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the argument is missing or has another type.
    fn from_argument(name: &str, value: Option<&'a Value>) -> Result<Self, Error>;
}

impl<'a, T: FromArgument<'a>> FromArgument<'a> for Option<T> {
    fn from_argument(name: &str, value: Option<&'a Value>) -> Result<Self, Error> {
        value.map(|value| T::from_argument(name, Some(value))).transpose()
    }
}

macro_rules! from_argument {
    ($type:ty, $expected:literal, $pattern:pat => $result:expr) => {
        impl<'a> FromArgument<'a> for $type {
            fn from_argument(name: &str, value: Option<&'a Value>) -> Result<Self, Error> {
                match value {
                    Some($pattern) => Ok($result),
                    Some(_) => Err(mismatch(name, $expected)),
                    None => Err(missing(name)),
                }
            }
        }
    };
}

from_argument!(bool, "true or false", Value::Boolean(value) => *value);
from_argument!(i64, "an integer", Value::Integer(value) => *value);
from_argument!(f64, "a number", Value::Float(value) => *value);
from_argument!(&'a str, "a string", Value::Text(value) | Value::Json(value) => value);
from_argument!(String, "a string", Value::Text(value) | Value::Json(value) => value.clone());
from_argument!(&'a [i64], "a list of integers", Value::Integers(values) => values);
from_argument!(&'a [f64], "a list of numbers", Value::Floats(values) => values);
from_argument!(&'a [String], "a list of strings", Value::Texts(values) => values);

/// Built without `format!`, whose code would be a large part of a small component.
#[cold]
#[inline(never)]
fn mismatch(name: &str, expected: &str) -> Error {
    Error::InvalidArgument(concatenated(&["parameter [", name, "] must be ", expected]))
}

#[cold]
#[inline(never)]
fn missing(name: &str) -> Error {
    Error::InvalidArgument(concatenated(&["parameter [", name, "] is required"]))
}

macro_rules! value_from {
    ($($type:ty => $variant:ident),+ $(,)?) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Value::$variant(value.into())
            }
        })+
    };
}

value_from! {
    bool => Boolean,
    i64 => Integer,
    f64 => Float,
    &str => Text,
    String => Text,
    Vec<i64> => Integers,
    Vec<f64> => Floats,
    Vec<String> => Texts,
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::vec;

    use super::*;

    fn arguments() -> Arguments {
        let argument = |name: &str, value: Value| Argument { name: name.to_owned(), value };
        Arguments::new(vec![
            argument("flag", true.into()),
            argument("count", 3.into()),
            argument("ratio", 0.5.into()),
            argument("name", "Berlin".into()),
            argument("numbers", vec![1.0, 2.0].into()),
            argument("raw", Value::Json("{}".to_owned())),
        ])
    }

    #[test]
    fn arguments_have_the_inferred_type() {
        let arguments = arguments();
        assert_eq!(arguments.get::<bool>("flag").map_err(key), Ok(true));
        assert_eq!(arguments.get::<i64>("count").map_err(key), Ok(3));
        assert_eq!(arguments.get::<f64>("ratio").map_err(key), Ok(0.5));
        assert_eq!(arguments.get::<&str>("name").map_err(key), Ok("Berlin"));
        assert_eq!(arguments.get::<&str>("raw").map_err(key), Ok("{}"));
        assert_eq!(arguments.get::<&[f64]>("numbers").map_err(key), Ok([1.0, 2.0].as_slice()));
        assert_eq!(arguments.get::<Option<f64>>("ratio").map_err(key), Ok(Some(0.5)));
        assert_eq!(arguments.get::<Option<f64>>("missing").map_err(key), Ok(None));
    }

    #[test]
    fn errors_name_the_parameter() {
        let arguments = arguments();
        insta::assert_snapshot!(
            key(arguments.get::<f64>("missing").expect_err("missing")),
            @"parameter [missing] is required"
        );
        insta::assert_snapshot!(
            key(arguments.get::<Option<f64>>("name").expect_err("a text")),
            @"parameter [name] must be a number"
        );
    }

    fn key(error: Error) -> String {
        match error {
            Error::InvalidArgument(message) | Error::Failed(message) => message,
        }
    }
}
