//! `sort`: by fields, `_score`, `_doc`, distance.

mod parse;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use super::distance_sort::DistanceSort;
use super::nested_sort::NestedSort;
use super::script_sort::{SCRIPT_SORT, ScriptSort};
use super::sort_mode::{MODES, Mode};
use crate::json::{Case, ErrorKind, Words};

/// One level of the sort.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sort {
    pub(crate) by: SortBy,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SortBy {
    Score,
    /// The order in the index.
    Doc,
    Field(FieldSort),
    Distance(DistanceSort),
    Script(ScriptSort),
}

/// A sort by the values of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldSort {
    pub(crate) name: String,
    pub(crate) missing: Missing,
    /// Without one, the smallest value for an ascending sort and the largest for a descending.
    pub(crate) mode: Option<Mode>,
    /// The type that the field has if the mapping does not have it.
    pub(crate) unmapped_type: Option<String>,
    pub(crate) numeric_type: Option<NumericType>,
    /// The nested objects whose values count, instead of those of the documents.
    pub(crate) nested: Option<NestedSort>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// Bits that ascend in this direction: inverted where the largest value comes first. Doing it again gives the bits back.
    pub(crate) fn order(self, bits: u64) -> u64 {
        if self == Direction::Ascending { bits } else { !bits }
    }
}

/// Where documents without a value go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Missing {
    First,
    Last,
    /// They sort as if they had this.
    Value(Json),
}

/// The type as which numbers and dates are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumericType {
    Long,
    Double,
    Date,
    DateNanos,
}

const NUMERIC_TYPES: Words<NumericType> = Words {
    key: "numeric_type",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[
        ("long", NumericType::Long),
        ("double", NumericType::Double),
        ("date", NumericType::Date),
        ("date_nanos", NumericType::DateNanos),
    ],
};

impl Sort {
    /// Whether it reads scores.
    pub(crate) fn reads_scores(&self) -> bool {
        matches!(self.by, SortBy::Score)
    }

    /// A sort by name; `_score` goes down by default, all else up.
    pub(crate) fn simple(name: &str, direction: Option<Direction>) -> Self {
        let (by, default) = match name {
            "_score" => (SortBy::Score, Direction::Descending),
            "_doc" => (SortBy::Doc, Direction::Ascending),
            _ => (SortBy::Field(FieldSort::new(name)), Direction::Ascending),
        };
        Sort { by, direction: direction.unwrap_or(default) }
    }
}

/// Whether it is a sort by descending scores alone, which is the order without a sort.
pub(crate) fn is_by_score(levels: &[Sort]) -> bool {
    matches!(levels, [] | [Sort { by: SortBy::Score, direction: Direction::Descending }])
}

impl FieldSort {
    fn new(name: &str) -> Self {
        FieldSort {
            name: name.to_owned(),
            missing: Missing::Last,
            mode: None,
            unmapped_type: None,
            numeric_type: None,
            nested: None,
        }
    }
}

impl Direction {
    pub(crate) const WORDS: Words<Direction> = Words {
        key: "order",
        case: Case::Any,
        error: ErrorKind::Argument,
        words: &[("asc", Direction::Ascending), ("desc", Direction::Descending)],
    };
}

impl Serialize for Sort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut options = Map::new();
        options.insert("order".to_owned(), Direction::WORDS.word(self.direction).into());
        let name = match &self.by {
            SortBy::Score => "_score",
            SortBy::Doc => "_doc",
            SortBy::Field(field) => {
                let missing = match &field.missing {
                    Missing::First => "_first".into(),
                    Missing::Last => "_last".into(),
                    Missing::Value(value) => value.clone(),
                };
                options.insert("missing".to_owned(), missing);
                if let Some(mode) = field.mode {
                    options.insert("mode".to_owned(), MODES.word(mode).into());
                }
                if let Some(unmapped_type) = &field.unmapped_type {
                    options.insert("unmapped_type".to_owned(), unmapped_type.as_str().into());
                }
                if let Some(numeric_type) = field.numeric_type {
                    options.insert("numeric_type".to_owned(), NUMERIC_TYPES.word(numeric_type).into());
                }
                if let Some(nested) = &field.nested {
                    options.insert("nested".to_owned(), nested.to_json());
                }
                &field.name
            }
            SortBy::Distance(distance) => {
                distance.add_options(&mut options);
                "_geo_distance"
            }
            SortBy::Script(script) => {
                script.add_options(&mut options);
                SCRIPT_SORT
            }
        };
        let mut entry = serializer.serialize_map(Some(1))?;
        entry.serialize_entry(name, &options)?;
        entry.end()
    }
}
