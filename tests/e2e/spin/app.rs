//! Code shared by the tests of the Spin app.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, Response};
use quidditch_storage::LocalFolder;
use quidditch_tests::{EXAMPLES, Installation, NOW_MILLIS, PATIENCE, Quidditch, SpinApp, SpinOptions, http_client};
use reqwest::Client;
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::hostile::{SHARED, WELL_BEHAVED};
use crate::shared::installation_over;

/// An app with all functions, and the folder of the store that it was bundled from.
pub(super) struct Bundle {
    store: Quidditch,
    installation: Installation,
    folder: TempDir,
}

impl Bundle {
    /// The app, shared by all tests.
    pub(super) fn get() -> &'static Bundle {
        static BUNDLE: LazyLock<Bundle> = LazyLock::new(|| {
            let store = Quidditch::new();
            let installation = installation_over(std::sync::Arc::new(LocalFolder::new(store.store())));
            let folder = tempfile::tempdir().expect("a folder");
            let names = EXAMPLES.into_iter().chain([WELL_BEHAVED]).chain(SHARED);
            let output = folder.path().join("app.wasm");
            let output = output.to_str().expect("UTF-8");
            let arguments = names.flat_map(|name| ["--function", name]);
            store.succeed(["bundle", "--output", output].into_iter().chain(arguments));
            Bundle { store, installation, folder }
        });
        &BUNDLE
    }

    /// The component.
    pub(super) fn app(&self) -> PathBuf {
        self.folder.path().join("app.wasm")
    }

    /// The command, on the store.
    pub(super) fn command(&self) -> &Quidditch {
        &self.store
    }

    /// Changes the store.
    pub(super) fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The store.
    pub(super) fn store(&self) -> &Path {
        self.store.store()
    }
}

/// A running app with a client.
pub(super) struct AppClient {
    pub(super) app: SpinApp,
    client: Client,
    runtime: Runtime,
}

impl AppClient {
    pub(super) fn new(app: SpinApp) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        AppClient { app, client: http_client(), runtime }
    }

    /// Sends a request; returns the whole response.
    pub(super) fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let url = self.app.url(parts.uri.path_and_query().expect("a request has a path").as_str());
        let request = self.client.request(parts.method, url).headers(parts.headers).body(body);
        self.runtime.block_on(async {
            let answer = request.send().await.expect("the host answers");
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            *response.body_mut() = answer.bytes().await.expect("the answer is whole");
            response
        })
    }

    /// Sends a search; returns the status and the JSON.
    pub(super) fn search(&self, index: &str, body: &Json) -> (u16, Json) {
        let request = Request::post(format!("/{index}/_search")).header("content-type", "application/json");
        let response = self.send(request.body(Bytes::from(body.to_string())).expect("a valid request"));
        let status = response.status().as_u16();
        let json = serde_json::from_slice(response.body());
        (status, json.unwrap_or_else(|_| String::from_utf8_lossy(response.body()).into_owned().into()))
    }

    /// Sends searches concurrently; returns the responses in their order.
    pub(super) fn search_all(&self, index: &str, bodies: &[Json]) -> Vec<Json> {
        let searches = bodies.iter().map(|body| self.search_later(index, body));
        self.runtime.block_on(futures::future::join_all(searches))
    }

    /// Sends a search; when `has_begun`, sends all others, and goes away before the last few are answered. Returns the responses to
    /// the others.
    pub(super) fn search_all_after_first(
        &self,
        index: &str,
        bodies: &[Json],
        has_begun: impl Fn() -> bool,
    ) -> Vec<Json> {
        let (first, others) = bodies.split_first().expect("there is one");
        let (kept, abandoned) = others.split_at(others.len() * 3 / 4);
        let first = self.search_later(index, first);
        let others = async {
            let begin = async {
                while !has_begun() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(PATIENCE, begin).await.expect("the first search begins");
            for body in abandoned {
                self.search_and_go_away(index, body);
            }
            futures::future::join_all(kept.iter().map(|body| self.search_later(index, body))).await
        };
        let (first, mut all) = self.runtime.block_on(futures::future::join(first, others));
        all.insert(0, first);
        all
    }

    async fn search_later(&self, index: &str, body: &Json) -> Json {
        let request = self.client.post(self.app.url(&format!("/{index}/_search"))).json(body);
        request.send().await.expect("the host answers").json().await.expect("every answer is JSON")
    }

    /// Sends a search, and closes the connection.
    fn search_and_go_away(&self, index: &str, body: &Json) {
        let mut connection = TcpStream::connect(self.app.address()).expect("the host listens");
        let body = body.to_string();
        let head = format!(
            "POST /{index}/_search HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all((head + &body).as_bytes()).expect("the host reads");
    }
}

/// Options with files, at the fixed date of the scenarios.
pub(super) fn over_files(folder: &Path) -> SpinOptions {
    SpinOptions {
        variables: vec![("store", "/store".to_owned()), ("snapshot_seconds", "0".to_owned())],
        files: Some(folder.to_owned()),
        arguments: vec!["--wall-clock".to_owned(), NOW_MILLIS.to_string()],
        ..SpinOptions::default()
    }
}
