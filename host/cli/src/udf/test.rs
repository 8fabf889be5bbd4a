//! `quidditch udf test`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_authoring::{Options, Project, TestCase};

use super::project_tests::run_tests;
use super::runnable_function::{Log, RunnableFunction};
use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json, remark};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the project
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Component (FILE.wasm) or published function to test; by default the component that was built
    #[arg(long, value_name = "FUNCTION")]
    function: Option<String>,
    /// Also measure how long the function takes for each document: it is called with thousands of copies of the documents of each test
    #[arg(long)]
    cost: bool,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let project = Project::open(&arguments.folder)?;
    if arguments.function.is_none() {
        note_newer_sources(&project)?;
    }
    let load = |log: Log| match &arguments.function {
        Some(function) => RunnableFunction::find(global, function, log),
        None => load_built(&project, log),
    };
    let mut results = run_tests(&load(Log::Printed)?, TestCase::files(&project.folder)?).await;
    if arguments.cost {
        results.measure(&load(Log::Dropped)?).await;
    }
    if global.json {
        print_json(&results.json())?;
    } else {
        print(&results.lines().into_iter().chain(results.costs()).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(if results.failed() == 0 { Outcome::Done } else { Outcome::Failed })
}

/// The function of the component that was built.
fn load_built(project: &Project, log: Log) -> Result<RunnableFunction> {
    RunnableFunction::load(&Options::of(project).component, log)
        .context("build the project with `quidditch udf build`, or name a function with --function")
}

/// Says so if the component was built before the last change of its sources.
fn note_newer_sources(project: &Project) -> Result<()> {
    let component = Options::of(project).component;
    if component.exists() && project.is_newer_than(&component)? {
        remark(&format!("note: the sources are newer than {}: run `quidditch udf build` first", component.display()));
    }
    Ok(())
}
