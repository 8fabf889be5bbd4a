//! What operations do, one after another, to the documents that are there.

use std::collections::HashMap;

use bytes::Bytes;
use quidditch_index::{Mapping, Revision, SplitId};
use tantivy::{DocId, TantivyDocument};

use super::current::Current;
use super::{
    Condition, CurrentDocument, Effect, Refused, UpdateError, Updated, WriteAction, WriteOperation, WriteResult,
    Written,
};
use crate::DocumentError;
use crate::document::{DocumentReader, check_id};

/// What operations do.
pub(super) struct Plan {
    /// The mapping, with the fields that the documents need.
    pub(super) mapping: Mapping,
    pub(super) next_seq_no: u64,
    /// In the order of the operations, without those that later ones replace or delete.
    pub(super) documents: Vec<NewDocument>,
    /// The documents of the index that are replaced or deleted.
    pub(super) removed: HashMap<SplitId, Vec<DocId>>,
    pub(super) results: Vec<WriteResult>,
}

/// A document that is to be stored.
pub(super) struct NewDocument {
    /// Its nested objects, which are indexed before it.
    pub(super) nested: Vec<TantivyDocument>,
    pub(super) document: TantivyDocument,
    pub(super) id: String,
    pub(super) source: Bytes,
    pub(super) revision: Revision,
}

/// Plans operations.
pub(super) struct Planner<'a> {
    pub(super) index: &'a str,
    pub(super) reader: &'a mut DocumentReader,
    pub(super) mapping: Mapping,
    pub(super) next_seq_no: u64,
    /// The documents that are in the index.
    pub(super) current: HashMap<&'a str, Current>,
}

/// A document as the operations so far have left it.
#[derive(Clone, Copy)]
enum Latest<'a> {
    Absent,
    /// It is in the index.
    Stored(&'a Current),
    /// It is one of the new documents.
    New(usize),
}

impl Planner<'_> {
    /// Plans operations, each with the `_id` of its document.
    pub(super) fn plan(self, operations: &[WriteOperation], ids: &[String]) -> Plan {
        let Planner { index, reader, mapping, next_seq_no, current } = self;
        let mut planning = Planning {
            index,
            reader,
            mapping,
            next_seq_no,
            current: &current,
            latest: HashMap::with_capacity(operations.len()),
            documents: Vec::with_capacity(operations.len()),
            removed: HashMap::new(),
        };
        let mut results = Vec::with_capacity(operations.len());
        for (operation, id) in operations.iter().zip(ids) {
            let outcome = planning.perform(operation, id);
            results.push(WriteResult { id: id.clone(), outcome });
        }
        let Planning { mapping, next_seq_no, documents, removed, .. } = planning;
        Plan { mapping, next_seq_no, documents: documents.into_iter().flatten().collect(), removed, results }
    }
}

struct Planning<'a> {
    index: &'a str,
    reader: &'a mut DocumentReader,
    mapping: Mapping,
    next_seq_no: u64,
    current: &'a HashMap<&'a str, Current>,
    /// By `_id`.
    latest: HashMap<&'a str, Latest<'a>>,
    documents: Vec<Option<NewDocument>>,
    removed: HashMap<SplitId, Vec<DocId>>,
}

impl<'a> Planning<'a> {
    fn perform(&mut self, operation: &'a WriteOperation, id: &'a str) -> Result<Written, Refused> {
        check_id(id).map_err(Refused::Invalid)?;
        let before = self.revision(id);
        if !matches!(operation.action, WriteAction::Update(_)) || before.is_some() {
            operation.condition.check(before).map_err(Refused::Conflict)?;
        }
        match &operation.action {
            WriteAction::Index(source) => self.index(id, source.clone(), operation.condition),
            WriteAction::Delete => Ok(self.delete(id, operation.condition)),
            WriteAction::Update(update) => {
                let source = self.source(id);
                let text = source.as_deref().map(|source| std::str::from_utf8(source).unwrap_or_default());
                let current = match (text, before) {
                    (Some(source), Some(revision)) => Some(CurrentDocument { index: self.index, id, source, revision }),
                    _ => None,
                };
                let updated = update.update(current).map_err(|error| match error {
                    UpdateError::Missing => Refused::Missing,
                    UpdateError::Failed(error) => Refused::Failed(error),
                })?;
                match updated {
                    Updated::Index(text) => {
                        let source = Bytes::from(text);
                        let written = self.index(id, source.clone(), Condition::None)?;
                        Ok(Written { source: Some(source), ..written })
                    }
                    Updated::Delete => Ok(self.delete(id, Condition::None)),
                    Updated::Noop => {
                        let revision = before.unwrap_or(Revision { version: 0, seq_no: 0 });
                        Ok(Written { effect: Effect::Noop, revision, source })
                    }
                }
            }
        }
    }

    fn index(&mut self, id: &'a str, source: Bytes, condition: Condition) -> Result<Written, Refused> {
        let read = self.reader.read_source(&mut self.mapping, &source, id);
        let (nested, document) = read.map_err(|error: DocumentError| Refused::Invalid(error))?;
        let before = self.revision(id);
        let revision = self.next_revision(before, condition);
        self.remove(id);
        self.latest.insert(id, Latest::New(self.documents.len()));
        self.documents.push(Some(NewDocument { nested, document, id: id.to_owned(), source, revision }));
        let effect = if before.is_some() { Effect::Updated } else { Effect::Created };
        Ok(Written { effect, revision, source: None })
    }

    fn delete(&mut self, id: &'a str, condition: Condition) -> Written {
        let before = self.revision(id);
        let revision = self.next_revision(before, condition);
        self.remove(id);
        self.latest.insert(id, Latest::Absent);
        let effect = if before.is_some() { Effect::Deleted } else { Effect::NotFound };
        Written { effect, revision, source: None }
    }

    fn next_revision(&mut self, before: Option<Revision>, condition: Condition) -> Revision {
        let seq_no = self.next_seq_no;
        self.next_seq_no += 1;
        Revision { version: condition.version(before), seq_no }
    }

    fn latest(&mut self, id: &'a str) -> Latest<'a> {
        let current = self.current;
        *self.latest.entry(id).or_insert_with(|| current.get(id).map_or(Latest::Absent, Latest::Stored))
    }

    fn revision(&mut self, id: &'a str) -> Option<Revision> {
        match self.latest(id) {
            Latest::Absent => None,
            Latest::Stored(current) => Some(current.revision),
            Latest::New(number) => self.documents[number].as_ref().map(|document| document.revision),
        }
    }

    fn source(&mut self, id: &'a str) -> Option<Bytes> {
        match self.latest(id) {
            Latest::Absent => None,
            Latest::Stored(current) => current.source.clone(),
            Latest::New(number) => self.documents[number].as_ref().map(|document| document.source.clone()),
        }
    }

    /// Removes the document with an `_id`, wherever it is.
    fn remove(&mut self, id: &'a str) {
        match self.latest(id) {
            Latest::Absent => {}
            Latest::Stored(current) => {
                for (split, document) in &current.documents {
                    self.removed.entry(split.clone()).or_default().push(*document);
                }
            }
            Latest::New(number) => self.documents[number] = None,
        }
    }
}
