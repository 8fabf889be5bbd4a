//! What a run found, for people: each kind of difference once, as a scenario.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use quidditch_tests::ScenarioIndex;
use serde_json::{Value as Json, json};

use crate::answer::{Answer, Body};
use crate::difference::Difference;
use crate::generate::SEARCHED_INDEX;

/// A difference as a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Findings with the same text have, as far as one can tell, the same cause.
    pub(crate) signature: String,
    /// Where the random index came from.
    pub(crate) seed: u64,
    pub(crate) difference: Difference,
    pub(crate) index: ScenarioIndex,
    /// What is sent; `None` if the index itself is the finding.
    pub(crate) request: Option<FoundRequest>,
}

#[derive(Debug, Clone)]
pub(crate) struct FoundRequest {
    /// What follows the index in the path.
    pub(crate) route: String,
    pub(crate) body: Json,
    /// With scripts in place of functions, if there are any.
    pub(crate) painless: Option<Json>,
    pub(crate) their_answer: Answer,
}

/// Findings by their signature.
#[derive(Default)]
pub(crate) struct Findings {
    by_signature: BTreeMap<String, (Finding, usize)>,
}

impl Findings {
    /// Counts a finding. Returns whether it is the first of its signature.
    pub(crate) fn count(&mut self, signature: &str) -> bool {
        match self.by_signature.get_mut(signature) {
            Some((_, count)) => {
                *count += 1;
                false
            }
            None => true,
        }
    }

    pub(crate) fn add(&mut self, finding: Finding) {
        self.by_signature.insert(finding.signature.clone(), (finding, 1));
    }

    /// All findings, the most frequent first, and how often each was found.
    pub(crate) fn by_frequency(&self) -> Vec<&(Finding, usize)> {
        let mut findings: Vec<_> = self.by_signature.values().collect();
        findings.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        findings
    }
}

impl Finding {
    /// The files of the scenario: name and text.
    fn files(&self) -> Vec<(&'static str, String)> {
        let laid_out = |json: &Json| format!("{json:#}\n").replace(SEARCHED_INDEX, &self.index.name);
        let mut files =
            vec![("mapping.json", self.index.mapping.clone()), ("documents.ndjson", self.index.splits.join("\n"))];
        let Some(request) = &self.request else { return files };
        files.push(("request.json", laid_out(&request.body)));
        if request.route != "_search" {
            let path = format!("/{}/{}", self.index.name, request.route);
            files.push(("call.json", laid_out(&json!({ "path": path }))));
        }
        if let Some(painless) = &request.painless {
            files.push(("painless.json", laid_out(painless)));
        }
        let answer = match &request.their_answer.body {
            Body::Json(json) => laid_out(&without_figures(json)),
            Body::Text(text) => text.clone(),
        };
        files.push((if request.their_answer.is_error() { "error.json" } else { "response.json" }, answer));
        files
    }

    /// Prints it with its files.
    pub(crate) fn print(&self, count: usize) {
        println!("\n== {} ({count} times, first with --seed {}) ==\n\n{}", self.signature, self.seed, self.difference);
        for (name, text) in self.files() {
            println!("\n-- {name}\n{}", text.trim_end());
        }
    }

    /// Writes it as a scenario, into a folder of its own below `folder`.
    pub(crate) fn write(&self, folder: &Path, number: usize) -> Result<()> {
        let slug: String =
            self.signature.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let slug: Vec<&str> = slug.split('-').filter(|part| !part.is_empty()).collect();
        let slug: String = slug.join("-").to_lowercase().chars().take(80).collect();
        let folder = folder.join("random").join(format!("{number:02}-{slug}"));
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        for (name, text) in self.files() {
            // A scenario is named after its folder, and its index after the scenario.
            let text = text.replace(&self.index.name, &format!("random-{number:02}-{slug}"));
            fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
        }
        fs::write(
            folder.join("difference.txt"),
            format!("{}\n{}\nseed {}\n", self.signature, self.difference, self.seed),
        )?;
        Ok(())
    }
}

/// A response as scenarios have it: without times, and with the shards of one split.
fn without_figures(response: &Json) -> Json {
    let mut response = response.clone();
    if let Some(members) = response.as_object_mut() {
        members.shift_remove("took");
    }
    response
}
