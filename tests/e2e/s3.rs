//! The `quidditch` command and server over a store in S3: everything works as over a folder, with few requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quidditch_clock::SystemClock;
use quidditch_storage::{Storage, open_s3};
use quidditch_test_s3::{Operation, S3Server};
use quidditch_tests::{EXAMPLES, Quidditch, Server, components_directory, http_client, s3_settings};
use reqwest::Client;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

pub(crate) const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.mapping.json");
pub(crate) const CITIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/cities.ndjson.gz");
const PREFIX: &str = "a/prefix";

/// Opens the store at a URL in this process.
pub(crate) fn storage(s3: &S3Server, url: &str) -> Arc<dyn Storage> {
    open_s3(&url.parse().expect("a valid URL"), s3_settings(s3), Arc::new(SystemClock::default()))
}

/// The command over a prefix of a bucket.
fn over(s3: &S3Server) -> Quidditch {
    Quidditch::over(format!("{}/{PREFIX}", s3.url()), s3.environment())
}

/// Runs a command with `--json`, which must succeed; returns what it printed.
#[track_caller]
fn json(quidditch: &Quidditch, arguments: &[&str]) -> Json {
    let printed = quidditch.succeed(arguments.iter().chain(&["--json"]));
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
}

fn add(quidditch: &Quidditch, documents: &[Json]) -> Json {
    let lines: String = documents.iter().map(|document| format!("{document}\n")).collect();
    let output = quidditch.run(["index", "add", "cities", "--json"], lines.as_bytes());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A client of a server.
pub(crate) struct ServerClient {
    server: Server,
    client: Client,
    runtime: Runtime,
}

impl ServerClient {
    pub(crate) fn new(server: Server) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        ServerClient { server, client: http_client(), runtime }
    }

    /// Sends a search; returns the response.
    pub(crate) fn search(&self, body: &Json) -> Json {
        let answer = async {
            let request = self.client.post(self.server.url("/cities/_search")).json(body);
            request.send().await.expect("the server answers").json().await.expect("every answer is JSON")
        };
        self.runtime.block_on(answer)
    }

    fn get(&self, path: &str) -> String {
        let answer = async {
            let response = self.client.get(self.server.url(path)).send().await.expect("the server answers");
            response.text().await.expect("a text")
        };
        self.runtime.block_on(answer)
    }
}

fn city(id: &str, name: &str) -> Json {
    json!({ "_id": id, "name": name, "population": 1 })
}

/// Cities near Berlin with at least `min` inhabitants, sorted by the similarity of their names to a misspelt one.
fn near_berlin(min: u64) -> Json {
    json!({ "query": { "script_score": {
        "query": { "bool": { "filter": [
            { "wasm_udf": { "name": "geo_distance", "version": "1.0.0", "parameters": {
                "field": "location", "lat": 52.52, "lon": 13.405, "radius_km": 100 } } },
            { "wasm_udf": { "name": "number_range", "parameters": { "field": "population", "min": min } } },
        ] } },
        "wasm_udf": { "name": "string_distance", "parameters": { "field": "name.raw", "text": "Postdam" } },
    } } })
}

#[test]
fn every_command_works_over_s3() {
    let s3 = S3Server::start();
    let quidditch = over(&s3);
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    assert_eq!(json(&quidditch, &["index", "add", "cities", CITIES])["added"], 25_000);
    let again = quidditch.run(["index", "create", "cities"], &[]);
    assert_eq!(String::from_utf8_lossy(&again.stderr), "error: index [cities] already exists\n");

    for name in EXAMPLES {
        let file = components_directory().join(name).with_extension("wasm");
        quidditch.succeed(["udf", "publish", file.to_str().expect("UTF-8")]);
    }
    let listed = json(&quidditch, &["udf", "list"]);
    assert_eq!(listed.as_array().map(Vec::len), Some(EXAMPLES.len()), "{listed:#}");
    assert_eq!(json(&quidditch, &["udf", "show", "geo_distance"])["name"], "geo_distance");

    let body = near_berlin(100_000);
    let found = json(&quidditch, &["search", "cities", &body.to_string()]);
    assert_eq!(found["hits"]["hits"][0]["_source"]["name"], "Potsdam", "{found:#}");
    let server = ServerClient::new(quidditch.serve::<&str>([]));
    assert_eq!(server.search(&body)["hits"], found["hits"]);

    // Other processes write while it serves. It sees their changes after a moment.
    for (id, name) in [("x", "Atlantis"), ("y", "Babel"), ("x", "Avalon")] {
        let added = add(&quidditch, &[city(id, name)]);
        assert_eq!((&added["added"], &added["replaced"]), (&1.into(), &u64::from(name == "Avalon").into()));
    }
    let avalon = json!({ "query": { "match": { "name": "avalon" } } });
    let found = until(|| server.search(&avalon), |found| found["hits"]["total"]["value"] == 1);
    assert_eq!(found["hits"]["hits"][0]["_id"], "x");

    // The split of the first x was removed, as its only document was replaced.
    let shown = json(&quidditch, &["index", "show", "cities"]);
    assert_eq!((&shown["documents"], &shown["deleted"], &shown["splits"]), (&25_002.into(), &0.into(), &3.into()));
    assert_eq!(json(&quidditch, &["index", "delete-docs", "cities", "--id", "y"])["deleted"], 1);
    let query = near_berlin(0).to_string();
    let near = json(&quidditch, &["search", "cities", &query])["hits"]["total"]["value"].clone();
    assert_ne!(near, 0);
    assert_eq!(json(&quidditch, &["index", "delete-docs", "cities", "--query", &query])["deleted"], near);
    until(|| server.search(&near_berlin(0)), |found| found["hits"]["total"]["value"] == 0);

    let merged = json(&quidditch, &["index", "merge", "cities", "--all"]);
    assert_eq!((&merged["written"], &merged["dropped"]), (&1.into(), &near), "{merged:#}");
    let verified = json(&quidditch, &["index", "verify", "cities"]);
    assert_eq!((&verified["problems"], &verified["objects"]), (&json!([]), &2.into()), "{verified:#}");
    let kept = json(&quidditch, &["index", "gc", "cities"]);
    assert_eq!(kept["removed"], 0);
    let collected = json(&quidditch, &["index", "gc", "cities", "--grace", "0s"]);
    assert_eq!((&collected["removed"], &collected["waiting"]), (&kept["waiting"], &0.into()), "{collected:#}");
    assert_ne!(collected["removed"], 0);
    let documents = 25_001 - near.as_u64().expect("a number");
    assert_eq!(json(&quidditch, &["index", "list"])[0]["documents"], documents);
    until(|| server.search(&avalon), |found| found["hits"]["total"]["value"] == 1);

    quidditch.succeed(["index", "delete", "cities"]);
    assert_eq!(json(&quidditch, &["index", "list"]), json!([]));
    until(|| server.search(&avalon), |answer| answer["status"] == 404);
    let outside: Vec<_> = s3.requests().into_iter().filter(|request| !request.key.starts_with(PREFIX)).collect();
    assert_eq!(outside, [], "no requests outside of the prefix");
    assert_eq!(s3.unfinished_uploads(), 0);
}

/// Repeats a request until the response is as expected: a server checks for changes once per second.
#[track_caller]
fn until(ask: impl Fn() -> Json, is_right: impl Fn(&Json) -> bool) -> Json {
    let start = Instant::now();
    loop {
        let answer = ask();
        if is_right(&answer) {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{answer:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The numbers of requests that `work` makes: LIST, GET, HEAD, PUT.
fn requests(s3: &S3Server, work: impl FnOnce()) -> [usize; 4] {
    let before = s3.requests().len();
    work();
    let requests = &s3.requests()[before..];
    [Operation::List, Operation::Get, Operation::Head, Operation::Put]
        .map(|kind| requests.iter().filter(|request| request.operation == kind).count())
}

#[test]
fn commands_and_searches_need_few_requests() {
    let s3 = S3Server::start();
    let quidditch = over(&s3);
    for index in ["a", "b", "cities"] {
        quidditch.succeed(["index", "create", index]);
    }
    for n in 0..5 {
        add(&quidditch, &[city(&n.to_string(), "Atlantis")]);
    }
    // One LIST for any number of objects, and the manifests.
    assert_eq!(requests(&s3, || drop(quidditch.succeed(["index", "list"]))), [1, 3, 0, 0]);
    assert_eq!(requests(&s3, || drop(quidditch.succeed(["index", "show", "cities"]))), [0, 1, 0, 0]);

    // One that may write also looks for what is left of deleted indices.
    let server = ServerClient::new(quidditch.serve(["--read-only"]));
    let cat = || server.get("/_cat/indices?h=index,docs.count,splits");
    assert_eq!(requests(&s3, || assert_eq!(cat(), "a      0 0\nb      0 0\ncities 5 5\n")), [1, 3, 0, 0]);

    // The manifest, and each small split as a whole. Then only one check of the manifest per second.
    let all = json!({ "query": { "match": { "name": "atlantis" } } });
    assert_eq!(requests(&s3, || assert_eq!(server.search(&all)["hits"]["total"]["value"], 5)), [0, 6, 0, 0]);
    let start = Instant::now();
    let [lists, gets, heads, _] = requests(&s3, || {
        for _ in 0..100 {
            server.search(&all);
        }
    });
    assert_eq!((lists, gets), (0, 0));
    assert!(heads as u64 <= start.elapsed().as_secs() + 1, "{heads} checks in {:?}", start.elapsed());
}

#[test]
fn the_disk_cache_survives_restarts() {
    let s3 = S3Server::start();
    let quidditch = over(&s3);
    quidditch.succeed(["index", "create", "cities", "--mapping", MAPPING]);
    quidditch.succeed(["index", "add", "cities", CITIES]);
    let cache = quidditch.store().join("cache");
    let notes = cache.join("notes.txt");
    std::fs::create_dir(&cache).expect("it is new");
    std::fs::write(&notes, "somebody's").expect("can be written");
    let serve =
        || ServerClient::new(quidditch.serve(["--disk-cache", cache.to_str().expect("UTF-8"), "--memory-cache", "0"]));
    let body = json!({ "query": { "match": { "name": "paris" } }, "profile": true });

    let server = serve();
    let first = server.search(&body);
    assert_ne!(first["profile"]["storage"]["gets"], 1, "{first:#}");
    drop(server);
    let second = serve().search(&body);
    assert_eq!(second["hits"], first["hits"]);
    assert_eq!(second["profile"]["storage"]["gets"], 1, "only the manifest: {second:#}");
    assert!(notes.exists(), "the cache has removed a file of the user");
}

#[test]
fn unreachable_stores_are_explained() {
    let s3 = S3Server::start();
    let mut environment = s3.environment();
    let missing = Quidditch::over("s3://no-such-bucket", environment.clone());
    let output = missing.run(["index", "list"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: ") && stderr.contains("no-such-bucket"), "{stderr}");

    for (name, value) in &mut environment {
        if *name == "AWS_SECRET_ACCESS_KEY" {
            "another secret".clone_into(value);
        }
    }
    let wrong = Quidditch::over(s3.url(), environment);
    let output = wrong.run(["index", "verify", "cities"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!output.stderr.is_empty());
}
