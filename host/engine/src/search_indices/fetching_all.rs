//! Fetching the hits of several indices, from each index its own.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use futures::future::join_all;
use quidditch_index::ReadSession;

use super::index_search::IndexSearch;
use super::indices_error::IndicesError;
use crate::aggregations::{FetchedHits, WantedHits};
use crate::collect::Hit;
use crate::fetching::Fetching;
use crate::hits::HitDocument;

pub(super) struct FetchingAll<'a, 'i> {
    searched: &'a [IndexSearch<'i>],
    max_bytes: u64,
    /// Of all hits of the response.
    fetched_bytes: AtomicU64,
    reads: &'a ReadSession,
}

/// Which hits are fetched.
#[derive(Clone, Copy)]
enum Which<'a, 'p> {
    Page,
    /// Those of a `top_hits`, by its number.
    OfAggregation(usize, &'a WantedHits<'p>),
}

impl<'a, 'i> FetchingAll<'a, 'i> {
    pub(super) fn new(searched: &'a [IndexSearch<'i>], max_bytes: u64, reads: &'a ReadSession) -> Self {
        FetchingAll { searched, max_bytes, fetched_bytes: AtomicU64::new(0), reads }
    }

    /// The hits of the page.
    pub(super) async fn page(&self, hits: &[Hit]) -> Result<Vec<HitDocument>, IndicesError> {
        self.fetch(Which::Page, hits).await
    }

    /// The hits of the aggregations.
    pub(super) async fn top_hits(&self, wanted: &BTreeMap<usize, WantedHits<'_>>) -> Result<FetchedHits, IndicesError> {
        let fetches =
            wanted.iter().map(|(number, wanted)| self.fetch(Which::OfAggregation(*number, wanted), &wanted.hits));
        let fetched = join_all(fetches).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(FetchedHits::new(wanted.keys().copied().zip(fetched).collect()))
    }

    async fn fetch(&self, which: Which<'_, '_>, hits: &[Hit]) -> Result<Vec<HitDocument>, IndicesError> {
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); self.searched.len()];
        for (place, hit) in hits.iter().enumerate() {
            let index = self.searched.iter().position(|index| index.splits.contains(&hit.document.split));
            places[index.expect("a hit is of one of the indices")].push(place);
        }
        let mut fetches = Vec::new();
        for (index, places) in self.searched.iter().zip(&places).filter(|(_, places)| !places.is_empty()) {
            let own: Vec<Hit> = places.iter().map(|place| index.own(&hits[*place])).collect();
            fetches.push(self.fetch_own(index, which, own));
        }
        let mut documents: Vec<(usize, HitDocument)> = Vec::with_capacity(hits.len());
        let with_hits = places.iter().filter(|places| !places.is_empty());
        for (fetched, places) in join_all(fetches).await.into_iter().zip(with_hits) {
            documents.extend(places.iter().copied().zip(fetched?));
        }
        documents.sort_unstable_by_key(|(place, _)| *place);
        Ok(documents.into_iter().map(|(_, document)| document).collect())
    }

    /// The hits of one index.
    async fn fetch_own(
        &self,
        index: &IndexSearch<'_>,
        which: Which<'_, '_>,
        hits: Vec<Hit>,
    ) -> Result<Vec<HitDocument>, IndicesError> {
        let fetching = Fetching {
            resolved: &index.resolved,
            view: &index.view,
            max_bytes: self.max_bytes,
            fetched_bytes: &self.fetched_bytes,
            reads: self.reads,
        };
        let fetched = match which {
            Which::Page => fetching.page(&index.plan, &hits).await,
            Which::OfAggregation(number, wanted) => fetching.of_aggregation(number, wanted, &hits).await,
        };
        fetched.map_err(|error| index.failed(error))
    }
}
