//! Values of fields.

use crate::{DateError, GeoPointError};

/// A value of a field, as it is indexed.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Of `text` and `keyword`, and of `ip`: 32 hexadecimal digits.
    Text(String),
    /// Of `long`, `integer`, `short`, `byte` and `token_count`.
    Integer(i64),
    /// Of `double`, `float`, `half_float` and `scaled_float`. Finite, and never -0.0.
    Float(f64),
    /// Of `boolean`.
    Boolean(bool),
    /// Of `date`: milliseconds since 1970-01-01T00:00Z.
    Date(i64),
    /// Of `date_nanos`: nanoseconds since 1970-01-01T00:00Z.
    Nanos(i64),
    /// Of `unsigned_long`.
    Unsigned(u64),
    /// Of `geo_point`.
    GeoPoint {
        /// Latitude in degrees, -90 to 90.
        lat: f64,
        /// Longitude in degrees, -180 to 180.
        lon: f64,
    },
}

/// JSON that cannot be a value of a field.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("field [{field}] of type [{kind}]: {reason}")]
pub struct ValueError {
    /// Full name of the field.
    pub field: String,
    /// Its type, as in mappings.
    pub kind: &'static str,
    /// What is wrong with the value.
    pub reason: InvalidValue,
}

/// What is wrong with a value. Texts are excerpts of its JSON.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidValue {
    /// Not a number, nor a string that contains one.
    #[error("{0} is not a number")]
    NotANumber(String),
    /// A string or a fraction, and the field's option `coerce` is false.
    #[error("{0} requires coercion, but [coerce] is false")]
    NeedsCoercion(String),
    /// Another value than the one that every document has.
    #[error("the field has the value {0:?} in all documents, and accepts no other")]
    NotTheConstant(String),
    /// Not an address of the Internet protocol.
    #[error("{0} is not an IP address")]
    NotAnAddress(String),
    /// A number that the field's type cannot hold.
    #[error("{0} is out of range")]
    OutOfRange(String),
    /// An array, an object or null, where a text is needed.
    #[error("{0} is not a string, number or boolean")]
    NotAScalar(String),
    /// Not a boolean, nor a string that contains one.
    #[error("{0} is neither true nor false")]
    NotABoolean(String),
    /// A number of which only the first digits are known, where a text is needed.
    #[error("{0} is a number beyond 64 bits; write it as a string")]
    TooManyDigits(String),
    /// Neither a string nor a number.
    #[error("{0} is not a date")]
    NotADate(String),
    /// Not a date in the field's format.
    #[error(transparent)]
    Date(#[from] DateError),
    /// Not a point.
    #[error(transparent)]
    Point(#[from] GeoPointError),
    /// Not of the form that values of the type have: what is wrong with it.
    #[error("{0}")]
    Unsuitable(String),
    /// A range of points, or of other values without an order, was asked for.
    #[error("its values have no order")]
    Unordered,
    /// A keyword that is too long to be indexed.
    #[error("value has {bytes} bytes; at most {max_bytes} are allowed without `ignore_above`")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The longest that is allowed.
        max_bytes: usize,
    },
}
