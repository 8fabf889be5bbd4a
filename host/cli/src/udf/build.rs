//! `quidditch udf build`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_authoring::{Built, Names, Options, Project, TestCase};
use quidditch_sandbox::{Report, Sandbox, SandboxLimits};
use serde_json::{Value as Json, json};

use super::check::findings;
use super::project_tests::{TestResults, run_tests};
use super::runnable_function::RunnableFunction;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::compiler::ChildCompiler;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the project
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Keep names and debug information: traps then name functions, and the component is larger
    #[arg(long)]
    debug: bool,
    /// Do not run the tests
    #[arg(long)]
    no_tests: bool,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let names = if arguments.debug { Names::Keep } else { Names::Remove };
    let project = Project::open(&arguments.folder)?;
    let options = Options { names, ..Options::of(&project) };
    let done = build_project(&project, &options, !arguments.no_tests).await?;
    if global.json {
        print_json(&done.json())?;
    } else {
        print(&done.text())?;
    }
    Ok(if done.is_good() { Outcome::Done } else { Outcome::Failed })
}

/// A project that was built, checked and tested.
pub(super) struct BuiltProject {
    built: Built,
    report: Report,
    tests: TestResults,
}

/// Builds a project, checks its component and runs its tests, which only a valid component is worth.
pub(super) async fn build_project(project: &Project, options: &Options, test: bool) -> Result<BuiltProject> {
    let built = quidditch_authoring::build(project, options)?;
    let component = fs::read(&built.path).with_context(|| format!("cannot read {}", built.path.display()))?;
    let report = ChildCompiler::new(Sandbox::new(SandboxLimits::default(), None)?).check(&component);
    let mut tests = TestResults::default();
    if test && report.findings.is_empty() {
        let cases = TestCase::read_all(&project.folder)?;
        tests = run_tests(&RunnableFunction::load(&built.path)?, cases).await?;
    }
    Ok(BuiltProject { built, report, tests })
}

impl BuiltProject {
    /// Whether the component has no problem.
    pub(super) fn is_valid(&self) -> bool {
        self.report.findings.is_empty()
    }

    /// Whether no problem was found, and all tests passed.
    pub(super) fn is_good(&self) -> bool {
        self.is_valid() && self.tests.failed() == 0
    }

    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!("built {} ({})", self.built.path.display(), ByteSize(self.built.size).rounded())];
        lines.extend(findings(&self.report));
        if self.is_valid() {
            lines.extend(self.tests.lines());
        }
        lines.join("\n")
    }

    fn json(&self) -> Json {
        let findings = self.report.findings.iter();
        let findings = findings.map(|finding| json!({ "problem": finding.problem, "hint": finding.hint }));
        json!({
            "component": self.built.path,
            "bytes": self.built.size,
            "findings": findings.collect::<Vec<_>>(),
            "tests": self.tests.json(),
        })
    }
}
