//! `quidditch udf build`.

use std::path::PathBuf;

use anyhow::Result;
use quidditch_authoring::{Built, Names, Options, Project, TestCase};
use quidditch_sandbox::{Report, Sandbox, SandboxLimits};
use serde_json::{Value as Json, json};

use super::check::{findings, findings_json};
use super::project_tests::{TestResults, run_tests};
use super::runnable_function::RunnableFunction;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::compiler::ChildCompiler;
use crate::outcome::Outcome;
use crate::output::{print, print_json, remark};

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
    let options = Options { names, report: remark, ..Options::of(&project) };
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
    /// The function, if the component is valid.
    function: Option<RunnableFunction>,
    tests: TestResults,
}

/// Builds a project, checks its component, and runs its tests if the component is valid.
pub(super) async fn build_project(project: &Project, options: &Options, test: bool) -> Result<BuiltProject> {
    let built = quidditch_authoring::build(project, options)?;
    let compiler = ChildCompiler::new(Sandbox::with_debug_info(SandboxLimits::default(), None)?);
    let (report, code) = compiler.check_and_compile(&built.component);
    let code = code.filter(|_| report.findings.is_empty());
    let function = code.map(|code| RunnableFunction::from_own_code(&project.about.name, &code)).transpose()?;
    let tests = match &function {
        Some(function) if test => run_tests(function, TestCase::files(&project.folder)?).await,
        _ => TestResults::default(),
    };
    Ok(BuiltProject { built, report, function, tests })
}

impl BuiltProject {
    /// The function, if the component is valid.
    pub(super) fn function(&self) -> Option<&RunnableFunction> {
        self.function.as_ref()
    }

    /// Whether no problem was found, and all tests passed.
    pub(super) fn is_good(&self) -> bool {
        self.function.is_some() && self.tests.failed() == 0
    }

    /// Of the component, in bytes.
    fn size(&self) -> u64 {
        self.built.component.len() as u64
    }

    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!("built {} ({})", self.built.path.display(), ByteSize(self.size()).rounded())];
        lines.extend(findings(&self.report));
        if self.function.is_some() {
            lines.extend(self.tests.lines());
        }
        lines.join("\n")
    }

    fn json(&self) -> Json {
        json!({
            "component": self.built.path,
            "bytes": self.size(),
            "findings": findings_json(&self.report),
            "tests": self.tests.json(),
        })
    }
}
