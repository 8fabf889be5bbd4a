//! Values of a field for batches of documents.

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};

use super::batch::Batch;
use super::gathered::{Gathered, Repeats, gather};
use super::kind::Kind;
use super::source::{Missing, Source};
use crate::Error;
use crate::collect::SegmentContext;
use crate::columns::{OpenColumn, bits_column};

/// A field of one segment.
pub(super) struct Reader {
    /// Integers and floats as bits that order like them, booleans as 0 and 1, texts as their numbers in the dictionary.
    /// `None` where no document of the segment has a value.
    column: Option<Column<u64>>,
    texts: Option<StrColumn>,
    kind: Kind,
    missing: Option<Missing>,
    bits: Gathered<u64>,
    numbers: Gathered<f64>,
    rows: Vec<u32>,
}

impl Reader {
    pub(super) fn open(source: &Source, segment: &SegmentContext<'_>) -> Result<Self, Error> {
        let (mut column, mut texts) = (None, None);
        if let Some(computed) = &source.computed {
            let computed = segment.matched()?.some_of(computed)?;
            if source.kind == Kind::Text {
                if let OpenColumn::Texts { dictionary, ordinals } = computed.open()? {
                    column = Some(ordinals);
                    texts = Some(dictionary);
                }
            } else {
                column = computed.bits()?;
            }
        }
        if let Some(name) = &source.column {
            if source.kind == Kind::Text {
                texts = segment.reader.fast_fields().str(name)?;
                column = texts.as_ref().map(|texts| texts.ords().clone());
            } else {
                column = bits_column(name, segment.reader)?;
            }
        }
        Ok(Reader {
            column,
            texts,
            kind: source.kind,
            missing: source.missing.clone(),
            bits: Gathered::default(),
            numbers: Gathered::default(),
            rows: Vec::new(),
        })
    }

    /// The smallest and the largest number of the column, if they are known.
    pub(super) fn bounds(&self) -> Option<(f64, f64)> {
        let column = self.column.as_ref()?;
        Some((self.number(column.min_value()), self.number(column.max_value())))
    }

    /// The smallest and the largest integer of the column, if they are known.
    pub(super) fn integer_bounds(&self) -> Option<(i64, i64)> {
        let column = self.column.as_ref().filter(|column| column.values.num_vals() > 0)?;
        Some((self.integer(column.min_value()), self.integer(column.max_value())))
    }

    /// The number of values.
    pub(super) fn value_count(&self) -> u32 {
        self.column.as_ref().map_or(0, |column| column.values.num_vals())
    }

    /// Whether a document may have several values.
    pub(super) fn has_repeats(&self) -> bool {
        self.column.as_ref().is_some_and(|column| column.index.get_cardinality().is_multivalue())
    }

    /// The dictionary of texts. The column that it belongs to may be another one.
    pub(super) fn texts(&self) -> Option<&StrColumn> {
        self.texts.as_ref()
    }

    /// Calls `take` with the position of each document that has no value.
    pub(super) fn for_each_without(&self, docs: &[DocId], mut take: impl FnMut(usize)) {
        let has_value = |doc: DocId| self.column.as_ref().is_some_and(|column| column.index.has_value(doc));
        docs.iter().enumerate().filter(|(_, doc)| !has_value(**doc)).for_each(|(position, _)| take(position));
    }

    /// The bits of all values of some documents.
    pub(super) fn all_bits(&self, docs: &[DocId]) -> Vec<u64> {
        let column = self.column.iter();
        column.flat_map(|column| docs.iter().flat_map(|doc| column.values_for_doc(*doc))).collect()
    }

    fn gather(&mut self, docs: &[DocId], repeats: Repeats) {
        gather(self.column.as_ref(), docs, repeats, &mut self.rows, &mut self.bits);
    }

    /// The values of the documents as bits, without what missing values count as.
    pub(super) fn bits(&mut self, batch: Batch<'_>, repeats: Repeats) -> &mut Gathered<u64> {
        self.gather(batch.docs, repeats);
        &mut self.bits
    }

    /// The same with bits for missing values.
    pub(super) fn bits_or(&mut self, batch: Batch<'_>, repeats: Repeats, missing: Option<u64>) -> &mut Gathered<u64> {
        self.gather(batch.docs, repeats);
        if let Some(missing) = missing {
            self.bits.fill(batch.docs.len(), missing);
        }
        &mut self.bits
    }

    /// The values of the documents as floats. A missing value counts as the request says.
    pub(super) fn numbers(&mut self, batch: Batch<'_>, repeats: Repeats) -> &Gathered<f64> {
        self.gather(batch.docs, repeats);
        match self.kind {
            Kind::Integer | Kind::Date => self.numbers.convert(&self.bits, |bits| u64_to_i64(bits) as f64),
            Kind::Float | Kind::Single | Kind::Point => self.numbers.convert(&self.bits, u64_to_f64),
            Kind::Boolean | Kind::Text => self.numbers.convert(&self.bits, |bits| bits as f64),
        }
        if let Some(missing) = &self.missing {
            self.numbers.fill(batch.docs.len(), missing.number());
        }
        &self.numbers
    }

    /// Bits of an integer as this column has them.
    pub(super) fn integer_bits(&self, integer: i64) -> u64 {
        match self.kind {
            Kind::Integer | Kind::Date => i64_to_u64(integer),
            Kind::Float | Kind::Single | Kind::Point => float_bits(integer as f64),
            Kind::Boolean | Kind::Text => integer as u64,
        }
    }

    pub(super) fn integer(&self, bits: u64) -> i64 {
        integer(self.kind, bits)
    }

    /// The same as a function that does not borrow the reader.
    pub(super) fn to_integer(&self) -> impl Fn(u64) -> i64 + use<> {
        let kind = self.kind;
        move |bits| integer(kind, bits)
    }

    pub(super) fn number(&self, bits: u64) -> f64 {
        number(self.kind, bits)
    }
}

/// The difference of the largest and the smallest number that is stored in a segment; 0 where there are none.
pub(super) fn stored_span(source: &Source, segment: &SegmentReader) -> tantivy::Result<f64> {
    let Some(name) = &source.column else { return Ok(0.0) };
    let column = bits_column(name, segment)?.filter(|column| column.values.num_vals() > 0);
    Ok(column.map_or(0.0, |column| number(source.kind, column.max_value()) - number(source.kind, column.min_value())))
}

fn number(kind: Kind, bits: u64) -> f64 {
    match kind {
        Kind::Float | Kind::Single | Kind::Point => u64_to_f64(bits),
        _ => integer(kind, bits) as f64,
    }
}

fn integer(kind: Kind, bits: u64) -> i64 {
    match kind {
        Kind::Integer | Kind::Date => u64_to_i64(bits),
        Kind::Float | Kind::Single | Kind::Point => u64_to_f64(bits) as i64,
        Kind::Boolean | Kind::Text => bits as i64,
    }
}

/// Bits of a float that order like it.
pub(super) fn float_bits(float: f64) -> u64 {
    // -0.0 is the same key as 0.0.
    f64_to_u64(float + 0.0)
}
