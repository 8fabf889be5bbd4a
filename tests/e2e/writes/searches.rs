//! Searching while documents are written: whole commits only, and no search waits for a write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use quidditch_tests::Quidditch;
use reqwest::Method;
use serde_json::json;

use super::client::{WriteClient, runtime};

const COMMITS: u64 = 60;

/// Writes two documents in each request, with the same number.
async fn write_pairs(client: WriteClient, done: Arc<AtomicBool>) {
    for number in 1..=COMMITS {
        let pair: String = ["left", "right"]
            .iter()
            .map(|id| format!("{}\n{}\n", json!({ "index": { "_id": id } }), json!({ "n": number, "k": id })))
            .collect();
        let (status, answer) = client.send(Method::POST, "/pairs/_bulk", &pair).await;
        assert_eq!((status, &answer["errors"]), (200, &json!(false)), "{answer}");
        // What was acknowledged is visible at once.
        let found = client.get("/pairs/_search?q=k:left&size=1").await.1;
        assert_eq!(found["hits"]["hits"][0]["_source"]["n"], number);
    }
    done.store(true, SeqCst);
}

#[test]
fn searches_see_whole_commits_and_do_not_wait() {
    let quidditch = Quidditch::new();
    let server = quidditch.serve::<&str>([]);
    let runtime = runtime();
    let client = WriteClient::new(&server);
    let mapping = r#"{"mappings":{"properties":{"n":{"type":"long"},"k":{"type":"keyword"}}}}"#;
    assert_eq!(runtime.block_on(client.send(Method::PUT, "/pairs", mapping)).0, 200);
    let done = Arc::new(AtomicBool::new(false));
    let writer = runtime.spawn(write_pairs(client.clone(), Arc::clone(&done)));
    let (mut searches, mut longest, mut last) = (0_u64, Duration::ZERO, 0);
    while !done.load(SeqCst) && !writer.is_finished() {
        let start = Instant::now();
        let (status, answer) = runtime.block_on(client.get("/pairs/_search?sort=k"));
        longest = longest.max(start.elapsed());
        assert_eq!(status, 200, "{answer}");
        let numbers: Vec<u64> = answer["hits"]["hits"]
            .as_array()
            .expect("hits")
            .iter()
            .map(|hit| hit["_source"]["n"].as_u64().expect("a number"))
            .collect();
        match numbers[..] {
            [] => {}
            [left, right] => {
                assert_eq!(left, right, "half of a commit");
                assert!(left >= last, "an older commit");
                last = left;
            }
            _ => panic!("{answer}"),
        }
        searches += 1;
    }
    runtime.block_on(writer).expect("no panic");
    assert!(searches > 0);
    // A commit takes tens of milliseconds: a search that waited for several would take longer than this.
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    let stats = runtime.block_on(client.get("/pairs/_stats")).1;
    let splits = stats["indices"]["pairs"]["total"]["segments"]["count"].as_u64().expect("a number");
    assert!(splits < 30, "{splits}");
}

#[test]
fn splits_of_single_writes_are_merged() {
    let quidditch = Quidditch::new();
    let server = quidditch.serve(["--commit-delay", "0"]);
    let runtime = runtime();
    let client = WriteClient::new(&server);
    let splits = || {
        let stats = runtime.block_on(client.get("/a/_stats")).1;
        stats["indices"]["a"]["total"]["segments"]["count"].as_u64().expect("a number")
    };
    let mut most = 0;
    for number in 0..120 {
        let (status, answer) = runtime.block_on(client.send(Method::PUT, &format!("/a/_doc/{number}"), r#"{"n":1}"#));
        assert_eq!(status, 201, "{answer}");
        most = splits().max(most);
    }
    assert!(most < 30, "{most}");
    let (status, answer) = runtime.block_on(client.send(Method::POST, "/a/_forcemerge?max_num_segments=1", ""));
    assert_eq!(status, 200, "{answer}");
    assert_eq!(splits(), 1);
    let (_, last) = runtime.block_on(client.get("/a/_doc/119"));
    assert_eq!((&last["_seq_no"], &last["_version"]), (&json!(119), &json!(1)));
    assert_eq!(runtime.block_on(client.get("/a/_count")).1["count"], 120);
}
