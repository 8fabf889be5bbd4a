//! The answer to a search, in the shape that search clients expect.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::collect::SortValue;
use crate::profile::Profile;

/// The answer to a search.
#[derive(Debug, Serialize)]
pub struct SearchResponse {
    /// Milliseconds.
    pub took: u64,
    /// Whether the search ran out of time: then this is what it had found.
    pub timed_out: bool,
    /// Always one: an index is searched as a whole.
    #[serde(rename = "_shards")]
    pub shards: Shards,
    /// What was found.
    pub hits: Hits,
    /// Where the request asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// How many shards took part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shards {
    /// All.
    pub total: u32,
    /// Those that answered.
    pub successful: u32,
    /// Those that had nothing to search.
    pub skipped: u32,
    /// Those that failed.
    pub failed: u32,
}

impl Shards {
    /// One shard, which answered.
    pub const ONE: Shards = Shards { total: 1, successful: 1, skipped: 0, failed: 0 };
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct Hits {
    /// How many match; left out where the request does not track it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Total>,
    /// The best score; null under a sort.
    pub max_score: Option<f32>,
    /// The page of hits.
    pub hits: Vec<HitDocument>,
}

/// How many documents match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Total {
    /// This many,
    pub value: u64,
    /// Whether there may be more.
    pub relation: TotalRelation,
}

/// Whether a total is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TotalRelation {
    /// Exactly as many.
    #[serde(rename = "eq")]
    Equal,
    /// At least as many.
    #[serde(rename = "gte")]
    AtLeast,
}

/// One hit.
#[derive(Debug, Serialize)]
pub struct HitDocument {
    /// Name of the index.
    #[serde(rename = "_index")]
    pub index: String,
    /// The document's id.
    #[serde(rename = "_id")]
    pub id: String,
    /// Its score; null under a sort that does not need it.
    #[serde(rename = "_score")]
    pub score: Option<f32>,
    /// The wanted part of the document.
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<RawValue>>,
    /// What it was sorted by; left out without a sort.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sort: Vec<SortValue>,
}

/// The answer to a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CountResponse {
    /// Documents that match.
    pub count: u64,
    /// Always one.
    #[serde(rename = "_shards")]
    pub shards: Shards,
}
