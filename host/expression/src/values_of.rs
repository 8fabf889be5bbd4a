//! What a script computes values for.

use quidditch_function::ColumnKind;

use crate::purpose::Purpose;

/// What a script computes values for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValuesOf {
    /// A sort by numbers: one for each document.
    NumberSort,
    /// Scores, of which a script shows what it computes: one for each document, of double precision.
    Scores,
    /// A sort by texts: one for each document.
    TextSort,
    /// An aggregation of values of this type: what the script returns for a document, which may be a list, or null. If it has a
    /// current value, what it returns for each of these.
    Aggregation(ColumnKind),
    /// A field of the request: what the script emits.
    Field(EmittedKind),
    /// The number of terms that a document must have; null for a document that cannot have enough of them.
    Minimum,
}

/// The values of a field of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmittedKind {
    /// Values of a column of this type.
    Values(ColumnKind),
    /// The latitudes of points.
    Latitudes,
    /// The longitudes of points, in the same order.
    Longitudes,
}

impl ValuesOf {
    /// The type of the values.
    pub fn kind(self) -> ColumnKind {
        match self {
            ValuesOf::TextSort => ColumnKind::Texts,
            ValuesOf::Aggregation(kind) | ValuesOf::Field(EmittedKind::Values(kind)) => kind,
            ValuesOf::NumberSort
            | ValuesOf::Scores
            | ValuesOf::Minimum
            | ValuesOf::Field(EmittedKind::Latitudes | EmittedKind::Longitudes) => ColumnKind::Floats,
        }
    }

    pub(crate) fn purpose(self) -> Purpose {
        match self {
            ValuesOf::NumberSort => Purpose::NumberSort,
            ValuesOf::Scores => Purpose::Score,
            ValuesOf::TextSort => Purpose::TextSort,
            ValuesOf::Aggregation(_) => Purpose::Aggregation,
            ValuesOf::Field(_) => Purpose::Emit,
            ValuesOf::Minimum => Purpose::Minimum,
        }
    }
}
