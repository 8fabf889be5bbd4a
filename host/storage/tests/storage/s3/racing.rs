//! Many writers of one object, over a network that loses responses.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use quidditch_storage::{Precondition, Storage, StorageError};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Rule, S3Server};

use crate::s3::setup::{put, retrying, settings};

/// Each writer adds its lines one by one, as the manifest of an index grows: it reads, adds its line unless it is already there,
/// and writes unless another writer was faster. In the end there is every line exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_lost_or_carried_out_twice() {
    let server = S3Server::start();
    let storage = Arc::new(retrying(settings(&server)));
    put(&*storage, "lines", "").await;
    let rules = vec![
        Rule::new(Fault::LoseResponse).one_in(6),
        Rule::new(Fault::Reset).one_in(10),
        Rule::new(Fault::Respond(ErrorResponse::slow_down(None))).one_in(10),
    ];
    server.conditions().set(Conditions { rules, seed: 7, ..Conditions::default() });

    let writers: Vec<_> = (0..4).map(|writer| tokio::spawn(add_lines(storage.clone(), writer))).collect();
    for writer in writers {
        writer.await.expect("no panic");
    }

    server.conditions().clear();
    let lines = read_lines(&storage.get("lines").await.expect("exists").bytes);
    let expected: BTreeSet<_> = (0..4).flat_map(|writer| (0..10).map(move |line| format!("{writer}-{line}"))).collect();
    assert_eq!(lines.len(), expected.len());
    assert_eq!(lines.into_iter().collect::<BTreeSet<_>>(), expected);
}

async fn add_lines(storage: Arc<dyn Storage>, writer: usize) {
    for line in 0..10 {
        let line = format!("{writer}-{line}");
        while !add_line(&*storage, &line).await {}
    }
}

/// Whether the line was added. If not, another writer was faster, or it is unknown.
async fn add_line(storage: &dyn Storage, line: &str) -> bool {
    let Ok(before) = storage.get("lines").await else { return false };
    let mut lines = read_lines(&before.bytes);
    if lines.iter().any(|other| other == line) {
        return true;
    }
    lines.push(line.to_owned());
    match storage.put("lines", Bytes::from(lines.join("\n")), Precondition::Matches(before.version)).await {
        Ok(_) => true,
        Err(StorageError::PreconditionFailed { .. } | StorageError::Unavailable { .. }) => false,
        Err(error) => panic!("{error:?}"),
    }
}

fn read_lines(bytes: &Bytes) -> Vec<String> {
    std::str::from_utf8(bytes).expect("text").lines().map(str::to_owned).collect()
}
