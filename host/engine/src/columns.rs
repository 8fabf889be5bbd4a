//! Values of fields, gathered for batches of documents as functions and built-in stages read them.

mod bits_column;
mod column_error;
mod computed;
mod computed_column;
mod distinct_texts;
mod document_id;
mod first_sorted;
mod floats;
mod gather;
mod matched;
mod materialised;
mod number_ranges;
mod points;
mod reader;
mod sorted_column;
mod source;
mod span_column;
mod texts;

pub(crate) use bits_column::bits_column;
pub(crate) use column_error::ColumnError;
pub(crate) use computed::{ComputedField, ComputedFields};
pub(crate) use computed_column::{ComputedColumn, SegmentComputedColumn};
pub(crate) use document_id::document_id;
pub(crate) use first_sorted::{FirstSorted, FirstValues};
pub(crate) use floats::FloatReader;
pub(crate) use gather::gather_full;
pub(crate) use matched::{MatchedColumn, MatchedColumns};
pub(crate) use materialised::OpenColumn;
pub(crate) use number_ranges::NumberRanges;
pub(crate) use points::{PointReader, PointSource};
pub(crate) use reader::ColumnReader;
pub(crate) use source::ColumnSource;
