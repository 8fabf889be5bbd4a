//! Rescoring: other scores for the best hits, once those of all segments are known.

use std::cmp::Ordering;

use quidditch_index::View;
use tantivy::{Score, Searcher, TantivyError};

use crate::Error;
use crate::collect::{BestHits, Hit};
use crate::plan::Planner;
use crate::request::{Rescore, RescoreMode};
use crate::scores::{Scores, Scoring};
use crate::stages::Pipeline;
use crate::steps::rescore_step;

/// One round of rescoring, ready for any segment.
pub(crate) struct Rescorer {
    window: usize,
    query: Pipeline,
    query_weight: Score,
    rescore_query_weight: Score,
    mode: RescoreMode,
}

impl Rescorer {
    pub(crate) fn plan(rescore: &Rescore, planner: &Planner<'_>) -> Result<Self, Error> {
        let planned = rescore.query.plan(planner, Scoring::new(Scores::Needed))?;
        Ok(Rescorer {
            window: rescore.window,
            query: planned.into_pipeline(planner, Scores::Needed)?,
            query_weight: rescore.query_weight,
            rescore_query_weight: rescore.rescore_query_weight,
            mode: rescore.mode,
        })
    }

    /// Scores the first hits again, and sorts all hits by their new scores. Hits behind the window are as those that the query
    /// does not match.
    fn apply(&self, best: &mut BestHits, view: &View) -> Result<(), Error> {
        let window = self.window.min(best.hits.len());
        let rescored = self.scores(&best.hits[..window], view)?;
        for (index, hit) in best.hits.iter_mut().enumerate() {
            let score = hit.score * self.query_weight;
            hit.score = match rescored.get(index).copied().flatten() {
                Some(rescore) => self.mode.combine(score, rescore * self.rescore_query_weight),
                None => score,
            };
            if !hit.score.is_finite() {
                let score = hit.score;
                let reason =
                    format!("[rescore] computes an invalid score [{score}]: must be finite, use smaller weights");
                return Err(Error::Argument(reason));
            }
        }
        best.hits.sort_by(by_score);
        best.max_score = best.hits.first().map(|hit| hit.score);
        Ok(())
    }

    /// The scores that the query gives to hits; `None` for those that it does not match.
    fn scores(&self, hits: &[Hit], view: &View) -> Result<Vec<Option<Score>>, Error> {
        let mut places = Vec::with_capacity(hits.len());
        for (index, hit) in hits.iter().enumerate() {
            let address = view.address(hit.document).ok_or_else(|| {
                TantivyError::InvalidArgument(format!("split {} of a hit is not open", hit.document.split))
            })?;
            places.push((address.segment_ord, address.doc_id, index));
        }
        places.sort_unstable();
        let mut scores = vec![None; hits.len()];
        let searcher: &Searcher = view.searcher();
        for segment in places.chunk_by(|(segment, ..), (next, ..)| segment == next) {
            let docs: Vec<_> = segment.iter().map(|(_, doc, _)| *doc).collect();
            let mut query = self.query.open(searcher.segment_reader(segment[0].0))?;
            query.evaluate(&docs, |position, score| scores[segment[position].2] = Some(score))?;
        }
        Ok(scores)
    }
}

/// Applies rounds of rescoring, one after another.
pub(crate) fn rescore(rescorers: &[Rescorer], best: &mut BestHits, view: &View) -> Result<(), Error> {
    if rescorers.is_empty() {
        return Ok(());
    }
    rescore_step().in_scope(|| rescorers.iter().try_for_each(|rescorer| rescorer.apply(best, view)))
}

fn by_score(a: &Hit, b: &Hit) -> Ordering {
    b.score.total_cmp(&a.score).then(a.document.cmp(&b.document))
}
