//! Two servers that write the same index.

use quidditch_test_s3::S3Server;
use quidditch_tests::Quidditch;
use reqwest::Method;
use serde_json::json;

use super::client::{WriteClient, runtime};

const ROUNDS: usize = 15;

/// Adds one to the number of a document, as clients do: reads it, and writes it if it has not changed since.
async fn increment(client: &WriteClient) {
    loop {
        let (_, read) = client.get("/shared/_doc/counter").await;
        let number = read["_source"]["n"].as_u64().expect("a number");
        let path =
            format!("/shared/_doc/counter?if_seq_no={}&if_primary_term={}", read["_seq_no"], read["_primary_term"]);
        let (status, answer) = client.send(Method::PUT, &path, &json!({ "n": number + 1 }).to_string()).await;
        match status {
            200 => return,
            409 => assert_eq!(answer["error"]["type"], "version_conflict_engine_exception"),
            _ => panic!("{answer}"),
        }
    }
}

/// Returns how many documents this client has created.
async fn write(client: WriteClient, name: usize) -> usize {
    let mut created = 0;
    for round in 0..ROUNDS {
        increment(&client).await;
        let body = json!({ "by": name }).to_string();
        let (status, answer) = client.send(Method::PUT, &format!("/shared/_create/{round}"), &body).await;
        match status {
            201 => created += 1,
            409 => assert_eq!(answer["error"]["type"], "version_conflict_engine_exception"),
            _ => panic!("{answer}"),
        }
        let (status, answer) =
            client.send(Method::POST, "/shared/_update/set", r#"{"doc":{"x":1},"doc_as_upsert":true}"#).await;
        assert!(status == 200 || status == 201, "{answer}");
    }
    created
}

fn two_servers(quidditch: &Quidditch) {
    let servers = [quidditch.serve::<&str>([]), quidditch.serve::<&str>([])];
    let runtime = runtime();
    let first = WriteClient::new(&servers[0]);
    let (status, _) = runtime.block_on(first.send(Method::PUT, "/shared/_doc/counter", r#"{"n":0}"#));
    assert_eq!(status, 201);
    let writers: Vec<_> =
        (0..4).map(|number| runtime.spawn(write(WriteClient::new(&servers[number % 2]), number))).collect();
    let created: usize = writers.into_iter().map(|writer| runtime.block_on(writer).expect("no panic")).sum();
    assert_eq!(created, ROUNDS, "each document is created once");
    let (_, counter) = runtime.block_on(first.get("/shared/_doc/counter"));
    assert_eq!(counter["_source"]["n"], 4 * ROUNDS, "no increment is lost");
    assert_eq!(counter["_version"], 4 * ROUNDS + 1);
}

#[test]
fn two_servers_over_a_folder_lose_no_update() {
    two_servers(&Quidditch::new());
}

#[test]
fn two_servers_over_s3_lose_no_update() {
    let s3 = S3Server::start();
    two_servers(&Quidditch::over(s3.url(), s3.environment()));
}
