//! Values of several documents, by their type.

use std::borrow::Cow;

use super::rows::Rows;
use super::texts::Texts;
use crate::failure::Failure;
use crate::value::Value;

/// A value for each of some documents.
#[derive(Debug, Clone)]
pub(crate) enum Column<'b> {
    /// The same for all.
    Constant(Value),
    Booleans(Vec<bool>),
    Ints(Vec<i32>),
    Longs(Cow<'b, [i64]>),
    Doubles(Cow<'b, [f64]>),
    /// Milliseconds since the Unix epoch.
    Dates(Cow<'b, [i64]>),
    Texts(Texts<'b>),
    /// Of different types, or of types that are rare.
    Any(Vec<Value>),
}

/// The values at these positions.
fn picked<T: Copy>(values: &[T], positions: &[u32]) -> Vec<T> {
    positions.iter().map(|position| values[*position as usize]).collect()
}

impl<'b> Column<'b> {
    /// The value at a position.
    pub(crate) fn value(&self, position: usize) -> Value {
        match self {
            Column::Constant(value) => value.clone(),
            Column::Booleans(values) => Value::Boolean(values[position]),
            Column::Ints(values) => Value::Int(values[position]),
            Column::Longs(values) => Value::Long(values[position]),
            Column::Doubles(values) => Value::Double(values[position]),
            Column::Dates(values) => Value::Date(values[position]),
            Column::Texts(texts) => texts.distinct.value(texts.codes[position]),
            Column::Any(values) => values[position].clone(),
        }
    }

    /// The column of these values, with their type if it is the same for all.
    pub(crate) fn from_values(values: Vec<Value>) -> Self {
        macro_rules! typed {
            ($variant:ident, $column:expr) => {{
                let typed: Option<Vec<_>> = values
                    .iter()
                    .map(|value| if let Value::$variant(value) = value { Some(*value) } else { None })
                    .collect();
                typed.map($column)
            }};
        }
        let typed = match values.first() {
            Some(Value::Boolean(_)) => typed!(Boolean, Column::Booleans),
            Some(Value::Int(_)) => typed!(Int, Column::Ints),
            Some(Value::Long(_)) => typed!(Long, |values| Column::Longs(Cow::Owned(values))),
            Some(Value::Double(_)) => typed!(Double, |values| Column::Doubles(Cow::Owned(values))),
            Some(Value::Date(_)) => typed!(Date, |values| Column::Dates(Cow::Owned(values))),
            _ => None,
        };
        typed.unwrap_or(Column::Any(values))
    }

    /// The values of some documents, of a column of all.
    pub(crate) fn at(&self, rows: &Rows) -> Self {
        match rows {
            Rows::All(_) => self.clone(),
            Rows::Some(rows) => self.picked(rows),
        }
    }

    /// The values at these positions.
    pub(super) fn picked(&self, positions: &[u32]) -> Self {
        match self {
            Column::Constant(value) => Column::Constant(value.clone()),
            Column::Booleans(values) => Column::Booleans(picked(values, positions)),
            Column::Ints(values) => Column::Ints(picked(values, positions)),
            Column::Longs(values) => Column::Longs(picked(values, positions).into()),
            Column::Doubles(values) => Column::Doubles(picked(values, positions).into()),
            Column::Dates(values) => Column::Dates(picked(values, positions).into()),
            Column::Texts(texts) => {
                Column::Texts(Texts { codes: picked(&texts.codes, positions).into(), distinct: texts.distinct.clone() })
            }
            Column::Any(values) => {
                Column::Any(positions.iter().map(|position| values[*position as usize].clone()).collect())
            }
        }
    }

    /// The same column, from which many single values may be taken: none of them is a new text.
    pub(super) fn with_cheap_values(self) -> Self {
        match self {
            Column::Texts(Texts { codes, distinct }) => Column::Texts(Texts { codes, distinct: distinct.made() }),
            other => other,
        }
    }

    /// The same without [`Column::Constant`].
    pub(crate) fn materialized(self, len: usize) -> Self {
        match self {
            Column::Constant(value) => Column::from_values(vec![value; len]),
            other => other,
        }
    }

    /// Which values are null.
    pub(crate) fn is_null(&self, len: usize) -> Vec<bool> {
        match self {
            Column::Constant(value) => vec![*value == Value::Null; len],
            Column::Any(values) => values.iter().map(|value| *value == Value::Null).collect(),
            _ => vec![false; len],
        }
    }

    /// The values as conditions, or the position of one that is not a boolean.
    pub(crate) fn into_booleans(self, len: usize) -> Result<Vec<bool>, (usize, Failure)> {
        match self {
            Column::Booleans(values) => Ok(values),
            Column::Constant(Value::Boolean(value)) => Ok(vec![value; len]),
            other => (0..len)
                .map(|position| match other.value(position) {
                    Value::Boolean(value) => Ok(value),
                    Value::Null => Err((position, Failure::null("a condition is null"))),
                    value => {
                        Err((position, Failure::cast(format!("cannot cast def [{}] to boolean", value.primitive()))))
                    }
                })
                .collect(),
        }
    }

    /// `old`, which has `len` values (or none yet), with the values of `new` at some positions.
    pub(crate) fn stored(old: Option<Self>, len: usize, rows: &Rows, new: Self) -> Self {
        let Rows::Some(positions) = rows else { return new };
        let new = new.materialized(positions.len());
        let old = match old {
            None => new.blank(len),
            Some(old) => old.materialized(len),
        };
        fn put<T: Copy>(values: &mut [T], positions: &[u32], new: &[T]) {
            for (position, value) in positions.iter().zip(new) {
                values[*position as usize] = *value;
            }
        }
        match (old, new) {
            (Column::Booleans(mut values), Column::Booleans(new)) => {
                put(&mut values, positions, &new);
                Column::Booleans(values)
            }
            (Column::Ints(mut values), Column::Ints(new)) => {
                put(&mut values, positions, &new);
                Column::Ints(values)
            }
            (Column::Longs(mut values), Column::Longs(new)) => {
                put(values.to_mut(), positions, &new);
                Column::Longs(values)
            }
            (Column::Doubles(mut values), Column::Doubles(new)) => {
                put(values.to_mut(), positions, &new);
                Column::Doubles(values)
            }
            (Column::Dates(mut values), Column::Dates(new)) => {
                put(values.to_mut(), positions, &new);
                Column::Dates(values)
            }
            (Column::Texts(mut texts), Column::Texts(new)) if texts.distinct.is(&new.distinct) => {
                put(texts.codes.to_mut(), positions, &new.codes);
                Column::Texts(texts)
            }
            (old, new) => {
                let (old, new) = (old.with_cheap_values(), new.with_cheap_values());
                let mut values: Vec<Value> = (0..len).map(|position| old.value(position)).collect();
                for (index, position) in positions.iter().enumerate() {
                    values[*position as usize] = new.value(index);
                }
                Column::Any(values)
            }
        }
    }

    /// A column of the same type, whose values do not matter.
    fn blank(&self, len: usize) -> Self {
        match self {
            Column::Booleans(_) => Column::Booleans(vec![false; len]),
            Column::Ints(_) => Column::Ints(vec![0; len]),
            Column::Longs(_) => Column::Longs(vec![0; len].into()),
            Column::Doubles(_) => Column::Doubles(vec![0.0; len].into()),
            Column::Dates(_) => Column::Dates(vec![0; len].into()),
            Column::Texts(texts) if texts.distinct.len() > 0 => {
                Column::Texts(Texts { codes: vec![0; len].into(), distinct: texts.distinct.clone() })
            }
            _ => Column::Any(vec![Value::Null; len]),
        }
    }

    /// The values of two columns, which have one for each document where the mask is true, and one for each of the others.
    pub(crate) fn joined(mask: &[bool], yes: Option<Self>, no: Option<Self>) -> Self {
        let len = mask.len();
        let positions = |wanted: bool| -> Vec<u32> {
            (0..len as u32).filter(|position| mask[*position as usize] == wanted).collect()
        };
        let (for_yes, for_no) = (positions(true), positions(false));
        match (yes, no) {
            (Some(yes), _) if for_no.is_empty() => yes,
            (_, Some(no)) if for_yes.is_empty() => no,
            (Some(yes), Some(no)) => {
                let stored = Column::stored(None, len, &Rows::Some(for_yes), yes);
                Column::stored(Some(stored), len, &Rows::Some(for_no), no)
            }
            (Some(column), None) | (None, Some(column)) => column,
            (None, None) => Column::Any(Vec::new()),
        }
    }
}
