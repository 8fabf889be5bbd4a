//! `cargo xtask test`: runs the tests.

use anyhow::Result;
use xshell::Shell;

use crate::{build, clients, components, languages, package};

/// Run every test
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this; `clients`: only those with the real clients of the API; `languages`: only those that
    /// make functions in each language
    filter: Option<String>,
}

/// The name of the tests with clients.
const CLIENTS: &str = "clients";

/// The name of the tests that make functions.
const LANGUAGES: &str = "languages";

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    match arguments.filter.as_deref() {
        Some(CLIENTS) => return clients::run(sh),
        Some(LANGUAGES) => return languages::run(sh),
        _ => {}
    }
    components::run(sh)?;
    package::build_search_component_for_tests(sh)?;
    build::programs_for_tests(sh)?;
    build::test(sh, arguments.filter.as_deref()).run()?;
    if arguments.filter.is_none() {
        languages::run(sh)?;
        clients::run(sh)?;
    }
    Ok(())
}
