//! Fetching the hits of several indices, from each index its own.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use futures::future::join_all;
use quidditch_index::ReadSession;
use tantivy::DocAddress;

use super::index_search::IndexSearch;
use super::indices_error::IndicesError;
use crate::aggregations::{FetchedHits, WantedHits};
use crate::collect::Hit;
use crate::fetch::fetch_ahead;
use crate::fetching::Fetching;
use crate::hits::HitDocument;
use crate::inner_hits::FoundGroups;

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
    /// Those of a group, as the inner hits of this number find them.
    OfGroup(usize),
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

    /// The hits of groups, as [`FoundGroups::pages`] has them.
    pub(super) async fn groups(&self, groups: &FoundGroups<'_>) -> Result<Vec<Vec<HitDocument>>, IndicesError> {
        let ahead = self.searched.iter().map(|index| self.fetch_ahead(index, groups));
        join_all(ahead).await.into_iter().collect::<Result<(), IndicesError>>()?;
        let mut documents = Vec::new();
        for (number, hits) in groups.pages() {
            documents.push(self.fetch(Which::OfGroup(number), hits).await?);
        }
        Ok(documents)
    }

    /// Fetches the documents of groups that are of one index.
    async fn fetch_ahead(&self, index: &IndexSearch<'_>, groups: &FoundGroups<'_>) -> Result<(), IndicesError> {
        let own = groups.pages().flat_map(|(_, hits)| hits).filter(|hit| index.has(hit)).map(|hit| index.own(hit));
        let addresses: Vec<DocAddress> = own.filter_map(|hit| index.view.address(hit.document)).collect();
        let fetched = fetch_ahead(&addresses, &index.view, &index.resolved.progress, self.reads).await;
        fetched.map_err(|error| index.failed(error))
    }

    async fn fetch(&self, which: Which<'_, '_>, hits: &[Hit]) -> Result<Vec<HitDocument>, IndicesError> {
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); self.searched.len()];
        for (place, hit) in hits.iter().enumerate() {
            let index = self.searched.iter().position(|index| index.has(hit));
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
            Which::OfGroup(number) => fetching.of_group(&index.plan, number, &hits).await,
        };
        fetched.map_err(|error| index.failed(error))
    }
}
