//! Columns that are computed from others.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use quidditch_index::Field;
use tantivy::SegmentReader;
use tantivy::columnar::DynamicColumnHandle;
use tantivy::index::SegmentId;

use super::computed_column::ComputedColumn;
use super::lazy::LazySegment;
use super::materialised::materialise;
use crate::Error;
use crate::memory::Reservation;
use crate::nested::ScopeDocuments;
use crate::progress::Progress;

/// A field that the request computes.
pub(crate) struct ComputedField {
    /// What the values of a request for it mean: a field of the same name and type, which no index has.
    pub(crate) field: Field,
    pub(crate) column: Arc<dyn ComputedColumn>,
    /// Which documents have values; `None` means all.
    documents: Option<ScopeDocuments>,
    /// The values of whole segments, for those who read them more than once.
    segments: Mutex<HashMap<SegmentId, Arc<Mutex<Option<Materialised>>>>>,
    /// The values of those segments that somebody reads.
    lazy: Mutex<HashMap<SegmentId, Weak<LazySegment>>>,
    progress: Arc<Progress>,
}

/// All values of a segment.
struct Materialised {
    column: DynamicColumnHandle,
    _memory: Reservation,
}

impl ComputedField {
    pub(crate) fn new(
        field: Field,
        column: Arc<dyn ComputedColumn>,
        documents: Option<ScopeDocuments>,
        progress: &Arc<Progress>,
    ) -> Arc<Self> {
        let (segments, lazy) = (Mutex::default(), Mutex::default());
        Arc::new(ComputedField { field, column, documents, segments, lazy, progress: Arc::clone(progress) })
    }

    /// The numbers, dates or booleans of a segment, which are computed when they are asked for. All who read them at the same time
    /// share them.
    pub(crate) fn lazily(&self, segment: &SegmentReader) -> Result<Arc<LazySegment>, Error> {
        let mut lazy = self.lazy.lock().unwrap_or_else(PoisonError::into_inner);
        let place = lazy.entry(segment.segment_id()).or_default();
        if let Some(opened) = place.upgrade() {
            return Ok(opened);
        }
        let opened = Arc::new(LazySegment::open(&*self.column, segment, &self.progress)?);
        *place = Arc::downgrade(&opened);
        Ok(opened)
    }

    /// The values of all documents of a segment, in the form of a stored column. They are computed once for each segment. Only texts
    /// need this, whose numbers must have the order of the texts.
    pub(crate) fn of_segment(&self, segment: &SegmentReader) -> Result<DynamicColumnHandle, Error> {
        let slot = {
            let mut segments = self.segments.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(segments.entry(segment.segment_id()).or_default())
        };
        // Others who need the same segment wait here instead of computing it again.
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(materialised) = &*slot {
            return Ok(materialised.column.clone());
        }
        let mut reservation = self.progress.memory().reservation();
        let column = materialise(&*self.column, segment, self.documents.as_ref(), &mut reservation)?;
        *slot = Some(Materialised { column: column.clone(), _memory: reservation });
        Ok(column)
    }
}

/// The fields that a request computes, by name.
#[derive(Default)]
pub(crate) struct ComputedFields(BTreeMap<String, Arc<ComputedField>>);

impl ComputedFields {
    pub(crate) fn insert(&mut self, field: Arc<ComputedField>) {
        self.0.insert(field.field.name().to_owned(), field);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<ComputedField>> {
        self.0.get(name)
    }
}
