//! A search, wherever it comes from: the body of a request, or an entry of a list of searches.

use std::sync::Arc;

use quidditch_engine::{Error as EngineError, Profile, SearchRequest, SearchResponse, Searched};
use quidditch_index::{Cost, TRACE_TARGET};

use crate::Service;
use crate::accepted_parameters::take_search_parameters;
use crate::cursor_search::{ScrollCall, begin_scroll, search_point_in_time};
use crate::deadline::Deadline;
use crate::error::{ApiError, failure_json};
use crate::indices::{Expression, IndicesOptions};
use crate::keep_alive::check_keep_alive;
use crate::parameters::{Flag, Parameters};
use crate::search_targets::search_targets;
use crate::targets::Target;
use crate::url_query::take_url_query;

/// A search of some indices.
pub(crate) struct SearchCall {
    pub(crate) expression: Expression,
    pub(crate) options: IndicesOptions,
    pub(crate) request: SearchRequest,
    /// Whether the results of a part of the indices, or of a part of the time, are an answer.
    pub(crate) partial_results: PartialResults,
    pub(crate) style: AnswerStyle,
}

/// What happens if not all indices could be searched, or not to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartialResults {
    /// The answer says so.
    Allow,
    /// The request fails.
    Fail,
}

impl PartialResults {
    /// Takes `allow_partial_search_results`.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(match parameters.take_flag_or("allow_partial_search_results", Flag::On)? {
            Flag::On => PartialResults::Allow,
            Flag::Off => PartialResults::Fail,
        })
    }
}

/// How the answers to searches are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnswerStyle {
    /// Whether the names of aggregations contain their types.
    has_typed_keys: bool,
    /// Whether the total is a number.
    total_is_number: bool,
}

impl AnswerStyle {
    /// As most requests want them.
    pub(crate) const DEFAULT: AnswerStyle = AnswerStyle { has_typed_keys: false, total_is_number: false };

    /// Takes `typed_keys` and `rest_total_hits_as_int`.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(AnswerStyle {
            has_typed_keys: parameters.take_flag("typed_keys")?,
            total_is_number: parameters.take_flag("rest_total_hits_as_int")?,
        })
    }

    /// The same request for such an answer.
    pub(crate) fn apply(self, mut request: SearchRequest) -> Result<SearchRequest, EngineError> {
        if self.has_typed_keys {
            request = request.with_typed_keys();
        }
        if self.total_is_number {
            request = request.with_number_total()?;
        }
        Ok(request)
    }
}

/// What a search is the beginning of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Nothing: it is one page.
    Page,
    /// A scroll that begins at this time, in milliseconds since the Unix epoch.
    Scroll { created_millis: i64 },
}

impl SearchCall {
    /// The search that a body and the parameters of a URL ask for.
    #[tracing::instrument(target = TRACE_TARGET, level = "debug", name = "parse", skip_all)]
    pub(crate) fn parse(
        service: &Service,
        expression: Expression,
        body: &str,
        mut parameters: Parameters,
    ) -> Result<Self, ApiError> {
        let body = take_url_query(&mut parameters, body)?;
        let options = IndicesOptions::take(&mut parameters, IndicesOptions::DEFAULT)?;
        let partial_results = PartialResults::take(&mut parameters)?;
        take_search_parameters(&mut parameters)?;
        let style = AnswerStyle::take(&mut parameters)?;
        let request = SearchRequest::parse(&body, &parameters.into_rest()?, service.engine.limits());
        let request = request.and_then(|request| style.apply(request));
        let request = request.map_err(|error| ApiError::search(expression.text(), error))?;
        Ok(SearchCall { expression, options, request, partial_results, style })
    }

    /// Searches, and makes the response. Returns also what the search cost.
    pub(crate) async fn run(
        self,
        service: &Service,
        deadline: Deadline,
    ) -> Result<(SearchResponse, Option<Profile>), ApiError> {
        self.run_as(service, Extent::Page, deadline).await
    }

    /// As [`SearchCall::run`], for the first page of a scroll that the client wants to continue for this time.
    pub(crate) async fn run_scroll(
        mut self,
        service: &Service,
        keep_alive: &str,
        deadline: Deadline,
    ) -> Result<(SearchResponse, Option<Profile>), ApiError> {
        let created_millis = service.clock.unix_millis();
        let name = self.expression.text();
        self.request = self.request.into_scroll(created_millis).map_err(|error| ApiError::search(name, error))?;
        check_keep_alive("scroll", keep_alive).map_err(|error| error.in_search(name))?;
        self.run_as(service, Extent::Scroll { created_millis }, deadline).await
    }

    async fn run_as(
        self,
        service: &Service,
        extent: Extent,
        deadline: Deadline,
    ) -> Result<(SearchResponse, Option<Profile>), ApiError> {
        let SearchCall { expression, options, request, partial_results, style } = self;
        let shows_profile = request.wants_profile();
        // Hosts publish metrics of every search.
        let left = service.left(deadline);
        let request = request.with_profile().with_max_timeout(left);
        let time_limit = request.time_limit(service.engine.limits());
        let deadline = if time_limit < left { service.deadline(time_limit) } else { deadline };
        let cost = Arc::new(Cost::default());
        let answered = async {
            if let Some(point_in_time) = request.point_in_time() {
                return search_point_in_time(service, point_in_time, &request, &cost).await;
            }
            let targets = service.targets(&expression, &options, &cost).await?;
            let searched_targets: Vec<_> = targets.iter().map(Target::searched).collect();
            let mut searched = search_targets(service, &searched_targets, &request, &cost).await?;
            // Clients expect a scroll of no index to end with its first page.
            if let Extent::Scroll { created_millis } = extent
                && !targets.is_empty()
            {
                let call = ScrollCall { expression: &expression, options: &options, targets: &targets, created_millis };
                let body = serde_json::to_value(&request).expect("a request is JSON");
                searched.response.scroll_id = Some(begin_scroll(&call, body, &searched).encode());
            }
            Ok(searched)
        };
        let Searched { mut response, failures } = service.within(deadline, answered).await?;
        if partial_results == PartialResults::Fail {
            if !failures.is_empty() {
                return Err(ApiError::partly_failed(failures));
            }
            if response.timed_out {
                return Err(ApiError::failed_search(expression.text(), EngineError::TimedOut(deadline.time_limit)));
            }
        }
        response.shards.failures = failures.iter().map(failure_json).collect();
        let profile = response.profile.take();
        if shows_profile {
            response.profile.clone_from(&profile);
        }
        if style.total_is_number {
            response = response.with_number_total();
        }
        Ok((response, profile))
    }
}
