//! How the terms that a pattern or a fuzzy term stands for are scored: `rewrite`.

use std::sync::Arc;

use quidditch_index::Field;
use tantivy::query::{BooleanQuery, Query};

use super::term_set::TermSet;
use crate::Error;
use crate::plan::{Planned, Planner};
use crate::scores::{ConstantQuery, Scores, Scoring};
use crate::terms::{FuzzyTerm, PatternTerm, PatternTerms, TermMatcher};
use crate::warmup::TermUse;

/// Most terms that are scored one by one; 1,024 is what clients expect.
pub(super) const MAX_TERMS: usize = 1_024;

/// How the terms are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewrite {
    /// All documents score the same.
    Constant,
    /// Each term as in a `term` query; there may be at most 1,024.
    Scoring,
    /// The same for the best terms, times their similarity.
    TopTerms(usize),
    /// The similarity alone, for the best terms.
    TopTermsBoost(usize),
    /// The best terms as if they were as rare as the most frequent one, times their similarity.
    TopTermsBlended(usize),
}

impl Rewrite {
    /// # Errors
    /// [`Error::Query`] if there is no such way.
    pub(super) fn parse(name: &str) -> Result<Self, Error> {
        let count = |prefix: &str| name.strip_prefix(prefix).and_then(|count| count.parse().ok());
        match name {
            "constant_score" | "constant_score_boolean" => return Ok(Rewrite::Constant),
            "scoring_boolean" => return Ok(Rewrite::Scoring),
            _ => {}
        }
        count("top_terms_blended_freqs_")
            .map(Rewrite::TopTermsBlended)
            .or_else(|| count("top_terms_boost_").map(Rewrite::TopTermsBoost))
            .or_else(|| count("top_terms_").map(Rewrite::TopTerms))
            .ok_or_else(|| {
                Error::Query(format!(
                    "unknown [rewrite] [{name}], use constant_score, constant_score_boolean, scoring_boolean, top_terms_N, \
                     top_terms_boost_N or top_terms_blended_freqs_N"
                ))
            })
    }

    /// How many terms are looked up if all of them become clauses: one too many shows that there are too many.
    pub(super) fn most_clauses(self) -> usize {
        self.limit().min(MAX_TERMS + 1)
    }

    /// How many terms are looked up.
    fn limit(self) -> usize {
        match self {
            Rewrite::Constant => usize::MAX,
            // One more shows that there are too many.
            Rewrite::Scoring => MAX_TERMS + 1,
            Rewrite::TopTerms(count) | Rewrite::TopTermsBoost(count) | Rewrite::TopTermsBlended(count) => {
                count.min(MAX_TERMS)
            }
        }
    }

    fn scores_by_rarity(self) -> bool {
        matches!(self, Rewrite::Scoring | Rewrite::TopTerms(_) | Rewrite::TopTermsBlended(_))
    }

    /// Documents with one of the terms that match.
    pub(super) fn plan(
        self,
        planner: &Planner<'_>,
        field: &Field,
        matcher: TermMatcher,
        scoring: Scoring,
    ) -> Result<Planned, Error> {
        let terms = PatternTerms { field: field.tantivy_field(), matcher, limit: self.limit() };
        let scored = self.scores_by_rarity() && scoring.scores == Scores::Needed;
        let Some(found) = planner.pattern_terms(field, terms, TermUse { scored, positions: false })? else {
            return Ok(Planned::none());
        };
        if self == Rewrite::Scoring && found.len() > MAX_TERMS {
            return Err(Error::Query(format!(
                "too many clauses: more than {MAX_TERMS} terms of [{}] match; use a longer pattern, or another [rewrite]",
                field.name()
            )));
        }
        if found.is_empty() {
            return Ok(Planned::none());
        }
        if self == Rewrite::Constant || scoring.scores == Scores::Ignored {
            let terms = found.into_iter().map(|found| found.term).collect();
            return Ok(Planned::constant(Box::new(TermSet::new(terms)), scoring.boost()));
        }
        let most = found.iter().map(|found| found.documents).max().unwrap_or(0);
        let queries = found.into_iter().map(|found| self.term(planner, field, found, most, scoring));
        let mut queries = queries.collect::<Result<Vec<_>, Error>>()?;
        Ok(Planned::scored(match queries.len() {
            1 => queries.remove(0),
            _ => Box::new(BooleanQuery::union(queries)),
        }))
    }

    fn term(
        self,
        planner: &Planner<'_>,
        field: &Field,
        found: PatternTerm,
        most: u64,
        scoring: Scoring,
    ) -> Result<Box<dyn Query>, Error> {
        let scoring = scoring.boosted(found.similarity)?;
        Ok(match self {
            Rewrite::TopTermsBlended(_) => Box::new(planner.term_score(field, found.term, scoring).with_matching(most)),
            Rewrite::TopTermsBoost(_) => {
                Box::new(ConstantQuery::new(Box::new(TermSet::new(vec![found.term])), scoring.boost()))
            }
            _ => planner.scored_term(field, found.term, scoring),
        })
    }
}

/// Documents with one of the terms that are similar to a term.
pub(super) fn plan_fuzzy(
    planner: &Planner<'_>,
    field: &Field,
    term: FuzzyTerm,
    rewrite: Rewrite,
    scoring: Scoring,
) -> Result<Planned, Error> {
    rewrite.plan(planner, field, TermMatcher::Fuzzy(Arc::new(term)), scoring)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_end_in_a_number() {
        assert_eq!(Rewrite::parse("constant_score").expect("valid"), Rewrite::Constant);
        assert_eq!(Rewrite::parse("top_terms_7").expect("valid"), Rewrite::TopTerms(7));
        assert_eq!(Rewrite::parse("top_terms_boost_7").expect("valid"), Rewrite::TopTermsBoost(7));
        assert_eq!(Rewrite::parse("top_terms_blended_freqs_7").expect("valid"), Rewrite::TopTermsBlended(7));
        insta::assert_snapshot!(
            Rewrite::parse("top_terms_x").expect_err("no number"),
            @"failed to create query: unknown [rewrite] [top_terms_x], use constant_score, constant_score_boolean, scoring_boolean, top_terms_N, top_terms_boost_N or top_terms_blended_freqs_N"
        );
    }
}
