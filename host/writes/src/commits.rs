//! Group commit: the operations of requests that arrive together become one commit.

mod background;
mod committer;
mod counts;
mod queue;
mod reservation;
mod settings;
#[cfg(test)]
mod tests;

pub use background::Background;
pub(crate) use committer::{CommitParts, Committer};
pub use counts::CommitCounts;
pub use settings::CommitSettings;
