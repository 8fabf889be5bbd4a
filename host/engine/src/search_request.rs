//! A parsed search request.

mod computed_of_mapping;
mod inactive_keys;
mod pages;
mod parameters;
mod parse;
mod scroll;
mod terminate_after;

use std::time::Duration;

use quidditch_expression::ValuesOf;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use crate::Error;
use crate::aggregations::{AggregationRequests, KeyStyle};
use crate::clause::{Clause, NamedQuery};
use crate::functions::{Chain, FunctionCall, ValuesFor};
use crate::limits::Limits;
use crate::lookups::DocumentLookup;
use crate::percolation::Percolation;
use crate::request::{
    Collapse, ComputedFieldRequest, FetchOptions, IndicesBoost, InnerHits, NestedInnerHits, PointInTime, Rescore,
    ScriptFieldSource, SearchAfter, Slice, Sort, TotalHits, is_by_score,
};
use crate::scores::Scores;
use crate::suggest::Suggestions;

pub use computed_of_mapping::check_computed_fields;
pub(crate) use computed_of_mapping::{ComputedOfMapping, MayRead};
pub(crate) use pages::Pages;
pub(crate) use parse::parse_apart;

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
    /// The queries that have names, in the query and the post filter.
    pub(crate) named: Vec<NamedQuery>,
    /// Hits of the nested objects that match, in the query and the post filter.
    pub(crate) inner_hits: Vec<NestedInnerHits>,
    /// Whether the scores in these are shown.
    pub(crate) named_scores: Scores,
    /// Functions that the query calls, by their number.
    pub(crate) calls: Vec<FunctionCall>,
    /// Which of them clauses call one after another, in the order in which these were parsed.
    pub(crate) chains: Vec<Chain>,
    /// Documents that the query names, by their number.
    pub(crate) lookups: Vec<DocumentLookup>,
    /// The `percolate` queries, by their number.
    pub(crate) percolations: Vec<Percolation>,
    /// How many of these, the first, are part of the query.
    pub(crate) shown_percolations: usize,
    pub(crate) from: usize,
    pub(crate) size: usize,
    /// Empty sorts by score.
    pub(crate) sort: Vec<Sort>,
    /// The sort values behind which the hits begin.
    pub(crate) search_after: Option<SearchAfter>,
    /// Which of the matches become hits; aggregations see all.
    pub(crate) post_filter: Option<Box<dyn Clause>>,
    /// As it was written.
    pub(crate) post_filter_json: Option<Json>,
    /// How many hits are collected before the search ends; `None` collects all.
    pub(crate) terminate_after: Option<u64>,
    /// What multiplies the scores: by the name of the index, or a pattern.
    pub(crate) indices_boost: IndicesBoost,
    /// Other scores for the best hits, computed one after another.
    pub(crate) rescore: Vec<Rescore>,
    /// As it was written.
    pub(crate) rescore_json: Option<Json>,
    /// The best hit of each group of documents.
    pub(crate) collapse: Option<Collapse>,
    /// As it was written.
    pub(crate) collapse_json: Option<Json>,
    /// The point in time that is searched.
    pub(crate) pit: Option<PointInTime>,
    /// The part of the documents that is searched.
    pub(crate) slice: Option<Slice>,
    /// Whether hits are read page by page. Not part of a body.
    pub(crate) pages: Pages,
    pub(crate) track_scores: bool,
    /// What the response has of each hit.
    pub(crate) fetch: FetchOptions,
    /// `None` if the request does not say: then [`SearchRequest::total_hits`] returns the default.
    pub(crate) total_hits: Option<TotalHits>,
    pub(crate) min_score: Option<f32>,
    pub(crate) profile: bool,
    pub(crate) aggregations: AggregationRequests,
    /// As they came, to be sent on.
    pub(crate) aggregations_json: Option<Json>,
    pub(crate) aggregation_keys: KeyStyle,
    /// What the hits of each `top_hits` among the aggregations have, by their number.
    pub(crate) top_hits: Vec<FetchOptions>,
    /// Corrections and completions. Without a query and aggregations, the request then has no hits.
    pub(crate) suggest: Option<Suggestions>,
    /// As it was written.
    pub(crate) suggest_json: Option<Json>,
    /// `None`, and more than the engine allows, takes the engine's.
    pub(crate) timeout: Option<Duration>,
}

impl SearchRequest {
    /// The ids of the stored scripts that are not called as functions: those that script fields name (of the hits and of inner hits),
    /// and those that scripts of buckets name.
    pub(crate) fn stored_scripts(&self) -> Vec<&str> {
        let mut options: Vec<&FetchOptions> = std::iter::once(&self.fetch).chain(&self.top_hits).collect();
        options.extend(self.inner_hits_of_groups().iter().map(|inner_hits| &inner_hits.fetch));
        let mut left: Vec<&NestedInnerHits> = self.inner_hits.iter().collect();
        while let Some(inner_hits) = left.pop() {
            options.push(&inner_hits.fetch);
            left.extend(&inner_hits.inside);
        }
        let fields = options.into_iter().flat_map(|options| &options.script_fields);
        let stored = fields.filter_map(|field| match &field.script {
            ScriptFieldSource::Stored(id) => Some(id.as_str()),
            ScriptFieldSource::Inline(_) => None,
        });
        stored.chain(self.aggregations.stored_scripts()).collect()
    }

    /// What is shown of each group of collapsed hits.
    pub(crate) fn inner_hits_of_groups(&self) -> &[InnerHits] {
        self.collapse.as_ref().map_or(&[], |collapse| &collapse.inner_hits)
    }

    /// How long the search may take: what the request says, and at most what `limits` do.
    pub fn time_limit(&self, limits: &Limits) -> Duration {
        self.timeout.map_or(limits.timeout, |asked| asked.min(limits.timeout))
    }

    /// The same request, whose sorts by scripts of numbers show what these scripts compute as scores.
    #[must_use]
    pub fn sorted_by_score_scripts(mut self) -> Self {
        let of = |values_of| Some(ValuesFor::Known(values_of));
        for call in self.calls.iter_mut().filter(|call| call.values == of(ValuesOf::NumberSort)) {
            call.values = of(ValuesOf::Scores);
        }
        self
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

    /// The same request for a client that expects the types of aggregations and suggestions in their names, as in `sterms#tags`.
    #[must_use]
    pub fn with_typed_keys(self) -> Self {
        SearchRequest { aggregation_keys: KeyStyle::Typed, ..self }
    }

    /// The point in time that it searches, instead of an index.
    pub fn point_in_time(&self) -> Option<&PointInTime> {
        self.pit.as_ref()
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

    /// The suggestions, if there are any.
    pub(crate) fn suggestions(&self) -> Option<&Suggestions> {
        self.suggest.as_ref().filter(|suggest| !suggest.is_empty())
    }

    /// How exactly matches are counted.
    pub(crate) fn total_hits(&self) -> TotalHits {
        self.total_hits.unwrap_or_default()
    }

    /// Refuses keys that exclude each other.
    pub(crate) fn refuse_contradictions(&self) -> Result<(), Error> {
        let refused = |reason: &str| Err(Error::shard_argument(reason));
        if self.search_after.is_some() && self.from > 0 {
            return refused("[from] must be 0 when [search_after] is used");
        }
        if self.search_after.is_some() && self.collapse.is_some() {
            return refused("cannot use [collapse] together with [search_after]");
        }
        if !self.rescore.is_empty() && self.collapse.is_some() {
            return refused("cannot use [collapse] together with [rescore]");
        }
        if !self.rescore.is_empty() && !is_by_score(&self.sort) {
            return refused("cannot use [sort] together with [rescore], except by descending [_score]");
        }
        Ok(())
    }

    /// What `now` means in dates, if it is not the time of the search.
    pub(crate) fn now_millis(&self) -> Option<i64> {
        match self.pages {
            Pages::First { now_millis } | Pages::Next { now_millis } => Some(now_millis),
            Pages::Only => None,
        }
    }

    /// The position behind the last hit of the page, among all hits.
    pub(crate) fn window(&self) -> usize {
        self.from + self.size
    }

    /// How many hits a search has to find: the page, and those that are scored again.
    pub(crate) fn hits_to_find(&self) -> usize {
        self.rescore.iter().map(|rescore| rescore.window).fold(self.window(), usize::max)
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
        if let Some(search_after) = &self.search_after {
            body.serialize_entry("search_after", search_after)?;
        }
        if let Some(post_filter) = &self.post_filter_json {
            body.serialize_entry("post_filter", post_filter)?;
        }
        if let Some(terminate_after) = self.terminate_after {
            body.serialize_entry("terminate_after", &terminate_after)?;
        }
        if let Some(rescore) = &self.rescore_json {
            body.serialize_entry("rescore", rescore)?;
        }
        if let Some(collapse) = &self.collapse_json {
            body.serialize_entry("collapse", collapse)?;
        }
        if !self.indices_boost.is_empty() {
            body.serialize_entry("indices_boost", &self.indices_boost)?;
        }
        if let Some(slice) = &self.slice {
            body.serialize_entry("slice", slice)?;
        }
        if self.named_scores == Scores::Needed {
            body.serialize_entry("include_named_queries_score", &true)?;
        }
        body.serialize_entry("track_scores", &self.track_scores)?;
        for (key, value) in self.fetch.entries() {
            body.serialize_entry(key, &value)?;
        }
        if let Some(total_hits) = self.total_hits {
            body.serialize_entry("track_total_hits", &total_hits)?;
        }
        if let Some(min_score) = self.min_score {
            body.serialize_entry("min_score", &min_score)?;
        }
        if let Some(aggregations) = &self.aggregations_json {
            body.serialize_entry("aggs", aggregations)?;
        }
        if let Some(suggest) = &self.suggest_json {
            body.serialize_entry("suggest", suggest)?;
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
            json!({"sort": [{"_geo_distance": {"g": [[1, 2], "3,4"], "unit": "mi", "mode": "max", "order": "desc"}}]}),
            json!({"sort": ["n", {"g": {"nested": {"path": "a"}}}], "search_after": [1.5, "x"], "terminate_after": 7}),
            json!({"query": {"match_all": {}}, "rescore": {"query": {"rescore_query": {"wasm_udf": {"name": "f"}}}}}),
            json!({"collapse": {"field": "k", "inner_hits": {"name": "a", "sort": ["n"]}}}),
            json!({"post_filter": {"wasm_udf": {"name": "f"}}, "indices_boost": [{"a*": 2.5}, {"b": 1}]}),
            json!({"fields": ["a", {"field": "d", "format": "yyyy"}], "stored_fields": "_none_", "docvalue_fields": ["n"]}),
            json!({"script_fields": {"s": {"script": {"source": "1", "params": {"p": 2}}, "ignore_failure": true}}}),
            json!({"highlight": {"fields": {"t": {"highlight_query": {"term": {"t": "a"}}}}}}),
            json!({"query": {"match_all": {"_name": "a"}}, "include_named_queries_score": true}),
            json!({"suggest": {"text": "a", "s": {"term": {"field": "t"}}}}),
            json!({"timeout": "1500micros", "track_total_hits": false, "query": {"wasm_udf": {"name": "f"}}}),
        ];
        for body in bodies {
            let request = parse(&body, &[("size", "4"), ("_source_includes", "c,d")]);
            let serialised = serde_json::to_value(&request).expect("is serialised");
            let again = parse(&serialised, &[]);
            assert_eq!(serde_json::to_value(&again).expect("is serialised"), serialised, "{body}");
            assert_eq!((again.calls, again.sort), (request.calls, request.sort));
            assert_eq!(again.named_scores, request.named_scores);
            assert_eq!(
                (again.timeout, again.total_hits, again.min_score, again.size),
                (request.timeout, request.total_hits, request.min_score, 4)
            );
        }
    }
}
