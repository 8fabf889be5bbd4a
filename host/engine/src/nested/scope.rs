//! Scopes: the documents of an index, or the objects of one nested path.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use quidditch_index::Mapping;
use quidditch_index::format::{FIELD_NAMES, NESTED_TERM};
use tantivy::index::SegmentId;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

use super::doc_bits::DocBits;
use crate::Error;

/// Which documents a part of a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum NestedScope {
    /// Those of the index.
    #[default]
    Root,
    /// The objects of a nested path, by the index of the object in the mapping.
    Objects(usize),
    /// The objects of a path that the mapping does not have: there are none.
    Nowhere,
}

impl NestedScope {
    /// The scope of an index of the mapping, where 0 is the document itself.
    pub(crate) fn from_index(index: usize) -> Self {
        if index == 0 { NestedScope::Root } else { NestedScope::Objects(index) }
    }

    fn index(self) -> usize {
        match self {
            NestedScope::Root | NestedScope::Nowhere => 0,
            NestedScope::Objects(index) => index,
        }
    }

    /// Whether its documents are inside of those of another scope.
    pub(crate) fn is_inside(self, outer: NestedScope, mapping: &Mapping) -> bool {
        mapping.is_inside(self.index(), outer.index())
    }

    /// The scope around it; that of the index is in none.
    pub(crate) fn around(self, mapping: &Mapping) -> Option<NestedScope> {
        match self {
            NestedScope::Root | NestedScope::Nowhere => None,
            NestedScope::Objects(index) => Some(Self::from_index(mapping.scope_of(mapping.object(index).name()))),
        }
    }

    /// The path of its objects; `None` for the documents of the index.
    pub(crate) fn path(self, mapping: &Mapping) -> Option<&str> {
        match self {
            NestedScope::Root | NestedScope::Nowhere => None,
            NestedScope::Objects(index) => Some(mapping.object(index).name()),
        }
    }
}

/// The nested objects with a path, or at the other paths, too.
fn term(path: &str) -> Term {
    Term::from_field_text(FIELD_NAMES, &format!("{NESTED_TERM}{path}"))
}

/// The documents of the scopes of a request by segment, each read once.
#[derive(Default)]
pub(crate) struct NestedSets(Mutex<HashMap<(SegmentId, NestedScope), Arc<DocBits>>>);

/// The documents of one scope, in any segment.
#[derive(Clone)]
pub(crate) struct ScopeDocuments {
    scope: NestedScope,
    path: Arc<str>,
    sets: Arc<NestedSets>,
}

impl fmt::Debug for ScopeDocuments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScopeDocuments({})", self.path)
    }
}

impl ScopeDocuments {
    pub(crate) fn new(scope: NestedScope, mapping: &Mapping, sets: &Arc<NestedSets>) -> Self {
        ScopeDocuments { scope, path: scope.path(mapping).unwrap_or_default().into(), sets: Arc::clone(sets) }
    }

    /// The terms that are read.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Term> {
        let own = matches!(self.scope, NestedScope::Objects(_)).then(|| term(&self.path));
        // Roots are the documents that are not nested objects.
        [Some(term("")), own].into_iter().flatten()
    }

    /// The documents of a segment. Of nested objects, only those of documents that are not deleted.
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<DocBits>> {
        self.sets.get(self.scope, &self.path, segment)
    }
}

impl NestedSets {
    fn get(&self, scope: NestedScope, path: &str, segment: &SegmentReader) -> tantivy::Result<Arc<DocBits>> {
        let key = (segment.segment_id(), scope);
        if let Some(bits) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(bits));
        }
        let read = match scope {
            NestedScope::Root => read(segment, &term(""))?.complement(),
            NestedScope::Nowhere => DocBits::empty(segment.max_doc()),
            NestedScope::Objects(_) => {
                let objects = read(segment, &term(path))?;
                match segment.alive_bitset() {
                    None => objects,
                    // Only the document itself is marked as deleted.
                    Some(alive) => {
                        let roots = self.get(NestedScope::Root, "", segment)?;
                        let mut left = DocBits::empty(segment.max_doc());
                        let is_left = |doc: &DocId| roots.at_or_after(*doc).is_some_and(|root| alive.is_alive(root));
                        objects.iter().filter(is_left).for_each(|doc| left.insert(doc));
                        left
                    }
                }
            }
        };
        let bits = Arc::new(read);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&bits));
        Ok(bits)
    }
}

fn read(segment: &SegmentReader, term: &Term) -> tantivy::Result<DocBits> {
    let mut bits = DocBits::empty(segment.max_doc());
    let index = segment.inverted_index(FIELD_NAMES)?;
    let postings = index.read_postings(term, IndexRecordOption::Basic).map_err(TantivyError::from)?;
    if let Some(mut postings) = postings {
        while postings.doc() != TERMINATED {
            bits.insert(postings.doc());
            postings.advance();
        }
    }
    Ok(bits)
}

/// The documents before `parent` that may be inside of it, given all documents of its scope.
pub(crate) fn block(parents: &DocBits, parent: DocId) -> Range<DocId> {
    parents.before(parent).map_or(0, |before| before + 1)..parent
}

/// The error that a path is not one of nested objects.
pub(crate) fn not_nested(mapping: &Mapping, path: &str) -> Error {
    Error::Query(match mapping.has_object(path) {
        true => format!("[nested] nested object under path [{path}] is not of nested type"),
        false => format!("[nested] failed to find nested object under path [{path}]"),
    })
}
