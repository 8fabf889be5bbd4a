//! Whatever goes wrong on the way, the answer is right, or it is an error in time.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::future::join_all;
use quidditch_storage::{Precondition, Storage, StorageError};
use quidditch_test_s3::{Answer, Conditions, Fault, Operation, Rule, S3Server};

use crate::setup::{ATTEMPT, put, retrying, settings, single};

/// All that can go wrong for a moment.
fn faults() -> Vec<Fault> {
    vec![
        Fault::Reset,
        Fault::LoseAnswer,
        Fault::Cut { after: 5 },
        Fault::Truncate { by: 3 },
        Fault::Stall(Fault::FOREVER),
        Fault::StallBody { after: 5, time: Fault::FOREVER },
        Fault::WrongContentRange,
        Fault::Answer(Answer::internal_error()),
        Fault::Answer(Answer::slow_down(None)),
        Fault::Answer(Answer::slow_down(Some(Duration::ZERO))),
    ]
}

const OPERATIONS: [Operation; 6] =
    [Operation::Get, Operation::Head, Operation::Put, Operation::List, Operation::Delete, Operation::Other];

/// The operations at the same time: most of them wait.
async fn each_fault_with_each_operation(check: impl AsyncFn(&Fault, Operation)) {
    for fault in faults() {
        join_all(OPERATIONS.map(|operation| check(&fault, operation))).await;
    }
}

/// Does something and checks what comes of it. `Other` stands for reading a range.
async fn act(storage: &dyn Storage, operation: Operation) -> Result<(), StorageError> {
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

/// A server with two objects, of which the request that comes will meet the fault, `times` times.
async fn server(fault: &Fault, times: u64) -> S3Server {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "some/key", "0123456789").await;
    put(&storage, "some/other", "x").await;
    server.conditions().set(Conditions::only(Rule::new(fault.clone()).times(times)));
    server
}

#[tokio::test]
async fn one_attempt_is_right_or_an_error_in_time() {
    each_fault_with_each_operation(async |fault, operation| {
        let server = server(fault, u64::MAX).await;
        let begin = Instant::now();
        let outcome = act(&single(settings(&server)), operation).await;
        // Twice, where there are two requests, and as much again for a machine that is busy otherwise.
        assert!(begin.elapsed() < ATTEMPT * 4, "{fault:?} {operation:?} took {:?}", begin.elapsed());
        match outcome {
            Ok(()) | Err(StorageError::Unavailable { .. }) => {}
            Err(error) => panic!("{fault:?} {operation:?}: {error:?}"),
        }
    })
    .await;
}

#[tokio::test]
async fn a_moment_of_trouble_is_overcome() {
    each_fault_with_each_operation(async |fault, operation| {
        let server = server(fault, 1).await;
        let outcome = act(&retrying(settings(&server)), operation).await;
        assert!(outcome.is_ok(), "{fault:?} {operation:?}: {outcome:?}");
        if operation == Operation::Put {
            let written = single(settings(&server)).get("new/key").await.expect("it is there");
            assert_eq!(written.bytes, "new", "{fault:?}");
        }
    })
    .await;
}

/// The table above would pass if no fault ever reached the client.
#[tokio::test]
async fn faults_are_seen() {
    for fault in faults() {
        let read = match fault {
            Fault::WrongContentRange => Operation::Other,
            _ => Operation::Get,
        };
        let server = server(&fault, u64::MAX).await;
        let outcome = act(&single(settings(&server)), read).await;
        assert!(matches!(outcome, Err(StorageError::Unavailable { .. })), "{fault:?}: {outcome:?}");
    }
}

/// S3 says these with a status that blames the client, and documents that they may be tried again.
#[tokio::test]
async fn trouble_with_a_misleading_status_is_overcome() {
    for (status, code) in
        [(400, "RequestTimeout"), (400, "IncompleteBody"), (400, "BadDigest"), (409, "OperationAborted")]
    {
        let server = server(&Fault::Answer(Answer::new(status, code, "try again")), 1).await;
        act(&retrying(settings(&server)), Operation::Put).await.expect(code);
        assert_eq!(server.requests().len(), 2 + 2, "{code}");
    }
}

#[tokio::test]
async fn a_slow_connection_gets_its_time() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", vec![7; 100_000]).await;
    // 100,000 bytes take a second: longer than an attempt without bytes may take.
    server.conditions().set(Conditions { bytes_per_second: Some(100_000), ..Conditions::default() });
    let impatient = storage.get("a").await.expect_err("1 MiB a second is the slowest by default");
    assert!(matches!(impatient, StorageError::Unavailable { .. }), "{impatient:?}");

    let mut patient = settings(&server);
    patient.min_bytes_per_second = 50_000;
    let patient = single(patient);
    assert_eq!(patient.get("a").await.expect("there is time").bytes.len(), 100_000);
    assert_eq!(patient.get_range("a", 0..100_000).await.expect("there is time").len(), 100_000);
    put(&patient, "a", vec![8; 100_000]).await;
}

#[tokio::test]
async fn two_conditional_writes_at_once_are_a_failed_precondition() {
    let server = S3Server::start();
    let conflict = Fault::Answer(Answer::conflict());
    server.conditions().set(Conditions::only(Rule::new(conflict).on(Operation::Put)));
    let outcome = retrying(settings(&server)).put("a", Bytes::new(), Precondition::Absent).await;
    assert!(matches!(outcome, Err(StorageError::PreconditionFailed { .. })), "{outcome:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_object_that_shrinks_between_two_reads_is_told() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a", "0123456789").await;
    // All of the range is beyond the end, and a part of it.
    for range in [10..12, 8..12] {
        let outcome = storage.get_range("a", range).await;
        assert!(matches!(outcome, Err(StorageError::InvalidRange { size: 10, .. })), "{outcome:?}");
    }
    // The server says that there is no such range, though there is: somebody wrote in between.
    let no_range = Fault::Answer(Answer::new(416, "InvalidRange", "The requested range is not satisfiable"));
    server.conditions().set(Conditions::only(Rule::new(no_range).on(Operation::Get).times(1)));
    assert_eq!(retrying(settings(&server)).get_range("a", 2..4).await.expect("at the second attempt"), "23");
}
