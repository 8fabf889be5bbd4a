//! Faults of the network and the server: every call returns the right result, or an error in time.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::join_all;
use quidditch_storage::{Precondition, Storage, StorageError};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Operation, Rule, S3Server};

use crate::s3::setup::{ATTEMPT, chain, put, retrying, settings, single};

/// All transient faults.
fn faults() -> Vec<Fault> {
    vec![
        Fault::Reset,
        Fault::LoseResponse,
        Fault::Cut { after: 5 },
        Fault::Truncate { by: 3 },
        Fault::Stall(Fault::FOREVER),
        Fault::StallBody { after: 5, time: Fault::FOREVER },
        Fault::WrongContentRange,
        Fault::Respond(ErrorResponse::internal_error()),
        Fault::Respond(ErrorResponse::slow_down(None)),
        Fault::Respond(ErrorResponse::slow_down(Some(Duration::ZERO))),
    ]
}

const OPERATIONS: [Operation; 6] =
    [Operation::Get, Operation::Head, Operation::Put, Operation::List, Operation::Delete, Operation::Other];

/// Runs the operations at the same time, as most of them wait.
async fn each_fault_with_each_operation(check: impl AsyncFn(&Fault, Operation)) {
    for fault in faults() {
        join_all(OPERATIONS.map(|operation| check(&fault, operation))).await;
    }
}

/// Carries out an operation and checks its result. `Other` stands for reading a range.
async fn run(storage: &dyn Storage, operation: Operation) -> Result<(), StorageError> {
    match operation {
        Operation::Get => assert_eq!(storage.get("some/key").await?.bytes, "0123456789"),
        Operation::Other => assert_eq!(storage.get_range("some/key", 2..9).await?, "2345678"),
        Operation::Head => assert_eq!(storage.head("some/key").await?.size, 10),
        Operation::Put => {
            storage.put("new/key", Bytes::from_static(b"new"), Precondition::Absent).await?;
        }
        Operation::List => {
            let keys: Vec<_> = storage.list("some/").await?.into_iter().map(|entry| entry.key).collect();
            assert_eq!(keys, ["some/key", "some/other"]);
            assert_eq!(storage.list_folders("").await?, ["some"]);
        }
        _ => storage.delete("some/other").await?,
    }
    Ok(())
}

/// A server with two objects, and a fault for the next `times` requests.
async fn server(fault: &Fault, times: u64) -> S3Server {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "some/key", "0123456789").await;
    put(&storage, "some/other", "x").await;
    server.conditions().set(Conditions::only(Rule::new(fault.clone()).times(times)));
    server
}

#[tokio::test]
async fn one_attempt_succeeds_or_fails_in_time() {
    each_fault_with_each_operation(async |fault, operation| {
        let server = server(fault, u64::MAX).await;
        let begin = Instant::now();
        let outcome = run(&single(settings(&server)), operation).await;
        // For two requests, and twice that for a busy machine.
        assert!(begin.elapsed() < ATTEMPT * 4, "{fault:?} {operation:?} took {:?}", begin.elapsed());
        match outcome {
            Ok(()) | Err(StorageError::Unavailable { .. }) => {}
            Err(error) => panic!("{fault:?} {operation:?}: {error:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn transient_faults_are_overcome() {
    each_fault_with_each_operation(async |fault, operation| {
        let server = server(fault, 1).await;
        let outcome = run(&retrying(settings(&server)), operation).await;
        assert!(outcome.is_ok(), "{fault:?} {operation:?}: {outcome:?}");
        if operation == Operation::Put {
            let written = single(settings(&server)).get("new/key").await.expect("exists");
            assert_eq!(written.bytes, "new", "{fault:?}");
        }
    })
    .await;
}

/// The tests above would succeed even if no fault reached the client.
#[tokio::test]
async fn faults_reach_the_client() {
    for fault in faults() {
        let read = match fault {
            Fault::WrongContentRange => Operation::Other,
            _ => Operation::Get,
        };
        let server = server(&fault, u64::MAX).await;
        let outcome = run(&single(settings(&server)), read).await;
        assert!(matches!(outcome, Err(StorageError::Unavailable { .. })), "{fault:?}: {outcome:?}");
    }
}

/// S3 documents that these can be retried, although their status blames the client.
#[tokio::test]
async fn transient_errors_with_a_misleading_status_are_overcome() {
    for (status, code) in
        [(400, "RequestTimeout"), (400, "IncompleteBody"), (400, "BadDigest"), (409, "OperationAborted")]
    {
        let server = server(&Fault::Respond(ErrorResponse::new(status, code, "try again")), 1).await;
        run(&retrying(settings(&server)), Operation::Put).await.expect(code);
        assert_eq!(server.requests().len(), 2 + 2, "{code}");
    }
}

#[tokio::test]
async fn slow_connections_get_more_time() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", vec![7; 100_000]).await;
    // 100,000 bytes take a second: longer than the timeout without the time for bytes.
    server.conditions().set(Conditions { bytes_per_second: Some(100_000), ..Conditions::default() });
    let impatient = storage.get("a").await.expect_err("slower than the default minimum of 1 MiB per second");
    assert!(matches!(impatient, StorageError::Unavailable { .. }), "{impatient:?}");

    let mut patient = settings(&server);
    patient.min_bytes_per_second = 50_000;
    let patient = single(patient);
    assert_eq!(patient.get("a").await.expect("in time").bytes.len(), 100_000);
    assert_eq!(patient.get_range("a", 0..100_000).await.expect("in time").len(), 100_000);
    put(&patient, "a", vec![8; 100_000]).await;
}

/// A listing that is cut off must not be taken for the whole.
#[tokio::test]
async fn listings_without_their_next_page_are_detected() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", "x").await;
    put(&storage, "b", "x").await;
    let cut_off = Rule::new(Fault::NoContinuationToken).on(Operation::List).times(3);
    server.conditions().set(Conditions { keys_per_page: 1, ..Conditions::only(cut_off) });
    insta::assert_snapshot!(chain(storage.list("").await.expect_err("cut off")), @r"
    storage unavailable ()
      malformed response
      truncated listing page without continuation token
    ");
    assert_eq!(retrying(settings(&server)).list("").await.expect("at the third attempt").len(), 2);
}

/// S3 documents for a conflict: upload again if the object must not exist, read the object again if it must have a version.
#[tokio::test]
async fn conflicting_conditional_writes_are_repeated_or_fail_the_precondition() {
    let server = S3Server::start();
    let conflicts = |times| {
        let conflict = Rule::new(Fault::Respond(ErrorResponse::conflict())).on(Operation::Put).times(times);
        server.conditions().set(Conditions::only(conflict));
    };
    let storage = retrying(settings(&server));
    conflicts(2);
    let version = storage.put("a", Bytes::from_static(b"1"), Precondition::Absent).await.expect("at the third attempt");
    assert_eq!(server.requests().len(), 3);

    conflicts(1);
    let outcome = storage.put("a", Bytes::from_static(b"2"), Precondition::Matches(version)).await;
    assert!(matches!(outcome, Err(StorageError::PreconditionFailed { .. })), "{outcome:?}");
    assert_eq!(server.requests().len(), 3 + 1);

    // An object with the same content is that of another writer.
    conflicts(1);
    let outcome = storage.put("a", Bytes::from_static(b"1"), Precondition::Absent).await;
    assert!(matches!(outcome, Err(StorageError::PreconditionFailed { .. })), "{outcome:?}");

    conflicts(u64::MAX);
    let outcome = storage.put("b", Bytes::new(), Precondition::Absent).await;
    insta::assert_snapshot!(chain(outcome.expect_err("every attempt failed")), @r#"
storage unavailable (b)
  another conditional write is in progress
  S3 answered 409 ConditionalRequestConflict: The conditional request cannot succeed due to a conflicting operation against this resource. (request 4442587FB7D0A2F9)
"#);
}

#[tokio::test]
async fn ranges_of_replaced_objects_are_detected() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", "0123456789").await;
    // A range that is past the end, and one that extends past it.
    for range in [10..12, 8..12] {
        let outcome = storage.get_range("a", range).await;
        assert!(matches!(outcome, Err(StorageError::InvalidRange { size: 10, .. })), "{outcome:?}");
    }
    // The server rejects a range that exists: the object was replaced in between.
    let no_range = Fault::Respond(ErrorResponse::new(416, "InvalidRange", "The requested range is not satisfiable"));
    server.conditions().set(Conditions::only(Rule::new(no_range).on(Operation::Get).times(1)));
    assert_eq!(retrying(settings(&server)).get_range("a", 2..4).await.expect("at the second attempt"), "23");
}
