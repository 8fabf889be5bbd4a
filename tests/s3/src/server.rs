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

/// The bucket that exists from the start.
pub const BUCKET: &str = "quidditch";

const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "a secret that only the test and its server know";
const REGION: &str = "eu-central-1";

/// An S3 server on this machine, with one empty bucket. It stops when it is dropped.
///
/// It has its own threads, so that tests may block.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    buckets: Arc<Buckets>,
    control: Arc<Control>,
    /// `None` only during the drop.
    runtime: Option<Runtime>,
}

impl S3Server {
    /// Starts a server on a free port.
    ///
    /// # Panics
    /// If there is no free port or no thread can be started.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("threads can be started");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
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

    /// URL of the bucket that exists from the start, as in `s3://bucket`.
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// The region of the server.
    pub fn region(&self) -> &'static str {
        REGION
    }

    /// The only access key that the server accepts.
    pub fn access_key(&self) -> &'static str {
        ACCESS_KEY
    }

    /// The secret key for the access key.
    pub fn secret_key(&self) -> &'static str {
        SECRET_KEY
    }

    /// Environment variables with which a program uses this server, and no credentials of the developer.
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

    /// Creates another bucket, unless it exists.
    pub fn create_bucket(&self, name: &str) {
        self.buckets.create(name);
    }

    /// The conditions of the network and the server.
    pub fn conditions(&self) -> &Control {
        &self.control
    }

    /// All requests so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.control.requests()
    }

    /// The number of uploads in parts that were neither completed nor aborted.
    pub fn unfinished_uploads(&self) -> usize {
        self.buckets.unfinished_uploads()
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Asynchronous tests must not wait for threads.
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, front: Front) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("inside the server's runtime");
    loop {
        // Fails only if the process has no free file descriptors, and then the test fails as well.
        let Ok((stream, _)) = listener.accept().await else { return };
        tokio::spawn(serve(stream, front.clone()));
    }
}

async fn serve(stream: TcpStream, front: Front) {
    // Small responses must be sent at once.
    let _ = stream.set_nodelay(true);
    let (connection, reset) = Connection::new(stream);
    let (front, reset): (_, &AtomicBool) = (&front, &reset);
    let service = service_fn(move |request| front.respond(request, reset));
    // It ends with an error if a fault requires it or the client disconnects.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(connection), service).await;
}
