//! Values of fields, and scores.

use std::rc::Rc;

use quidditch_function::{Column as BatchColumn, ColumnKind, Values};

use super::column::Column;
use super::items::FieldItems;
use super::rows::Rows;
use super::texts::{Distinct, Texts};
use super::{Evaluation, Stop};
use crate::arguments::int_argument;
use crate::failure::Failure;
use crate::list_index::index_from_either_end;
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
    let starts = &column.starts;
    match rows {
        Rows::All(len) if starts.is_empty() => Ok(values[..*len].to_vec()),
        Rows::Some(rows) if starts.is_empty() => Ok(rows.iter().map(|row| values[*row as usize]).collect()),
        _ => {
            let of = |(position, row): (usize, usize)| {
                if starts[row] < starts[row + 1] { Ok(values[starts[row] as usize]) } else { Err(position) }
            };
            rows.iter().enumerate().map(of).collect()
        }
    }
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
                    let items = self.items(number);
                    Column::Ints(rows.iter().map(|row| items.range(row).len() as i32).collect())
                }
                _ => Column::Ints(rows.iter().map(|row| column.range(row).len() as i32).collect()),
            }),
            read => Ok(self.number(column, read, rows)),
        }
    }

    fn first(&self, number: usize, column: &'b BatchColumn, rows: &Rows) -> Result<Column<'b>, usize> {
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
                let codes = &dictionary.codes;
                let codes = if is_plain { codes.as_slice().into() } else { first(codes, column, rows)?.into() };
                Column::Texts(Texts { codes, distinct: Distinct::Read(dictionary) })
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

    /// All values of a field that is not a point.
    pub(super) fn items(&mut self, number: usize) -> Rc<FieldItems<'b>> {
        if let Some(items) = &self.items[number] {
            return Rc::clone(items);
        }
        let column = &self.batch.columns[number];
        let is_date = self.program.columns[number].kind == ColumnKind::Dates;
        let values = match &column.values {
            Values::Booleans(values) => Column::Booleans(values.iter().map(|value| *value != 0).collect()),
            Values::Floats(values) => Column::Doubles(values.as_slice().into()),
            Values::Integers(values) if is_date => Column::Dates(values.as_slice().into()),
            Values::Integers(values) => Column::Longs(values.as_slice().into()),
            Values::Texts(dictionary) => {
                let codes = dictionary.codes.as_slice().into();
                Column::Texts(Texts { codes, distinct: Distinct::Read(dictionary) })
            }
        };
        let items = Rc::new(FieldItems::new(values, &column.starts));
        self.items[number] = Some(Rc::clone(&items));
        items
    }

    pub(super) fn element(
        &mut self,
        number: usize,
        indices: &Column<'_>,
        rows: &Rows,
        at: usize,
    ) -> Result<Column<'b>, Stop> {
        let items = self.items(number);
        let mut places = Vec::with_capacity(rows.len());
        for (position, row) in rows.iter().enumerate() {
            let range = items.range(row);
            let index = if range.is_empty() {
                Err(missing())
            } else {
                index(indices, position).and_then(|index| index_from_either_end(index, range.len()))
            };
            let index = index.map_err(|failure| Stop::Failed { failure, at, row })?;
            places.push((range.start + index) as u32);
        }
        Ok(items.picked(&places))
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

/// The index at a position of a column of them.
fn index(indices: &Column<'_>, position: usize) -> Result<i64, Failure> {
    match indices {
        Column::Ints(indices) => Ok(i64::from(indices[position])),
        Column::Constant(Value::Int(index)) => Ok(i64::from(*index)),
        other => int_argument(&other.value(position)),
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
