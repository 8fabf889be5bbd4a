//! Whether the hits of a search are read page by page.

use crate::collect::HitPosition;

/// Whether the hits are read page by page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Pages {
    /// There is only this one.
    #[default]
    Only,
    First {
        now_millis: i64,
    },
    /// The page begins behind this hit.
    Behind {
        position: Box<HitPosition>,
        now_millis: i64,
    },
}
