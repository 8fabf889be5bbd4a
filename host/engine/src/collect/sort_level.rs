//! One level of a sort: what it reads, and how its keys compare.

use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::Arc;

use quidditch_function::ColumnKind;
use quidditch_index::{DateResolution, Field, FieldKind, ip_text};
use tantivy::{Score, f64_to_u64, u64_to_f64, u64_to_i64};

use super::distances::Distances;
use super::nested_values::NestedValues;
use super::sort_key::{Key, Rank, SortKey, SortValue};
use super::sort_values::{MissingValue, Values};
use crate::Error;
use crate::columns::{ColumnError, ComputedField};
use crate::plan::Planner;
use crate::request::{
    Direction, DistanceSort, FieldSort, Missing, Mode, NumericType, ScriptSort, ScriptSortType, Sort, SortBy,
};

/// One level of a sort, checked against the mapping.
pub(super) struct Level {
    pub(super) values: Values,
    /// The column; `None` for scores, positions, and fields that are not mapped.
    pub(super) stored: Option<Stored>,
    pub(super) direction: Direction,
    pub(super) mode: Mode,
    pub(super) missing: MissingValue,
    /// The nested objects whose values count, instead of those of the documents.
    pub(super) nested: Option<NestedValues>,
}

/// The type and name of a column.
pub(super) enum Stored {
    Integer(String),
    Boolean(String),
    Float(String),
    Text(String),
    Computed(Arc<ComputedField>),
    Points(Distances),
}

/// What the keys of a level are, when hits of several indices are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyClass {
    /// Scores, positions and missing texts, which compare with all others.
    Same,
    Integer,
    Float,
    Text,
}

impl Level {
    pub(super) fn plan(sort: &Sort, planner: &Planner<'_>) -> Result<Self, Error> {
        let direction = sort.direction;
        let mode = if direction == Direction::Ascending { Mode::Min } else { Mode::Max };
        // Every document has a score and a position.
        let missing = MissingValue::Key(Key { rank: Rank::MissingLast, bits: 0 });
        match &sort.by {
            SortBy::Score => Ok(Level { values: Values::Score, stored: None, direction, mode, missing, nested: None }),
            SortBy::Doc => Ok(Level { values: Values::Doc, stored: None, direction, mode, missing, nested: None }),
            SortBy::Field(field) => Self::plan_field(field, direction, field.mode.unwrap_or(mode), planner),
            SortBy::Distance(distance) => Self::plan_distance(distance, direction, mode, planner),
            SortBy::Script(script) => Self::plan_script(script, direction, mode, planner),
        }
    }

    fn plan_field(sort: &FieldSort, direction: Direction, mode: Mode, planner: &Planner<'_>) -> Result<Self, Error> {
        let nested = NestedValues::plan(sort.nested.as_ref(), mode, planner)?;
        let (values, stored) = values_of(sort, planner)?;
        let (values, stored) = as_numeric_type(sort, (values, stored), planner)?;
        if matches!(values, Values::Text | Values::Ip | Values::Unsigned)
            && matches!(mode, Mode::Average | Mode::Sum | Mode::Median)
        {
            let name = &sort.name;
            return Err(Error::Query(format!(
                "the modes avg, sum and median require numbers, which field [{name}] does not have"
            )));
        }
        let missing = match &sort.missing {
            Missing::First => MissingValue::Key(values.missing_key(direction, Rank::MissingFirst)),
            Missing::Last => MissingValue::Key(values.missing_key(direction, Rank::MissingLast)),
            Missing::Value(json) => values.missing_value(&sort.name, json, direction)?,
        };
        Ok(Level { values, stored, direction, mode, missing, nested })
    }

    fn plan_distance(
        sort: &DistanceSort,
        direction: Direction,
        mode: Mode,
        planner: &Planner<'_>,
    ) -> Result<Self, Error> {
        let mode = sort.mode.unwrap_or(mode);
        let nested = NestedValues::plan(sort.nested.as_ref(), mode, planner)?;
        let stored = match planner.field(&sort.field) {
            Some(field) => Some(Stored::Points(Distances::plan(sort, field)?)),
            None if sort.ignore_unmapped => None,
            None => {
                let reason = format!("failed to find mapper for [{}] for geo distance based sort", sort.field);
                return Err(Error::shard_argument(reason));
            }
        };
        // Clients expect documents without a point to be infinitely far away, in both directions.
        let missing = MissingValue::Key(Key::value(direction.order(f64_to_u64(f64::INFINITY))));
        Ok(Level { values: Values::Double, stored, direction, mode, missing, nested })
    }

    /// A script has one value for each document.
    fn plan_script(sort: &ScriptSort, direction: Direction, mode: Mode, planner: &Planner<'_>) -> Result<Self, Error> {
        if NestedValues::plan(sort.nested.as_ref(), mode, planner)?.is_some() {
            return Err(Error::shard_argument("a sort by [_script] does not support [nested]".to_owned()));
        }
        let values = if sort.of == ScriptSortType::Number { Values::Double } else { Values::Text };
        let computed = planner.call_values(sort.call);
        if (computed.column.kind() == ColumnKind::Texts) != (sort.of == ScriptSortType::Text) {
            let kind = computed.column.kind().name();
            let reason = format!("the function computes {kind}, which are not of the [type] of the sort by [_script]");
            return Err(Error::shard_argument(reason));
        }
        let stored = Some(Stored::Computed(computed));
        let missing = MissingValue::Key(values.missing_key(direction, Rank::MissingLast));
        Ok(Level { values, stored, direction, mode: sort.mode.unwrap_or(mode), missing, nested: None })
    }

    pub(super) fn needs_scores(&self) -> bool {
        match &self.stored {
            Some(Stored::Computed(computed)) => computed.column.needs_scores(),
            _ => self.values == Values::Score,
        }
    }

    /// The columns that it reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let columns = match &self.stored {
            None | Some(Stored::Computed(_)) => [None, None],
            Some(Stored::Integer(name) | Stored::Boolean(name) | Stored::Float(name) | Stored::Text(name)) => {
                [Some(name.as_str()), None]
            }
            Some(Stored::Points(distances)) => [Some(distances.lat.as_str()), Some(distances.lon.as_str())],
        };
        columns.into_iter().flatten()
    }

    /// The column whose sorted form has the order of the keys, and the value that stands for a missing one, as bits.
    pub(super) fn sorted_column(&self) -> Option<(&str, u64)> {
        let (MissingValue::Key(Key { rank: Rank::Value, bits: missing }), None) = (&self.missing, &self.nested) else {
            return None;
        };
        let column = match (&self.stored, self.values) {
            (Some(Stored::Integer(name)), Values::Long | Values::Unsigned | Values::Integer)
            | (Some(Stored::Float(name)), Values::Double | Values::Float) => name,
            // Values that are converted may have an order of their own.
            _ => return None,
        };
        Some((column, self.direction.order(*missing)))
    }

    /// The value of a key, behind which a page begins; `None` if it is behind all values. `is_excluded` says whether all documents with
    /// this value are on the pages before.
    pub(super) fn bound(&self, key: Key, is_excluded: bool) -> Option<Bound<u64>> {
        let value = self.direction.order(key.bits);
        match key.rank {
            Rank::MissingFirst => Some(Bound::Unbounded),
            Rank::Value if is_excluded => Some(Bound::Excluded(value)),
            Rank::Value => Some(Bound::Included(value)),
            Rank::MissingLast => None,
        }
    }

    pub(super) fn class(&self) -> KeyClass {
        match self.values {
            Values::Score | Values::Doc => KeyClass::Same,
            Values::Long | Values::Nanos | Values::Unsigned | Values::Integer => KeyClass::Integer,
            Values::Double | Values::Float => KeyClass::Float,
            // Without the field, all keys are those of missing values, which come before or after all others.
            Values::Ip => KeyClass::Text,
            Values::Text if self.stored.is_none() && matches!(self.missing, MissingValue::Key(_)) => KeyClass::Same,
            Values::Text => KeyClass::Text,
        }
    }

    /// Makes the key of an integer one of a float.
    pub(super) fn widen(&self, key: &mut SortKey) {
        if let (KeyClass::Integer, SortKey::Key(key)) = (self.class(), key)
            && key.rank == Rank::Value
        {
            let integer = u64_to_i64(self.direction.order(key.bits));
            key.bits = self.direction.order(f64_to_u64(integer as f64));
        }
    }

    /// Compares the keys of two hits, which may be of different segments.
    pub(super) fn compare(&self, a: &SortKey, b: &SortKey) -> Ordering {
        match (a, b) {
            (SortKey::Text(a), SortKey::Text(b)) if self.direction == Direction::Ascending => a.cmp(b),
            (SortKey::Text(a), SortKey::Text(b)) => b.cmp(a),
            (a, b) => comparable(a).cmp(&comparable(b)),
        }
    }

    /// What a response shows for a key. A missing number is the value as which it is sorted, and clients send it back to get the
    /// next page; only a missing text is null.
    pub(super) fn value(&self, key: &SortKey) -> SortValue {
        let key = match key {
            SortKey::Text(text) if self.values == Values::Ip => return SortValue::Text(ip_text(text)),
            SortKey::Text(text) => return SortValue::Text(text.clone()),
            SortKey::Key(key) if key.rank != Rank::Value => return SortValue::Missing,
            SortKey::Key(key) => key,
        };
        let bits = self.direction.order(key.bits);
        match self.values {
            Values::Score => SortValue::Score(Score::from_bits(bits as u32)),
            Values::Doc => SortValue::Integer(bits as i64),
            Values::Long | Values::Nanos | Values::Integer => SortValue::Integer(u64_to_i64(bits)),
            Values::Unsigned => SortValue::Unsigned(bits),
            Values::Double => SortValue::Float(u64_to_f64(bits)),
            Values::Float => SortValue::Single(u64_to_f64(bits) as f32),
            Values::Text | Values::Ip => SortValue::Missing,
        }
    }
}

/// A key to compare with the keys of missing values; texts, which have a key only inside a segment, count as present.
fn comparable(key: &SortKey) -> Key {
    match key {
        SortKey::Key(key) => *key,
        SortKey::Text(_) => Key::value(0),
    }
}

/// What a field's values are, and where.
fn values_of(sort: &FieldSort, planner: &Planner<'_>) -> Result<(Values, Option<Stored>), Error> {
    let name = &sort.name;
    if name == "_id" {
        return Ok((Values::Text, Some(Stored::Text(name.clone()))));
    }
    if let Some(computed) = planner.computed(name) {
        let (values, _) = values_of_field(&computed.field, planner)?;
        return Ok((values, Some(Stored::Computed(Arc::clone(computed)))));
    }
    if let Some(field) = planner.field(name) {
        return values_of_field(field, planner).map(|(values, stored)| (values, Some(stored)));
    }
    match sort.unmapped_type.as_deref() {
        None => Err(Error::Query(format!("No mapping found for [{name}] in order to sort on"))),
        Some("long" | "date" | "date_nanos") => Ok((Values::Long, None)),
        Some("integer" | "short" | "byte" | "boolean") => Ok((Values::Integer, None)),
        Some("double") => Ok((Values::Double, None)),
        Some("float" | "half_float") => Ok((Values::Float, None)),
        Some("keyword" | "ip") => Ok((Values::Text, None)),
        Some(other @ ("text" | "geo_point")) => Err(Error::shard_argument(format!(
            "[unmapped_type] of a sort by [{name}]: a field of type [{other}] has no order"
        ))),
        Some(other) => Err(Error::shard_argument(format!("unknown [unmapped_type] [{other}] of a sort by [{name}]"))),
    }
}

fn values_of_field(field: &Field, planner: &Planner<'_>) -> Result<(Values, Stored), Error> {
    let column = || field.column_name().expect("every field but text and geo_point has a column").to_owned();
    Ok(match field.kind() {
        FieldKind::Long | FieldKind::Date { resolution: DateResolution::Millis, .. } => {
            (Values::Long, Stored::Integer(column()))
        }
        FieldKind::Date { resolution: DateResolution::Nanos, .. } => {
            (Values::Long, Stored::Integer(exact_column(field)))
        }
        FieldKind::UnsignedLong => (Values::Unsigned, Stored::Integer(exact_column(field))),
        FieldKind::Integer | FieldKind::Short | FieldKind::Byte | FieldKind::TokenCount { .. } => {
            (Values::Integer, Stored::Integer(column()))
        }
        FieldKind::Boolean => (Values::Integer, Stored::Boolean(column())),
        FieldKind::Double | FieldKind::ScaledFloat { .. } => (Values::Double, Stored::Float(column())),
        FieldKind::Float | FieldKind::HalfFloat => (Values::Float, Stored::Float(column())),
        FieldKind::Ip => (Values::Ip, Stored::Text(column())),
        FieldKind::Keyword { .. } => (Values::Text, Stored::Text(column())),
        FieldKind::Text { .. } => {
            let error = ColumnError::analyzed_text(planner.mapping(), field.name());
            return Err(Error::shard_argument(error.to_string()));
        }
        FieldKind::Range(_)
        | FieldKind::Binary
        | FieldKind::FlatObject
        | FieldKind::Percolator
        | FieldKind::RankFeature { .. } => {
            return Err(Error::shard_argument(ColumnError::none(field).to_string()));
        }
        FieldKind::GeoPoint => {
            return Err(Error::shard_argument(format!("field [{}] is a geo_point and has no order", field.name())));
        }
    })
}

fn exact_column(field: &Field) -> String {
    field.exact_column().expect("the type has exact values").to_owned()
}

/// The type that the values are converted to by `numeric_type`.
fn as_numeric_type(
    sort: &FieldSort,
    (values, stored): (Values, Option<Stored>),
    planner: &Planner<'_>,
) -> Result<(Values, Option<Stored>), Error> {
    let Some(numeric_type) = sort.numeric_type else { return Ok((values, stored)) };
    let name = &sort.name;
    let field = planner.computed(name).map(|computed| &computed.field).or_else(|| planner.field(name));
    let is_nanos =
        field.is_some_and(|field| matches!(field.kind(), FieldKind::Date { resolution: DateResolution::Nanos, .. }));
    // The column that all can read has milliseconds, or the nearest floats.
    let common = || match (field.and_then(|field| Some((field, field.column_name()?))), &stored) {
        (Some((field, column)), _) if is_nanos || *field.kind() == FieldKind::UnsignedLong => {
            Some(if is_nanos { Stored::Integer(column.to_owned()) } else { Stored::Float(column.to_owned()) })
        }
        _ => None,
    };
    match (values, numeric_type) {
        (Values::Text | Values::Ip, _) => {
            Err(Error::Query(format!("[numeric_type] of a sort by [{name}] requires a field of numbers")))
        }
        (_, NumericType::Long | NumericType::Date) => Ok((Values::Long, common().or(stored))),
        (_, NumericType::Double) => Ok((Values::Double, common().or(stored))),
        (_, NumericType::DateNanos) if is_nanos => Ok((values, stored)),
        (_, NumericType::DateNanos) => {
            let is_date = field.is_none_or(|field| matches!(field.kind(), FieldKind::Date { .. }));
            if is_date {
                return Ok((Values::Nanos, stored));
            }
            Err(Error::shard_argument(format!("[numeric_type] [date_nanos] of a sort by [{name}] needs a date")))
        }
    }
}
