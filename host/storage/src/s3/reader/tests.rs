//! Timeouts and malformed responses. Everything else is covered by the conformance tests.

use std::error::Error;
use std::sync::Arc;

use http::StatusCode;

use super::*;
use crate::{HttpBody, HttpClient, SettingLabels};
use quidditch_clock::SystemClock;

/// A server that has one object.
#[derive(Debug, Clone, Copy)]
struct Server {
    /// The time until the head of the response, and from then until the end of the body.
    head: Duration,
    body: Duration,
    bytes: usize,
}

#[async_trait]
impl HttpClient for Server {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let Server { head, body, bytes } = *self;
        tokio::time::sleep(head).await;
        let body: HttpBody = Box::pin(async move {
            tokio::time::sleep(body).await;
            Ok(vec![0; bytes].into())
        });
        Ok(Response::builder().header(ETAG, "\"1\"").header(CONTENT_LENGTH, bytes).body(body)?)
    }
}

/// An environment that allows no connections.
#[derive(Debug)]
struct Isolated;

#[async_trait]
impl HttpClient for Isolated {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let host = request.uri().host().unwrap_or_default();
        Err(HttpError::Denied { advice: format!("allow connections to {host}"), source: "it was denied".into() })
    }
}

/// Responds with this page.
#[derive(Debug)]
struct Page(&'static str);

#[async_trait]
impl HttpClient for Page {
    async fn send(&self, _: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let text = self.0;
        let body: HttpBody = Box::pin(async move { Ok(text.into()) });
        Ok(Response::builder().status(StatusCode::OK).body(body)?)
    }
}

fn reader(client: impl HttpClient + 'static) -> S3Reader {
    let labels = SettingLabels { region: "the region", credentials: "the keys", permissions: "s3:GetObject" };
    let settings = S3ReaderSettings { region: Some("eu-west-1".to_owned()), ..S3ReaderSettings::new(labels) };
    let parts = S3ReaderParts { client: Arc::new(client), clock: Arc::new(SystemClock::default()) };
    S3Reader::new("s3://bucket".parse().expect("a bucket"), settings, parts).expect("a store")
}

/// An error with its sources.
fn chain(error: &StorageError) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    chain
}

#[tokio::test(start_paused = true)]
async fn large_objects_get_more_time() {
    let seconds = Duration::from_secs;
    // 5 MiB get 5 seconds in addition to the 10 of an attempt.
    let server = Server { head: seconds(1), body: seconds(13), bytes: 5 << 20 };
    assert_eq!(reader(server).get("a").await.expect("in time").bytes.len(), 5 << 20);
    let late = reader(Server { body: seconds(15), ..server }).get("a").await.expect_err("too late");
    insta::assert_snapshot!(chain(&late), @"storage unavailable (a): no complete response within 15s");
    let silent = reader(Server { head: seconds(11), ..server }).get("a").await.expect_err("too late");
    insta::assert_snapshot!(chain(&silent), @"storage unavailable (a): no complete response within 10s");
}

#[tokio::test]
async fn denied_connections_are_a_misconfiguration() {
    let error = reader(Isolated).get("a").await.expect_err("denied");
    insta::assert_snapshot!(chain(&error), @"cannot use s3://bucket: allow connections to bucket.s3.eu-west-1.amazonaws.com: it was denied");
}

#[tokio::test]
async fn malformed_pages_are_not_empty_listings() {
    let pages = [
        "<html></html>",
        "<Error><Code>InternalError</Code></Error>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    ];
    for page in pages {
        let error = reader(Page(page)).list("").await.expect_err("no listing");
        assert!(chain(&error).contains("malformed response"), "{page}: {}", chain(&error));
    }
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    assert!(reader(Page(empty)).list("").await.expect("a listing").is_empty());
}
