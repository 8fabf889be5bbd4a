//! A search whose hits are read page by page, each of which begins behind the page before.

use super::SearchRequest;
use super::pages::Pages;
use crate::Error;
use crate::request::TotalHits;

impl SearchRequest {
    /// The request for the first page of a scroll. All matches are counted. `now_millis` is what `now` means in its dates, in
    /// milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// Keys that a scroll cannot have.
    pub fn into_scroll(self, now_millis: i64) -> Result<Self, Error> {
        let refused = match &self {
            SearchRequest { total_hits: Some(TotalHits::Off | TotalHits::UpTo(_)), .. } => {
                Some("disabling [track_total_hits] is not allowed in a scroll context")
            }
            SearchRequest { from, .. } if *from > 0 => Some("using [from] is not allowed in a scroll context"),
            SearchRequest { size: 0, .. } => Some("[size] cannot be [0] in a scroll context"),
            SearchRequest { rescore, .. } if !rescore.is_empty() => {
                Some("using [rescore] is not allowed in a scroll context")
            }
            SearchRequest { pit: Some(_), .. } => Some("using [point in time] is not allowed in a scroll context"),
            _ => None,
        };
        if let Some(reason) = refused {
            return Err(Error::validation(reason));
        }
        if self.search_after.is_some() {
            return Err(Error::shard_argument("`search_after` cannot be used in a scroll context."));
        }
        if self.collapse.is_some() {
            return Err(Error::shard_argument("cannot use `collapse` in a scroll context"));
        }
        Ok(SearchRequest { total_hits: Some(TotalHits::Exact), pages: Pages::First { now_millis }, ..self })
    }

    /// The same request for a page behind others. The targets of its search say where it begins. `now_millis` is what `now` meant in
    /// the first page. Its response has neither the total nor aggregations: those of the first page hold for all.
    #[must_use]
    pub fn into_next_page(self, now_millis: i64) -> Self {
        SearchRequest {
            total_hits: Some(TotalHits::Off),
            aggregations: Default::default(),
            aggregations_json: None,
            top_hits: Vec::new(),
            terminate_after: None,
            pages: Pages::Next { now_millis },
            ..self
        }
    }
}
