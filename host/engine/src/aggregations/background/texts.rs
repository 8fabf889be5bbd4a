//! The terms of texts: those of documents, which are analyzed again, and how many documents of a background have them.

mod duplicates;

use std::collections::BTreeMap;

use quidditch_index::{Field, FieldValue, Snapshot, SnapshotDocument};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};
use tantivy::query::{Query, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError};

use super::super::failure;
use super::term_key::{Extent, TermKey};
use crate::Error;
use crate::execute::SearchScope;
use crate::memory::Reservation;
use crate::scores::Scores;
use crate::source_paths::values_at;
use duplicates::Duplicates;

pub(crate) use duplicates::Repetitions;

/// The texts of a field.
pub(crate) struct TextSource {
    pub(in super::super) field: String,
    /// Where the texts of a document are in its source.
    pub(in super::super) paths: Vec<String>,
    pub(in super::super) repetitions: Repetitions,
}

/// The terms of the texts of documents.
#[derive(Debug, Clone, Default)]
pub(crate) struct AnalyzedTexts {
    /// The number of each term.
    numbers: FxHashMap<String, u32>,
    terms: Vec<String>,
    /// For each document, the numbers of its terms, each once.
    documents: BTreeMap<SnapshotDocument, Vec<u32>>,
    duplicates: Duplicates,
}

impl AnalyzedTexts {
    /// The number of the documents that have each term.
    pub(in super::super) fn counts(&self, documents: &[SnapshotDocument]) -> Vec<(&str, u64)> {
        let mut counts = vec![0_u64; self.terms.len()];
        for terms in documents.iter().filter_map(|document| self.documents.get(document)) {
            terms.iter().for_each(|number| counts[*number as usize] += 1);
        }
        let terms = self.terms.iter().map(String::as_str).zip(counts);
        terms.filter(|(_, count)| *count > 0).collect()
    }

    pub(in super::super) fn has(&self, document: SnapshotDocument) -> bool {
        self.documents.contains_key(&document)
    }
}

impl TextSource {
    /// Analyzes the texts of a document. Documents come in ascending order.
    pub(crate) fn analyze(
        &self,
        snapshot: &Snapshot,
        document: SnapshotDocument,
        source: &str,
        analyzed: &mut AnalyzedTexts,
        memory: &mut Reservation,
    ) -> Result<(), Error> {
        let Some(field) = snapshot.mapping().field(&self.field) else { return Ok(()) };
        let source: Map<String, Json> = serde_json::from_str(source)
            .map_err(|error| TantivyError::InternalError(format!("a stored source is not JSON: {error}")))?;
        let mut found: Vec<u32> = Vec::new();
        let values = self.paths.iter().flat_map(|path| values_at(&source, path));
        for value in values.flat_map(flat) {
            let Ok(text) = field.text(value) else { continue };
            let mut terms: Vec<u32> = Vec::new();
            let mut bytes = 0;
            snapshot.analyze_document(field, &text, &mut |token| {
                let number = match analyzed.numbers.get(token.text) {
                    Some(number) => *number,
                    None => {
                        let number = analyzed.terms.len() as u32;
                        // The text twice, and its places in the map and in the list.
                        bytes += 2 * (token.text.len() + size_of::<String>()) + 16;
                        analyzed.numbers.insert(token.text.to_owned(), number);
                        analyzed.terms.push(token.text.to_owned());
                        number
                    }
                };
                terms.push(number);
            });
            if self.repetitions == Repetitions::LeftOut {
                bytes += analyzed.duplicates.leave_out(&mut terms);
            }
            memory.add(bytes)?;
            found.extend(terms);
        }
        found.sort_unstable();
        found.dedup();
        memory.add(found.len() * size_of::<u32>() + size_of::<(SnapshotDocument, Vec<u32>)>())?;
        analyzed.documents.insert(document, found);
        Ok(())
    }

    /// The number of documents, and of those with each term.
    pub(super) fn count(
        &self,
        scope: &SearchScope<'_>,
        query: &dyn Query,
        extent: Extent,
        wanted: &[TermKey],
    ) -> Result<(u64, Vec<u64>), Error> {
        let searcher = scope.view.searcher();
        let weight = query.weight(Scores::Ignored.enabled(searcher))?;
        let (mut documents, mut counts, mut missing) = (0, vec![0; wanted.len()], None);
        let field = scope.snapshot.mapping().field(&self.field);
        for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
            if !scope.selected.contains(&scope.view.split_of(ordinal)) {
                continue;
            }
            let _entered = scope.reads.enter();
            let inside = match extent {
                Extent::All => None,
                Extent::Some => Some(matches(&*weight, segment)?),
            };
            documents += inside.as_ref().map_or(u64::from(segment.num_docs()), |inside| inside.len() as u64);
            let Some(field) = field else { continue };
            for (count, term) in counts.iter_mut().zip(wanted) {
                let TermKey::Text(text) = term else { continue };
                scope.progress.check_fetch_time()?;
                // All are tried, so that what is missing of any of them is known at once.
                match count_term(segment, field, text, inside.as_deref()) {
                    Ok(found) => *count += found,
                    Err(error) => missing = Some(error),
                }
            }
        }
        missing.map_or(Ok((documents, counts)), Err)
    }
}

/// The items of a list, also of lists in it.
fn flat(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(items) => items.iter().flat_map(flat).collect(),
        Json::Null | Json::Object(_) => Vec::new(),
        value => vec![value],
    }
}

/// The documents of a segment that match, ascending.
fn matches(weight: &dyn Weight, segment: &SegmentReader) -> Result<Vec<DocId>, Error> {
    let mut docs = Vec::new();
    let alive = segment.alive_bitset();
    weight.for_each_no_score(segment, &mut |batch| {
        docs.extend(batch.iter().filter(|doc| alive.is_none_or(|alive| alive.is_alive(**doc))));
    })?;
    Ok(docs)
}

/// How many of some documents, which ascend, have a term; `None` means all.
fn count_term(segment: &SegmentReader, field: &Field, text: &str, inside: Option<&[DocId]>) -> Result<u64, Error> {
    let Some(term) = field.term(&FieldValue::Text(text.to_owned())) else {
        return Err(failure::argument(format!("the field [{}] has no terms", field.name())));
    };
    let index = segment.inverted_index(term.field())?;
    let alive = segment.alive_bitset();
    let Some(inside) = inside else {
        // Without deleted documents, the dictionary has the number.
        if alive.is_none() {
            return Ok(u64::from(index.doc_freq(&term).map_err(TantivyError::from)?));
        }
        let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic).map_err(TantivyError::from)?
        else {
            return Ok(0);
        };
        let mut count = 0;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            count += u64::from(alive.is_none_or(|alive| alive.is_alive(doc)));
            doc = postings.advance();
        }
        return Ok(count);
    };
    let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic).map_err(TantivyError::from)? else {
        return Ok(0);
    };
    let (mut count, mut at) = (0, 0);
    let mut doc = postings.doc();
    while doc != TERMINATED && at < inside.len() {
        at += inside[at..].partition_point(|inside| *inside < doc);
        count += u64::from(inside.get(at) == Some(&doc));
        doc = postings.advance();
    }
    Ok(count)
}
