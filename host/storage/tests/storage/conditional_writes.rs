//! Whether stores without conditional writes are detected.

use bytes::Bytes;
use quidditch_storage::{LocalFolder, MemoryStorage, Precondition, Storage, StorageError, check_conditional_writes};
use quidditch_test_s3::{ConditionalWrites, Conditions, Fault, Operation, Rule, S3Server};

use crate::s3::setup::{chain, retrying, settings, single};

const KEY: &str = "cities/probe-01";

/// A server that treats conditional writes like this.
fn server(conditional_writes: ConditionalWrites) -> S3Server {
    let server = S3Server::start();
    server.conditions().set(Conditions { conditional_writes, ..Conditions::default() });
    server
}

/// The error of the check.
async fn problem(conditional_writes: ConditionalWrites) -> String {
    let server = server(conditional_writes);
    let storage = single(settings(&server));
    let error = check_conditional_writes(&storage, KEY).await.expect_err("not supported");
    assert!(matches!(error, StorageError::NoConditionalWrites { .. }), "{error:?}");
    assert!(storage.list("").await.expect("a listing").is_empty(), "nothing is left");
    chain(error)
}

#[tokio::test]
async fn stores_with_conditional_writes_pass_and_stay_empty() {
    let server = server(ConditionalWrites::Honoured);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stores: [&dyn Storage; 4] = [
        &MemoryStorage::new(),
        &LocalFolder::new(folder.path()),
        &single(settings(&server)),
        &retrying(settings(&server)),
    ];
    for storage in stores {
        check_conditional_writes(storage, KEY).await.expect("supported");
        assert!(storage.list("").await.expect("a listing").is_empty());
    }
}

#[tokio::test]
async fn stores_without_conditional_writes_are_detected() {
    insta::assert_snapshot!(problem(ConditionalWrites::Ignored).await, @r"
    the storage does not support conditional writes (cities/probe-01)
      it replaced an object although the write required that none exists
    ");
    insta::assert_snapshot!(problem(ConditionalWrites::OnlyIfNoneMatch).await, @r"
    the storage does not support conditional writes (cities/probe-01)
      it replaced an object whose version was not the required one
    ");
    insta::assert_snapshot!(problem(ConditionalWrites::NeverMatching).await, @r"
    the storage does not support conditional writes (cities/probe-01)
      it rejected a write although the object had the required version
    ");
    insta::assert_snapshot!(problem(ConditionalWrites::NotImplemented).await, @r"
    the storage does not support conditional writes (cities/probe-01)
      S3 answered 501 NotImplemented: A header you provided implies functionality that is not implemented
    ");
}

/// A lost response must not be taken for a store that ignores conditions, nor the other way round.
#[tokio::test]
async fn transient_faults_do_not_change_the_result() {
    for lost in 0..4 {
        let lose_one = || Rule::new(Fault::LoseResponse).on(Operation::Put).after(lost).times(1);
        let server = S3Server::start();
        server.conditions().set(Conditions::only(lose_one()));
        check_conditional_writes(&retrying(settings(&server)), KEY).await.expect("supported");

        let conditional_writes = ConditionalWrites::Ignored;
        server.conditions().set(Conditions { conditional_writes, ..Conditions::only(lose_one()) });
        let ignored = check_conditional_writes(&retrying(settings(&server)), KEY).await;
        assert!(matches!(ignored, Err(StorageError::NoConditionalWrites { .. })), "{ignored:?}");
    }
}

#[tokio::test]
async fn a_conditional_write_that_is_not_implemented_is_not_retried() {
    let server = server(ConditionalWrites::NotImplemented);
    let storage = retrying(settings(&server));
    let version = storage.put("a", Bytes::new(), Precondition::None).await.expect("an unconditional write");
    for precondition in [Precondition::Absent, Precondition::Matches(version)] {
        let before = server.requests().len();
        let error = storage.put("a", Bytes::new(), precondition).await.expect_err("not implemented");
        insta::allow_duplicates! {
            insta::assert_snapshot!(chain(error), @r"
            the storage does not support conditional writes (a)
              S3 answered 501 NotImplemented: A header you provided implies functionality that is not implemented
            ");
        }
        assert_eq!(server.requests().len() - before, 1);
    }
}
