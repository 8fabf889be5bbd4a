//! Runs the tests of a project.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use quidditch_authoring::TestCase;
use quidditch_index::{Mapping, parse_json};
use quidditch_writes::{DocumentResult, TrialError, Verdict};
use serde_json::{Value as Json, json};

use super::runnable_function::RunnableFunction;
use crate::error_with_stack::error_with_stack;
use crate::output::count;

/// The tests of a project that were run.
#[derive(Default)]
pub(super) struct TestResults(Vec<TestResult>);

struct TestResult {
    file: PathBuf,
    /// What differs from what is expected; nothing if the test passed.
    differences: Vec<String>,
}

impl TestResults {
    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|test| !test.differences.is_empty()).count()
    }

    /// What went wrong, and a last line with the number of tests.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for TestResult { file, differences } in self.0.iter().filter(|test| !test.differences.is_empty()) {
            lines.push(format!("- {} failed:", file.display()));
            lines.extend(differences.iter().map(|difference| format!("  {difference}")));
        }
        let passed = self.0.len() - self.failed();
        lines.push(match self.failed() {
            0 => format!("{} passed", count(passed as u64, "test")),
            failed => format!("{} failed, {passed} passed", count(failed as u64, "test")),
        });
        lines
    }

    pub(super) fn json(&self) -> Json {
        self.0.iter().map(|test| json!({ "file": test.file, "differences": test.differences })).collect()
    }
}

/// Runs the tests in these files. An invalid one has failed, and does not keep the others from running.
pub(super) async fn run_tests(function: &RunnableFunction, files: Vec<PathBuf>) -> TestResults {
    let mut results = TestResults::default();
    for file in files {
        let differences = match differences(function, &file).await {
            Ok(differences) => differences,
            Err(error) => vec![format!("invalid test: {error:#}")],
        };
        results.0.push(TestResult { file, differences });
    }
    results
}

/// What differs from what is expected; an error if the test is invalid.
async fn differences(function: &RunnableFunction, file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).context("cannot read it")?;
    // As everywhere else, an object must not have the same key twice, which the parser of tests does not notice.
    parse_json(&text)?;
    let case = TestCase::parse(&text)?;
    let results = results_of(function, &case).await.context("the mapping or a document is invalid")?;
    Ok(case.differences(&results))
}

/// One result for each document, or why the function failed.
async fn results_of(function: &RunnableFunction, case: &TestCase) -> Result<Result<Vec<Json>, String>> {
    let mapping = case.mapping.as_ref().map(Mapping::from_json).transpose()?.unwrap_or_default();
    let lines: Vec<String> = case.documents.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let trial = function.trial(case.role, &case.values_type, case.parameters.clone(), mapping);
    let result = match trial.run(lines.join("\n").as_bytes()).await {
        Ok(result) => result,
        Err(TrialError::Indexing(error)) => return Err(error.into()),
        // With its causes: the reason that the function gives is one of them.
        Err(error) => return Ok(Err(error_with_stack(&error.into()))),
    };
    if let Some(bad) = result.bad_documents.first() {
        anyhow::bail!("document {}: {}", bad.line - 1, bad.reason);
    }
    let json = |DocumentResult { verdict, .. }: &DocumentResult| match verdict {
        Verdict::Kept(kept) => json!(kept),
        Verdict::Score(score) => json!(score),
        Verdict::Value(value) => json!(value),
    };
    Ok(Ok(result.results.iter().map(json).collect()))
}
