//! What a search will read, found out before anything is read.
//!
//! A search over splits in a store must not learn one by one what it misses: each time would be a round trip. So a request is
//! planned twice. The first time, no index is looked at, and the terms and columns that come by are taken down here; then
//! [`warm`](crate::warm) fetches what they stand for, all together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::Query;

use crate::planned::Scores;

/// What a search will read.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    pub(crate) terms: BTreeMap<Term, TermUse>,
    /// Names of columns.
    pub(crate) columns: BTreeSet<String>,
    /// Ranges of terms of fields that have no column.
    pub(crate) term_ranges: Vec<(Bound<Term>, Bound<Term>)>,
}

/// What is read of a term's documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TermUse {
    /// Its frequencies count, and the lengths of the texts that have it.
    pub(crate) scored: bool,
    /// Where in the texts it stands counts, too.
    pub(crate) positions: bool,
}

/// Takes down needs while a request is planned.
#[derive(Debug, Default)]
pub(crate) struct NeedsCollector {
    needs: RefCell<Needs>,
}

impl NeedsCollector {
    /// All terms of a query.
    pub(crate) fn query(&self, query: &dyn Query, scores: Scores) {
        let mut needs = self.needs.borrow_mut();
        query.query_terms(&mut |term, positions| {
            let term_use = needs.terms.entry(term.clone()).or_default();
            term_use.scored |= scores == Scores::Needed;
            term_use.positions |= positions;
        });
    }

    pub(crate) fn column(&self, name: &str) {
        let mut needs = self.needs.borrow_mut();
        if !needs.columns.contains(name) {
            needs.columns.insert(name.to_owned());
        }
    }

    pub(crate) fn term_range(&self, lower: &Bound<Term>, upper: &Bound<Term>) {
        self.needs.borrow_mut().term_ranges.push((lower.clone(), upper.clone()));
    }

    pub(crate) fn into_needs(self) -> Needs {
        self.needs.into_inner()
    }
}
