//! A sampler, planned for one index.

use std::sync::Arc;

use super::super::nodes::Nodes;
use super::super::source::Source;
use super::best::Best;

pub(super) struct Sampler {
    pub(super) best: Best,
    /// The field by which documents are diversified, and whether no index has it.
    pub(super) diversity: Option<(bool, Source)>,
    pub(super) inner: Arc<Nodes>,
}
