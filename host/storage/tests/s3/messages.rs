//! What users and operators read when a bucket cannot be used.

use quidditch_storage::{S3Settings, Storage};
use quidditch_test_s3::{Answer, Conditions, Fault, Operation, Rule, S3Server};
use std::time::Duration;

use crate::setup::{bucket, chain, put, settings, single};

/// The error of a read that is answered like this.
async fn refusal(answer: Answer) -> String {
    let server = S3Server::start();
    server.conditions().set(Conditions::only(Rule::new(Fault::Answer(answer))));
    chain(single(settings(&server)).get("cities/manifest.json").await.expect_err("refused"))
}

#[tokio::test]
async fn what_must_be_set_up_otherwise() {
    insta::assert_snapshot!(refusal(Answer::no_such_bucket()).await, @r#"
cannot use s3://quidditch/store: there is no such bucket; create it, or correct the URL
  S3 answered 404 NoSuchBucket: The specified bucket does not exist (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::access_denied()).await, @r#"
cannot use s3://quidditch/store: access was denied; the credentials need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its objects
  S3 answered 403 AccessDenied: Access Denied (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::invalid_access_key()).await, @r#"
cannot use s3://quidditch/store: S3 does not accept the credentials; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile
  S3 answered 403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::new(400, "ExpiredToken", "The provided token has expired.")).await, @r#"
cannot use s3://quidditch/store: the credentials have expired; get new ones
  S3 answered 400 ExpiredToken: The provided token has expired. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::clock_skew()).await, @r#"
cannot use s3://quidditch/store: the clock of this machine is wrong; set it
  S3 answered 403 RequestTimeTooSkewed: The difference between the request time and the current time is too large. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::permanent_redirect("eu-west-1")).await, @r#"
cannot use s3://quidditch/store: the bucket is in the region eu-west-1; set AWS_REGION=eu-west-1
  S3 answered 301 PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint. (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn what_may_be_tried_again() {
    insta::assert_snapshot!(refusal(Answer::internal_error()).await, @r#"
the storage is not available for "cities/manifest.json"
  S3 answered 500 InternalError: We encountered an internal error. Please try again. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::slow_down(None)).await, @r#"
the storage is not available for "cities/manifest.json"
  S3 answered 503 SlowDown: Please reduce your request rate. (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::slow_down(Some(Duration::from_secs(7)))).await, @r#"
the storage is not available for "cities/manifest.json"
  asked to come back after 7s
  S3 answered 503 SlowDown: Please reduce your request rate. (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn what_nobody_expected() {
    insta::assert_snapshot!(refusal(Answer::new(400, "InvalidArgument", "Invalid Argument")).await, @r#"
the storage failed at "cities/manifest.json"
  S3 answered 400 InvalidArgument: Invalid Argument (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::new(418, "Teapot", "I am one")).await, @r#"
the storage failed at "cities/manifest.json"
  S3 answered 418 Teapot: I am one (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn the_server_knows_these_itself() {
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
cannot use s3://elsewhere: there is no such bucket; create it, or correct the URL
  S3 answered 404 NoSuchBucket: The specified bucket does not exist
"#);
}

/// Answers to HEAD have no document: all there is is the status.
#[tokio::test]
async fn answers_without_a_document() {
    let server = S3Server::start();
    let refusal = async |answer| {
        server.conditions().set(Conditions::only(Rule::new(Fault::Answer(answer)).on(Operation::Head)));
        chain(single(settings(&server)).head("a").await.expect_err("refused"))
    };
    insta::assert_snapshot!(refusal(Answer::access_denied()).await, @r#"
cannot use s3://quidditch/store: access was denied; the credentials need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject on its objects
  S3 answered 403 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::permanent_redirect("eu-west-1")).await, @r#"
cannot use s3://quidditch/store: the bucket is in the region eu-west-1; set AWS_REGION=eu-west-1
  S3 answered 301 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::slow_down(None)).await, @r#"
the storage is not available for "a"
  S3 answered 503 (request 4442587FB7D0A2F9)
"#);
    insta::assert_snapshot!(refusal(Answer::new(404, "", "")).await, @r#"there is no object "a""#);
}

#[tokio::test]
async fn connections_that_fail() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", "0123456789").await;
    let failure = async |fault| {
        server.conditions().set(Conditions::only(Rule::new(fault)));
        chain(storage.get("a").await.expect_err("it failed"))
    };
    insta::assert_snapshot!(failure(Fault::Stall(Fault::FOREVER)).await, @r#"
the storage is not available for "a"
  there was no whole answer within 500ms
"#);
    insta::assert_snapshot!(failure(Fault::Truncate { by: 3 }).await, @r#"
the storage is not available for "a"
  the answer did not arrive whole
  streaming error
  body checksum mismatch. expected body checksum to be a684c7c6 but it was 8dbf08ee
"#);
    insta::assert_snapshot!(failure(Fault::Cut { after: 3 }).await, @r#"
the storage is not available for "a"
  the answer did not arrive whole
  streaming error
  error reading a body from connection
  end of file before message length reached
"#);

    // Nobody listens at this port.
    let nobody = S3Settings { endpoint: Some("http://127.0.0.1:1".to_owned()), ..settings(&server) };
    insta::assert_snapshot!(chain(single(nobody).get("a").await.expect_err("it failed")), @r#"
the storage is not available for "a"
  the connection failed
  client error (Connect)
  tcp connect error
  Connection refused (os error 111)
"#);
}

#[test]
fn there_must_be_a_runtime() {
    let server = S3Server::start();
    let outcome = futures::executor::block_on(single(settings(&server)).get("a"));
    insta::assert_snapshot!(chain(outcome.expect_err("refused")), @r#"
the storage failed at "s3://quidditch/store"
  there is no reactor running, must be called from the context of a Tokio 1.x runtime
"#);
}
