//! Finds the terms of a text that a pattern stands for, each of which becomes a clause.

use quidditch_index::{Field, FieldKind};
use tantivy::Term;

use super::rewrite::MAX_TERMS;
use crate::Error;
use crate::clause::MatchedTerms;
use crate::plan::Planner;
use crate::terms::{PatternTerms, TermMatcher};
use crate::warmup::TermUse;

impl MatchedTerms {
    /// The terms of a text; `None` if the index does not have the field. `query` is the type of the pattern, for errors. More terms than
    /// `most` do not count.
    ///
    /// # Errors
    /// [`Error::Query`] if the field is not a text, or more terms match than may become clauses.
    pub(super) fn in_text(
        planner: &Planner<'_>,
        name: &str,
        query: &str,
        matcher: TermMatcher,
        most: usize,
    ) -> Result<Option<Self>, Error> {
        let Some(field) = planner.field(name) else { return Ok(None) };
        if !has_positions(field) {
            let kind = field.kind().type_name();
            return Err(Error::Query(format!(
                "Can only use span {query} queries on text fields - not on [{name}] which is of type [{kind}]"
            )));
        }
        let terms = Self::find(planner, field, matcher, most)?;
        if terms.len() > MAX_TERMS {
            return Err(Error::Query(format!(
                "too many clauses: more than {MAX_TERMS} terms of [{name}] match; use a longer pattern"
            )));
        }
        Ok(Some(MatchedTerms { field: field.name().to_owned(), terms }))
    }

    /// At most as many terms, with their positions.
    pub(super) fn find(
        planner: &Planner<'_>,
        field: &Field,
        matcher: TermMatcher,
        limit: usize,
    ) -> Result<Vec<Term>, Error> {
        let pattern = PatternTerms { field: field.tantivy_field(), matcher, limit };
        let found = planner.pattern_terms(field, pattern, TermUse { scored: true, positions: true })?;
        Ok(found.into_iter().flatten().map(|found| found.term).collect())
    }
}

/// Whether the index knows the positions of a field's terms.
pub(super) fn has_positions(field: &Field) -> bool {
    matches!(field.kind(), FieldKind::Text { .. }) && !field.scores_equally()
}
