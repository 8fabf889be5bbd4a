//! Which of the queries that have names a hit matches.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use quidditch_index::{ReadSession, View};
use tantivy::query::Weight;
use tantivy::{DocAddress, Score, SeekDangerResult, TantivyError};

use crate::Error;
use crate::clause::NamedQuery;
use crate::collect::Hit;
use crate::fetch::Page;
use crate::hits::MatchedQueries;
use crate::resolved_request::ResolvedRequest;
use crate::scores::Scores;

impl ResolvedRequest<'_> {
    /// For each hit of a page the names of the queries that it matches; `None` for a hit that matches none.
    ///
    /// # Errors
    /// [`Error::HitsTooLarge`], before more than the allowed bytes are in memory, and [`Error::TimedOut`].
    pub(crate) async fn matched_queries(
        &self,
        view: &View,
        page: &Page<'_>,
        reads: &ReadSession,
    ) -> Result<Vec<Option<MatchedQueries>>, Error> {
        if self.request.named.is_empty() || page.hits.is_empty() {
            return Ok(vec![None; page.hits.len()]);
        }
        reads.run(|| self.matched_in(view, page)).await
    }

    /// The same without waiting, within a [`ReadSession::run`].
    pub(crate) fn matched_in(&self, view: &View, page: &Page<'_>) -> Result<Vec<Option<MatchedQueries>>, Error> {
        let hits = page.hits;
        if self.request.named.is_empty() || hits.is_empty() {
            return Ok(vec![None; hits.len()]);
        }
        let address = |hit: &Hit| {
            let split = hit.document.split;
            let reason = || TantivyError::InvalidArgument(format!("split {split} of a hit is not open"));
            view.address(hit.document).ok_or_else(reason)
        };
        let addresses = hits.iter().map(address).collect::<Result<Vec<_>, _>>()?;
        self.match_named(view, page, &addresses)
    }

    fn match_named(
        &self,
        view: &View,
        page: &Page<'_>,
        addresses: &[DocAddress],
    ) -> Result<Vec<Option<MatchedQueries>>, Error> {
        let scores = self.request.named_scores;
        let searcher = view.searcher();
        let mut matched: Vec<BTreeMap<usize, Score>> = vec![BTreeMap::new(); addresses.len()];
        // Documents are visited in their order, segment by segment.
        let mut order: Vec<usize> = (0..addresses.len()).collect();
        order.sort_unstable_by_key(|index| addresses[*index]);
        for (number, query) in self.plan_named(searcher, scores)?.into_iter().enumerate() {
            self.progress.check_fetch_time()?;
            let weight = query.weight(scores.enabled(searcher))?;
            for hits in order.chunk_by(|a, b| addresses[*a].segment_ord == addresses[*b].segment_ord) {
                for_each_match(&*weight, view, addresses, hits, |index, score| {
                    _ = matched[index].insert(number, score);
                })?;
            }
        }
        self.progress.check()?;
        let named = &self.request.named;
        let mut all = Vec::with_capacity(matched.len());
        let mut bytes = page.fetched_bytes.load(Relaxed);
        for matched in matched {
            // They are counted before they are copied.
            bytes += matched.keys().map(|number| named[*number].name.len() as u64).sum::<u64>();
            if bytes > page.max_bytes {
                return Err(Error::HitsTooLarge { max_bytes: page.max_bytes });
            }
            all.push(shown(named, matched, scores));
        }
        page.fetched_bytes.store(bytes, Relaxed);
        Ok(all)
    }
}

/// Calls `found` with the index and the score of each of the documents `hits` of one segment that matches.
fn for_each_match(
    weight: &dyn Weight,
    view: &View,
    addresses: &[DocAddress],
    hits: &[usize],
    mut found: impl FnMut(usize, Score),
) -> Result<(), Error> {
    let Some((&first, others)) = hits.split_first() else { return Ok(()) };
    let segment = view.searcher().segment_reader(addresses[first].segment_ord);
    let (mut result, mut scorer) = weight.scorer_danger(segment, addresses[first].doc_id, 1.0)?;
    if result == SeekDangerResult::Found {
        found(first, scorer.score());
    }
    for &index in others {
        let doc = addresses[index].doc_id;
        // What is known to be behind the document is not asked for.
        if let SeekDangerResult::SeekLowerBound(bound) = result
            && bound > doc
        {
            continue;
        }
        result = scorer.seek_danger(doc);
        if result == SeekDangerResult::Found {
            found(index, scorer.score());
        }
    }
    Ok(())
}

fn shown(named: &[NamedQuery], matched: BTreeMap<usize, Score>, scores: Scores) -> Option<MatchedQueries> {
    if matched.is_empty() {
        return None;
    }
    let names = matched.into_iter().map(|(number, score)| (named[number].name.clone(), score));
    Some(match scores {
        Scores::Ignored => MatchedQueries::Names(names.map(|(name, _)| name).collect()),
        Scores::Needed => MatchedQueries::Scores(names.collect()),
    })
}
