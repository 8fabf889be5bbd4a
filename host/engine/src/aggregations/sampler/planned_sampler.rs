//! A sampler, planned for one index.

use std::sync::Arc;

use super::super::nodes::Nodes;
use super::super::source::Source;
use super::best::Best;
use crate::nested::ScopeDocuments;

pub(super) struct Sampler {
    pub(super) best: Best,
    /// The field by which documents are diversified, and whether no index has it.
    pub(super) diversity: Option<(bool, Source)>,
    /// The documents of the index, if it is a sample of nested objects.
    pub(super) roots: Option<ScopeDocuments>,
    pub(super) inner: Arc<Nodes>,
}
