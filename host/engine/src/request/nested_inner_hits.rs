//! `inner_hits` of a `nested` query: the objects of each hit that match.

mod parse;

use super::fetch_options::FetchOptions;
use super::sort::Sort;
use crate::Error;
use crate::clause::NestedQuery;

/// Most objects of one hit, with those before the page; 100 is what clients expect. They are kept for each hit of a page.
const MAX_WINDOW: usize = 100;

/// A page of the objects of each hit that match.
pub(crate) struct NestedInnerHits {
    /// The name that the request gives them; otherwise they have that of the path.
    given_name: Option<String>,
    /// Which objects.
    pub(crate) objects: NestedQuery,
    pub(crate) from: usize,
    pub(crate) size: usize,
    /// Empty sorts by score.
    pub(crate) sort: Vec<Sort>,
    pub(crate) track_scores: bool,
    pub(crate) fetch: FetchOptions,
    /// What is shown of the objects inside of each.
    pub(crate) inside: Vec<NestedInnerHits>,
}

impl NestedInnerHits {
    /// The key of a hit under which they are shown.
    pub(crate) fn name(&self) -> &str {
        self.given_name.as_deref().unwrap_or(&self.objects.path)
    }

    /// The position behind the last object of the page, among all objects of a hit that match.
    pub(crate) fn window(&self) -> usize {
        self.from.saturating_add(self.size)
    }

    /// Checks the size of each of a list, and that no two have the same name.
    ///
    /// # Errors
    /// [`Error::Shard`].
    pub(crate) fn check(all: &[NestedInnerHits]) -> Result<(), Error> {
        for (index, inner_hits) in all.iter().enumerate() {
            let (name, window) = (inner_hits.name(), inner_hits.window());
            if all[..index].iter().any(|other| other.name() == name) {
                return Err(Error::shard_argument(format!("[inner_hits] already contains an entry for key [{name}]")));
            }
            if window > MAX_WINDOW {
                return Err(Error::shard_argument(format!(
                    "Inner result window is too large, the inner hit definition's [{}]'s from + size must be less than or equal \
                     to: [{MAX_WINDOW}] but was [{window}]. This limit can be set by changing the \
                     [index.max_inner_result_window] index level setting.",
                    inner_hits.given_name.as_deref().unwrap_or("null")
                )));
            }
            Self::check(&inner_hits.inside)?;
        }
        Ok(())
    }
}
