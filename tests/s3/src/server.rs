//! The server.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::buckets::Buckets;
use crate::connection::Connection;
use crate::front::Front;
use crate::operations::Operations;
use crate::{Control, Request};

/// The bucket that is there from the start.
pub const BUCKET: &str = "quidditch";

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "a secret that only the test and its server know";
const REGION: &str = "eu-central-1";

/// An S3 server on this machine, with one empty bucket, until it is dropped.
///
/// It runs on threads of its own: tests may wait for it in any way.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    buckets: Arc<Buckets>,
    control: Arc<Control>,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl S3Server {
    /// Starts a server on a free port.
    ///
    /// # Panics
    /// If this machine has no free port or cannot start threads.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("sockets can be non-blocking");

        let (buckets, control) = (Arc::new(Buckets::default()), Arc::new(Control::default()));
        buckets.create(BUCKET);
        let mut service = S3ServiceBuilder::new(Operations { buckets: buckets.clone(), control: control.clone() });
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let front = Front { service: service.build(), control: control.clone() };
        runtime.spawn(accept(listener, front));
        S3Server { address, buckets, control, runtime: Some(runtime) }
    }

    /// URL of the server, as in `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// URL of the bucket that is there from the start, as in `s3://bucket`.
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// The region that the server says it is in.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The only access key that the server knows.
    pub fn access_key(&self) -> &'static str {
        ACCESS_KEY
    }

    /// What the access key's requests are signed with.
    pub fn secret_key(&self) -> &'static str {
        SECRET_KEY
    }

    /// Variables of the environment by which a program finds this server, and nothing of the developer's own.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let endpoint = self.endpoint();
        let nothing = String::new;
        vec![
            ("AWS_ENDPOINT_URL", endpoint.clone()),
            ("AWS_ENDPOINT_URL_S3", endpoint),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", nothing()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// Makes another bucket. That it is there already is no error.
    pub fn create_bucket(&self, name: &str) {
        self.buckets.create(name);
    }

    /// What the network and the server are like.
    pub fn conditions(&self) -> &Control {
        &self.control
    }

    /// All requests so far, in the order in which they arrived.
    pub fn requests(&self) -> Vec<Request> {
        self.control.requests()
    }

    /// How many uploads in parts were begun, and neither completed nor given up.
    pub fn unfinished_uploads(&self) -> usize {
        self.buckets.unfinished_uploads()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for its threads is not allowed in asynchronous tests, and nothing needs it.
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, front: Front) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("inside the server's runtime");
    loop {
        // Only a process without free file descriptors fails here: its test fails elsewhere, too.
        let Ok((stream, _)) = listener.accept().await else { return };
        tokio::spawn(serve(stream, front.clone()));
    }
}

async fn serve(stream: TcpStream, front: Front) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let (connection, reset) = Connection::new(stream);
    let (front, reset): (_, &AtomicBool) = (&front, &reset);
    let service = service_fn(move |request| front.answer(request, reset));
    // It ends with an error when a fault wants it, or when the client goes away.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
}
