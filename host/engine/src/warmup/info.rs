//! What a search will read, determined by a dry run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use tantivy::Term;
use tantivy::query::Query;
use tantivy::schema::Field;

use crate::columns::{FirstSorted, NumberRanges};
use crate::scores::Scores;
use crate::terms::{ChooseTerms, PatternTerms, TermAutomaton};

/// What a search will read.
#[derive(Debug, Default)]
pub(crate) struct WarmupInfo {
    pub(crate) terms: BTreeMap<Term, TermUse>,
    /// Names of columns.
    pub(crate) columns: BTreeSet<String>,
    /// Ranges of numbers whose documents are read.
    pub(crate) number_ranges: Vec<NumberRanges>,
    /// Ranges of numbers whose documents are counted.
    pub(crate) counted_ranges: Vec<NumberRanges>,
    /// First documents in the order of a column.
    pub(crate) first_sorted: Vec<FirstSorted>,
    /// Ranges of terms of fields that have no column.
    pub(crate) term_ranges: Vec<(Bound<Term>, Bound<Term>)>,
    /// Patterns of terms, each with the text that all of these terms begin with.
    pub(crate) patterns: Vec<(Field, Arc<TermAutomaton>, String)>,
    /// Terms that are looked up in all splits when the query is planned, and what is read of the postings of the best ones.
    pub(crate) pattern_terms: Vec<(PatternTerms, TermUse)>,
    /// Columns of keywords of which the documents of each term are counted.
    pub(crate) counted_keywords: BTreeSet<String>,
    /// Columns of keywords of which the documents of the terms from a text on are read, those of this number of terms.
    pub(crate) first_keywords: Vec<(String, Option<String>, usize)>,
    /// Choices among terms, which depend on all splits, and of which the postings are read with their frequencies.
    pub(crate) chosen_terms: Vec<Arc<dyn ChooseTerms>>,
    /// Fields whose lengths are read, whatever their terms.
    pub(crate) lengths: BTreeSet<Field>,
}

/// What is read of a term's postings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TermUse {
    /// Its frequencies, and the lengths of the texts that contain it.
    pub(crate) scored: bool,
    /// Its positions in the texts.
    pub(crate) positions: bool,
}

impl WarmupInfo {
    /// Adds what another part of the search will read.
    pub(crate) fn add(&mut self, other: WarmupInfo) {
        for (term, other) in other.terms {
            let term_use = self.terms.entry(term).or_default();
            term_use.scored |= other.scored;
            term_use.positions |= other.positions;
        }
        self.columns.extend(other.columns);
        self.number_ranges.extend(other.number_ranges);
        self.counted_ranges.extend(other.counted_ranges);
        self.first_sorted.extend(other.first_sorted);
        self.term_ranges.extend(other.term_ranges);
        self.patterns.extend(other.patterns);
        self.pattern_terms.extend(other.pattern_terms);
        self.counted_keywords.extend(other.counted_keywords);
        self.first_keywords.extend(other.first_keywords);
        self.chosen_terms.extend(other.chosen_terms);
        self.lengths.extend(other.lengths);
    }
}

/// Records what a query will read while it is planned.
#[derive(Debug, Default)]
pub(crate) struct WarmupRecorder {
    info: RefCell<WarmupInfo>,
}

impl WarmupRecorder {
    /// Records all terms of a query.
    pub(crate) fn query(&self, query: &dyn Query, scores: Scores) {
        let mut info = self.info.borrow_mut();
        query.query_terms(&mut |term, positions| {
            let term_use = info.terms.entry(term.clone()).or_default();
            term_use.scored |= scores == Scores::Needed;
            term_use.positions |= positions;
        });
    }

    /// Records a term whose postings are not scored.
    pub(crate) fn term(&self, term: Term) {
        self.info.borrow_mut().terms.entry(term).or_default();
    }

    pub(crate) fn column(&self, name: &str) {
        let mut info = self.info.borrow_mut();
        if !info.columns.contains(name) {
            info.columns.insert(name.to_owned());
        }
    }

    pub(crate) fn number_ranges(&self, ranges: NumberRanges) {
        self.info.borrow_mut().number_ranges.push(ranges);
    }

    pub(crate) fn term_range(&self, lower: &Bound<Term>, upper: &Bound<Term>) {
        self.info.borrow_mut().term_ranges.push((lower.clone(), upper.clone()));
    }

    /// `prefix` is what all terms begin with that match.
    pub(crate) fn pattern(&self, field: Field, automaton: &Arc<TermAutomaton>, prefix: &str) {
        self.info.borrow_mut().patterns.push((field, Arc::clone(automaton), prefix.to_owned()));
    }

    pub(crate) fn pattern_terms(&self, terms: PatternTerms, term_use: TermUse) {
        self.info.borrow_mut().pattern_terms.push((terms, term_use));
    }

    pub(crate) fn chosen_terms(&self, choice: Arc<dyn ChooseTerms>) {
        self.info.borrow_mut().chosen_terms.push(choice);
    }

    pub(crate) fn lengths(&self, field: Field) {
        self.info.borrow_mut().lengths.insert(field);
    }

    pub(crate) fn into_info(self) -> WarmupInfo {
        self.info.into_inner()
    }
}
