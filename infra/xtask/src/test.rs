//! `cargo xtask test`: runs the tests.

use anyhow::Result;
use xshell::Shell;

use crate::{build, clients, components, package};

/// Run every test
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this, or `clients`: only those with the real clients of the API
    filter: Option<String>,
}

/// The name of the tests with clients.
const CLIENTS: &str = "clients";

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    if arguments.filter.as_deref() == Some(CLIENTS) {
        return clients::run(sh);
    }
    components::run(sh)?;
    package::build_search_component_for_tests(sh)?;
    build::programs_for_tests(sh)?;
    build::test(sh, arguments.filter.as_deref()).run()?;
    if arguments.filter.is_none() { clients::run(sh) } else { Ok(()) }
}
