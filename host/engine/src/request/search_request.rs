//! A parsed search request.

use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use super::computed_field::ComputedFieldRequest;
use super::sort::Sort;
use super::source_filter::SourceFilter;
use super::total_hits::TotalHits;
use crate::Error;
use crate::aggregations::{AggregationRequests, KeyStyle};
use crate::functions::FunctionCall;
use crate::limits::Limits;
use crate::query::{Clause, NamedQuery};
use crate::scores::Scores;

/// A parsed search request, valid for any index.
///
/// Serialised, it is a body that [`SearchRequest::parse`] turns into the same request, with the URL parameters in it: so it can
/// be sent on to another process.
pub struct SearchRequest {
    /// `None` matches all documents.
    pub(crate) query: Option<Box<dyn Clause>>,
    /// The query as it was written.
    pub(crate) query_json: Option<Json>,
    /// The fields that the request computes. Each has one call, and these come first.
    pub(crate) computed: Vec<ComputedFieldRequest>,
    /// As they came, to be sent on.
    pub(crate) computed_json: Option<Json>,
    /// The queries in it that have names.
    pub(crate) named: Vec<NamedQuery>,
    /// Whether the scores in these are shown.
    pub(crate) named_scores: Scores,
    /// Functions that the query calls, by their number.
    pub(crate) calls: Vec<FunctionCall>,
    pub(crate) from: usize,
    pub(crate) size: usize,
    /// Empty sorts by score.
    pub(crate) sort: Vec<Sort>,
    pub(crate) track_scores: bool,
    pub(crate) source: SourceFilter,
    /// `None` if the request does not say: then [`SearchRequest::total_hits`] returns the default.
    pub(crate) total_hits: Option<TotalHits>,
    pub(crate) min_score: Option<f32>,
    pub(crate) profile: bool,
    pub(crate) aggregations: AggregationRequests,
    /// As they came, to be sent on.
    pub(crate) aggregations_json: Option<Json>,
    pub(crate) aggregation_keys: KeyStyle,
    /// `None`, and more than the engine allows, takes the engine's.
    pub(crate) timeout: Option<Duration>,
}

impl SearchRequest {
    /// How long the search may take: what the request says, and at most what `limits` do.
    pub fn time_limit(&self, limits: &Limits) -> Duration {
        self.timeout.map_or(limits.timeout, |asked| asked.min(limits.timeout))
    }

    /// The same request, answered with a profile whether it asks for one or not.
    #[must_use]
    pub fn with_profile(self) -> Self {
        SearchRequest { profile: true, ..self }
    }

    /// The same request, for a client that waits no longer than this.
    #[must_use]
    pub fn with_max_timeout(self, timeout: Duration) -> Self {
        SearchRequest { timeout: Some(self.timeout.map_or(timeout, |asked| asked.min(timeout))), ..self }
    }

    /// The same request for a client that expects the types of aggregations in their names, as in `sterms#tags`.
    #[must_use]
    pub fn with_typed_keys(self) -> Self {
        SearchRequest { aggregation_keys: KeyStyle::Typed, ..self }
    }

    /// Whether the response is to have a profile.
    pub fn wants_profile(&self) -> bool {
        self.profile
    }

    /// Whether it has a query. Without one it matches all documents.
    pub fn has_query(&self) -> bool {
        self.query.is_some()
    }

    /// The same request for a client that expects the total as a plain number (see [`SearchResponse::with_number_total`]):
    /// matches are counted exactly, unless the request says not to count them.
    ///
    /// # Errors
    /// [`Error::Argument`] if the request limits how far matches are counted: a plain number cannot say "at least".
    ///
    /// [`SearchResponse::with_number_total`]: crate::SearchResponse::with_number_total
    pub fn with_number_total(self) -> Result<Self, Error> {
        match self.total_hits {
            Some(TotalHits::UpTo(limit)) => Err(Error::Argument(format!(
                "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got [{limit}]"
            ))),
            Some(TotalHits::Exact | TotalHits::Off) => Ok(self),
            None => Ok(SearchRequest { total_hits: Some(TotalHits::Exact), ..self }),
        }
    }

    /// How exactly matches are counted.
    pub(crate) fn total_hits(&self) -> TotalHits {
        self.total_hits.unwrap_or_default()
    }

    /// How many hits a search has to find.
    pub(crate) fn window(&self) -> usize {
        self.from + self.size
    }
}

impl Serialize for SearchRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_map(None)?;
        if let Some(computed) = &self.computed_json {
            body.serialize_entry("derived", computed)?;
        }
        if let Some(query) = &self.query_json {
            body.serialize_entry("query", query)?;
        }
        body.serialize_entry("from", &self.from)?;
        body.serialize_entry("size", &self.size)?;
        if !self.sort.is_empty() {
            body.serialize_entry("sort", &self.sort)?;
        }
        body.serialize_entry("track_scores", &self.track_scores)?;
        body.serialize_entry("_source", &self.source)?;
        if let Some(total_hits) = self.total_hits {
            body.serialize_entry("track_total_hits", &total_hits)?;
        }
        if let Some(min_score) = self.min_score {
            body.serialize_entry("min_score", &min_score)?;
        }
        if let Some(aggregations) = &self.aggregations_json {
            body.serialize_entry("aggs", aggregations)?;
        }
        body.serialize_entry("profile", &self.profile)?;
        if let Some(timeout) = self.timeout {
            body.serialize_entry("timeout", &format!("{}nanos", timeout.as_nanos()))?;
        }
        body.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(body: &Json, parameters: &[(&str, &str)]) -> SearchRequest {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let parameters: Vec<_> = parameters.iter().map(owned).collect();
        SearchRequest::parse(&body.to_string(), &parameters, &Limits::default()).expect("valid")
    }

    #[test]
    fn a_serialised_request_is_parsed_to_the_same_request() {
        let bodies = [
            json!({}),
            json!({"query": {"term": {"a": {"value": "x", "boost": 2.5}}}, "from": 3, "size": 7}),
            json!({"sort": ["_doc", {"_score": "asc"}, {"n": {"order": "desc", "missing": "_first", "mode": "min"}}]}),
            json!({"sort": [{"n": {"missing": 7, "unmapped_type": "long"}}], "track_scores": true}),
            json!({"_source": false, "track_total_hits": true, "min_score": 0.1}),
            json!({"_source": {"includes": ["a.*"], "excludes": "b"}, "track_total_hits": 17, "profile": true}),
            json!({"aggs": {"a": {"terms": {"field": "n"}, "aggs": {"b": {"filter": {"wasm_udf": {"name": "f"}}}}}}}),
            json!({"derived": {"d": {"type": "long", "wasm_udf": {"name": "f"}}}, "query": {"term": {"d": 1}}}),
            json!({"timeout": "1500micros", "track_total_hits": false, "query": {"wasm_udf": {"name": "f"}}}),
        ];
        for body in bodies {
            let request = parse(&body, &[("size", "4"), ("_source_includes", "c,d")]);
            let serialised = serde_json::to_value(&request).expect("is serialised");
            let again = parse(&serialised, &[]);
            assert_eq!(serde_json::to_value(&again).expect("is serialised"), serialised, "{body}");
            assert_eq!((again.calls, again.sort, again.source), (request.calls, request.sort, request.source));
            assert_eq!(
                (again.timeout, again.total_hits, again.min_score, again.size),
                (request.timeout, request.total_hits, request.min_score, 4)
            );
        }
    }
}
