//! Large objects.

use bytes::Bytes;
use quidditch_storage::{Precondition, S3Settings, Storage, StorageError};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Operation, Rule, S3Server};

use crate::s3::setup::{chain, put, retrying, settings, single};

const MIB: u64 = 1024 * 1024;

/// Objects of more than 10 bytes are uploaded in parts of 4.
fn tiny_parts(server: &S3Server) -> S3Settings {
    S3Settings { multipart_threshold_bytes: 10, part_bytes: 4, ..settings(server) }
}

/// A server that accepts such small parts, with these faults.
fn server(rules: impl IntoIterator<Item = Rule>) -> S3Server {
    let server = S3Server::start();
    let rules = rules.into_iter().collect();
    server.conditions().set(Conditions { min_part_bytes: 1, rules, ..Conditions::default() });
    server
}

fn operations(server: &S3Server) -> Vec<Operation> {
    server.requests().iter().map(|request| request.operation).collect()
}

#[tokio::test]
async fn an_object_at_the_threshold_is_whole_and_one_over_it_in_parts() {
    use Operation::{CompleteUpload, CreateUpload, Put, UploadPart};
    let server = server([]);
    let storage = single(tiny_parts(&server));
    put(&storage, "whole", "0123456789").await;
    assert_eq!(operations(&server), [Put]);
    put(&storage, "parts", "0123456789a").await;
    assert_eq!(operations(&server)[1..], [CreateUpload, UploadPart, UploadPart, UploadPart, CompleteUpload]);
    assert_eq!(storage.get("whole").await.expect("exists").bytes, "0123456789");
    assert_eq!(storage.get("parts").await.expect("exists").bytes, "0123456789a");
    assert_eq!(server.unfinished_uploads(), 0);
}

#[tokio::test]
async fn parts_are_as_large_as_s3_requires() {
    let server = S3Server::start();
    let in_parts =
        |part_bytes| single(S3Settings { multipart_threshold_bytes: 5 * MIB, part_bytes, ..settings(&server) });
    let bytes: Bytes = (0..11 * MIB + 7).map(|number| (number % 251) as u8).collect::<Vec<_>>().into();
    put(&in_parts(5 * MIB), "large", bytes.clone()).await;
    assert_eq!(in_parts(1).get("large").await.expect("exists").bytes, bytes);
    let across = 5 * MIB - 3..10 * MIB + 3;
    let expected = bytes.slice(across.start as usize..across.end as usize);
    assert_eq!(in_parts(1).get_range("large", across).await.expect("exists"), expected);

    let refused = in_parts(5 * MIB - 1).put("small", bytes, Precondition::None).await.expect_err("refused");
    insta::assert_snapshot!(chain(refused), @r#"
storage operation failed (small)
  S3 answered 400 EntityTooSmall
"#);
    assert_eq!(server.unfinished_uploads(), 0);
}

#[tokio::test]
async fn reads_of_whole_objects_are_verified() {
    let server = server([]);
    let storage = single(tiny_parts(&server));
    put(&storage, "parts", "0123456789a").await;
    server.conditions().set(Conditions::only(Rule::new(Fault::Truncate { by: 2 }).times(1)));
    let outcome = storage.get("parts").await;
    assert!(matches!(outcome, Err(StorageError::Unavailable { .. })), "{outcome:?}");
    assert_eq!(storage.get("parts").await.expect("exists").bytes, "0123456789a");
}

#[tokio::test]
async fn a_failed_part_aborts_the_upload() {
    for failing in [Operation::UploadPart, Operation::CompleteUpload] {
        let denied = Rule::new(Fault::Respond(ErrorResponse::access_denied())).on(failing).times(1);
        let server = server([denied]);
        let storage = single(tiny_parts(&server));
        let outcome = storage.put("parts", Bytes::from(vec![1; 50]), Precondition::None).await;
        assert!(matches!(outcome, Err(StorageError::Misconfigured { .. })), "{failing:?}: {outcome:?}");
        assert_eq!(server.unfinished_uploads(), 0, "{failing:?}");
        assert_eq!(operations(&server).last(), Some(&Operation::AbortUpload), "{failing:?}");
        assert!(matches!(storage.get("parts").await, Err(StorageError::NotFound { .. })), "{failing:?}");
    }
}

#[tokio::test]
async fn only_the_failed_part_is_retried() {
    let lost = Rule::new(Fault::Reset).on(Operation::UploadPart).times(2);
    let server = server([lost]);
    put(&single(tiny_parts(&server)), "parts", "0123456789a").await;
    let count = |operation| operations(&server).iter().filter(|other| **other == operation).count();
    assert_eq!([count(Operation::CreateUpload), count(Operation::UploadPart)], [1, 3 + 2]);
    assert_eq!(single(tiny_parts(&server)).get("parts").await.expect("exists").bytes, "0123456789a");
}

#[tokio::test]
async fn preconditions_are_checked_at_the_end() {
    let server = server([]);
    let storage = single(tiny_parts(&server));
    let large = |byte: u8| Bytes::from(vec![byte; 20]);
    let first = storage.put("a", large(1), Precondition::Absent).await.expect("absent");
    let second = storage.put("a", large(2), Precondition::Matches(first.clone())).await.expect("unchanged");
    for stale in [Precondition::Absent, Precondition::Matches(first)] {
        let outcome = storage.put("a", large(3), stale).await;
        assert!(matches!(outcome, Err(StorageError::PreconditionFailed { .. })), "{outcome:?}");
    }
    let missing = storage.put("b", large(3), Precondition::Matches(second.clone())).await;
    assert!(matches!(missing, Err(StorageError::PreconditionFailed { .. })), "{missing:?}");
    assert_eq!(storage.head("a").await.expect("exists").version, second);
    assert_eq!(server.unfinished_uploads(), 0);
}

/// S3 may fail to join the parts after it has begun to respond.
#[tokio::test]
async fn an_error_after_the_status_is_detected() {
    let late = Rule::new(Fault::Respond(ErrorResponse::new(200, "InternalError", "We encountered an internal error.")));
    let server = server([late.on(Operation::CompleteUpload).times(1)]);
    let outcome = single(tiny_parts(&server)).put("a", Bytes::from(vec![1; 20]), Precondition::None).await;
    insta::assert_snapshot!(chain(outcome.expect_err("no success")), @r#"
storage unavailable (a)
  S3 answered 200 InternalError: We encountered an internal error. (request 4442587FB7D0A2F9)
"#);
    assert_eq!(server.unfinished_uploads(), 0);
}

#[tokio::test]
async fn an_upload_whose_last_response_was_lost_has_succeeded() {
    let lost = Rule::new(Fault::LoseResponse).on(Operation::CompleteUpload).times(1);
    let server = server([lost]);
    let storage = retrying(tiny_parts(&server));
    let version = storage.put("a", Bytes::from(vec![1; 20]), Precondition::Absent).await.expect("written");
    assert_eq!(storage.head("a").await.expect("exists").version, version);
    assert_eq!(server.unfinished_uploads(), 0);
}
