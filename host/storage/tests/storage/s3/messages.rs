//! Error messages.

use quidditch_storage::{S3Settings, Storage};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Operation, Rule, S3Server};
use std::time::Duration;

use crate::s3::setup::{bucket, chain, put, settings, single};

/// The error of a read with this response.
async fn rejection(response: ErrorResponse) -> String {
    let server = S3Server::start();
    server.conditions().set(Conditions::only(Rule::new(Fault::Respond(response))));
    chain(single(settings(&server)).get("cities/manifest.json").await.expect_err("refused"))
}

#[tokio::test]
async fn misconfigurations() {
    insta::assert_snapshot!(rejection(ErrorResponse::no_such_bucket()).await, @r#"
cannot use s3://quidditch/store: the bucket does not exist; create it, or correct the URL
  S3 answered 404 NoSuchBucket: The specified bucket does not exist (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::access_denied()).await, @r#"
cannot use s3://quidditch/store: access denied; the credentials need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its objects
  S3 answered 403 AccessDenied: Access Denied (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::invalid_access_key()).await, @r#"
cannot use s3://quidditch/store: S3 does not accept the credentials; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile
  S3 answered 403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::new(400, "ExpiredToken", "The provided token has expired.")).await, @r#"
cannot use s3://quidditch/store: the credentials have expired; get new ones
  S3 answered 400 ExpiredToken: The provided token has expired. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::clock_skew()).await, @r#"
cannot use s3://quidditch/store: the clock of this machine is wrong; set it
  S3 answered 403 RequestTimeTooSkewed: The difference between the request time and the current time is too large. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::permanent_redirect("eu-west-1")).await, @r#"
cannot use s3://quidditch/store: the bucket is in the region eu-west-1; set AWS_REGION=eu-west-1
  S3 answered 301 PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint. (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn transient_errors() {
    insta::assert_snapshot!(rejection(ErrorResponse::internal_error()).await, @r#"
storage unavailable (cities/manifest.json)
  S3 answered 500 InternalError: We encountered an internal error. Please try again. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::slow_down(None)).await, @r#"
storage unavailable (cities/manifest.json)
  S3 answered 503 SlowDown: Please reduce your request rate. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::slow_down(Some(Duration::from_secs(7)))).await, @r#"
storage unavailable (cities/manifest.json)
  told to retry after 7s
  S3 answered 503 SlowDown: Please reduce your request rate. (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn unexpected_errors() {
    insta::assert_snapshot!(rejection(ErrorResponse::new(400, "InvalidArgument", "Invalid Argument")).await, @r#"
storage operation failed (cities/manifest.json)
  S3 answered 400 InvalidArgument: Invalid Argument (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::new(418, "Teapot", "I am one")).await, @r#"
storage operation failed (cities/manifest.json)
  S3 answered 418 Teapot: I am one (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn wrong_keys_and_buckets() {
    let server = S3Server::start();
    let right = settings(&server);
    let mut wrong = right.clone();
    if let Some(credentials) = &mut wrong.credentials {
        credentials.secret_key = "wrong".to_owned();
    }
    insta::assert_snapshot!(chain(single(wrong).get("a").await.expect_err("refused")), @r#"
cannot use s3://quidditch/store: S3 does not accept the credentials; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile
  S3 answered 403 SignatureDoesNotMatch
"#);

    let elsewhere = bucket("s3://elsewhere", right);
    insta::assert_snapshot!(chain(elsewhere.list("").await.expect_err("refused")), @r#"
cannot use s3://elsewhere: the bucket does not exist; create it, or correct the URL
  S3 answered 404 NoSuchBucket: The specified bucket does not exist
"#);
}

/// Responses to HEAD have no document, only a status.
#[tokio::test]
async fn responses_without_a_document() {
    let server = S3Server::start();
    let rejection = async |response| {
        server.conditions().set(Conditions::only(Rule::new(Fault::Respond(response)).on(Operation::Head)));
        chain(single(settings(&server)).head("a").await.expect_err("refused"))
    };
    insta::assert_snapshot!(rejection(ErrorResponse::access_denied()).await, @r#"
cannot use s3://quidditch/store: access denied; the credentials need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its objects
  S3 answered 403 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::permanent_redirect("eu-west-1")).await, @r#"
cannot use s3://quidditch/store: the bucket is in the region eu-west-1; set AWS_REGION=eu-west-1
  S3 answered 301 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::slow_down(None)).await, @r#"
storage unavailable (a)
  S3 answered 503 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(rejection(ErrorResponse::new(404, "", "")).await, @r#"object "a" not found"#);
}

#[tokio::test]
async fn transport_faults() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", "0123456789").await;
    let failure = async |fault| {
        server.conditions().set(Conditions::only(Rule::new(fault)));
        chain(storage.get("a").await.expect_err("it failed"))
    };
    insta::assert_snapshot!(failure(Fault::Stall(Fault::FOREVER)).await, @r#"
storage unavailable (a)
  no complete response within 500ms
"#);
    insta::assert_snapshot!(failure(Fault::Truncate { by: 3 }).await, @r#"
storage unavailable (a)
  truncated response
  streaming error
  body checksum mismatch. expected body checksum to be a684c7c6 but it was 8dbf08ee
"#);
    insta::assert_snapshot!(failure(Fault::Cut { after: 3 }).await, @r#"
storage unavailable (a)
  truncated response
  streaming error
  error reading a body from connection
  end of file before message length reached
"#);

    // No program listens on this port.
    let unreachable = S3Settings { endpoint: Some("http://127.0.0.1:1".to_owned()), ..settings(&server) };
    insta::assert_snapshot!(chain(single(unreachable).get("a").await.expect_err("it failed")), @r#"
storage unavailable (a)
  connection failed
  client error (Connect)
  tcp connect error
  Connection refused (os error 111)
"#);
}

#[test]
fn a_runtime_is_required() {
    let server = S3Server::start();
    let outcome = futures::executor::block_on(single(settings(&server)).get("a"));
    insta::assert_snapshot!(chain(outcome.expect_err("refused")), @r#"
storage operation failed (s3://quidditch/store)
  there is no reactor running, must be called from the context of a Tokio 1.x runtime
"#);
}
