//! What loops go through, and indices select: the values of a field, or lists.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::column::Column;
use super::rows::Rows;
use super::texts::Texts;
use crate::members;
use crate::value::Value;

/// All values of a field in the documents of a batch. Keywords are a set: equal values of a document count once.
pub(super) struct FieldItems<'b> {
    /// Those of one document after another.
    values: Column<'b>,
    /// Where those of each document begin, and the end; empty if each document has one.
    starts: Cow<'b, [u32]>,
    /// The same values, cheap to take one by one, once that was done.
    cheap: OnceCell<Column<'b>>,
}

impl<'b> FieldItems<'b> {
    pub(super) fn new(values: Column<'b>, starts: &'b [u32]) -> Self {
        let (values, starts) = match values {
            Column::Texts(Texts { codes, distinct }) if !starts.is_empty() => {
                let (codes, starts) = distinct_codes(&codes, starts);
                (Column::Texts(Texts { codes: codes.into(), distinct }), starts.into())
            }
            values => (values, starts.into()),
        };
        FieldItems { values, starts, cheap: OnceCell::new() }
    }

    fn value(&self, place: usize) -> Value {
        self.cheap.get_or_init(|| self.values.clone().with_cheap_values()).value(place)
    }

    /// Where the values of a document are.
    pub(super) fn range(&self, row: usize) -> Range<usize> {
        if self.starts.is_empty() { row..row + 1 } else { self.starts[row] as usize..self.starts[row + 1] as usize }
    }

    /// The values at these places.
    pub(super) fn picked(&self, places: &[u32]) -> Column<'b> {
        self.values.picked(places)
    }

    /// The values of each of these documents, as a list.
    pub(super) fn lists(&self, rows: &Rows) -> Vec<Value> {
        let list = |row| Value::List(self.range(row).map(|place| self.value(place)).collect());
        rows.iter().map(list).collect()
    }

    /// Whether a document has a value, for each of these documents.
    pub(super) fn contain(&self, wanted: &Column<'_>, rows: &Rows) -> Vec<bool> {
        if let Column::Constant(wanted) = wanted {
            let is_wanted = self.equal(wanted);
            return rows.iter().map(|row| is_wanted[self.range(row)].contains(&true)).collect();
        }
        let contains = |(position, row)| {
            let wanted = wanted.value(position);
            self.range(row).any(|place| members::same(&self.value(place), &wanted))
        };
        rows.iter().enumerate().map(contains).collect()
    }

    /// Which values are the same as this one.
    fn equal(&self, wanted: &Value) -> Vec<bool> {
        let each = |len: usize| (0..len).map(|place| members::same(&self.values.value(place), wanted)).collect();
        match (&self.values, wanted) {
            (Column::Longs(values), Value::Long(wanted)) => values.iter().map(|value| value == wanted).collect(),
            (Column::Doubles(values), Value::Double(wanted)) => values.iter().map(|value| value == wanted).collect(),
            (Column::Texts(texts), Value::Text(wanted)) => {
                let is_wanted: Vec<bool> = texts.distinct.iter().map(|text| *text == **wanted).collect();
                texts.codes.iter().map(|code| is_wanted[*code as usize]).collect()
            }
            (Column::Texts(texts), _) => vec![false; texts.codes.len()],
            (Column::Booleans(values), _) => each(values.len()),
            (Column::Longs(values) | Column::Dates(values), _) => each(values.len()),
            (Column::Doubles(values), _) => each(values.len()),
            (Column::Ints(values), _) => each(values.len()),
            (Column::Any(values), _) => each(values.len()),
            (Column::Constant(_), _) => Vec::new(),
        }
    }
}

/// The codes of each document without repetitions, which are next to each other, and where those of each document begin.
fn distinct_codes(codes: &[u32], starts: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut distinct = Vec::with_capacity(codes.len());
    let mut distinct_starts = Vec::with_capacity(starts.len());
    distinct_starts.push(0);
    for pair in starts.windows(2) {
        let mut last = None;
        for code in &codes[pair[0] as usize..pair[1] as usize] {
            if last != Some(code) {
                distinct.push(*code);
            }
            last = Some(code);
        }
        distinct_starts.push(distinct.len() as u32);
    }
    (distinct, distinct_starts)
}

/// What a loop goes through.
pub(super) enum LoopItems<'b> {
    Field(Rc<FieldItems<'b>>),
    /// The same list for all documents.
    Same(Arc<[Value]>),
    /// The list of each document of the batch.
    Lists(Vec<Arc<[Value]>>),
}

impl<'b> LoopItems<'b> {
    /// The documents that have an item at this index, and the others.
    pub(super) fn split(&self, rows: Rows, index: usize) -> (Rows, Rows) {
        let len_of_all = match self {
            LoopItems::Field(items) if !items.starts.is_empty() => {
                return split_where(&rows, |row| items.range(row).len() > index);
            }
            LoopItems::Lists(lists) => return split_where(&rows, |row| lists[row].len() > index),
            LoopItems::Field(_) => 1,
            LoopItems::Same(list) => list.len(),
        };
        if index < len_of_all { (rows, Rows::none()) } else { (Rows::none(), rows) }
    }

    /// The item at an index for each of these documents, which have it.
    pub(super) fn at(&self, index: usize, rows: &Rows) -> Column<'b> {
        match self {
            LoopItems::Field(items) if items.starts.is_empty() => items.values.at(rows),
            LoopItems::Field(items) => {
                let places: Vec<u32> = rows.iter().map(|row| items.starts[row] + index as u32).collect();
                items.picked(&places)
            }
            LoopItems::Same(list) => Column::Constant(list[index].clone()),
            LoopItems::Lists(lists) => Column::from_values(rows.iter().map(|row| lists[row][index].clone()).collect()),
        }
    }
}

fn split_where(rows: &Rows, holds: impl Fn(usize) -> bool) -> (Rows, Rows) {
    let mask: Vec<bool> = rows.iter().map(holds).collect();
    rows.split(&mask)
}
