//! What clauses are planned with: the index, the bound functions, and the running search.

use std::sync::Arc;

use quidditch_index::{Field, Mapping, Snapshot};
use tantivy::Searcher;

use crate::Error;
use crate::bound::{FilterFunction, ScorerFunction};
use crate::columns::ColumnSource;
use crate::execute::Progress;
use crate::needs::NeedsCollector;

/// Everything that a clause may look at while it is planned.
pub(crate) struct Planner<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// What the query is planned to run over. `None` in a first planning, which only takes down what it will need.
    pub(crate) searcher: Option<&'a Searcher>,
    pub(crate) needs: NeedsCollector,
    /// The functions that the request calls, in the order in which they were parsed.
    pub(crate) calls: &'a [BoundCall],
    /// What `now` means in dates: milliseconds since the Unix epoch.
    pub(crate) now_millis: i64,
    pub(crate) progress: &'a Arc<Progress>,
}

/// A function call of the request, bound.
pub(crate) enum BoundCall {
    Filter(Arc<FilterFunction>),
    Scorer(Arc<ScorerFunction>),
}

impl BoundCall {
    /// The columns that the function reads.
    pub(crate) fn columns(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            BoundCall::Filter(filter) => Box::new(filter.columns()),
            BoundCall::Scorer(scorer) => Box::new(scorer.columns()),
        }
    }
}

impl Planner<'_> {
    pub(crate) fn mapping(&self) -> &Mapping {
        self.snapshot.mapping()
    }

    pub(crate) fn progress(&self) -> &Arc<Progress> {
        self.progress
    }

    /// A field of the mapping. Clients rely on that a field which no document has yet matches nothing and is no error.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.mapping().field(name)
    }

    /// A numeric field as floats, for built-in scorers.
    pub(crate) fn floats(&self, field: &str) -> Result<ColumnSource, Error> {
        self.reading(ColumnSource::floats(self.mapping(), field).map_err(Error::Query)?)
    }

    /// One axis of a point, such as `location.lat`.
    pub(crate) fn point_axis(&self, axis: &str) -> Result<ColumnSource, Error> {
        self.reading(ColumnSource::point_axis(self.mapping(), axis).map_err(Error::Query)?)
    }

    /// Takes down that the column of a field will be read.
    pub(crate) fn will_read_column(&self, field: &Field) {
        if let Some(column) = field.column_name() {
            self.needs.column(column);
        }
    }

    fn reading(&self, source: ColumnSource) -> Result<ColumnSource, Error> {
        self.needs.column(source.column());
        Ok(source)
    }

    /// The function of a call that was parsed as a filter.
    pub(crate) fn filter(&self, call: usize) -> &Arc<FilterFunction> {
        match &self.calls[call] {
            BoundCall::Filter(filter) => filter,
            BoundCall::Scorer(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    /// The function of a call that was parsed as a scorer.
    pub(crate) fn scorer(&self, call: usize) -> &Arc<ScorerFunction> {
        match &self.calls[call] {
            BoundCall::Scorer(scorer) => scorer,
            BoundCall::Filter(_) => unreachable!("a call is bound as it was parsed"),
        }
    }

    pub(crate) fn value_error(error: &quidditch_index::ValueError) -> Error {
        Error::Query(error.to_string())
    }
}
