//! Whether the hits of a search are read page by page.

/// Whether the hits are read page by page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Pages {
    /// There is only this one.
    #[default]
    Only,
    First {
        now_millis: i64,
    },
    /// In each index, the page begins behind the last hit of the pages before.
    Next {
        now_millis: i64,
    },
}
