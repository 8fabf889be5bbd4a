//! The span of a request.

use http::{Method, Request, StatusCode};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use quidditch_index::TRACE_TARGET;
use quidditch_service::ResolvedRoute;
use tracing::field::Empty;
use tracing::{Span, debug_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The span of a request, with the attributes that OpenTelemetry specifies for HTTP servers.
pub(in crate::serve) struct RequestSpan(Span);

impl RequestSpan {
    /// For a request with this route. Its `traceparent` and `tracestate` make it a part of the trace that they name; invalid ones are
    /// ignored.
    pub(in crate::serve) fn begin<B>(request: &Request<B>, route: &ResolvedRoute, scheme: &'static str) -> Self {
        let pattern = route.pattern();
        let span = debug_span!(
            target: TRACE_TARGET,
            "request",
            otel.kind = "server",
            otel.name = name(request.method(), pattern),
            otel.status_code = Empty,
            http.request.method = known_method(request.method()),
            http.request.method_original = original_method(request.method()),
            http.route = pattern,
            http.response.status_code = Empty,
            url.path = shown_path(request.uri().path(), pattern),
            url.scheme = scheme,
            error.type = Empty,
            quidditch.index = route.index(),
        );
        if !span.is_disabled() {
            let parent = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
            // It fails only for spans that nobody traces.
            let _ = span.set_parent(parent);
        }
        RequestSpan(span)
    }

    /// The span of what is done for the request.
    pub(in crate::serve) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Ends the span with the response. Errors of the server are errors of the span, those of the caller are not.
    pub(in crate::serve) fn end(self, status: StatusCode, error_type: Option<&'static str>) {
        self.0.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.0.record("otel.status_code", "ERROR");
            self.0.record("error.type", error_type.unwrap_or(status.as_str()));
        }
    }
}

/// The path in a trace, without the id of a scroll: it contains the search. The route tells one that is written in another way, such as
/// with `%5F`.
fn shown_path<'a>(path: &'a str, pattern: Option<&str>) -> &'a str {
    const SCROLL: &str = "/_search/scroll";
    let is_scroll = [Some(path), pattern].into_iter().flatten().any(|path| path.starts_with(SCROLL));
    if is_scroll { SCROLL } else { path }
}

/// The name of the span: one for each route, not for each path.
fn name(method: &Method, pattern: Option<&str>) -> String {
    let method = known_method(method);
    // As OpenTelemetry specifies for other methods.
    let method = if method == OTHER { "HTTP" } else { method };
    pattern.map_or_else(|| method.to_owned(), |pattern| format!("{method} {pattern}"))
}

const OTHER: &str = "_OTHER";

/// The method, or what stands for methods that are not those of HTTP: clients may send any word.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::CONNECT => "CONNECT",
        Method::DELETE => "DELETE",
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::TRACE => "TRACE",
        _ => OTHER,
    }
}

/// The method as it was sent, if something stands for it.
fn original_method(method: &Method) -> Option<&str> {
    (known_method(method) == OTHER).then(|| method.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_scroll_is_not_shown() {
        let route = Some("/_search/scroll/{id}");
        for (path, pattern) in [
            ("/_search/scroll/eJwBAAD_", route),
            ("/%5Fsearch/scroll/eJwBAAD_", route),
            ("/_search/scroll/eJwBAAD_/of_no_route", None),
            ("/_search/scroll", Some("/_search/scroll")),
        ] {
            assert_eq!(shown_path(path, pattern), "/_search/scroll", "{path}");
        }
        assert_eq!(shown_path("/cities/_doc/1", Some("/{index}/_doc/{id}")), "/cities/_doc/1");
    }

    #[test]
    fn names_are_few() {
        let route = Some("/{index}/_search");
        assert_eq!(name(&Method::POST, route), "POST /{index}/_search");
        assert_eq!(name(&Method::GET, None), "GET");
        let other = Method::from_bytes(b"GETTT").expect("a token");
        assert_eq!((name(&other, None), original_method(&other)), ("HTTP".to_owned(), Some("GETTT")));
        assert_eq!(original_method(&Method::GET), None);
    }
}
