//! Finding what one index suggests, and fetching the documents of completions.

use std::sync::atomic::AtomicU64;

use quidditch_index::{ReadSession, View};

use crate::Error;
use crate::fetch::{Page, fetch};
use crate::fetching::Fetching;
use crate::resolved_request::ResolvedRequest;
use crate::scores::Scores;
use crate::suggest::{Context, OfIndex, Suggestions};

impl ResolvedRequest<'_> {
    /// What the index suggests.
    ///
    /// # Errors
    /// What of the request does not fit the index; [`Error::HitsTooLarge`] and other errors of fetching documents.
    pub(crate) async fn suggest(
        &self,
        suggestions: &Suggestions,
        view: &View,
        max_bytes: u64,
        reads: &ReadSession,
    ) -> Result<OfIndex, Error> {
        let context = Context { snapshot: self.snapshot, view, progress: &self.progress };
        let found = reads.run(|| {
            self.progress.restart();
            suggestions.find(&context)
        });
        let fetched_bytes = AtomicU64::new(0);
        let fetching = Fetching { resolved: self, view, max_bytes, fetched_bytes: &fetched_bytes, reads };
        let mut suggested = Vec::new();
        for found in found.await? {
            let hits = found.hits();
            let documents = if hits.is_empty() {
                Vec::new()
            } else {
                let page = Page { hits: &hits, scores: Scores::Needed, ..fetching.around() };
                fetch(self.snapshot, view, &self.fetch, &page, reads).await?
            };
            suggested.push((found, documents));
        }
        Ok(OfIndex::new(suggested))
    }
}
