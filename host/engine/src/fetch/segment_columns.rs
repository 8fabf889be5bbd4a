//! The columns of one segment that are read of its hits.

use quidditch_function::{Batch, Column};
use quidditch_index::{Revision, Revisions};
use serde_json::{Map, Value as Json};
use tantivy::{DocId, SegmentReader};

use super::column_value::{ColumnValue, Read, points};
use super::plan::FetchPlan;
use super::script_value::ScriptValue;
use crate::Error;
use crate::columns::{ColumnReader, ColumnSource};

/// The columns of one segment that are read of its hits.
pub(super) struct SegmentColumns<'a> {
    values: Vec<(&'a ColumnValue, Vec<ColumnReader>)>,
    scripts: Vec<(&'a ScriptValue, Vec<ColumnReader>)>,
    revisions: Option<Revisions>,
}

impl<'a> SegmentColumns<'a> {
    /// Opens all of them, and returns the first error: so missing bytes are recorded together.
    pub(super) fn open(plan: &'a FetchPlan<'_>, segment: &SegmentReader) -> Result<Self, Error> {
        let mut missing = None;
        let mut open = |sources: &[&ColumnSource]| {
            let mut readers = Vec::new();
            for source in sources {
                match ColumnReader::open(source, segment) {
                    Ok(reader) => readers.push(reader),
                    Err(error) => _ = missing.get_or_insert(error),
                }
            }
            readers
        };
        let mut values = Vec::new();
        for value in &plan.columns {
            values.push((
                value,
                match &value.read {
                    Read::Id | Read::Index => Vec::new(),
                    Read::Column(source) => open(&[source]),
                    Read::Point(lat, lon) => open(&[lat, lon]),
                },
            ));
        }
        let mut scripts = Vec::new();
        for script in &plan.scripts {
            scripts.push((script, open(&script.columns.iter().collect::<Vec<_>>())));
        }
        let mut revisions = None;
        if plan.revision.is_any() {
            match Revisions::open(segment) {
                Ok(opened) => revisions = Some(opened),
                Err(error) => _ = missing.get_or_insert(error.into()),
            }
        }
        missing.map_or(Ok(SegmentColumns { values, scripts, revisions }), Err)
    }

    /// Which write a document is from, if it is shown.
    pub(super) fn revision(&self, doc: DocId) -> Option<Revision> {
        self.revisions.as_ref().map(|revisions| revisions.get(doc))
    }

    /// Adds the values of one document to `fields`.
    pub(super) fn add_values(
        &mut self,
        doc: DocId,
        id: &str,
        index: &str,
        fields: &mut Map<String, Json>,
    ) -> Result<(), Error> {
        for (value, readers) in &mut self.values {
            let columns = gather(readers, doc)?;
            let values = match (&value.read, &columns[..]) {
                (Read::Id, _) => vec![Json::from(id)],
                (Read::Index, _) => vec![Json::from(index)],
                (_, [column]) => value.values(column),
                (_, [lats, lons]) => points(lats, lons),
                _ => Vec::new(),
            };
            // A field may be asked for several times, in several formats.
            match fields.get_mut(&value.name) {
                Some(Json::Array(earlier)) => earlier.extend(values),
                _ => _ = fields.insert(value.name.clone(), Json::Array(values)),
            }
        }
        for (script, readers) in &mut self.scripts {
            // The values of a column win.
            if !fields.contains_key(&script.name) {
                let batch = Batch { len: 1, scores: Vec::new(), columns: gather(readers, doc)? };
                if let Some(values) = script.values(&batch, id)? {
                    fields.insert(script.name.clone(), Json::Array(values));
                }
            }
        }
        Ok(())
    }
}

fn gather(readers: &mut [ColumnReader], doc: DocId) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::with_capacity(readers.len());
    for reader in readers {
        let mut column = reader.empty();
        reader.gather(&[doc], &mut column)?;
        columns.push(column);
    }
    Ok(columns)
}
