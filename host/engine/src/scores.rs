//! Whether scores are needed.

use tantivy::Searcher;
use tantivy::query::EnableScoring;

/// Whether the scores of a clause are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scores {
    Ignored,
    Needed,
}

impl Scores {
    /// The same in tantivy's words. Statistics are those of all segments of the searcher.
    pub(crate) fn scoring(self, searcher: &Searcher) -> EnableScoring<'_> {
        match self {
            Scores::Needed => EnableScoring::enabled_from_searcher(searcher),
            Scores::Ignored => EnableScoring::disabled_from_searcher(searcher),
        }
    }
}
