//! What random requests are about.

use clap::ValueEnum;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum About {
    /// All keys of a search.
    Everything,
    /// Aggregations of all matches of a query, also of nested objects.
    Aggregations,
    /// Scripts, one in each request.
    Scripts,
}
