//! `quidditch udf test`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_authoring::{Options, Project, TestCase};

use super::project_tests::run_tests;
use super::runnable_function::RunnableFunction;
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
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let project = Project::open(&arguments.folder)?;
    let function = match &arguments.function {
        Some(function) => RunnableFunction::find(global, function)?,
        None => load_built(&project)?,
    };
    let results = run_tests(&function, TestCase::files(&project.folder)?).await;
    if global.json {
        print_json(&results.json())?;
    } else {
        print(&results.lines().join("\n"))?;
    }
    Ok(if results.failed() == 0 { Outcome::Done } else { Outcome::Failed })
}

/// The function of the component that was built, perhaps before the last change of its sources.
fn load_built(project: &Project) -> Result<RunnableFunction> {
    let component = Options::of(project).component;
    let function = RunnableFunction::load(&component)
        .context("build the project with `quidditch udf build`, or name a function with --function")?;
    if project.is_newer_than(&component)? {
        remark(&format!("note: the sources are newer than {}: run `quidditch udf build` first", component.display()));
    }
    Ok(function)
}
