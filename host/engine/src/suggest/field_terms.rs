//! The terms of a field over all splits, with how often they occur.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use quidditch_index::{Field, FieldKind};
use tantivy::index::InvertedIndexReader;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, TantivyError};

use super::context::Context;
use crate::Error;
use crate::terms::{FuzzyTerm, read_ahead};

/// Terms of a dictionary between two looks at the clock.
const TERMS_BETWEEN_CHECKS: u32 = 4_096;

/// The terms of a field over all splits. Deleted documents count until their split is merged.
///
/// A failed read is recorded and counts as nothing: bytes that are missing are then known all at once, and what was computed is
/// dropped ([`FieldTerms::check`]).
pub(super) struct FieldTerms<'a> {
    context: &'a Context<'a>,
    indices: Vec<Arc<InvertedIndexReader>>,
    /// Whether a term may occur several times in a document.
    occurrences: Occurrences,
    known: RefCell<HashMap<Box<str>, Frequency>>,
    failure: RefCell<Option<TantivyError>>,
}

/// How often a term may occur in one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occurrences {
    One,
    Several,
}

/// How often a term occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Frequency {
    /// In how many documents.
    pub(super) documents: u64,
    /// How many times in all of them.
    pub(super) occurrences: u64,
}

impl<'a> FieldTerms<'a> {
    /// `None` if the terms of the field are not words, as those of numbers.
    pub(super) fn open(context: &'a Context<'a>, field: &Field) -> Option<Self> {
        let occurrences = match field.kind() {
            FieldKind::Text { .. } => Occurrences::Several,
            FieldKind::Keyword(_) => Occurrences::One,
            _ => return None,
        };
        let mut terms = FieldTerms {
            context,
            indices: Vec::new(),
            occurrences,
            known: RefCell::default(),
            failure: RefCell::default(),
        };
        for segment in searcher(context).segment_readers() {
            match segment.inverted_index(field.tantivy_field()) {
                Ok(index) => terms.indices.push(index),
                Err(error) => terms.fail(error),
            }
        }
        Some(terms)
    }

    /// Whether no document has a term.
    pub(super) fn is_empty(&self) -> bool {
        self.indices.iter().all(|index| index.terms().num_terms() == 0)
    }

    /// How many documents the index has.
    pub(super) fn documents_of_index(&self) -> u64 {
        searcher(self.context).segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum()
    }

    /// How many documents have a term.
    pub(super) fn documents(&self, term: &str) -> u64 {
        let mut documents = 0;
        for index in &self.indices {
            match index.terms().get(term.as_bytes()) {
                Ok(info) => documents += info.map_or(0, |info| u64::from(info.doc_freq)),
                Err(error) => self.fail(error.into()),
            }
        }
        documents
    }

    /// How often a term occurs.
    pub(super) fn frequency(&self, term: &str) -> Frequency {
        if let Some(frequency) = self.known.borrow().get(term) {
            return *frequency;
        }
        let mut sum = Frequency::default();
        for index in &self.indices {
            match frequency_in(index, term, self.occurrences) {
                Ok(frequency) => {
                    sum.documents += frequency.documents;
                    sum.occurrences += frequency.occurrences;
                }
                Err(error) => self.fail(error),
            }
        }
        self.known.borrow_mut().insert(term.into(), sum);
        sum
    }

    /// How many different terms there are. Reads the whole dictionary.
    pub(super) fn distinct(&self) -> u64 {
        match &self.indices[..] {
            [] => 0,
            [index] => index.terms().num_terms() as u64,
            _ => self.count_distinct().unwrap_or_else(|error| {
                self.fail(error);
                0
            }),
        }
    }

    /// Reads the part of the dictionary with the terms that begin with a text, together.
    pub(super) fn read_ahead(&self, prefix: &str) {
        for index in &self.indices {
            read_ahead(index, prefix);
        }
    }

    /// The terms that are similar, each with how many documents have it.
    pub(super) fn similar(&self, fuzzy: &FuzzyTerm) -> BTreeMap<Vec<u8>, u64> {
        self.read_ahead(&fuzzy.prefix());
        let mut found = BTreeMap::new();
        for index in &self.indices {
            if let Err(error) = self.add_similar(index, fuzzy, &mut found) {
                self.fail(error);
            }
        }
        found
    }

    /// # Errors
    /// The first read that failed.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.failure.take().map_or(Ok(()), |error| Err(error.into()))
    }

    fn add_similar(
        &self,
        index: &InvertedIndexReader,
        fuzzy: &FuzzyTerm,
        found: &mut BTreeMap<Vec<u8>, u64>,
    ) -> tantivy::Result<()> {
        let clock = Cell::new(0);
        let mut terms = index.terms().search(fuzzy).into_stream()?;
        while terms.advance() {
            *found.entry(terms.key().to_owned()).or_default() += u64::from(terms.value().doc_freq);
            if self.is_time_up(&clock) {
                break;
            }
        }
        Ok(())
    }

    /// Merges the dictionaries.
    fn count_distinct(&self) -> tantivy::Result<u64> {
        let clock = Cell::new(0);
        let mut streams = Vec::with_capacity(self.indices.len());
        let mut missing = None;
        for index in &self.indices {
            match index.terms().stream() {
                Ok(stream) => streams.push(stream),
                Err(error) => missing = Some(error),
            }
        }
        if let Some(error) = missing {
            return Err(error.into());
        }
        streams.retain_mut(|stream| stream.advance());
        let mut count = 0;
        while let Some(smallest) = streams.iter().map(|stream| stream.key()).min().map(<[u8]>::to_owned) {
            streams.retain_mut(|stream| stream.key() != smallest || stream.advance());
            count += 1;
            if self.is_time_up(&clock) {
                break;
            }
        }
        Ok(count)
    }

    fn is_time_up(&self, terms: &Cell<u32>) -> bool {
        terms.set(terms.get() + 1);
        terms.get().is_multiple_of(TERMS_BETWEEN_CHECKS) && self.context.progress.must_stop()
    }

    fn fail(&self, error: TantivyError) {
        self.failure.borrow_mut().get_or_insert(error);
    }
}

fn searcher<'a>(context: &Context<'a>) -> &'a Searcher {
    context.view.searcher()
}

fn frequency_in(index: &InvertedIndexReader, term: &str, occurrences: Occurrences) -> tantivy::Result<Frequency> {
    let Some(info) = index.terms().get(term.as_bytes())? else { return Ok(Frequency::default()) };
    let documents = u64::from(info.doc_freq);
    if occurrences == Occurrences::One {
        return Ok(Frequency { documents, occurrences: documents });
    }
    let mut postings = index.read_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
    let mut occurrences = 0;
    while postings.doc() != TERMINATED {
        occurrences += u64::from(postings.term_freq());
        postings.advance();
    }
    Ok(Frequency { documents, occurrences })
}
