//! Values of fields.

/// A value of a field, as it is indexed.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Of `text` and `keyword`.
    Text(String),
    /// Of `long` and `integer`.
    Integer(i64),
    /// Of `double` and `float`. Finite, and never -0.0.
    Float(f64),
    /// Of `boolean`.
    Boolean(bool),
    /// Of `date`: milliseconds since 1970-01-01T00:00Z.
    Date(i64),
    /// Of `geo_point`.
    GeoPoint {
        /// Latitude in degrees, -90 to 90.
        lat: f64,
        /// Longitude in degrees, -180 to 180.
        lon: f64,
    },
}

/// JSON that cannot be a value of a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field [{field}] of type [{kind}]: {reason}")]
pub struct ValueError {
    /// Full name of the field.
    pub field: String,
    /// Its type, as in mappings.
    pub kind: &'static str,
    /// What is wrong with the value.
    pub reason: String,
}
