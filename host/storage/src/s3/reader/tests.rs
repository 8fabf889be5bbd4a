//! How patient a reader is, and what it makes of what never comes. What it makes of S3's answers, the behaviour tests prove.

use std::error::Error;

use http::StatusCode;

use super::*;
use crate::HttpBody;
use quidditch_clock::SystemClock;

/// A server that has one object.
#[derive(Debug, Clone, Copy)]
struct Server {
    /// Until the head of the answer comes, and from there to the end of the body.
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

/// A program that may not speak with anybody.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl HttpClient for Nobody {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<HttpBody>, HttpError> {
        let host = request.uri().host().unwrap_or_default();
        Err(HttpError::Denied { advice: format!("let it speak with {host}"), source: "it was denied".into() })
    }
}

/// Answers with a page that is not S3's.
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
    let names = SettingLabels { region: "the region", credentials: "the keys", permissions: "s3:GetObject" };
    let settings = S3ReaderSettings { region: Some("eu-west-1".to_owned()), ..S3ReaderSettings::new(names) };
    let parts = S3ReaderParts { client: Arc::new(client), clock: Arc::new(SystemClock::default()) };
    S3Reader::new("s3://bucket".parse().expect("a bucket"), settings, parts).expect("a store")
}

/// An error with its causes.
fn told(error: &StorageError) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told
}

#[tokio::test(start_paused = true)]
async fn an_object_gets_time_for_its_bytes() {
    let seconds = Duration::from_secs;
    // 5 MiB have 5 seconds more than the 10 of an attempt.
    let server = Server { head: seconds(1), body: seconds(13), bytes: 5 << 20 };
    assert_eq!(reader(server).get("a").await.expect("in time").bytes.len(), 5 << 20);
    let late = reader(Server { body: seconds(15), ..server }).get("a").await.expect_err("too late");
    insta::assert_snapshot!(told(&late), @r#"the storage is not available for "a": there was no whole answer within 15s"#);
    let silent = reader(Server { head: seconds(11), ..server }).get("a").await.expect_err("too late");
    insta::assert_snapshot!(told(&silent), @r#"the storage is not available for "a": there was no whole answer within 10s"#);
}

#[tokio::test]
async fn what_is_denied_is_for_people_to_change() {
    let error = reader(Nobody).get("a").await.expect_err("denied");
    insta::assert_snapshot!(told(&error), @"cannot use s3://bucket: let it speak with bucket.s3.eu-west-1.amazonaws.com: it was denied");
}

#[tokio::test]
async fn a_page_of_somebody_else_is_no_empty_listing() {
    let pages = [
        "<html></html>",
        "<Error><Code>InternalError</Code></Error>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
    ];
    for page in pages {
        let error = reader(Page(page)).list("").await.expect_err("no listing");
        assert!(told(&error).contains("the answer cannot be understood"), "{page}: {}", told(&error));
    }
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    assert!(reader(Page(empty)).list("").await.expect("a listing").is_empty());
}
