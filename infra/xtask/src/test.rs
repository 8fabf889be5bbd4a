//! `cargo xtask test`: runs the tests.

use anyhow::Result;
use xshell::Shell;

use crate::steps::Steps;
use crate::{build, clients, components, documents, languages, package, playground};

/// Run every test
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this; `clients`: only those with the real clients of the API; `languages`: only those that
    /// make functions in each language; `documents`: only the code blocks of the documents; `playground`: only those of the page
    /// of `quidditch serve --playground`
    filter: Option<String>,
}

/// The name of the tests with clients.
const CLIENTS: &str = "clients";

/// The name of the tests of documents.
const DOCUMENTS: &str = "documents";

/// The name of the tests that make functions.
const LANGUAGES: &str = "languages";

/// The name of the tests of the page.
const PLAYGROUND: &str = "playground";

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    match arguments.filter.as_deref() {
        Some(CLIENTS) => return clients::run(sh),
        Some(DOCUMENTS) => return documents::run(sh),
        Some(LANGUAGES) => return languages::run(sh),
        Some(PLAYGROUND) => return playground::test(sh),
        _ => {}
    }
    let mut steps = Steps::new(sh);
    let result = run_all(&mut steps, arguments.filter.as_deref());
    steps.print();
    result
}

fn run_all(steps: &mut Steps<'_>, filter: Option<&str>) -> Result<()> {
    steps.run("page of the playground", |sh| {
        playground::build_if_possible(sh);
        Ok(())
    })?;
    steps.run("example functions", components::run)?;
    steps.run("search component for tests", package::build_search_component_for_tests)?;
    steps.run("programs for tests", build::programs_for_tests)?;
    steps.run("compiling tests", |sh| Ok(build::test(sh, filter).arg("--no-run").run()?))?;
    steps.run("running tests", |sh| Ok(build::test(sh, filter).run()?))?;
    if filter.is_none() {
        steps.run("languages", languages::run)?;
        steps.run("clients", clients::run)?;
        steps.run("documents", documents::run)?;
        steps.run("playground", playground::test)?;
    }
    Ok(())
}
