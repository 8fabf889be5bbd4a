//! Runs the tests of a project.

use std::fs;
use std::iter::repeat_n;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use quidditch_authoring::TestCase;
use quidditch_index::{Mapping, parse_json};
use quidditch_writes::{DocumentResult, Trial, TrialError, Verdict};
use serde_json::{Value as Json, json};

use super::runnable_function::RunnableFunction;
use crate::error_with_stack::error_with_stack;
use crate::output::count;
use crate::table::Table;

/// Number of documents that a function is called with to measure it. 4,096: several batches, as in a search.
const MEASURED_DOCUMENTS: usize = 4_096;

/// How long a function is called with the documents of each test to measure it.
const MEASURED_TIME: Duration = Duration::from_millis(200);

/// The tests of a project that were run.
#[derive(Default)]
pub(super) struct TestResults(Vec<TestResult>);

struct TestResult {
    file: PathBuf,
    /// What differs from what is expected; nothing if the test passed.
    differences: Vec<String>,
    /// Time for each document in nanoseconds, if it was measured, or why it could not be.
    cost: Option<Result<f64, String>>,
}

impl TestResults {
    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|test| !test.differences.is_empty()).count()
    }

    /// What went wrong, and a last line with the number of tests.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for TestResult { file, differences, .. } in self.0.iter().filter(|test| !test.differences.is_empty()) {
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

    /// How long the function takes for each document, by test; `None` if that was not measured.
    pub(super) fn costs(&self) -> Option<String> {
        let row = |test: &TestResult| {
            let cost = match test.cost.as_ref()? {
                Ok(nanos) => format!("{nanos:.1}"),
                Err(error) => error.clone(),
            };
            Some([cost, test.file.display().to_string()])
        };
        let rows: Vec<_> = self.0.iter().filter_map(row).collect();
        if rows.is_empty() {
            return None;
        }
        let mut table = Table::new(&["ns per document", "test"]);
        rows.into_iter().for_each(|row| table.row(row));
        Some(table.text())
    }

    pub(super) fn json(&self) -> Json {
        let json = |test: &TestResult| {
            let mut json = json!({ "file": test.file, "differences": test.differences });
            match &test.cost {
                Some(Ok(nanos)) => json["nanos_per_document"] = (*nanos).into(),
                Some(Err(error)) => json["cost_error"] = error.as_str().into(),
                None => {}
            }
            json
        };
        self.0.iter().map(json).collect()
    }

    /// Measures how long the function takes for each document, with the documents of each test that passed and expects results.
    pub(super) async fn measure(&mut self, function: &RunnableFunction) {
        for test in self.0.iter_mut().filter(|test| test.differences.is_empty()) {
            let measured = nanos_per_document(function, &test.file).await;
            test.cost = measured.map_err(|error| format!("{error:#}")).transpose();
        }
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
        results.0.push(TestResult { file, differences, cost: None });
    }
    results
}

/// What differs from what is expected; an error if the test is invalid.
async fn differences(function: &RunnableFunction, file: &Path) -> Result<Vec<String>> {
    let case = read_case(file)?;
    let results = results_of(function, &case).await.context("the mapping or a document is invalid")?;
    Ok(case.differences(&results))
}

fn read_case(file: &Path) -> Result<TestCase> {
    let text = fs::read_to_string(file).context("cannot read it")?;
    // As everywhere else, an object must not have the same key twice, which the parser of tests does not notice.
    parse_json(&text)?;
    Ok(TestCase::parse(&text)?)
}

/// A call of the function as in the test, on documents that are yet to be named.
fn trial_of<'a>(function: &'a RunnableFunction, case: &'a TestCase) -> Result<Trial<'a>> {
    let mapping = case.mapping.as_ref().map(Mapping::from_json).transpose()?.unwrap_or_default();
    Ok(function.trial(case.role, &case.values_type, case.parameters.clone(), mapping))
}

/// The documents of the test, one on each line.
fn lines_of(case: &TestCase) -> Result<String> {
    let lines: Vec<String> = case.documents.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(lines.join("\n"))
}

/// How long the function takes for each document of a test; `None` if the test expects an error, or the function receives no document, as
/// no value is in the ranges that it announces.
async fn nanos_per_document(function: &RunnableFunction, file: &Path) -> Result<Option<f64>> {
    let case = read_case(file)?;
    if case.expected.is_none() {
        return Ok(None);
    }
    let lines = lines_of(&case)?;
    let times = MEASURED_DOCUMENTS.div_ceil(case.documents.len().max(1));
    let documents = repeat_n(lines.as_str(), times).collect::<Vec<_>>().join("\n");
    let repeated = trial_of(function, &case)?.repeat(documents.as_bytes(), MEASURED_TIME).await?;
    Ok(repeated.cost.nanos_per_document())
}

/// One result for each document, or why the function failed.
async fn results_of(function: &RunnableFunction, case: &TestCase) -> Result<Result<Vec<Json>, String>> {
    let result = match trial_of(function, case)?.run(lines_of(case)?.as_bytes()).await {
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
