//! The answer to a search, in the shape that search clients expect.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::SearchRequest;
use crate::collect::HitPosition;
use crate::function_failures::FunctionFailures;
use crate::hits::{Hits, Total, TotalRelation};
use crate::profile::Profile;
use crate::request::TotalHits;
use crate::shown::AggregationsResponse;
use crate::suggest::Suggested;

/// The answer to a search.
#[derive(Debug, Serialize)]
pub struct SearchResponse {
    /// What the client sends back for the next page of a scroll. The engine does not set it.
    #[serde(rename = "_scroll_id", skip_serializing_if = "Option::is_none")]
    pub scroll_id: Option<String>,
    /// The point in time that was searched. The engine does not set it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pit_id: Option<String>,
    /// Milliseconds.
    pub took: u64,
    /// Whether the search ran out of time: then this is what it had found.
    pub timed_out: bool,
    /// Whether there are more hits than the request asks to collect; left out where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminated_early: Option<bool>,
    /// One for each index: an index is searched as a whole.
    #[serde(rename = "_shards")]
    pub shards: Shards,
    /// What was found.
    pub hits: Hits,
    /// Where the request asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregations: Option<AggregationsResponse>,
    /// Corrections and completions, where the request asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggest: Option<Suggested>,
    /// The functions that failed where the request tolerates it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub function_failures: Vec<FunctionFailures>,
    /// Where the request asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// Where the page ends in each index that has hits on it, by the names of the indices.
    #[serde(skip)]
    pub last: BTreeMap<String, HitPosition>,
}

impl SearchResponse {
    /// The response of a search that had no index to search.
    pub fn empty() -> Self {
        SearchResponse {
            scroll_id: None,
            pit_id: None,
            took: 0,
            timed_out: false,
            terminated_early: None,
            shards: Shards::NONE,
            hits: Hits {
                total: Some(Total::Object { value: 0, relation: TotalRelation::Equal }),
                max_score: Some(0.0),
                hits: Vec::new(),
            },
            aggregations: None,
            suggest: None,
            function_failures: Vec::new(),
            profile: None,
            last: BTreeMap::new(),
        }
    }

    /// The same for this request, which says whether there is a total.
    pub fn empty_for(request: &SearchRequest) -> Self {
        let mut response = Self::empty();
        if request.total_hits() == TotalHits::Off {
            response.hits.total = None;
        }
        response
    }

    /// The same response with its totals as plain numbers.
    #[must_use]
    pub fn with_number_total(mut self) -> Self {
        self.hits.with_number_total();
        if let Some(aggregations) = &mut self.aggregations {
            aggregations.with_number_totals();
        }
        self
    }
}

/// How many shards took part. Each index is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shards {
    /// All.
    pub total: u32,
    /// Those that answered.
    pub successful: u32,
    /// Those that had nothing to search.
    pub skipped: u32,
    /// Those that failed.
    pub failed: u32,
    /// Why, in the form of the API. The engine leaves it empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Json>,
}

impl Shards {
    /// One shard, which answered.
    pub const ONE: Shards = Shards { total: 1, successful: 1, skipped: 0, failed: 0, failures: Vec::new() };

    /// So many shards, which answered.
    pub fn all(total: usize) -> Self {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        Shards { total, successful: total, ..Self::NONE }
    }

    /// No shard: there was nothing to search.
    pub const NONE: Shards = Shards { total: 0, successful: 0, skipped: 0, failed: 0, failures: Vec::new() };
}

/// The answer to a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountResponse {
    /// Documents that match.
    pub count: u64,
    /// One for each index.
    #[serde(rename = "_shards")]
    pub shards: Shards,
    /// The functions that failed where the request tolerates it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub function_failures: Vec<FunctionFailures>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(response: &SearchResponse) -> String {
        serde_json::to_string_pretty(response).expect("a response serialises")
    }

    fn with_total(total: Option<Total>) -> SearchResponse {
        let mut response = SearchResponse::empty();
        response.hits.total = total;
        response
    }

    #[test]
    fn an_empty_response_has_all_keys() {
        insta::assert_snapshot!(json(&SearchResponse::empty()), @r#"
        {
          "took": 0,
          "timed_out": false,
          "_shards": {
            "total": 0,
            "successful": 0,
            "skipped": 0,
            "failed": 0
          },
          "hits": {
            "total": {
              "value": 0,
              "relation": "eq"
            },
            "max_score": 0.0,
            "hits": []
          }
        }
        "#);
        insta::assert_snapshot!(json(&SearchResponse::empty().with_number_total()), @r#"
        {
          "took": 0,
          "timed_out": false,
          "_shards": {
            "total": 0,
            "successful": 0,
            "skipped": 0,
            "failed": 0
          },
          "hits": {
            "total": 0,
            "max_score": 0.0,
            "hits": []
          }
        }
        "#);
    }

    #[test]
    fn totals_are_objects_or_plain_numbers() {
        let total = |response: SearchResponse| serde_json::to_string(&response.hits.total).expect("it serialises");
        let counted = |value| with_total(Some(Total::Object { value, relation: TotalRelation::Equal }));
        assert_eq!(total(counted(3)), r#"{"value":3,"relation":"eq"}"#);
        assert_eq!(total(counted(3).with_number_total()), "3");
        assert_eq!(total(counted(3).with_number_total().with_number_total()), "3");
        assert_eq!(total(counted(u64::MAX).with_number_total()), i64::MAX.to_string());
    }

    #[test]
    fn an_untracked_total_is_left_out_or_minus_one() {
        let untracked = serde_json::to_value(with_total(None)).expect("it serialises");
        assert_eq!(untracked["hits"].get("total"), None);
        assert_eq!(with_total(None).with_number_total().hits.total, Some(Total::Number(-1)));
    }
}
