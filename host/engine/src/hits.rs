//! The hits of a response.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crate::collect::SortValue;
use crate::explanation::Explanation;
use crate::nested::NestedPlace;
use crate::request::TotalHits;

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

impl Hits {
    pub(crate) fn with_number_total(&mut self) {
        self.total = Some(match self.total {
            None => Total::Number(-1),
            Some(Total::Object { value, .. }) => Total::Number(i64::try_from(value).unwrap_or(i64::MAX)),
            Some(Total::Number(number)) => Total::Number(number),
        });
    }
}

/// How many documents match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Total {
    /// `{"value": 3, "relation": "eq"}`
    Object {
        /// The number of documents.
        value: u64,
        /// Whether there may be more.
        relation: TotalRelation,
    },
    /// `3`, which legacy clients ask for with `rest_total_hits_as_int`; -1 where the request does not track the total.
    Number(i64),
}

impl Total {
    /// The number of documents that match, as far as a request tracks it.
    pub(crate) fn tracked(matched: u64, total_hits: TotalHits) -> Option<Self> {
        match total_hits {
            TotalHits::Off => None,
            TotalHits::UpTo(limit) if matched > limit => {
                Some(Total::Object { value: limit, relation: TotalRelation::AtLeast })
            }
            TotalHits::UpTo(_) | TotalHits::Exact => {
                Some(Total::Object { value: matched, relation: TotalRelation::Equal })
            }
        }
    }

    /// The same of a search that ran out of time.
    pub(crate) fn at_least(self) -> Self {
        match self {
            Total::Object { value, .. } => Total::Object { value, relation: TotalRelation::AtLeast },
            Total::Number(number) => Total::Number(number),
        }
    }
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
    /// The document's id; empty, and left out, where the request asks for nothing that is stored.
    #[serde(rename = "_id", skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Where it is in the document, if it is a nested object.
    #[serde(rename = "_nested", skip_serializing_if = "Option::is_none")]
    pub nested: Option<NestedPlace>,
    /// Its version, where the request asks for it.
    #[serde(rename = "_version", skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The sequence number of its write, where the request asks for it.
    #[serde(rename = "_seq_no", skip_serializing_if = "Option::is_none")]
    pub seq_no: Option<u64>,
    /// The primary term of its write, where the request asks for it.
    #[serde(rename = "_primary_term", skip_serializing_if = "Option::is_none")]
    pub primary_term: Option<u64>,
    /// The fields that left out a value of it.
    #[serde(rename = "_ignored", skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Its score; null under a sort that does not need it.
    #[serde(rename = "_score")]
    pub score: Option<f32>,
    /// The wanted part of the document.
    #[serde(rename = "_source", skip_serializing_if = "Option::is_none")]
    pub source: Option<Box<RawValue>>,
    /// The queries with names that it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched_queries: Option<MatchedQueries>,
    /// Values of fields, and those that scripts computed, and that of the group of a collapsed hit: a list for each.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Json>,
    /// Hits of the group of a collapsed hit, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_hits: Option<BTreeMap<String, InnerHitsResponse>>,
    /// Fragments of fields in which the query matches: a list for each. Left out where the request asks for none.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub highlight: Map<String, Json>,
    /// How its score comes about. Left out where the request does not ask for it.
    #[serde(rename = "_explanation", skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// What it was sorted by; left out without a sort.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sort: Vec<SortValue>,
}

/// Hits inside of a hit.
#[derive(Debug, Serialize)]
pub struct InnerHitsResponse {
    /// What was found.
    pub hits: Hits,
}

/// The names of the queries that a hit matches.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MatchedQueries {
    /// Names only.
    Names(Vec<String>),
    /// With the score that the hit has in each query alone.
    Scores(BTreeMap<String, f32>),
}
