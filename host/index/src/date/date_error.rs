//! Why a text is not a date, or not a date format.

/// Why a text is not a date, or not a date format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Neither the name of a format nor a pattern.
    #[error("unknown date format {0:?}")]
    UnknownFormat(String),
    /// Not a date in the expected format.
    #[error("{text:?} is not a date in the format [{format}]")]
    NotADate {
        /// The text.
        text: String,
        /// The format.
        format: String,
    },
    /// A date that cannot be counted in nanoseconds.
    #[error("date {0:?} is not within the years 1970 to 2262, as nanoseconds must be")]
    NotInNanoseconds(String),
    /// A date before the year -9999 or after 9999.
    #[error("date {0:?} is not within the years -9999 to 9999")]
    OutOfRange(String),
    /// Date math with a mistake.
    #[error("{0:?} is not valid date math; examples are \"now-7d/d\" and \"2024-01-01||+1M/d\"")]
    InvalidMath(String),
}
