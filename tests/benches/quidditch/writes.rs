//! Writing documents over HTTP, compared with another server with the same API if `--peer URL` names one.

use std::time::{Duration, Instant};

use quidditch_tests::Quidditch;
use reqwest::{Client, StatusCode};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::measure::{Bench, median};
use crate::row::{Goal, Row};

/// Documents of a measurement of `_bulk`.
const DOCUMENTS: usize = 1_000_000;

/// Documents of a request.
const BULK: usize = 5_000;

/// Clients that write single documents at the same time, and for how long.
const SINGLE_CLIENTS: usize = 32;
const SINGLE_TIME: Duration = Duration::from_secs(20);

/// How much slower a search may be while they write.
const MOST_SLOWER: f64 = 1.5;

/// Only indices with names that begin like this are created and deleted at the other server.
const INDEX: &str = "quidditch-bench-writes";

pub(crate) fn measure(bench: &mut Bench) {
    let singles_of = ["single_writes", "single_writes_p99", "splits_after_writes"];
    let others = ["bulk_one_client", "bulk_four_clients", "search_during_writes"];
    if !bench.wants(&[singles_of, others].concat()) {
        return;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let peer = bench.peer.clone();
    let quidditch = Quidditch::new();
    let server = quidditch.serve::<&str>([]);
    let ours = server.url("");
    for (name, clients) in [("bulk_one_client", 1), ("bulk_four_clients", 4)] {
        if bench.wants(&[name]) {
            let row = Row::new(name, "documents/s", bulk(&runtime, &ours, clients));
            let theirs = peer.as_ref().map(|peer| bulk(&runtime, peer, clients));
            bench.row(match theirs {
                Some(theirs) => row.against(theirs).goal(Goal::RatioAtLeast(2.0)),
                None => row,
            });
        }
    }
    if bench.wants(&["search_during_writes"]) {
        let (during, without) = searches(&runtime, &ours);
        let row = Row::new("search_during_writes", "ms", during).against(without);
        bench.row(row.goal(Goal::RatioAtMost(MOST_SLOWER)));
    }
    if bench.wants(&singles_of) {
        let (per_second, p99) = singles(&runtime, &ours);
        let theirs = peer.as_ref().map(|peer| singles(&runtime, peer));
        let compared =
            |row: Row, theirs: Option<f64>| theirs.map_or_else(|| row.clone(), |theirs| row.clone().against(theirs));
        let row = Row::new("single_writes", "documents/s", per_second);
        bench.row(compared(row, theirs.map(|(per_second, _)| per_second)).goal(Goal::AtLeast(500.0)));
        let row = Row::new("single_writes_p99", "ms", p99);
        bench.row(compared(row, theirs.map(|(_, p99)| p99)).goal(Goal::Below(250.0)));
        let splits = runtime.block_on(splits(&ours));
        bench.row(Row::new("splits_after_writes", "splits", splits).goal(Goal::Below(30.0)));
    }
}

/// Makes an empty index.
async fn create(client: &Client, base: &str) {
    // There may be none.
    let _ = client.delete(format!("{base}/{INDEX}")).send().await;
    let body = json!({
        "settings": { "number_of_shards": 1, "number_of_replicas": 0 },
        "mappings": { "properties": {
            "title": { "type": "text" }, "tag": { "type": "keyword" }, "n": { "type": "long" }, "at": { "type": "date" } } },
    });
    let response = client.put(format!("{base}/{INDEX}")).json(&body).send().await.expect("the server answers");
    assert_eq!(response.status(), StatusCode::OK, "{:?}", response.text().await);
}

fn document(number: usize) -> Json {
    const WORDS: [&str; 16] = [
        "amber", "bridge", "cedar", "dawn", "ember", "field", "grove", "harbour", "island", "jetty", "kiln", "lantern",
        "meadow", "north", "orchard", "pier",
    ];
    let word = |seed: usize| WORDS[(number.wrapping_mul(seed) >> 3) % WORDS.len()];
    json!({
        "title": format!("{} {} {} {} {number}", word(7_919), word(104_729), word(1_299_709), word(15_485_863)),
        "tag": word(31), "n": number, "at": 1_700_000_000_000_u64 + number as u64 * 1_000,
    })
}

/// Documents per second of clients that send requests one after another, all of which are durable before they are answered.
fn bulk(runtime: &Runtime, base: &str, clients: usize) -> f64 {
    let client = Client::new();
    runtime.block_on(create(&client, base));
    let requests = DOCUMENTS / BULK;
    let bodies: Vec<Vec<String>> = (0..clients)
        .map(|number| (number..requests).step_by(clients).map(|request| lines(request * BULK)).collect())
        .collect();
    let start = Instant::now();
    let writers: Vec<_> = bodies
        .into_iter()
        .map(|bodies| {
            let (client, url) = (client.clone(), format!("{base}/{INDEX}/_bulk"));
            runtime.spawn(async move {
                for body in bodies {
                    let request = client.post(&url).header("content-type", "application/x-ndjson").body(body);
                    let answer: Json = request.send().await.expect("an answer").json().await.expect("JSON");
                    assert_eq!(answer["errors"], false, "{}", answer["items"][0]);
                }
            })
        })
        .collect();
    for writer in writers {
        runtime.block_on(writer).expect("no panic");
    }
    DOCUMENTS as f64 / start.elapsed().as_secs_f64()
}

fn lines(first: usize) -> String {
    (first..first + BULK).map(|number| format!("{{\"index\":{{}}}}\n{}\n", document(number))).collect()
}

/// Acknowledged documents per second of clients that each write one document after another, and the 99th percentile of the time that
/// each takes in milliseconds.
fn singles(runtime: &Runtime, base: &str) -> (f64, f64) {
    runtime.block_on(create(&Client::new(), base));
    let start = Instant::now();
    let mut times: Vec<Duration> = Vec::new();
    for writer in writers(runtime, base, 0) {
        times.extend(runtime.block_on(writer).expect("no panic"));
    }
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100].as_secs_f64() * 1e3;
    (times.len() as f64 / seconds, p99)
}

/// Starts clients that write for [`SINGLE_TIME`], with ids from `first`. Each returns the times that its requests took.
fn writers(runtime: &Runtime, base: &str, first: usize) -> Vec<JoinHandle<Vec<Duration>>> {
    let (client, start) = (Client::new(), Instant::now());
    let writer = |number: usize| {
        let (client, base) = (client.clone(), base.to_owned());
        async move {
            let mut times = Vec::new();
            while start.elapsed() < SINGLE_TIME {
                let id = first + times.len() * SINGLE_CLIENTS + number;
                let sent = Instant::now();
                let request = client.put(format!("{base}/{INDEX}/_doc/{id}")).json(&document(id));
                let status = request.send().await.expect("an answer").status();
                assert_eq!(status, StatusCode::CREATED);
                times.push(sent.elapsed());
            }
            times
        }
    };
    (0..SINGLE_CLIENTS).map(|number| runtime.spawn(writer(number))).collect()
}

/// The median time of searches over a million documents while clients write, and without them, in milliseconds.
fn searches(runtime: &Runtime, base: &str) -> (f64, f64) {
    bulk(runtime, base, 4);
    let client = Client::new();
    let merge = client.post(format!("{base}/{INDEX}/_forcemerge?max_num_segments=1"));
    assert_eq!(runtime.block_on(merge.send()).expect("an answer").status(), StatusCode::OK);
    let search = || {
        let sent = Instant::now();
        let body = json!({ "query": { "match": { "title": "amber lantern" } }, "track_total_hits": true });
        let request = client.post(format!("{base}/{INDEX}/_search")).json(&body);
        let answer: Json = runtime.block_on(async { request.send().await?.json().await }).expect("JSON");
        assert!(answer["hits"]["total"]["value"].as_u64().is_some_and(|count| count > 0), "{answer}");
        sent.elapsed().as_secs_f64() * 1e3
    };
    search();
    let without = median((0..100).map(|_| search()).collect());
    let writers = writers(runtime, base, DOCUMENTS);
    let mut during = Vec::new();
    while writers.iter().any(|writer| !writer.is_finished()) {
        during.push(search());
    }
    for writer in writers {
        runtime.block_on(writer).expect("no panic");
    }
    (median(during), without)
}

async fn splits(base: &str) -> f64 {
    let url = format!("{base}/{INDEX}/_stats");
    let answer: Json = Client::new().get(url).send().await.expect("an answer").json().await.expect("JSON");
    answer["indices"][INDEX]["total"]["segments"]["count"].as_f64().expect("a number")
}
