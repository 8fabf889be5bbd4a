//! Values of fields, gathered for batches of documents as functions and built-in stages read them.

mod computed;
mod document_id;
mod floats;
mod gather;
mod matched;
mod materialised;
mod points;
mod reader;
mod source;
mod texts;

pub(crate) use computed::{ComputedColumn, ComputedField, ComputedFields, SegmentComputedColumn};
pub(crate) use document_id::document_id;
pub(crate) use floats::FloatReader;
pub(crate) use matched::{MatchedColumn, MatchedColumns};
pub(crate) use points::{PointReader, PointSource};
pub(crate) use reader::ColumnReader;
pub(crate) use source::{ColumnError, ColumnSource};
