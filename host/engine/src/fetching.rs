//! Fetching the hits of one index: those of the page, and those of aggregations.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use futures::future::join_all;
use quidditch_index::{ReadSession, View};
use tantivy::DocAddress;

use crate::Error;
use crate::aggregations::{FetchedHits, WantedHits};
use crate::collect::{Hit, SortOrder};
use crate::fetch::{FetchPlan, Page, fetch};
use crate::hits::HitDocument;
use crate::places::Places;
use crate::resolved_request::{Plan, ResolvedRequest};
use crate::scores::Scores;

/// What hits of one index are fetched with.
pub(crate) struct Fetching<'a, 'i> {
    pub(crate) resolved: &'a ResolvedRequest<'i>,
    pub(crate) view: &'a View,
    /// Most bytes of the hits of the response.
    pub(crate) max_bytes: u64,
    /// Those of the hits that were fetched already.
    pub(crate) fetched_bytes: &'a AtomicU64,
    pub(crate) reads: &'a ReadSession,
}

/// How hits are shown.
struct Shape<'a, 'i> {
    plan: &'a FetchPlan<'i>,
    explained: Explained,
    /// The field by which they are collapsed.
    group_field: Option<&'a str>,
    order: Option<&'a SortOrder>,
    /// Where they are in their documents, if they are nested objects.
    places: Option<&'a Places>,
    scores: Scores,
}

/// Whether scores are explained.
enum Explained {
    No,
    /// As those of the request.
    OfRequest,
    /// As those of the hits of groups.
    OfGroups,
}

impl Explained {
    fn of_request(is_explained: bool) -> Self {
        if is_explained { Explained::OfRequest } else { Explained::No }
    }
}

impl Fetching<'_, '_> {
    /// The hits of the page.
    pub(crate) async fn page(&self, plan: &Plan, hits: &[Hit]) -> Result<Vec<HitDocument>, Error> {
        let shape = Shape {
            plan: &self.resolved.fetch,
            explained: Explained::of_request(self.resolved.request.fetch.explain),
            group_field: self.resolved.request.collapse.as_ref().map(|collapse| collapse.field.as_str()),
            order: plan.sort_order(),
            places: None,
            scores: plan.hit_scores(),
        };
        let mut documents = self.fetch(&shape, hits).await?;
        let page = Page { hits, ..self.around() };
        self.resolved.add_nested_hits(&plan.nested_hits, self.view, &page, &mut documents, self.reads).await?;
        Ok(documents)
    }

    /// The hits of the aggregations.
    pub(crate) async fn top_hits(&self, wanted: &BTreeMap<usize, WantedHits<'_>>) -> Result<FetchedHits, Error> {
        let fetched = wanted.iter().map(|(number, wanted)| self.of_aggregation(*number, wanted, &wanted.hits));
        let fetched = join_all(fetched).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(FetchedHits::new(wanted.keys().copied().zip(fetched).collect()))
    }

    /// Some hits of a `top_hits`.
    pub(crate) async fn of_aggregation(
        &self,
        number: usize,
        wanted: &WantedHits<'_>,
        hits: &[Hit],
    ) -> Result<Vec<HitDocument>, Error> {
        let (plan, places) = &self.resolved.top_hits[number];
        let shape = Shape {
            plan,
            explained: Explained::of_request(self.resolved.request.top_hits[number].explain),
            group_field: None,
            order: wanted.order,
            places: places.as_ref(),
            scores: wanted.scores,
        };
        self.fetch(&shape, hits).await
    }

    /// Some hits of a group, as the `number`th of the definitions of inner hits finds them.
    pub(crate) async fn of_group(&self, plan: &Plan, number: usize, hits: &[Hit]) -> Result<Vec<HitDocument>, Error> {
        let inner = &self.resolved.request.inner_hits_of_groups()[number];
        let plan = plan.inner_hits.as_ref();
        let shape = Shape {
            plan: &self.resolved.group_fetch[number],
            explained: if inner.fetch.explain { Explained::OfGroups } else { Explained::No },
            group_field: inner.collapse.as_deref(),
            order: plan.and_then(|plan| plan.order(number)),
            places: None,
            scores: plan.map_or(Scores::Ignored, |plan| plan.hit_scores(number)),
        };
        self.fetch(&shape, hits).await
    }

    /// A page without hits, which others are made from: those of the response, of groups and of completions.
    pub(crate) fn around(&self) -> Page<'_> {
        let Fetching { resolved, max_bytes, fetched_bytes, .. } = *self;
        Page {
            hits: &[],
            order: None,
            group_field: None,
            places: None,
            explain: None,
            scores: Scores::Ignored,
            progress: &resolved.progress,
            max_bytes,
            fetched_bytes,
        }
    }

    async fn fetch(&self, shape: &Shape<'_, '_>, hits: &[Hit]) -> Result<Vec<HitDocument>, Error> {
        let Fetching { resolved, view, reads, .. } = *self;
        let of_request = |address: DocAddress| resolved.explain(view.searcher(), address);
        let of_groups = |address: DocAddress| resolved.explain_in_group(view.searcher(), address);
        let page = Page {
            hits,
            order: shape.order,
            places: shape.places,
            group_field: shape.group_field,
            explain: match shape.explained {
                Explained::No => None,
                Explained::OfRequest => Some(&of_request),
                Explained::OfGroups => Some(&of_groups),
            },
            scores: shape.scores,
            ..self.around()
        };
        let mut documents = fetch(resolved.snapshot, view, shape.plan, &page, reads).await?;
        for (document, matched) in documents.iter_mut().zip(resolved.matched_queries(view, &page, reads).await?) {
            document.matched_queries = matched;
        }
        if shape.places.is_none() {
            resolved.add_percolated(view, hits, &mut documents);
        }
        Ok(documents)
    }
}
