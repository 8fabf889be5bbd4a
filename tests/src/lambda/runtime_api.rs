//! A local Lambda runtime API: processes ask it for events and report their results.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::runtime::Runtime;
use tokio::sync::Notify;

/// Default time limit for an event.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// The result of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invoked {
    /// The function's answer, as text.
    Answer(String),
    /// The function's error.
    Failed {
        /// Its type.
        kind: String,
        /// Its message.
        message: String,
    },
}

/// The API; stopped on drop. Each event goes to the process that asks first.
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// `None` only during drop.
    runtime: Option<Runtime>,
}

struct Shared {
    time_limit: Duration,
    state: Mutex<State>,
    /// Notified when there is an event.
    sent: Notify,
    /// Notified when a process asks for an event.
    asked: Condvar,
}

#[derive(Default)]
struct State {
    /// Events that no process has received yet, with their ids.
    waiting: VecDeque<(String, String)>,
    /// Senders of results to the callers of `invoke`, by event id.
    senders: HashMap<String, Sender<Invoked>>,
    last_id: u64,
    /// Failed initialisations.
    init_errors: Vec<Invoked>,
    /// How often processes asked for an event.
    asked: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    error_type: String,
    error_message: String,
}

impl RuntimeApi {
    /// Starts it on a free port.
    pub fn start() -> Self {
        Self::with_time_limit(TIME_LIMIT)
    }

    /// The same with a time limit for each event. A process that exceeds it is not killed.
    pub fn with_time_limit(time_limit: Duration) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("sockets can be non-blocking");
        let (sent, asked) = (Notify::new(), Condvar::new());
        let shared = Arc::new(Shared { time_limit, state: Mutex::default(), sent, asked });
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        RuntimeApi { address, shared, runtime: Some(runtime) }
    }

    /// Host and port, as in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Sends an event, and waits for its result; `None` if that takes too long.
    pub fn invoke(&self, event: &str, timeout: Duration) -> Option<Invoked> {
        let id = {
            let mut state = self.shared.state();
            state.last_id += 1;
            format!("00000000-0000-0000-0000-{:012}", state.last_id)
        };
        self.send(&id, event).recv_timeout(timeout).ok()
    }

    /// Sends an event with a request id, and returns a receiver of its result.
    pub fn send(&self, request_id: &str, event: &str) -> Receiver<Invoked> {
        let (sender, receiver) = channel();
        let mut state = self.shared.state();
        state.senders.insert(request_id.to_owned(), sender);
        state.waiting.push_back((request_id.to_owned(), event.to_owned()));
        drop(state);
        self.shared.sent.notify_one();
        receiver
    }

    /// The failed initialisations that processes have reported.
    pub fn init_errors(&self) -> Vec<Invoked> {
        self.shared.state().init_errors.clone()
    }

    /// Waits until processes have asked for an event `asked` times in total; `false` if that takes too long.
    pub fn wait_for_processes(&self, asked: usize, timeout: Duration) -> bool {
        let state = self.shared.state();
        let waited = self.shared.asked.wait_timeout_while(state, timeout, |state| state.asked < asked);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next event, as soon as there is one.
    async fn next(&self) -> (String, String) {
        self.state().asked += 1;
        self.asked.notify_all();
        loop {
            if let Some(event) = self.state().waiting.pop_front() {
                return event;
            }
            self.sent.notified().await;
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        // The address may have a path of its own.
        let path = request.uri().path();
        let path = path.find("/2018-06-01/").map_or(path, |start| &path[start..]);
        let path = path.trim_start_matches("/2018-06-01/runtime/invocation/").to_owned();
        if path == "next" {
            let (id, event) = self.next().await;
            let deadline = SystemTime::now() + self.time_limit;
            let deadline = deadline.duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis();
            return Response::builder()
                .header("lambda-runtime-aws-request-id", id)
                .header("lambda-runtime-deadline-ms", deadline.to_string())
                .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:1:function:test")
                .header("lambda-runtime-trace-id", "Root=1-0-0")
                .body(Full::from(event))
                .expect("valid headers");
        }
        let body = request.into_body().collect().await.expect("a body").to_bytes();
        let mut response = Response::new(Full::default());
        if path == "/2018-06-01/runtime/init/error" {
            self.state().init_errors.push(failed(&body));
            *response.status_mut() = StatusCode::ACCEPTED;
            return response;
        }
        let invoked = match path.split_once('/') {
            Some((id, "response")) => Some((id, Invoked::Answer(String::from_utf8(body.to_vec()).expect("UTF-8")))),
            Some((id, "error")) => Some((id, failed(&body))),
            _ => None,
        };
        *response.status_mut() = StatusCode::NOT_FOUND;
        if let Some((id, invoked)) = invoked
            && let Some(sender) = self.state().senders.remove(id)
        {
            // The caller may have stopped waiting.
            sender.send(invoked).ok();
            *response.status_mut() = StatusCode::ACCEPTED;
        }
        response
    }
}

fn failed(body: &[u8]) -> Invoked {
    let Failure { error_type: kind, error_message: message } =
        serde_json::from_slice(body).expect("an error has a type and a message");
    Invoked::Failed { kind, message }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("inside the runtime");
    loop {
        let Ok((stream, _)) = listener.accept().await else { return };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| async { Ok::<_, Infallible>(shared.answer(request).await) });
            // It ends with an error when the process ends.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
