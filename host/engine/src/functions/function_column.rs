//! The values of a function as a column.

use std::sync::Arc;

use quidditch_function::{BoundValues, Cause, Column as BatchColumn, ColumnKind};
use quidditch_index::{Field, FieldKind};
use tantivy::{DocId, SegmentReader};

use super::bound_function::{SegmentFunction, ValuesFunction};
use crate::Error;
use crate::columns::{ComputedColumn, ComputedField, SegmentComputedColumn};
use crate::nested::ScopeDocuments;
use crate::progress::Progress;

/// The values of a function.
pub(crate) struct FunctionColumn {
    function: Arc<ValuesFunction>,
    kind: ColumnKind,
    progress: Arc<Progress>,
}

impl FunctionColumn {
    /// The values as those of a field that these documents have; `None` means all.
    ///
    /// # Errors
    /// [`Error::Function`] if the function computes values of another type.
    pub(crate) fn field(
        function: &Arc<ValuesFunction>,
        field: &Field,
        documents: Option<ScopeDocuments>,
        progress: &Arc<Progress>,
    ) -> Result<Arc<ComputedField>, Error> {
        let kind = function.kind.expect("a function that is bound to compute values has a type of values");
        let fits = matches!(
            (kind, field.kind()),
            (ColumnKind::Booleans, FieldKind::Boolean)
                | (ColumnKind::Integers, FieldKind::Long)
                | (ColumnKind::Floats, FieldKind::Double)
                | (ColumnKind::Texts, FieldKind::Keyword { .. })
                | (ColumnKind::Dates, FieldKind::Date { .. })
        );
        if !fits {
            let (kind, field_type, name) = (kind.name(), field.kind().type_name(), field.name());
            let reason = format!("the function computes {kind}, and field [{name}] is of the type [{field_type}]");
            return Err(Error::binding(function.id(), Cause::Unusable(reason)));
        }
        let column = Arc::new(FunctionColumn { function: Arc::clone(function), kind, progress: Arc::clone(progress) });
        Ok(ComputedField::new(field.clone(), column, documents, progress))
    }
}

impl ComputedColumn for FunctionColumn {
    fn kind(&self) -> ColumnKind {
        self.kind
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentComputedColumn>, Error> {
        let (function, progress) = (self.function.open(segment)?, Arc::clone(&self.progress));
        Ok(Box::new(SegmentFunctionColumn { function, progress }))
    }
}

struct SegmentFunctionColumn {
    function: SegmentFunction<dyn BoundValues>,
    progress: Arc<Progress>,
}

impl SegmentComputedColumn for SegmentFunctionColumn {
    fn gather(&mut self, docs: &[DocId], out: &mut BatchColumn) -> Result<(), Error> {
        self.function.call(docs, &[], &self.progress, |values, batch| values.compute(batch, out))
    }
}
