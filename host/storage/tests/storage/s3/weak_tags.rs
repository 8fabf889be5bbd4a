//! Weak entity tags, which proxies make of strong ones when they compress responses.

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError};
use quidditch_test_s3::{ConditionalWrites, Conditions, EntityTags, S3Server};

use crate::http_reader::HttpReader;
use crate::s3::setup::{chain, put, retrying, settings, single};

const NEW: Bytes = Bytes::from_static(b"new");

fn server(conditional_writes: ConditionalWrites) -> S3Server {
    let server = S3Server::start();
    let entity_tags = EntityTags::Weak;
    server.conditions().set(Conditions { entity_tags, conditional_writes, ..Conditions::default() });
    server
}

#[tokio::test]
async fn versions_from_weak_tags_can_be_required() {
    let server = server(ConditionalWrites::Honoured);
    let storage = single(settings(&server));
    let written = put(&storage, "a", "old").await;
    let read = storage.get("a").await.expect("exists").version;
    let listed = storage.list("").await.expect("a listing").remove(0).version;
    let reader = HttpReader::new("s3://quidditch/store".parse().expect("a bucket"), settings(&server));
    let read_elsewhere = reader.get("a").await.expect("exists").version;
    assert_eq!([&read, &listed, &read_elsewhere], [&written; 3], "only some responses are compressed");

    storage.put("a", NEW, Precondition::Matches(read.clone())).await.expect("unchanged");
    let stale = storage.put("a", NEW, Precondition::Matches(read)).await;
    assert!(matches!(stale, Err(StorageError::PreconditionFailed { .. })), "{stale:?}");
    let missing = storage.put("b", NEW, Precondition::Matches(written)).await;
    assert!(matches!(missing, Err(StorageError::PreconditionFailed { .. })), "{missing:?}");
}

/// The caller of a write that fails its precondition reads the object again, and would repeat it for nothing.
#[tokio::test]
async fn weak_tags_that_never_match_are_an_error_at_once() {
    let server = server(ConditionalWrites::NeverMatching);
    let storage = retrying(settings(&server));
    let version = put(&storage, "a", "old").await;
    let before = server.requests().len();
    let error = storage.put("a", NEW, Precondition::Matches(version.clone())).await.expect_err("rejected");
    insta::assert_snapshot!(chain(error), @r"
    the storage does not support conditional writes (a)
      the object has the required version, but its entity tag is weak and did not match
    ");
    assert_eq!(server.requests().len() - before, 2, "the write, and a look at the object");

    put(&storage, "a", "of another writer").await;
    let stale = storage.put("a", NEW, Precondition::Matches(version)).await;
    assert!(matches!(stale, Err(StorageError::PreconditionFailed { .. })), "{stale:?}");
}
