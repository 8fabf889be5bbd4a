//! An OpenTelemetry collector in the test process.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

/// A collector that keeps what it receives.
pub(crate) struct Collector {
    pub(crate) url: String,
    received: Arc<Mutex<Received>>,
}

#[derive(Default)]
struct Received {
    spans: Vec<Span>,
    resources: Vec<BTreeMap<String, String>>,
}

impl Collector {
    /// Starts to listen, on the runtime of the test.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let received = Arc::<Mutex<Received>>::default();
        tokio::spawn(accept(listener, Arc::clone(&received)));
        Collector { url, received }
    }

    /// The spans so far.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.received.lock().expect("no test panicked").spans.clone()
    }

    /// The span of this name, of which there must be one.
    pub(crate) fn span(&self, name: &str) -> Span {
        let mut found: Vec<Span> = self.spans().into_iter().filter(|span| span.name == name).collect();
        assert_eq!(found.len(), 1, "{name}: {:?}", self.spans());
        found.remove(0)
    }

    /// What the spans are from: one for each request to the collector.
    pub(crate) fn resources(&self) -> Vec<BTreeMap<String, String>> {
        self.received.lock().expect("no test panicked").resources.clone()
    }

    /// The names of the spans, each below and further right than the span that it is a part of, in the order in which they began.
    pub(crate) fn tree(&self) -> String {
        let mut spans = self.spans();
        spans.sort_by_key(|span| span.start_time_unix_nano);
        let is_known = |id: &[u8]| spans.iter().any(|span| span.span_id == id);
        let mut tree = String::new();
        for root in spans.iter().filter(|span| !is_known(&span.parent_span_id)) {
            add_branch(&mut tree, &spans, root, 0);
        }
        tree
    }
}

fn add_branch(tree: &mut String, spans: &[Span], span: &Span, depth: usize) {
    tree.push_str(&format!("{}{}\n", "  ".repeat(depth), span.name));
    for child in spans.iter().filter(|child| child.parent_span_id == span.span_id) {
        add_branch(tree, spans, child, depth + 1);
    }
}

/// The attributes of a span or a resource, as texts.
pub(crate) fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::BoolValue(value) => value.to_string(),
        Value::IntValue(value) => value.to_string(),
        other => format!("{other:?}"),
    };
    let attribute = |KeyValue { key, value, .. }: &KeyValue| {
        let value = value.as_ref().and_then(|value| value.value.as_ref());
        (key.clone(), value.map(text).unwrap_or_default())
    };
    attributes.iter().map(attribute).collect()
}

async fn accept(listener: TcpListener, received: Arc<Mutex<Received>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let received = Arc::clone(&received);
        let service = service_fn(move |request| answer(request, Arc::clone(&received)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    request: Request<Incoming>,
    received: Arc<Mutex<Received>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/v1/traces"));
    assert_eq!(request.headers()["content-type"], "application/x-protobuf");
    let body = request.into_body().collect().await.expect("it is sent").to_bytes();
    let export = ExportTraceServiceRequest::decode(body).expect("it is valid");
    let mut received = received.lock().expect("no test panicked");
    for of_resource in export.resource_spans {
        received.resources.extend(of_resource.resource.map(|resource| attributes(&resource.attributes)));
        received.spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
    }
    Ok(Response::new(Full::default()))
}
