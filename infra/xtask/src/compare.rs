//! `cargo xtask compare`: the answers of Quidditch, and those of a server that speaks the same API.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::components;

/// Compares answers with those of a server that speaks the same API.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Options and names of scenarios: --help lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    // The functions that scenarios call.
    components::run(sh)?;
    let arguments = &arguments.arguments;
    cmd!(sh, "cargo run --quiet --package quidditch-test-compare -- {arguments...}").run()?;
    Ok(())
}
