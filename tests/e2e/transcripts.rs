//! Runs the transcripts, whose files `tests/src/transcript.rs` describes, and compares the answers.
//!
//! `UPDATE_SCENARIOS=1` writes the answers instead. Review the difference.

use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use bytes::Bytes;
use http::Request;
use quidditch_storage::MemoryStorage;
use quidditch_tests::{Installation, Step, Transcript, transcript_answer};

/// Functions are not what transcripts are about.
const FUNCTION_TIME: Duration = Duration::from_secs(2);

#[test]
fn every_transcript_has_the_expected_answers() {
    let update = env::var_os("UPDATE_SCENARIOS").is_some_and(|value| value == "1");
    let only = env::var("TRANSCRIPT").unwrap_or_default();
    let transcripts = Transcript::all().expect("the transcripts can be read");
    assert!(!transcripts.is_empty(), "no transcripts");
    let mut failures = Vec::new();
    for transcript in transcripts.into_iter().filter(|transcript| transcript.name.contains(&only)) {
        let actual = run(&transcript);
        if update {
            fs::write(&transcript.file, actual.to_string()).expect("the file can be written");
            continue;
        }
        for (expected, actual) in transcript.steps.iter().zip(&actual.steps) {
            if expected != actual {
                failures.push(format!(
                    "--- {}\n{expected}\nbut was\n=> {}\n{}",
                    transcript.name, actual.status, actual.answer
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{} answers differ\n{}", failures.len(), failures.join("\n"));
}

/// The transcript with the answers of an installation.
fn run(transcript: &Transcript) -> Transcript {
    let installation = Installation::over(Arc::new(MemoryStorage::new()), FUNCTION_TIME);
    let steps = transcript.steps.iter().map(|step| answered(step, &installation)).collect();
    Transcript { steps, ..transcript.clone() }
}

fn answered(step: &Step, installation: &Installation) -> Step {
    let mut request = Request::builder().method(step.method.as_str()).uri(step.path.as_str());
    if !step.body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let response = installation.send(request.body(Bytes::from(step.body.clone())).expect("a valid request"));
    let text = String::from_utf8_lossy(response.body()).into_owned();
    Step { status: response.status().as_u16(), answer: transcript_answer(&text), ..step.clone() }
}
