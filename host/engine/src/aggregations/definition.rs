//! The trait of a parsed aggregation.

use super::aggregation::Aggregation;
use super::background::PlannedBackground;
use super::nodes::Nodes;
use crate::Error;
use crate::nested::NestedScope;
use crate::plan::Planner;
use crate::scores::Scores;

/// A parsed aggregation of some type, without its name and without those inside.
pub(super) trait Definition: Send + Sync {
    /// Plans it for one index, with the aggregations inside. `name` is for errors.
    fn plan(&self, planner: &Planner<'_>, name: &str, inner: Nodes) -> Result<Box<dyn Aggregation>, Error>;

    /// Plans the background that its answer compares with, with its number among those of the request; `None` if it has none.
    fn background(&self, _planner: &Planner<'_>) -> Result<Option<(usize, PlannedBackground)>, Error> {
        Ok(None)
    }

    /// Which documents it is about.
    fn scope(&self) -> Scope {
        Scope::Matches
    }

    /// The scope of the documents that those inside of it are about, if it is another than its own.
    fn scope_inside(&self, _planner: &Planner<'_>, _name: &str) -> Result<Option<NestedScope>, Error> {
        Ok(None)
    }

    /// Whether it reads the scores of documents.
    fn scores(&self) -> Scores {
        Scores::Ignored
    }

    /// The number of its hits among those of the request, if it has hits.
    fn hits(&self) -> Option<usize> {
        None
    }

    /// How many buckets its answer has for each bucket around, whatever documents there are; 1 if that is not known.
    fn width(&self) -> usize {
        1
    }

    /// The id of the stored script that is called when its answer is made.
    fn stored_script(&self) -> Option<&str> {
        None
    }

    /// Which buckets it has.
    fn layout(&self) -> Layout {
        Layout::Nothing
    }
}

/// Which buckets an aggregation has: that decides which pipelines there may be inside or next to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Nothing,
    /// One bucket.
    One,
    /// Several buckets, in an order.
    Many,
    /// A page of buckets of many.
    Pages,
    /// Buckets one after another, those with fewer documents left out.
    Sequence {
        min_doc_count: u64,
    },
}

/// Which documents an aggregation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    /// The matches of the query.
    Matches,
    /// The matches, but it names values of other documents, too: no split may be skipped.
    MatchesInAllSplits,
    /// All documents.
    All,
}
