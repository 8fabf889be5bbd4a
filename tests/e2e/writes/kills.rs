//! A server that is killed at random moments while documents are written: no acknowledged write is lost, and what is there is whole.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use quidditch_test_s3::S3Server;
use quidditch_tests::{PATIENCE, Quidditch};
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::client::{WriteClient, runtime};

/// How often the server is killed.
const KILLS: usize = 8;

/// Clients of each kind.
const CLIENTS: usize = 4;

/// Documents of a bulk request.
const BULK: usize = 10;

/// What clients were told.
#[derive(Default)]
struct Acknowledged {
    /// The number in each document, by `_id`.
    numbers: BTreeMap<String, u64>,
    requests: u64,
}

impl Acknowledged {
    fn add(&mut self, other: Acknowledged) {
        self.requests += other.requests;
        for (id, number) in other.numbers {
            let known = self.numbers.entry(id).or_default();
            *known = number.max(*known);
        }
    }
}

/// Both fields have the same number: half of a document would show.
fn document(number: u64) -> Json {
    json!({ "first": number, "last": number, "text": format!("number {number}") })
}

/// Writes single documents until the connection breaks: new ones, and the same one again and again.
async fn write_singles(client: WriteClient, name: String, mut number: u64) -> Acknowledged {
    let mut acknowledged = Acknowledged::default();
    loop {
        number += 1;
        for id in [format!("{name}-{number}"), format!("{name}-counter")] {
            let path = format!("/written/_doc/{id}");
            let Some((status, answer)) = client.try_send(Method::PUT, &path, &document(number).to_string()).await
            else {
                return acknowledged;
            };
            assert!(status == 200 || status == 201, "{answer}");
            acknowledged.numbers.insert(id, number);
            acknowledged.requests += 1;
        }
    }
}

/// Writes several documents at a time until the connection breaks.
async fn write_bulks(client: WriteClient, name: String, mut number: u64) -> Acknowledged {
    let mut acknowledged = Acknowledged::default();
    loop {
        number += 1;
        let ids: Vec<String> = (0..BULK).map(|item| format!("{name}-{}", (number as usize * 7 + item) % 50)).collect();
        let lines: String =
            ids.iter().map(|id| format!("{}\n{}\n", json!({ "index": { "_id": id } }), document(number))).collect();
        let Some((status, answer)) = client.try_send(Method::POST, "/written/_bulk", &lines).await else {
            return acknowledged;
        };
        assert_eq!((status, &answer["errors"]), (200, &Json::Bool(false)), "{answer}");
        acknowledged.numbers.extend(ids.into_iter().map(|id| (id, number)));
        acknowledged.requests += 1;
    }
}

/// Checks what is in the index against what clients were told.
fn check(found: &BTreeMap<String, Json>, acknowledged: &Acknowledged) {
    for (id, number) in &acknowledged.numbers {
        let found = found.get(id).unwrap_or_else(|| panic!("{id} was acknowledged with {number} and is lost"));
        let stored = found["first"].as_u64().expect("a number");
        assert!(stored >= *number, "{id} was acknowledged with {number}, and has {stored}");
    }
    for (id, source) in found {
        let number = source["first"].as_u64().expect("a number");
        assert_eq!(*source, document(number), "{id} is not whole");
    }
}

fn kill_again_and_again(quidditch: &Quidditch, store: &str) {
    let runtime = runtime();
    quidditch.succeed(["index", "create", "written"]);
    let mut acknowledged = Acknowledged::default();
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").subsec_nanos();
    for kill in 0..KILLS {
        let server = quidditch.serve::<&str>([]);
        let client = WriteClient::new(&server);
        let writers: Vec<_> = (0..CLIENTS)
            .flat_map(|number| {
                let first = kill as u64 * 100_000;
                let single = runtime.spawn(write_singles(client.clone(), format!("single-{number}"), first));
                let bulk = runtime.spawn(write_bulks(client.clone(), format!("bulk-{number}"), first));
                [single, bulk]
            })
            .collect();
        let start = Instant::now();
        while client.answers() == 0 {
            assert!(start.elapsed() < PATIENCE, "no answer");
            std::thread::sleep(Duration::from_millis(5));
        }
        // From 200 ms to 800 ms after the first answer.
        let wait = 200 + u64::from(seed.wrapping_mul(2_654_435_761).rotate_left(kill as u32 * 4) % 600);
        std::thread::sleep(Duration::from_millis(wait));
        // The process is killed.
        drop(server);
        for writer in writers {
            acknowledged.add(runtime.block_on(writer).expect("no panic"));
        }
        let server = quidditch.serve::<&str>([]);
        let found = runtime.block_on(WriteClient::new(&server).all("written"));
        check(&found, &acknowledged);
    }
    let verified = quidditch.run(["index", "verify", "written"], &[]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let Acknowledged { numbers, requests } = &acknowledged;
    assert!(numbers.len() > KILLS, "writes were acknowledged");
    eprintln!("{store}: {KILLS} kills, {requests} acknowledged requests, {} documents, 0 lost", numbers.len());
}

#[test]
fn no_acknowledged_write_is_lost_in_a_folder() {
    kill_again_and_again(&Quidditch::new(), "folder");
}

#[test]
fn no_acknowledged_write_is_lost_in_s3() {
    let s3 = S3Server::start();
    kill_again_and_again(&Quidditch::over(s3.url(), s3.environment()), "S3");
}
