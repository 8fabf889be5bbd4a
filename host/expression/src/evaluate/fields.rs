//! Values of fields, and scores.

use std::sync::Arc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Values};

use super::column::{Column, Texts};
use super::rows::Rows;
use super::{Evaluation, Stop};
use crate::failure::Failure;
use crate::members;
use crate::program::FieldRead;
use crate::value::Value;

fn missing() -> Failure {
    Failure::new(
        "illegal_state_exception",
        "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a field!",
    )
}

/// The first value of each document, or the position of a document that has none.
fn first<T: Copy>(values: &[T], column: &BatchColumn, rows: &Rows) -> Result<Vec<T>, usize> {
    rows.iter()
        .enumerate()
        .map(|(position, row)| {
            values.get(column.range(row).start).filter(|_| !column.range(row).is_empty()).copied().ok_or(position)
        })
        .collect()
}

impl<'b> Evaluation<'_, 'b> {
    pub(super) fn score(&self, rows: &Rows) -> Column<'b> {
        let score = |row: usize| f64::from(self.batch.scores.get(row).copied().unwrap_or_default());
        Column::Doubles(rows.iter().map(score).collect())
    }

    pub(super) fn field(&mut self, number: usize, read: FieldRead, rows: &Rows, at: usize) -> Result<Column<'b>, Stop> {
        let batch = self.batch;
        let column = &batch.columns[number];
        match read {
            FieldRead::First => self.first(number, column, rows).map_err(|position| Stop::Failed {
                failure: missing(),
                at,
                row: rows.row(position),
            }),
            FieldRead::Count => Ok(match &column.values {
                _ if column.starts.is_empty() => Column::Constant(Value::Int(1)),
                Values::Texts(_) => {
                    Column::Ints(rows.iter().map(|row| self.distinct_codes(column, row).len() as i32).collect())
                }
                _ => Column::Ints(rows.iter().map(|row| column.range(row).len() as i32).collect()),
            }),
            read => Ok(self.number(column, read, rows)),
        }
    }

    fn first(&mut self, number: usize, column: &'b BatchColumn, rows: &Rows) -> Result<Column<'b>, usize> {
        let is_plain = column.starts.is_empty() && matches!(rows, Rows::All(_));
        let is_date = self.program.columns[number].kind == ColumnKind::Dates;
        Ok(match &column.values {
            Values::Integers(values) => {
                let values = if is_plain { values.as_slice().into() } else { first(values, column, rows)?.into() };
                if is_date { Column::Dates(values) } else { Column::Longs(values) }
            }
            Values::Floats(values) if is_plain => Column::Doubles(values.as_slice().into()),
            Values::Floats(values) => Column::Doubles(first(values, column, rows)?.into()),
            Values::Booleans(values) => {
                Column::Booleans(first(values, column, rows)?.into_iter().map(|value| value != 0).collect())
            }
            Values::Texts(dictionary) => {
                let codes = first(&dictionary.codes, column, rows)?;
                Column::Texts(Texts { codes, distinct: self.distinct_texts(number) })
            }
        })
    }

    /// What expressions read: numbers, and 0 where there are none.
    fn number(&self, column: &'b BatchColumn, read: FieldRead, rows: &Rows) -> Column<'b> {
        match &column.values {
            Values::Floats(values) if column.starts.is_empty() && matches!(rows, Rows::All(_)) => {
                Column::Doubles(values.as_slice().into())
            }
            Values::Floats(values) => {
                let of = |row: usize| aggregate(values.get(column.range(row)).unwrap_or_default(), read);
                Column::Doubles(rows.iter().map(of).collect())
            }
            Values::Booleans(values) => {
                let mut numbers = Vec::new();
                let of = |row: usize| {
                    numbers.clear();
                    numbers.extend(values[column.range(row)].iter().map(|value| f64::from(*value)));
                    aggregate(&numbers, read)
                };
                Column::Doubles(rows.iter().map(of).collect())
            }
            Values::Integers(_) | Values::Texts(_) => Column::Constant(Value::Double(0.0)),
        }
    }

    /// The texts of a column's dictionary.
    fn distinct_texts(&mut self, number: usize) -> Arc<[Arc<str>]> {
        let Values::Texts(dictionary) = &self.batch.columns[number].values else { return Arc::from([]) };
        let texts = self.texts[number].get_or_insert_with(|| {
            (0..dictionary.ends.len() as u32).map(|code| Arc::from(dictionary.text(code).unwrap_or_default())).collect()
        });
        Arc::clone(texts)
    }

    /// The codes of a document's texts. Keywords are a set: equal values count once.
    fn distinct_codes(&self, column: &BatchColumn, row: usize) -> Vec<u32> {
        let Values::Texts(dictionary) = &column.values else { return Vec::new() };
        let mut codes = dictionary.codes[column.range(row)].to_vec();
        codes.dedup();
        codes
    }

    /// The values of a document.
    pub(super) fn values(&mut self, number: usize, row: usize) -> Vec<Value> {
        let batch = self.batch;
        let column = &batch.columns[number];
        let range = column.range(row);
        let is_date = self.program.columns[number].kind == ColumnKind::Dates;
        match &column.values {
            Values::Booleans(values) => values[range].iter().map(|value| Value::Boolean(*value != 0)).collect(),
            Values::Floats(values) => values[range].iter().copied().map(Value::Double).collect(),
            Values::Integers(values) if is_date => values[range].iter().copied().map(Value::Date).collect(),
            Values::Integers(values) => values[range].iter().copied().map(Value::Long).collect(),
            Values::Texts(_) => {
                let texts = self.distinct_texts(number);
                let codes = self.distinct_codes(column, row);
                codes.into_iter().map(|code| Value::Text(Arc::clone(&texts[code as usize]))).collect()
            }
        }
    }

    pub(super) fn element(
        &mut self,
        number: usize,
        indices: &Column<'_>,
        rows: &Rows,
        at: usize,
    ) -> Result<Column<'b>, Stop> {
        let mut elements = Vec::with_capacity(rows.len());
        let count = &self.batch.columns[number];
        for (position, row) in rows.iter().enumerate() {
            // Keywords are a set, so that all of them have to be looked at.
            let is_first =
                matches!(indices.value(position), Value::Int(0)) && !matches!(count.values, Values::Texts(_));
            let element = match count.range(row) {
                range if range.is_empty() => Err(missing()),
                range if is_first => Ok(self.value_at(number, range.start)),
                _ => members::at_index(&Value::List(self.values(number, row).into()), &indices.value(position)),
            };
            elements.push(element.map_err(|failure| Stop::Failed { failure, at, row })?);
        }
        Ok(Column::from_values(elements))
    }

    /// A value of a column that does not hold texts.
    fn value_at(&self, number: usize, index: usize) -> Value {
        match &self.batch.columns[number].values {
            Values::Booleans(values) => Value::Boolean(values[index] != 0),
            Values::Floats(values) => Value::Double(values[index]),
            Values::Integers(values) if self.program.columns[number].kind == ColumnKind::Dates => {
                Value::Date(values[index])
            }
            Values::Integers(values) => Value::Long(values[index]),
            Values::Texts(_) => Value::Null,
        }
    }

    pub(super) fn contains(&mut self, number: usize, wanted: &Column<'_>, rows: &Rows) -> Column<'b> {
        let mut found = Vec::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            let wanted = wanted.value(position);
            found.push(self.values(number, row).iter().any(|value| members::same(value, &wanted)));
        }
        Column::Booleans(found)
    }

    /// The points of a document, from south to north, and those of one latitude from east to west of Greenwich: the longitudes of
    /// the west follow on those of the east.
    pub(super) fn points(&self, lat: usize, lon: usize, row: usize) -> Vec<Value> {
        let mut points: Vec<(f64, f64)> = self.points_of(lat, lon, row).collect();
        points.sort_by(compare_points);
        points.into_iter().map(|(lat, lon)| Value::Point(lat, lon)).collect()
    }

    fn points_of(&self, lat: usize, lon: usize, row: usize) -> impl Iterator<Item = (f64, f64)> + use<'b> {
        let batch = self.batch;
        let (lats, lons) = (&batch.columns[lat], &batch.columns[lon]);
        fn floats(values: &Values) -> &[f64] {
            if let Values::Floats(values) = values { values } else { &[] }
        }
        let (lat_values, lon_values) = (floats(&lats.values), floats(&lons.values));
        lats.range(row)
            .zip(lons.range(row))
            .filter_map(move |(lat, lon)| Some((*lat_values.get(lat)?, *lon_values.get(lon)?)))
    }

    /// The first of a document's points.
    pub(super) fn point(&mut self, lat: usize, lon: usize, rows: &Rows, at: usize) -> Result<Column<'b>, Stop> {
        let mut points = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            let first = self.points_of(lat, lon, row).min_by(compare_points);
            let (lat, lon) = first.ok_or_else(|| Stop::Failed { failure: missing(), at, row })?;
            points.push(Value::Point(lat, lon));
        }
        Ok(Column::Any(points))
    }
}

fn compare_points(left: &(f64, f64), right: &(f64, f64)) -> std::cmp::Ordering {
    let key = |point: &(f64, f64)| (point.0, point.1 < 0.0, point.1);
    key(left).partial_cmp(&key(right)).unwrap_or(std::cmp::Ordering::Equal)
}

/// The values ascend.
fn aggregate(values: &[f64], read: FieldRead) -> f64 {
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return 0.0 };
    let sum = || values.iter().sum::<f64>();
    match read {
        FieldRead::Max => *last,
        FieldRead::Sum => sum(),
        FieldRead::Average => sum() / values.len() as f64,
        FieldRead::Median if values.len().is_multiple_of(2) => {
            let middle = values.len() / 2;
            (values[middle - 1] + values[middle]) / 2.0
        }
        FieldRead::Median => values[values.len() / 2],
        FieldRead::First | FieldRead::FirstOrZero | FieldRead::Min | FieldRead::Count => *first,
    }
}
