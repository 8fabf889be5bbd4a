//! Searching an index in S3 from a process that has just started: a million documents, in one split and in 64, over a network
//! with 30 ms to the first byte and 100 MB/s per connection.

use std::fmt::Write;
use std::io::{BufReader, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_clock::{Clock, SystemClock};
use quidditch_engine::{Engine, Limits, SearchRequest};
use quidditch_function::NativeFunctions;
use quidditch_index::{Cost, CostFigures, Mapping, ReadSettings, Snapshot, SplitReader};
use quidditch_indexing::{AddOptions, IndexWriter, create_index};
use quidditch_storage::{RetrySettings, Retrying, S3Storage, Storage};
use quidditch_test_s3::{Conditions, Latency, S3Server};
use quidditch_tests::s3_settings;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::measure::{Bench, median};
use crate::row::{Goal, Row};

const DOCUMENTS: u64 = 1_000_000;
const MAPPING: &str = r#"{"dynamic": "strict", "properties": {
    "title": {"type": "text"}, "shop": {"type": "keyword"}, "price": {"type": "double"}, "at": {"type": "date"}}}"#;
/// Time to the first byte between a Lambda function and its bucket, and the bandwidth of a connection.
const FIRST_BYTE: Duration = Duration::from_millis(30);
const BYTES_PER_SECOND: u64 = 100_000_000;
/// Number of processes; each searches for words that no other has searched for.
const STARTS: usize = 30;
/// How often all splits are downloaded for comparison.
const COPIES: usize = 3;

/// An index with a number of splits, and its rows.
struct Case {
    index: &'static str,
    splits: u32,
    p50: &'static str,
    p99: &'static str,
    beside_many_connections: &'static str,
    bytes: &'static str,
    gets: &'static str,
    warm: &'static str,
}

const CASES: [Case; 2] = [
    Case {
        index: "one",
        splits: 1,
        p50: "cold_1_split_p50",
        p99: "cold_1_split_p99",
        beside_many_connections: "cold_1_split_parallel",
        bytes: "cold_1_split_bytes",
        gets: "cold_1_split_gets",
        warm: "warm_1_split_p50",
    },
    Case {
        index: "many",
        splits: 64,
        p50: "cold_64_splits_p50",
        p99: "cold_64_splits_p99",
        beside_many_connections: "cold_64_splits_parallel",
        bytes: "cold_64_splits_bytes",
        gets: "cold_64_splits_gets",
        warm: "warm_64_splits_p50",
    },
];

pub(crate) fn measure(bench: &mut Bench) {
    let names: Vec<&str> = CASES
        .iter()
        .flat_map(|case| [case.p50, case.p99, case.beside_many_connections, case.bytes, case.gets, case.warm])
        .collect();
    if !bench.wants(&names) {
        return;
    }
    let runtime = Runtime::new().expect("a runtime");
    let server = S3Server::start();
    for case in &CASES {
        runtime.block_on(build(&server, case));
    }
    server.conditions().set(Conditions {
        latency: Latency { fixed: FIRST_BYTE, ..Latency::default() },
        bytes_per_second: Some(BYTES_PER_SECOND),
        ..Conditions::default()
    });
    for case in &CASES {
        rows(bench, &runtime, &server, case);
    }
}

fn rows(bench: &mut Bench, runtime: &Runtime, server: &S3Server, case: &Case) {
    let (mut cold, mut bytes, mut gets, mut warm) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut size = 0;
    for start in 0..STARTS {
        let process = Process::start(server, ReadSettings::default());
        let (first, second) = runtime.block_on(process.search_twice(case.index, start));
        cold.push(first.milliseconds);
        bytes.push(first.figures.bytes as f64);
        gets.push(first.figures.gets as f64);
        warm.push(second.milliseconds);
        size = first.index_bytes;
    }
    // The baseline reads all splits completely, and then searches them.
    let copy = |parallel_requests: usize| {
        let settings = ReadSettings { whole_split_bytes: u64::MAX, parallel_requests, ..ReadSettings::default() };
        let search = |start| {
            let process = Process::start(server, settings.clone());
            runtime.block_on(process.search_twice(case.index, start)).0.milliseconds
        };
        median((0..COPIES).map(search).collect())
    };
    let (copied, copied_in_parallel) = (copy(1), copy(ReadSettings::default().parallel_requests));
    let worst = cold.iter().copied().fold(0.0, f64::max);
    let p50 = median(cold);
    bench.row(Row::new(case.p50, "ms", p50).against(copied).goal(Goal::RatioAtMost(0.2)));
    bench.row(Row::new(case.p99, "ms", worst).against(copied).goal(Goal::RatioAtMost(0.2)));
    bench.row(Row::new(case.beside_many_connections, "ms", p50).against(copied_in_parallel));
    let (bytes, size) = (median(bytes) / 1e6, size as f64 / 1e6);
    bench.row(Row::new(case.bytes, "MB", bytes).against(size).goal(Goal::RatioAtMost(0.05)));
    bench.row(Row::new(case.gets, "GETs", median(gets)));
    bench.row(Row::new(case.warm, "ms", median(warm)));
}

/// A process that has just started, without connections and with empty caches.
struct Process {
    reader: Arc<SplitReader>,
    engine: Engine,
}

/// One search.
struct Search {
    milliseconds: f64,
    figures: CostFigures,
    index_bytes: u64,
}

impl Process {
    fn start(server: &S3Server, settings: ReadSettings) -> Self {
        let reader = Arc::new(SplitReader::new(storage(server), settings));
        Process { reader, engine: Engine::new(Limits::default(), Arc::new(SystemClock::default())) }
    }

    /// Opens the index and searches for two words, and then for two other words.
    async fn search_twice(&self, index: &str, start: usize) -> (Search, Search) {
        let begin = Instant::now();
        let cost = Arc::new(Cost::default());
        let snapshot = Snapshot::open(&self.reader, index, &cost).await.expect("there");
        let first = self.search(&snapshot, begin, &cost, start * 2).await;
        let second = self.search(&snapshot, Instant::now(), &Arc::default(), start * 2 + 1).await;
        (first, second)
    }

    async fn search(&self, snapshot: &Snapshot, begin: Instant, cost: &Arc<Cost>, number: usize) -> Search {
        // A frequent word and a less frequent one.
        let words = format!("{} {}", word(number as u64 % 7), word(300 + number as u64 * 37));
        let body = json!({"query": {"match": {"title": words}}, "size": 10}).to_string();
        let request = SearchRequest::parse(&body, &[], self.engine.limits()).expect("valid");
        let response = self.engine.search(snapshot, &request, &NativeFunctions::new(), cost).await.expect("found");
        let milliseconds = begin.elapsed().as_secs_f64() * 1e3;
        assert_eq!(response.hits.hits.len(), 10, "{words}");
        Search { milliseconds, figures: cost.figures(), index_bytes: snapshot.size_bytes() }
    }
}

/// Opens the store.
fn storage(server: &S3Server) -> Arc<dyn Storage> {
    let clock = Arc::new(SystemClock::default());
    let url = server.url().parse().expect("a bucket");
    let s3 = Arc::new(S3Storage::new(url, s3_settings(server), clock.clone()));
    Arc::new(Retrying::new(s3, RetrySettings::default(), clock))
}

async fn build(server: &S3Server, case: &Case) {
    let storage = storage(server);
    let mapping = serde_json::from_str(MAPPING).expect("it is JSON");
    create_index(&storage, case.index, &Mapping::from_json(&mapping).expect("it is a mapping")).await.expect("new");
    let options = AddOptions {
        split_documents: DOCUMENTS.div_ceil(u64::from(case.splits)) as u32,
        split_memory_bytes: 4 << 30,
        ..AddOptions::default()
    };
    let documents = BufReader::new(Documents::default());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let writer = IndexWriter::new(&storage, &clock, case.index).expect("a valid name");
    let report = writer.add_documents(documents, &options, |_| ()).await.expect("added");
    assert_eq!((report.added, report.splits), (DOCUMENTS, case.splits as usize));
}

/// Generated documents as lines of JSON. Words have natural frequencies: the n-th about 1/n of that of the first.
#[derive(Default)]
struct Documents {
    next: u64,
    line: Vec<u8>,
    read: usize,
}

const WORDS: u64 = 40_000;

fn word(number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "co", "di", "fu", "ga", "ho", "ki", "lu", "ma", "no", "pe", "ri", "sa", "to", "vu", "ze"];
    let mut left = number + 16;
    let mut word = String::new();
    while left > 0 {
        word.push_str(SYLLABLES[(left % 16) as usize]);
        left /= 16;
    }
    word
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn random(seed: u64) -> u64 {
    let mut value = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

impl Documents {
    fn write(&mut self) {
        let number = self.next;
        let mut title = String::new();
        for place in 0..8 + number % 5 {
            let part = (random(number * 16 + place) >> 11) as f64 / (1_u64 << 53) as f64;
            // Zipf's law by inversion: ranks grow as a power of the number of words.
            let rank = (WORDS as f64).powf(part) as u64 - 1;
            title.push_str(&word(rank));
            title.push(' ');
        }
        let (price, shop) = (random(number) % 100_000, random(number ^ 7) % 500);
        self.line.clear();
        self.read = 0;
        let mut line = String::new();
        writeln!(
            line,
            r#"{{"_id":"p{number:07}","title":"{title}","shop":"shop {shop}","price":{}.{:02},"at":{}}}"#,
            price / 100,
            price % 100,
            1_700_000_000_000 + number * 1_000
        )
        .expect("memory");
        self.line.extend_from_slice(line.as_bytes());
        self.next += 1;
    }
}

impl Read for Documents {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read == self.line.len() {
            if self.next == DOCUMENTS {
                return Ok(0);
            }
            self.write();
        }
        let length = buffer.len().min(self.line.len() - self.read);
        buffer[..length].copy_from_slice(&self.line[self.read..self.read + length]);
        self.read += length;
        Ok(length)
    }
}
