//! A parsed `bool` query.

use super::super::minimum_should_match::MinimumShouldMatch;
use crate::clause::Clause;

pub(in super::super) struct Bool {
    pub(in super::super) must: Vec<Box<dyn Clause>>,
    pub(in super::super) filter: Vec<Box<dyn Clause>>,
    pub(in super::super) should: Vec<Box<dyn Clause>>,
    pub(in super::super) must_not: Vec<Box<dyn Clause>>,
    pub(in super::super) minimum_should_match: Option<MinimumShouldMatch>,
    pub(in super::super) pure_negative: PureNegative,
    pub(in super::super) boost: f32,
}

impl Default for Bool {
    fn default() -> Self {
        Bool {
            must: Vec::new(),
            filter: Vec::new(),
            should: Vec::new(),
            must_not: Vec::new(),
            minimum_should_match: None,
            pure_negative: PureNegative::MatchesOthers,
            boost: 1.0,
        }
    }
}

/// What a query with only `must_not` clauses matches: `adjust_pure_negative`.
#[derive(Clone, Copy, PartialEq)]
pub(in super::super) enum PureNegative {
    /// The documents that these clauses do not match.
    MatchesOthers,
    MatchesNothing,
}

impl Bool {
    /// Whether it has only `must_not` clauses.
    pub(super) fn is_pure_negative(&self) -> bool {
        self.must.is_empty() && self.filter.is_empty() && self.should.is_empty() && !self.must_not.is_empty()
    }

    /// How many clauses of `should` must match.
    pub(super) fn minimum_should_match(&self) -> usize {
        let nothing_else_matches = self.must.is_empty() && self.filter.is_empty();
        if nothing_else_matches && self.should.is_empty() {
            // Clients rely on this: with `must_not` alone, the minimum has no effect.
            return 0;
        }
        // Without anything else that matches, at least one of the optional clauses must: even where a request says 0.
        let least = usize::from(nothing_else_matches);
        let asked = self.minimum_should_match.as_ref().map_or(0, |minimum| minimum.required(self.should.len()));
        asked.max(least)
    }
}
