//! From a request to its response.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use http::{Method, Request, Response};
use quidditch_index::IndexError;
use quidditch_index::format::manifest_key;
use quidditch_storage::StorageError;

use crate::answer::Answer;
use crate::body::{BodyParts, RequestBody};
use crate::call::Call;
use crate::caller::Caller;
use crate::deadline::Deadline;
use crate::error::ApiError;
use crate::measurements::take_measurements;
use crate::parameters::Parameters;
use crate::presentation::Presentation;
use crate::resolved_route::{BodyForm, ResolvedRoute};
use crate::router::Endpoint;
use crate::warnings::Warnings;
use crate::{Service, body, media_type, routes};

impl Service {
    /// Answers a request within the time limit of the engine. Never fails and never panics: every error is a response. The
    /// response has [`Measurements`](crate::Measurements) in its extensions.
    ///
    /// Executing a search is CPU-bound and does not yield: a host with an asynchronous runtime should call this on a thread
    /// that may block.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.handle_within(request, Duration::MAX).await
    }

    /// As [`Service::handle`], for a host that needs the response within this time.
    pub async fn handle_within(&self, request: Request<Bytes>, time: Duration) -> Response<Bytes> {
        let route = self.route(request.method(), request.uri().path());
        self.respond(request.map(RequestBody::Whole), route, time).await
    }

    /// As [`Service::handle`], for a request whose route is known: [`Service::route`] of its method and path. Its body may still
    /// be arriving.
    pub async fn handle_routed(&self, request: Request<RequestBody>, route: ResolvedRoute) -> Response<Bytes> {
        self.respond(request, route, Duration::MAX).await
    }

    async fn respond(&self, request: Request<RequestBody>, route: ResolvedRoute, time: Duration) -> Response<Bytes> {
        let mut presentation = Presentation::new(&request, self.settings());
        let limit = match route.found {
            // A caller could not know whether an interrupted change has happened.
            Ok((Endpoint::Write(_), _)) => self.settings().write_timeout,
            _ => self.engine.limits().timeout,
        };
        let deadline = self.deadline(time.min(limit));
        let warnings = Arc::<Warnings>::default();
        let service = self.with_warnings(&warnings);
        let answer = self.within(deadline, service.answer(request, route, &mut presentation, deadline));
        let answered = AssertUnwindSafe(answer).catch_unwind().await;
        let mut answer = answered.unwrap_or_else(|panic| Err(ApiError::Panic(panic_message(panic.as_ref()))));
        if let Err(error) = &answer
            && let Some(gone) = self.deleted_index(error).await
        {
            answer = Err(gone);
        }
        let mut measurements = take_measurements(&mut answer);
        let answer = answer.unwrap_or_else(ApiError::into_answer);
        measurements.error_type = answer.error_type;
        let mut response = presentation.response(answer);
        response.extensions_mut().insert(measurements);
        warnings.add_to(response.headers_mut(), self.settings());
        response
    }

    /// The error in place of one about an object that is missing, if it is missing because its index was deleted meanwhile.
    async fn deleted_index(&self, error: &ApiError) -> Option<ApiError> {
        let name = error.index_of_missing_object()?;
        match self.snapshots.reader().storage().head(&manifest_key(name)).await {
            Err(StorageError::NotFound { .. }) => Some(IndexError::NotFound { name: name.to_owned() }.into()),
            _ => None,
        }
    }

    async fn answer(
        &self,
        request: Request<RequestBody>,
        route: ResolvedRoute,
        presentation: &mut Presentation,
        deadline: Deadline,
    ) -> Result<Answer, ApiError> {
        let (mut head, body) = request.into_parts();
        let mut parameters = Parameters::parse(head.uri.query());
        presentation.take_parameters(&mut parameters)?;
        let path = head.uri.path();
        let (limit, body_form) = (route.body_limit(), route.body_form);
        let (endpoint, names) = route.found?;
        media_type::check_accept(&head.headers)?;
        let mut call = Call {
            method: head.method.clone(),
            path: path.to_owned(),
            names,
            parameters,
            body: String::new(),
            component: Bytes::new(),
            parts: None,
            caller: head.extensions.remove::<Caller>(),
            deadline,
        };
        match body_form {
            BodyForm::Parts => call.parts = Some(BodyParts::new(head.headers, body, limit)),
            BodyForm::Text => call.body = body::decode(&head.headers, body.whole(limit).await?, limit)?,
            BodyForm::Component => {
                call.component = body::decode_component(&head.headers, body.whole(limit).await?, limit)?;
            }
        }
        match endpoint {
            Endpoint::Alias => routes::alias(self, call).await,
            Endpoint::Analyze => routes::analyze(self, call).await,
            Endpoint::Cat => routes::cat(call),
            Endpoint::CatAliases => routes::cat_aliases(self, call).await,
            Endpoint::CatCount => routes::cat_count(self, call).await,
            Endpoint::CatHealth => routes::cat_health(self, call).await,
            Endpoint::CatIndices => routes::cat_indices(self, call).await,
            Endpoint::CatNodes => routes::cat_nodes(call),
            Endpoint::CatSegments => routes::cat_segments(self, call).await,
            Endpoint::CatShards => routes::cat_shards(self, call).await,
            Endpoint::ClearCache => routes::clear_cache(self, call).await,
            Endpoint::ClusterHealth => routes::cluster_health(self, call).await,
            Endpoint::ClusterSettings => routes::cluster_settings(call),
            Endpoint::ClusterStats => routes::cluster_stats(self, call).await,
            Endpoint::ComponentTemplates => routes::component_templates(self, call).await,
            Endpoint::Count => routes::count(self, call).await,
            Endpoint::Document => routes::document(self, call).await,
            Endpoint::Explain => routes::explain(self, call).await,
            Endpoint::FieldCaps => routes::field_caps(self, call).await,
            Endpoint::Flush => routes::flush(self, call).await,
            Endpoint::Function => routes::function(self, call).await,
            Endpoint::FunctionStats => routes::function_stats(self, call).await,
            Endpoint::FunctionVersion => routes::function_version(self, call).await,
            Endpoint::Functions => routes::functions(self, call).await,
            Endpoint::Health => routes::health(call),
            Endpoint::Index => routes::index(self, call).await,
            Endpoint::IndexTemplates => routes::index_templates(self, call).await,
            Endpoint::Mapping => routes::mapping(self, call).await,
            Endpoint::MappingField => routes::mapping_field(self, call).await,
            Endpoint::Mget => routes::mget(self, call).await,
            Endpoint::Msearch => routes::msearch(self, call).await,
            Endpoint::MsearchTemplate => routes::msearch_template(self, call).await,
            Endpoint::MtermVectors => routes::mterm_vectors(self, call).await,
            Endpoint::Nodes => routes::nodes(call),
            Endpoint::NodesStats => routes::nodes_stats(self, call).await,
            Endpoint::PendingTasks => routes::pending_tasks(call),
            Endpoint::RankEval => routes::rank_eval(self, call).await,
            Endpoint::RenderTemplate => routes::render_template(self, call).await,
            Endpoint::ResolveIndex => routes::resolve_index(self, call).await,
            Endpoint::Root => routes::root(self, call),
            Endpoint::PointInTime => routes::create_point_in_time(self, call).await,
            Endpoint::PointsInTime if path.ends_with("_all") => routes::all_points_in_time(call),
            Endpoint::PointsInTime => routes::delete_points_in_time(call),
            Endpoint::Scroll if head.method == Method::DELETE => routes::clear_scroll(call),
            Endpoint::Scroll => routes::scroll(self, call).await,
            Endpoint::Search => routes::search(self, call).await,
            Endpoint::SearchTemplate => routes::search_template(self, call).await,
            Endpoint::Settings => routes::settings(self, call).await,
            Endpoint::Source => routes::source(self, call).await,
            Endpoint::Stats => routes::stats(self, call).await,
            Endpoint::StoredScript => routes::stored_script(self, call).await,
            Endpoint::TermVectors => routes::term_vectors(self, call).await,
            Endpoint::Validate => routes::validate(self, call).await,
            Endpoint::Write(endpoint) => match &self.writes {
                Some(writes) => writes.answer(self, endpoint, call).await,
                None => Err(ApiError::ReadOnly { method: call.method, path: call.path }),
            },
        }
    }
}

/// The message of a panic.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message").to_owned()
}
