//! What two answers differ in.

use std::fmt;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) kind: Kind,
    /// Where in the answer, for people: `hits.total`, or `_score of [7]`.
    pub(crate) path: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

/// The kinds of differences, by what is wrong. Two differences of one kind may still have different causes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// Only one of the two accepts the mapping.
    Mapping,
    /// Only one of the two accepts a document.
    Document,
    /// The statuses differ. With both outcomes: `ok`, or the error's type.
    Status {
        ours: String,
        theirs: String,
    },
    /// Both are errors with the same status, but of different types.
    Error {
        ours: String,
        theirs: String,
    },
    Total,
    MaxScore,
    /// A hit that only one of the two has.
    Hits,
    Score,
    Sort,
    /// The same hits with the same scores, but in another order.
    Order,
    /// Anything else, by its key.
    Value(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Mapping => formatter.write_str("mapping"),
            Kind::Document => formatter.write_str("document"),
            Kind::Status { ours, theirs } => write!(formatter, "status: {ours} instead of {theirs}"),
            Kind::Error { ours, theirs } => write!(formatter, "error: {ours} instead of {theirs}"),
            Kind::Total => formatter.write_str("total"),
            Kind::MaxScore => formatter.write_str("max_score"),
            Kind::Hits => formatter.write_str("hits"),
            Kind::Score => formatter.write_str("score"),
            Kind::Sort => formatter.write_str("sort values"),
            Kind::Order => formatter.write_str("order"),
            Kind::Value(key) => write!(formatter, "value of {key}"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} instead of {}", self.path, self.ours, self.theirs)
    }
}
