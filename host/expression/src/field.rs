//! The fields that a script can read.

use quidditch_function::ColumnRequest;

/// The type of a field, as far as scripts are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// 32-bit and 64-bit integers.
    Integer,
    /// 32-bit and 64-bit floating-point numbers.
    Float,
    /// True or false.
    Boolean,
    /// A keyword.
    Keyword,
    /// An address of the Internet protocol, which is read as its text.
    Address,
    /// A date.
    Date,
    /// A point on the Earth.
    Point,
    /// Analyzed text, which has no values by document.
    Text,
}

/// A mapping.
pub trait Fields {
    /// The type of a field; `None` if the name is unknown.
    fn field_type(&self, name: &str) -> Option<FieldType>;

    /// The column of whose values `_value` is one: then the script is evaluated for each of them. `None` if there is none.
    fn current(&self) -> Option<&ColumnRequest> {
        None
    }

    /// The name of the index, on which random numbers depend.
    fn index(&self) -> &str {
        ""
    }
}
