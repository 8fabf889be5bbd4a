//! The groups of documents with the same value of a field.

use std::collections::HashMap;

use quidditch_index::{Field, FieldKind};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader, TantivyError, f64_to_u64, i64_to_u64, u64_to_f64};

use crate::Error;
use crate::columns::document_id;
use crate::plan::Planner;

/// The column that documents are grouped by.
#[derive(Debug, Clone)]
pub(crate) enum GroupSource {
    Text(String),
    Integer(String),
    Float(String),
}

/// A group, by the value that its documents have.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupKey {
    /// Documents without a value are one group.
    Missing,
    Text(String),
    Integer(i64),
    /// As bits that order like it.
    Float(u64),
}

impl GroupSource {
    pub(crate) fn plan(name: &str, planner: &Planner<'_>) -> Result<Self, Error> {
        let field = planner.field(name).filter(|_| !name.starts_with('_'));
        let Some(field) = field else {
            return Err(Error::shard_argument(format!("no mapping found for `{name}` in order to collapse on")));
        };
        Self::from_field(field).ok_or_else(|| {
            let reason = format!("unknown type for collapse field `{name}`, only keywords and numbers are accepted");
            Error::shard_argument(reason)
        })
    }

    fn from_field(field: &Field) -> Option<Self> {
        let column = field.column_name()?.to_owned();
        match field.kind() {
            FieldKind::Keyword { .. } => Some(GroupSource::Text(column)),
            // The values of a `scaled_float` are not those that are compared.
            FieldKind::ScaledFloat { .. } => None,
            kind if kind.is_integer() => Some(GroupSource::Integer(column)),
            kind if kind.is_float() => Some(GroupSource::Float(column)),
            _ => None,
        }
    }

    pub(crate) fn column(&self) -> &str {
        match self {
            GroupSource::Text(column) | GroupSource::Integer(column) | GroupSource::Float(column) => column,
        }
    }

    pub(super) fn open(&self, segment: &SegmentReader) -> Result<SegmentGroups, Error> {
        let columns = segment.fast_fields();
        let values = match self {
            GroupSource::Text(column) => columns.str(column)?.map(Values::Text),
            GroupSource::Integer(column) => columns.column_opt(column)?.map(Values::Integer),
            GroupSource::Float(column) => columns.column_opt(column)?.map(Values::Float),
        };
        Ok(SegmentGroups { values, segment: segment.clone() })
    }
}

impl GroupKey {
    /// The value, as a response shows it.
    pub(crate) fn json(&self) -> Option<Json> {
        match self {
            GroupKey::Missing => None,
            GroupKey::Text(text) => Some(text.as_str().into()),
            GroupKey::Integer(value) => Some((*value).into()),
            GroupKey::Float(bits) => Some(u64_to_f64(*bits).into()),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let text = if let GroupKey::Text(text) = self { text.len() } else { 0 };
        size_of::<GroupKey>() + text
    }
}

/// The groups of one segment.
pub(super) struct SegmentGroups {
    /// `None` where no document of the segment has a value.
    values: Option<Values>,
    segment: SegmentReader,
}

enum Values {
    Text(StrColumn),
    Integer(Column<i64>),
    Float(Column<f64>),
}

impl SegmentGroups {
    /// The group of a document, by a number that means something in this segment only; `None` if it has no value.
    pub(super) fn of(&self, doc: DocId) -> Result<Option<u64>, Error> {
        let (first, is_only) = match &self.values {
            None => return Ok(None),
            Some(Values::Text(column)) => {
                let mut ordinals = column.term_ords(doc);
                let first = ordinals.next();
                (first, ordinals.all(|other| Some(other) == first))
            }
            Some(Values::Integer(column)) => {
                let mut values = column.values_for_doc(doc);
                (values.next().map(i64_to_u64), values.next().is_none())
            }
            Some(Values::Float(column)) => {
                let mut values = column.values_for_doc(doc);
                (values.next().map(f64_to_u64), values.next().is_none())
            }
        };
        if is_only {
            return Ok(first);
        }
        let id = document_id(&self.segment, doc)?;
        Err(Error::shard_argument(format!(
            "failed to collapse document [{id}], the collapse field must be single valued"
        )))
    }

    /// The group in a form that means the same in all segments.
    pub(super) fn portable(&self, group: Option<u64>) -> Result<GroupKey, Error> {
        Ok(match (&self.values, group) {
            (None, _) | (_, None) => GroupKey::Missing,
            (Some(Values::Text(column)), Some(ordinal)) => {
                let mut text = String::new();
                column.ord_to_str(ordinal, &mut text).map_err(TantivyError::from)?;
                GroupKey::Text(text)
            }
            (Some(Values::Integer(_)), Some(bits)) => GroupKey::Integer(tantivy::u64_to_i64(bits)),
            (Some(Values::Float(_)), Some(bits)) => GroupKey::Float(bits),
        })
    }

    /// The numbers of groups in this segment, with their places in a list.
    pub(super) fn places(&self, groups: &[GroupKey]) -> Result<HashMap<Option<u64>, usize>, Error> {
        let mut places = HashMap::new();
        for (place, group) in groups.iter().enumerate() {
            let number = match (group, &self.values) {
                (GroupKey::Missing, _) => Some(None),
                (GroupKey::Text(text), Some(Values::Text(column))) => {
                    column.dictionary().term_ord(text).map_err(TantivyError::from)?.map(Some)
                }
                (GroupKey::Integer(value), Some(Values::Integer(_))) => Some(Some(i64_to_u64(*value))),
                (GroupKey::Float(bits), Some(Values::Float(_))) => Some(Some(*bits)),
                // The field may have another type in the index that the group was found in.
                (GroupKey::Integer(value), Some(Values::Float(_))) => Some(Some(f64_to_u64(*value as f64))),
                (GroupKey::Float(bits), Some(Values::Integer(_))) => {
                    integer_of(u64_to_f64(*bits)).map(|value| Some(i64_to_u64(value)))
                }
                _ => None,
            };
            if let Some(number) = number {
                places.insert(number, place);
            }
        }
        Ok(places)
    }
}

/// The integer that a float is equal to.
fn integer_of(value: f64) -> Option<i64> {
    let integer = value as i64;
    (integer as f64 == value).then_some(integer)
}
