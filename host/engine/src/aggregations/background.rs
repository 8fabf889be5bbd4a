//! The background of significant terms: how many of its documents have each of some terms.
//!
//! Which terms these are is known only when the results of all splits are merged. So answers are computed until nothing is missing:
//! an aggregation says what it does not know yet ([`Missing`]), it is read, and then the answers are computed again ([`Known`]).

mod column;
mod term_key;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use quidditch_index::SnapshotDocument;
use rustc_hash::FxHashMap;
use tantivy::query::Query;

use super::source::Source;
use crate::Error;
use crate::execute::SearchScope;
use crate::plan::Planned;
use crate::scores::Scores;

pub(crate) use term_key::{Extent, TermKey};
pub(crate) use texts::AnalyzedTexts;
pub(crate) use texts::{Repetitions, TextSource};

/// A background as an aggregation plans it.
pub(crate) struct PlannedBackground {
    /// `None` means all documents.
    pub(super) filter: Option<Planned>,
    pub(super) terms: BackgroundTerms,
}

/// Where the terms of a background are.
pub(crate) enum BackgroundTerms {
    /// In a column.
    Column(Source),
    /// In the inverted index.
    Texts(TextSource),
}

/// A background that is ready to be counted.
pub(crate) struct Background {
    query: Box<dyn Query>,
    extent: Extent,
    terms: BackgroundTerms,
}

/// How many documents of a background have some terms.
#[derive(Debug, Clone, Default)]
pub(crate) struct TermCounts {
    /// All documents of the background.
    pub(super) documents: u64,
    counts: FxHashMap<TermKey, u64>,
}

/// What is known of the backgrounds of a request, by their numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(super) counts: BTreeMap<usize, TermCounts>,
    pub(super) texts: BTreeMap<usize, AnalyzedTexts>,
}

/// What is not known yet, by the numbers of the backgrounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(super) terms: BTreeMap<usize, BTreeSet<TermKey>>,
    /// Documents whose texts are needed.
    pub(super) documents: BTreeMap<usize, BTreeSet<SnapshotDocument>>,
}

impl PlannedBackground {
    /// The filter, if there is one, and where the terms are.
    pub(crate) fn into_parts(self) -> (Option<Planned>, BackgroundTerms) {
        (self.filter, self.terms)
    }
}

impl Background {
    pub(crate) fn new(query: Box<dyn Query>, extent: Extent, terms: BackgroundTerms) -> Self {
        Background { query, extent, terms }
    }

    /// Counts the documents that have the terms. All segments must be in the scope.
    pub(crate) fn count(&self, scope: &SearchScope<'_>, wanted: &BTreeSet<TermKey>) -> Result<TermCounts, Error> {
        let wanted: Vec<TermKey> = wanted.iter().cloned().collect();
        let (documents, counts) = match &self.terms {
            BackgroundTerms::Column(source) => {
                let collector = column::ColumnTerms { source, wanted: &wanted };
                scope.collect(&*self.query, Scores::Ignored, &collector)?
            }
            BackgroundTerms::Texts(source) => source.count(scope, &*self.query, self.extent, &wanted)?,
        };
        Ok(TermCounts { documents, counts: wanted.into_iter().zip(counts).collect() })
    }

    /// Where texts are, if terms are those of texts.
    pub(crate) fn texts(&self) -> Option<&TextSource> {
        match &self.terms {
            BackgroundTerms::Column(_) => None,
            BackgroundTerms::Texts(source) => Some(source),
        }
    }
}

impl TermCounts {
    pub(super) fn of(&self, term: &TermKey) -> u64 {
        self.counts.get(term).copied().unwrap_or(0)
    }

    /// Adds the counts of another index.
    fn add(&mut self, other: TermCounts) {
        self.documents += other.documents;
        for (term, count) in other.counts {
            *self.counts.entry(term).or_default() += count;
        }
    }
}

impl Known {
    pub(crate) fn add_counts(&mut self, number: usize, counts: TermCounts) {
        self.counts.entry(number).or_default().add(counts);
    }

    /// What the texts of documents are added to.
    pub(crate) fn texts_mut(&mut self, number: usize) -> &mut AnalyzedTexts {
        self.texts.entry(number).or_default()
    }
}

impl Missing {
    pub(crate) fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.documents.is_empty()
    }

    pub(crate) fn terms(&self) -> &BTreeMap<usize, BTreeSet<TermKey>> {
        &self.terms
    }

    pub(crate) fn documents(&self) -> &BTreeMap<usize, BTreeSet<SnapshotDocument>> {
        &self.documents
    }

    pub(crate) fn add(&mut self, other: Missing) {
        for (number, terms) in other.terms {
            self.terms.entry(number).or_default().extend(terms);
        }
        for (number, documents) in other.documents {
            self.documents.entry(number).or_default().extend(documents);
        }
    }
}
