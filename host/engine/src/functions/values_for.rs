//! What a script in a request computes values for.

use quidditch_expression::ValuesOf;
use quidditch_function::{ColumnKind, ColumnRequest};
use quidditch_index::{FieldKind, Mapping};

use crate::Error;

/// What a script in a request computes values for. Published functions say themselves what their values are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ValuesFor {
    /// Something that needs no mapping.
    Known(ValuesOf),
    Aggregation(AggregationValues),
}

/// The values that a script computes for an aggregation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AggregationValues {
    /// The field of whose values `_value` is one.
    pub(crate) field: Option<String>,
    /// The type that the request asks for.
    pub(crate) value_type: Option<ColumnKind>,
    /// The type that the aggregation takes without a field.
    pub(crate) default: ColumnKind,
}

impl AggregationValues {
    /// The type of the values, and the column of `_value`. Clients know the values of all fields of numbers as floats, except in
    /// histograms of dates.
    pub(crate) fn resolve(&self, mapping: &Mapping) -> Result<(ColumnKind, Option<ColumnRequest>), Error> {
        let own = self.value_type.unwrap_or(self.default);
        let Some(name) = &self.field else { return Ok((own, None)) };
        // A field that the mapping does not have has no values.
        let Some(field) = mapping.field(name) else { return Ok((own, None)) };
        let of_numbers = if self.default == ColumnKind::Dates { ColumnKind::Integers } else { ColumnKind::Floats };
        let (read, kind) = match field.kind() {
            FieldKind::Text { .. } | FieldKind::Ip | FieldKind::GeoPoint => {
                return Err(Error::shard_argument(format!(
                    "a script cannot compute with the values of field [{name}], which is of type [{}]",
                    field.kind().type_name()
                )));
            }
            FieldKind::Keyword { .. } => (ColumnKind::Texts, ColumnKind::Texts),
            FieldKind::Boolean => (ColumnKind::Booleans, ColumnKind::Floats),
            FieldKind::Date { .. } => (of_numbers, ColumnKind::Dates),
            _ if self.value_type == Some(ColumnKind::Texts) && field.kind().is_integer() => {
                (ColumnKind::Integers, ColumnKind::Texts)
            }
            kind if self.default == ColumnKind::Dates && !kind.is_integer() => (ColumnKind::Floats, ColumnKind::Dates),
            _ if self.default == ColumnKind::Dates => (of_numbers, ColumnKind::Dates),
            _ => (of_numbers, ColumnKind::Floats),
        };
        Ok((self.value_type.unwrap_or(kind), Some(ColumnRequest { field: name.clone(), kind: read })))
    }
}
