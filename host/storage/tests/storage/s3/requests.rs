//! The requests of each operation.

use quidditch_storage::{Precondition, Storage};
use quidditch_test_s3::{Conditions, Operation, Request, S3Server};

use crate::s3::setup::{bucket, put, settings, single};

#[tokio::test]
async fn each_operation_is_one_request() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    put(&storage, "a/b", "0123456789").await;
    storage.get("a/b").await.expect("exists");
    storage.get_range("a/b", 2..5).await.expect("exists");
    // One that extends past the end, of which S3 sends a part.
    storage.get_range("a/b", 2..50).await.expect_err("too long");
    storage.head("a/b").await.expect("exists");
    storage.list("a").await.expect("a listing");
    storage.list_folders("").await.expect("a listing");
    storage.delete("a/b").await.expect("deleted");
    storage.get("a/b").await.expect_err("deleted");

    let requests: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| (request.operation, request.key, request.range, request.status.expect("an answer")))
        .collect();
    let key = "store/a/b".to_owned();
    let expected = [
        (Operation::Put, key.clone(), None, 200),
        (Operation::Get, key.clone(), None, 200),
        (Operation::Get, key.clone(), Some(2..5), 206),
        (Operation::Get, key.clone(), Some(2..50), 206),
        (Operation::Head, key.clone(), None, 200),
        (Operation::List, "store/a".to_owned(), None, 200),
        (Operation::List, "store/".to_owned(), None, 200),
        (Operation::Delete, key.clone(), None, 204),
        (Operation::Get, key, None, 404),
    ];
    assert_eq!(requests, expected);
}

#[tokio::test]
async fn invalid_keys_lead_to_no_request() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    storage.get("../other-store/secret").await.expect_err("refused");
    storage.put("", "x".into(), Precondition::None).await.expect_err("refused");
    assert_eq!(server.requests(), []);
}

#[tokio::test]
async fn long_listings_have_pages_and_folders_are_not_listed_in_full() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    for number in 0..25 {
        put(&storage, &format!("many/{number:02}"), "x").await;
    }
    put(&storage, "few/1", "x").await;
    server.conditions().set(Conditions { keys_per_page: 10, ..Conditions::default() });
    let before = server.requests().len();
    assert_eq!(storage.list("").await.expect("a listing").len(), 26);
    assert_eq!(server.requests().len() - before, 3);
    assert_eq!(storage.list_folders("").await.expect("a listing"), ["few", "many"]);
    assert_eq!(server.requests().len() - before, 3 + 1);
}

/// The numbers of listings' first and of their later pages.
fn pages(requests: &[Request]) -> (usize, usize) {
    let next = requests.iter().filter(|request| request.is_next_page).count();
    (requests.len() - next, next)
}

#[tokio::test]
async fn parts_of_a_listing_do_not_wait_for_each_other() {
    let server = S3Server::start();
    let storage = single(settings(&server));
    for number in 0..25 {
        put(&storage, &format!("many/{number:02}"), "x").await;
    }
    server.conditions().set(Conditions { keys_per_page: 10, ..Conditions::default() });
    let listed = async |splits: &[&str]| {
        let before = server.requests().len();
        let splits: Vec<_> = splits.iter().map(|split| (*split).to_owned()).collect();
        assert_eq!(storage.list_in_parts("many/", &splits).await.expect("a listing").len(), 25);
        pages(&server.requests()[before..])
    };
    assert_eq!(listed(&[]).await, (1, 2));
    assert_eq!(listed(&["many/08", "many/17"]).await, (3, 0));
    assert_eq!(listed(&["many/09", "many/19"]).await, (3, 0), "parts as long as a page");
    assert_eq!(listed(&["many/10"]).await, (2, 2), "parts longer than a page");
    assert_eq!(listed(&["few", "more"]).await, (3, 2), "parts without keys");
}

#[tokio::test]
async fn objects_outside_of_the_prefix_are_not_accessible() {
    let server = S3Server::start();
    let all = bucket(&server.url(), settings(&server));
    put(&all, "store/ours", "x").await;
    put(&all, "storeroom/theirs", "x").await;
    let storage = single(settings(&server));
    let keys: Vec<_> = storage.list("").await.expect("a listing").into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys, ["ours"]);
    storage.get("../storeroom/theirs").await.expect_err("refused");
}
