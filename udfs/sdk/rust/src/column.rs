//! The columns that a function requests, and what it receives for them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::Error;
use crate::list::list;
use crate::value::{BorrowedColumn, BorrowedValues, ColumnRequest, Kind};
use crate::view::{NoColumns, TextColumn, ValueColumn, View};

/// The columns of a function: one of [`Booleans`], [`Integers`], [`Floats`], [`Dates`], [`Texts`]; a tuple of up to four of
/// them; or `()` for none.
///
/// It determines what the function receives for one document: a slice of numbers for a number column, [`TextsOfDocument`] for a
/// text column, and a tuple for a tuple. The values of one document are in ascending order. A document without the field has none.
///
/// [`TextsOfDocument`]: crate::TextsOfDocument
pub trait Columns {
    /// All documents of a batch.
    type View<'b>: View<Document = Self::Document<'b>>;

    /// One document.
    type Document<'b>;

    /// The number of columns.
    #[doc(hidden)]
    const COUNT: usize;

    /// Fills in as many requests.
    #[doc(hidden)]
    fn request(&self, requests: &mut core::slice::IterMut<'_, ColumnRequest>);

    /// Takes as many columns.
    #[doc(hidden)]
    fn view<'b>(len: usize, columns: &mut impl Iterator<Item = BorrowedColumn<'b>>) -> Result<Self::View<'b>, Error>;
}

macro_rules! column_kind {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            field: String,
        }

        impl $name {
            /// The column of that field. A geo point `f` has the columns `f.lat` and `f.lon`, both floats.
            pub fn of(field: impl Into<String>) -> Self {
                Self { field: field.into() }
            }
        }
    };
}

column_kind! {
    /// Requests a field's values as booleans; they are passed as bytes, 1 and 0.
    Booleans
}
column_kind! {
    /// Requests a field's values as integers.
    Integers
}
column_kind! {
    /// Requests a field's values as floating-point numbers.
    Floats
}
column_kind! {
    /// Requests a field's values as dates: milliseconds since the Unix epoch.
    Dates
}
column_kind! {
    /// Requests a field's values as strings.
    Texts
}

macro_rules! value_columns {
    ($name:ident, $kind:ident, $values:ident, $item:ty) => {
        impl Columns for $name {
            type View<'b> = ValueColumn<'b, $item>;
            type Document<'b> = &'b [$item];

            const COUNT: usize = 1;

            fn request(&self, requests: &mut core::slice::IterMut<'_, ColumnRequest>) {
                add(requests, &self.field, Kind::$kind);
            }

            fn view<'b>(
                len: usize,
                columns: &mut impl Iterator<Item = BorrowedColumn<'b>>,
            ) -> Result<Self::View<'b>, Error> {
                match columns.next() {
                    Some(BorrowedColumn { values: BorrowedValues::$values(values), starts }) => {
                        Ok(ValueColumn::new(len, values, starts))
                    }
                    _ => Err(not_as_requested()),
                }
            }
        }
    };
}

value_columns!(Booleans, Booleans, Booleans, u8);
value_columns!(Integers, Integers, Integers, i64);
value_columns!(Floats, Floats, Floats, f64);
value_columns!(Dates, Dates, Integers, i64);

impl Columns for Texts {
    type View<'b> = TextColumn<'b>;
    type Document<'b> = crate::TextsOfDocument<'b>;

    const COUNT: usize = 1;

    fn request(&self, requests: &mut core::slice::IterMut<'_, ColumnRequest>) {
        add(requests, &self.field, Kind::Texts);
    }

    fn view<'b>(len: usize, columns: &mut impl Iterator<Item = BorrowedColumn<'b>>) -> Result<Self::View<'b>, Error> {
        match columns.next() {
            Some(BorrowedColumn { values: BorrowedValues::Texts(dictionary), starts }) => {
                Ok(TextColumn::new(len, dictionary, starts))
            }
            _ => Err(not_as_requested()),
        }
    }
}

impl Columns for () {
    type View<'b> = NoColumns;
    type Document<'b> = ();

    const COUNT: usize = 0;

    fn request(&self, _: &mut core::slice::IterMut<'_, ColumnRequest>) {}

    fn view<'b>(len: usize, _: &mut impl Iterator<Item = BorrowedColumn<'b>>) -> Result<NoColumns, Error> {
        Ok(NoColumns::new(len))
    }
}

macro_rules! tuple_columns {
    ($($name:ident $index:tt),+) => {
        impl<$($name: Columns),+> Columns for ($($name,)+) {
            type View<'b> = ($($name::View<'b>,)+);
            type Document<'b> = ($($name::Document<'b>,)+);

            const COUNT: usize = 0 $(+ $name::COUNT)+;

            fn request(&self, requests: &mut core::slice::IterMut<'_, ColumnRequest>) {
                $(self.$index.request(requests);)+
            }

            fn view<'b>(len: usize, columns: &mut impl Iterator<Item = BorrowedColumn<'b>>) -> Result<Self::View<'b>, Error> {
                Ok(($($name::view(len, columns)?,)+))
            }
        }
    };
}

tuple_columns!(A 0);
tuple_columns!(A 0, B 1);
tuple_columns!(A 0, B 1, C 2);
tuple_columns!(A 0, B 1, C 2, D 3);

fn add(requests: &mut core::slice::IterMut<'_, ColumnRequest>, field: &str, kind: Kind) {
    if let Some(request) = requests.next() {
        *request = ColumnRequest { field: field.into(), kind };
    }
}

/// The requests of the columns. Their number is known before: a list that grows would be a tenth of a small component.
pub(crate) fn requests<C: Columns>(columns: &C) -> Vec<ColumnRequest> {
    let mut requests = list(C::COUNT, |_| ColumnRequest::default());
    columns.request(&mut requests.iter_mut());
    requests
}

#[cold]
fn not_as_requested() -> Error {
    Error::Failed("the columns are not the requested ones".to_owned())
}
