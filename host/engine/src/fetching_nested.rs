//! Reads the nested objects of hits, and makes the parts of the hits of them.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use quidditch_index::{ReadSession, View};
use tantivy::DocAddress;

use crate::Error;
use crate::collect::TopHits;
use crate::fetch::{Page, documents};
use crate::hits::{HitDocument, Hits, InnerHitsResponse, Total};
use crate::nested_hits::{Finder, FoundInHit, NestedFetch, NestedFound, NestedHitsPlan};
use crate::request::{NestedInnerHits, TotalHits};
use crate::resolved_request::ResolvedRequest;

/// The inner hits of one hit, by name.
type InnerHits = BTreeMap<String, InnerHitsResponse>;

impl ResolvedRequest<'_> {
    /// Finds and reads the objects of the hits of a page, and adds them to the hits of the response.
    pub(crate) async fn add_nested_hits(
        &self,
        plans: &[Option<NestedHitsPlan>],
        view: &View,
        page: &Page<'_>,
        hits: &mut [HitDocument],
        reads: &ReadSession,
    ) -> Result<(), Error> {
        let all = &self.request.inner_hits;
        if all.is_empty() || page.hits.is_empty() {
            return Ok(());
        }
        let documents: Vec<_> = page.hits.iter().map(|hit| hit.document).collect();
        let fetched_before = page.fetched_bytes.load(Relaxed);
        let read = reads.run(|| {
            page.fetched_bytes.store(fetched_before, Relaxed);
            let finder = Finder { snapshot: self.snapshot, view, progress: &self.progress };
            let found = finder.find_all(all, plans, &documents)?;
            let (max_bytes, fetched_bytes) = (page.max_bytes, page.fetched_bytes);
            Reading { resolved: self, view, max_bytes, fetched_bytes }.all(all, plans, &self.nested_fetch, &found)
        });
        for (hit, inner_hits) in hits.iter_mut().zip(read.await?) {
            hit.inner_hits.get_or_insert_with(BTreeMap::new).extend(inner_hits);
        }
        Ok(())
    }
}

/// What objects are read with.
struct Reading<'a> {
    resolved: &'a ResolvedRequest<'a>,
    view: &'a View,
    max_bytes: u64,
    fetched_bytes: &'a AtomicU64,
}

impl Reading<'_> {
    /// Reads what was found in hits. The error is the first of several: all are read, so that missing bytes are known at once.
    fn all(
        &self,
        all: &[NestedInnerHits],
        plans: &[Option<NestedHitsPlan>],
        fetches: &[Option<NestedFetch<'_>>],
        found: &[FoundInHit],
    ) -> Result<Vec<InnerHits>, Error> {
        let mut read = Vec::with_capacity(found.len());
        let mut failure = None;
        for found in found {
            let mut inner_hits = BTreeMap::new();
            for (index, found) in found.iter().enumerate() {
                let (Some(found), Some(plan), Some(fetched)) = (found, &plans[index], &fetches[index]) else {
                    continue;
                };
                match self.one(&all[index], plan, fetched, found) {
                    Ok(hits) => _ = inner_hits.insert(all[index].name().to_owned(), InnerHitsResponse { hits }),
                    Err(error) => _ = failure.get_or_insert(error),
                }
            }
            read.push(inner_hits);
        }
        failure.map_or(Ok(read), Err)
    }

    fn one(
        &self,
        definition: &NestedInnerHits,
        plan: &NestedHitsPlan,
        fetched: &NestedFetch<'_>,
        found: &NestedFound,
    ) -> Result<Hits, Error> {
        let (resolved, view) = (self.resolved, self.view);
        let query = &*definition.objects.query;
        let explain = |address: DocAddress| resolved.explain_object(view.searcher(), address, plan.scope, query);
        let page = Page {
            hits: found.page(definition),
            order: plan.collector.1.as_ref().and_then(TopHits::shown_order),
            group_field: None,
            places: Some(&plan.places),
            explain: if definition.fetch.explain { Some(&explain) } else { None },
            scores: plan.hit_scores(),
            progress: &resolved.progress,
            max_bytes: self.max_bytes,
            fetched_bytes: self.fetched_bytes,
        };
        let mut hits = documents(resolved.snapshot, view, &fetched.plan, &page)?;
        for (hit, matched) in hits.iter_mut().zip(resolved.matched_in(view, &page)?) {
            hit.matched_queries = matched;
        }
        if !definition.inside.is_empty() {
            let inside = self.all(&definition.inside, &plan.inside, &fetched.inside, &found.inside)?;
            for (hit, inner_hits) in hits.iter_mut().zip(inside) {
                hit.inner_hits = Some(inner_hits);
            }
        }
        Ok(Hits {
            total: Total::tracked(found.matched, TotalHits::Exact),
            max_score: found.best.as_ref().and_then(|best| best.max_score),
            hits,
        })
    }
}
