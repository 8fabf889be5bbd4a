//! The values of a function as a column.

use std::sync::Arc;

use quidditch_function::{BoundValues, Cause, Column as BatchColumn, ColumnKind, Dictionary, Values};
use quidditch_index::{Field, FieldKind, Mapping, ip_term};
use serde_json::json;
use tantivy::{DocId, Score, SegmentReader};

use super::bound_function::ValuesFunction;
use super::segment_function::SegmentFunction;
use crate::Error;
use crate::columns::{ColumnSource, ComputedColumn, ComputedField, SegmentComputedColumn};
use crate::progress::Progress;

/// The name of values that belong to no field. No error shows it.
const UNNAMED: &str = "script";

/// The values of a function.
pub(crate) struct FunctionColumn {
    function: Arc<ValuesFunction>,
    kind: ColumnKind,
    texts: TextForm,
    progress: Arc<Progress>,
}

/// What texts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextForm {
    Plain,
    /// Addresses, which an index has in a form that orders like them.
    Addresses,
}

impl FunctionColumn {
    /// The values as those of a field.
    ///
    /// # Errors
    /// [`Error::Function`] if the function computes values of another type.
    pub(crate) fn field(
        function: &Arc<ValuesFunction>,
        field: &Field,
        progress: &Arc<Progress>,
    ) -> Result<Arc<ComputedField>, Error> {
        let kind = function.kind.expect("a function that is bound to compute values has a type of values");
        let fits = matches!(
            (kind, field.kind()),
            (ColumnKind::Booleans, FieldKind::Boolean)
                | (ColumnKind::Integers, FieldKind::Long)
                | (ColumnKind::Floats, FieldKind::Double)
                | (ColumnKind::Texts, FieldKind::Keyword { .. } | FieldKind::Ip)
                | (ColumnKind::Dates, FieldKind::Date { .. })
        );
        if !fits {
            let (kind, field_type, name) = (kind.name(), field.kind().type_name(), field.name());
            let reason = format!("the function computes {kind}, and field [{name}] is of the type [{field_type}]");
            return Err(Error::binding(function.id(), Cause::Unusable(reason)));
        }
        Ok(Self::computed(function, kind, field.clone(), progress))
    }

    /// The latitudes or the longitudes of points, which the function computes.
    ///
    /// # Errors
    /// [`Error::Function`] if the function computes something else.
    pub(crate) fn axis(
        function: &Arc<ValuesFunction>,
        field: &Field,
        progress: &Arc<Progress>,
    ) -> Result<ColumnSource, Error> {
        let column = Self::unnamed(function, progress);
        let floats = ColumnSource::computed(&column.column, ColumnKind::Floats, progress.memory());
        floats.map(ColumnSource::in_index_order).ok_or_else(|| {
            let reason =
                format!("a function cannot compute points, and field [{}] is of the type geo_point", field.name());
            Error::binding(function.id(), Cause::Unusable(reason))
        })
    }

    /// The values as those of a field of their type, without a name.
    pub(crate) fn unnamed(function: &Arc<ValuesFunction>, progress: &Arc<Progress>) -> Arc<ComputedField> {
        let kind = function.kind.expect("a function that is bound to compute values has a type of values");
        let field_type = match kind {
            ColumnKind::Booleans => "boolean",
            ColumnKind::Integers => "long",
            ColumnKind::Floats => "double",
            ColumnKind::Texts => "keyword",
            ColumnKind::Dates => "date",
        };
        let mapping = Mapping::from_json(&json!({ "properties": { UNNAMED: { "type": field_type } } }));
        let field = mapping.ok().and_then(|mapping| mapping.field(UNNAMED).cloned());
        let field = field.expect("a mapping of one plain field is valid");
        Self::computed(function, kind, field, progress)
    }

    fn computed(
        function: &Arc<ValuesFunction>,
        kind: ColumnKind,
        field: Field,
        progress: &Arc<Progress>,
    ) -> Arc<ComputedField> {
        let (function, progress) = (Arc::clone(function), Arc::clone(progress));
        let texts = if *field.kind() == FieldKind::Ip { TextForm::Addresses } else { TextForm::Plain };
        ComputedField::new(field, Arc::new(FunctionColumn { function, kind, texts, progress }))
    }
}

impl ComputedColumn for FunctionColumn {
    fn kind(&self) -> ColumnKind {
        self.kind
    }

    fn needs_scores(&self) -> bool {
        self.function.needs_score
    }

    fn open(&self, segment: &SegmentReader) -> Result<Box<dyn SegmentComputedColumn>, Error> {
        let (function, progress) = (self.function.open(segment)?, Arc::clone(&self.progress));
        Ok(Box::new(SegmentFunctionColumn { function, texts: self.texts, progress }))
    }
}

struct SegmentFunctionColumn {
    function: SegmentFunction<dyn BoundValues>,
    texts: TextForm,
    progress: Arc<Progress>,
}

impl SegmentComputedColumn for SegmentFunctionColumn {
    fn gather(&mut self, docs: &[DocId], scores: &[Score], out: &mut BatchColumn) -> Result<(), Error> {
        self.function.call(docs, scores, &self.progress, |values, batch| values.compute(batch, out))?;
        if self.texts == TextForm::Addresses {
            read_addresses(out)?;
        }
        Ok(())
    }
}

/// Replaces texts by the addresses that they are, as an index has them.
fn read_addresses(column: &mut BatchColumn) -> Result<(), Error> {
    let Values::Texts(texts) = &mut column.values else { return Ok(()) };
    let mut addresses = Dictionary::default();
    for code in 0..texts.ends.len() as u32 {
        let text = texts.text(code).unwrap_or_default();
        let address = ip_term(text);
        let unreadable = || Error::shard_argument(format!("'{text}' is not an IP string literal."));
        addresses.push_text(&address.ok_or_else(unreadable)?);
    }
    addresses.codes = std::mem::take(&mut texts.codes);
    *texts = addresses;
    let Dictionary { codes, ends, bytes } = texts;
    let address = |code: u32| {
        let start = if code == 0 { 0 } else { ends[code as usize - 1] as usize };
        &bytes[start..ends[code as usize] as usize]
    };
    for pair in column.starts.windows(2) {
        codes[pair[0] as usize..pair[1] as usize].sort_by(|left, right| address(*left).cmp(address(*right)));
    }
    Ok(())
}
