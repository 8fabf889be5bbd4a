//! Documents that have a term which matches a pattern.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{AutomatonWeight, EnableScoring, Query, Weight};
use tantivy::schema::Field;

use super::automaton::TermAutomaton;

/// Documents that have a term which matches a pattern. All score 1.
#[derive(Clone)]
pub(crate) struct PatternQuery {
    field: Field,
    automaton: Arc<TermAutomaton>,
}

impl PatternQuery {
    pub(crate) fn new(field: Field, automaton: Arc<TermAutomaton>) -> Self {
        PatternQuery { field, automaton }
    }
}

impl fmt::Debug for PatternQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PatternQuery({:?})", self.field)
    }
}

impl Query for PatternQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(AutomatonWeight::<TermAutomaton>::new(self.field, Arc::clone(&self.automaton))))
    }
}
