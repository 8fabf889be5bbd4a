//! `cargo xtask test`: runs the tests.

use anyhow::Result;
use xshell::Shell;

use crate::{build, components, package};

/// Run every test
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only tests whose name contains this
    filter: Option<String>,
}

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    components::run(sh)?;
    package::build_search_component_for_tests(sh)?;
    build::programs_for_tests(sh)?;
    build::test(sh, arguments.filter.as_deref()).run()?;
    Ok(())
}
