//! Explains what a clause was planned as.

use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query};

use super::explainer::Explainer;
use super::explanation::Explanation;
use crate::scores::{ScoredPhrase, ScoredTerm};

/// Explains a query of tantivy for the document of `explainer`.
pub(super) fn explain_query(query: &dyn Query, explainer: &Explainer<'_>) -> tantivy::Result<Explanation> {
    if let Some(term) = query.downcast_ref::<ScoredTerm>() {
        return term.explain(explainer.searcher, explainer.segment, explainer.doc);
    }
    if let Some(phrase) = query.downcast_ref::<ScoredPhrase>() {
        return phrase.explain(explainer.searcher, explainer.segment, explainer.doc);
    }
    let Some(score) = score(query, explainer)? else {
        return Ok(Explanation::no_match("No matching clauses", Vec::new()));
    };
    let mut details = Vec::new();
    if let Some(bool) = query.downcast_ref::<BooleanQuery>() {
        for (occur, clause) in bool.clauses() {
            if *occur != Occur::MustNot {
                let detail = explain_query(&**clause, explainer)?;
                // Clauses that only filter add nothing.
                if detail.is_match() && detail.score() != 0.0 {
                    details.push(detail);
                }
            }
        }
    }
    let description = if details.is_empty() { "score of the query" } else { "sum of:" };
    Ok(Explanation::matching(score, description, details))
}

fn score(query: &dyn Query, explainer: &Explainer<'_>) -> tantivy::Result<Option<f32>> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(explainer.searcher))?;
    let mut scorer = weight.scorer(explainer.segment, 1.0)?;
    if scorer.doc() < explainer.doc {
        scorer.seek(explainer.doc);
    }
    Ok((scorer.doc() == explainer.doc).then(|| scorer.score()))
}
