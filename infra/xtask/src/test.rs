//! `cargo xtask test`: every test.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{components, package};

/// Runs every test.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this
    filter: Option<String>,
}

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    // The end-to-end tests run the real functions, and the real command, which is built with its own tests.
    components::run(sh)?;
    package::build_for_tests(sh)?;
    package::build_with_host(sh)?;
    let filter = &arguments.filter;
    cmd!(sh, "cargo test --workspace --exclude quidditch-test-spin --no-fail-fast {filter...}").run()?;
    Ok(())
}
