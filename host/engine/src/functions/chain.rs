//! The functions that a clause calls, one after another.

use quidditch_function::Role;
use serde_json::{Map, Value as Json};

/// The functions that a clause calls, one after another: each is called about the documents that those before it left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Chain {
    Stages(Vec<ChainStage>),
    /// Those of a search profile, which is read when functions are bound.
    SearchProfile(SearchProfileCall),
}

/// One function of a chain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChainStage {
    /// The number of its call.
    pub(crate) call: usize,
    /// Documents that it scores lower are dropped.
    pub(crate) min_score: Option<f32>,
    /// The field as which later functions of the chain read its scores.
    pub(crate) name: Option<String>,
}

/// A search profile as a request names it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SearchProfileCall {
    /// Without `profile/`.
    pub(crate) name: String,
    pub(crate) parameters: Map<String, Json>,
    pub(crate) role: Role,
    /// Where it is in the request.
    pub(crate) path: String,
}

impl Chain {
    /// A function on its own.
    pub(crate) fn only(call: usize) -> Self {
        Chain::Stages(vec![ChainStage { call, min_score: None, name: None }])
    }
}
