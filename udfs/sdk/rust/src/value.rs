//! The values that cross the boundary, as in `wit/`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// The value of an argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A string; also the name of a field.
    Text(String),
    /// A list of integers.
    Integers(Vec<i64>),
    /// A list of floating-point numbers.
    Floats(Vec<f64>),
    /// A list of strings.
    Texts(Vec<String>),
    /// Any JSON, as text.
    Json(String),
}

/// The error of a function. The caller of the query gets the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The arguments of the clause are invalid. The message names the parameter: `parameter [min] must not be negative`.
    InvalidArgument(String),
    /// Any other error.
    Failed(String),
}

impl Error {
    /// An [`Error::InvalidArgument`] with this message.
    #[cold]
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Error::InvalidArgument(message.into())
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Error::InvalidArgument(message) | Error::Failed(message) => formatter.write_str(message),
        }
    }
}

impl core::error::Error for Error {}

#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// The type of the values of a column, in the order of the contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(hidden)]
pub enum Kind {
    #[default]
    Booleans,
    Integers,
    Floats,
    Texts,
    Dates,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[doc(hidden)]
pub struct ColumnRequest {
    pub field: Box<str>,
    pub kind: Kind,
}

/// The distinct texts of a batch: text `i` is from `ends[i - 1]` (0 for the first) to `ends[i]`.
#[derive(Debug, Clone, Default)]
#[doc(hidden)]
pub struct Dictionary {
    pub(crate) codes: Vec<u32>,
    pub(crate) ends: Vec<u32>,
    pub(crate) texts: String,
}

#[derive(Debug, Clone)]
#[doc(hidden)]
pub enum Values {
    Booleans(Vec<u8>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Texts(Dictionary),
}

/// Document `i` has the values from `starts[i]` to `starts[i + 1]`; empty `starts` means exactly one value per document.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) values: Values,
    pub(crate) starts: Vec<u32>,
}

impl Column {
    /// The column, without its ownership.
    pub(crate) fn borrowed(&self) -> BorrowedColumn<'_> {
        let values = match &self.values {
            Values::Booleans(values) => BorrowedValues::Booleans(values),
            Values::Integers(values) => BorrowedValues::Integers(values),
            Values::Floats(values) => BorrowedValues::Floats(values),
            Values::Texts(Dictionary { codes, ends, texts }) => {
                BorrowedValues::Texts(BorrowedDictionary { codes, ends, texts })
            }
        };
        BorrowedColumn { values, starts: &self.starts }
    }
}

/// A [`Column`] of a batch.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct BorrowedColumn<'b> {
    pub(crate) values: BorrowedValues<'b>,
    pub(crate) starts: &'b [u32],
}

/// [`Values`] of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum BorrowedValues<'b> {
    Booleans(&'b [u8]),
    Integers(&'b [i64]),
    Floats(&'b [f64]),
    Texts(BorrowedDictionary<'b>),
}

/// A [`Dictionary`] of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BorrowedDictionary<'b> {
    pub(crate) codes: &'b [u32],
    pub(crate) ends: &'b [u32],
    pub(crate) texts: &'b str,
}
