//! Explains what a clause was planned as.

use tantivy::query::{BooleanQuery, EnableScoring, Occur, Query};
use tantivy::{DocId, Searcher, SegmentReader};

use crate::explanation::Explanation;
use crate::scores::{ScoredPhrase, ScoredTerm};

/// Explains a query of tantivy for a document of a segment of `searcher`.
pub(super) fn explain_query(
    query: &dyn Query,
    searcher: &Searcher,
    segment: &SegmentReader,
    doc: DocId,
) -> tantivy::Result<Explanation> {
    if let Some(term) = query.downcast_ref::<ScoredTerm>() {
        return term.explain(searcher, segment, doc);
    }
    if let Some(phrase) = query.downcast_ref::<ScoredPhrase>() {
        return phrase.explain(searcher, segment, doc);
    }
    let Some(score) = score(query, searcher, segment, doc)? else {
        return Ok(Explanation::no_match("No matching clauses", Vec::new()));
    };
    let mut details = Vec::new();
    if let Some(bool) = query.downcast_ref::<BooleanQuery>() {
        for (occur, clause) in bool.clauses() {
            if *occur != Occur::MustNot {
                let detail = explain_query(&**clause, searcher, segment, doc)?;
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

fn score(query: &dyn Query, searcher: &Searcher, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Option<f32>> {
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let mut scorer = weight.scorer(segment, 1.0)?;
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    Ok((scorer.doc() == doc).then(|| scorer.score()))
}
