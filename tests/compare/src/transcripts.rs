//! Comparing the transcripts: requests that change something, of which each answer depends on those before.

use anyhow::Result;
use quidditch_tests::{Step, TRANSCRIPT_PREFIX, Transcript};

use crate::compare::compare;
use crate::difference::Difference;
use crate::peer::Peer;
use crate::quidditch::Quidditch;
use crate::server::{Call, Server};

/// What names begin with on the other server.
const PEER_PREFIX: &str = "quidditch-compare-try-";

/// What became of a step.
pub(crate) enum StepOutcome {
    Same,
    DiffersAsDescribed,
    NoLongerDiffers,
    Differs(Vec<Difference>),
}

/// Sends the steps of a transcript to both sides, which have none of its indices before and after.
pub(crate) fn run_transcript(transcript: &Transcript, theirs: &Peer) -> Result<Vec<(Step, StepOutcome)>> {
    let ours = Quidditch::empty();
    clean_up(transcript, theirs)?;
    let mut outcomes = Vec::new();
    for step in &transcript.steps {
        let our_answer = ours.send(&call(step, &step.path, &step.body))?;
        let at_theirs = |text: &str| text.replace(TRANSCRIPT_PREFIX, PEER_PREFIX);
        let their_answer = theirs.send_as_is(&call(step, &at_theirs(&step.path), &at_theirs(&step.body)))?;
        let differences = compare(&our_answer, &their_answer.renamed(PEER_PREFIX, TRANSCRIPT_PREFIX));
        let outcome = match (differences.is_empty(), &step.differs) {
            (true, None) => StepOutcome::Same,
            (true, Some(_)) => StepOutcome::NoLongerDiffers,
            (false, Some(_)) => StepOutcome::DiffersAsDescribed,
            (false, None) => StepOutcome::Differs(differences),
        };
        outcomes.push((step.clone(), outcome));
    }
    clean_up(transcript, theirs)?;
    Ok(outcomes)
}

fn call(step: &Step, path: &str, body: &str) -> Call {
    Call {
        method: step.method.clone(),
        path: path.to_owned(),
        headers: std::collections::BTreeMap::new(),
        body: body.to_owned(),
    }
}

/// Deletes what the transcript may have made on the other server.
fn clean_up(transcript: &Transcript, theirs: &Peer) -> Result<()> {
    let scripts = transcript.steps.iter().filter_map(|step| {
        let id = step.path.strip_prefix("/_scripts/")?.split(['/', '?']).next()?;
        Some(format!("/_scripts/{}", id.replace(TRANSCRIPT_PREFIX, PEER_PREFIX)))
    });
    let names = ["/_index_template/", "/_component_template/"].map(|kind| format!("{kind}{PEER_PREFIX}*"));
    let indices = format!("/{PEER_PREFIX}*?expand_wildcards=all");
    for path in [indices].into_iter().chain(names).chain(scripts) {
        theirs.send_as_is(&call(&Step { method: "DELETE".to_owned(), ..Step::default() }, &path, ""))?;
    }
    Ok(())
}
