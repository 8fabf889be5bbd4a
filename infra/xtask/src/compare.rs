//! `cargo xtask compare`: compares the answers of Quidditch with those of a server that has the same API.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{build, components};

/// Compare answers with those of a server that has the same API
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
    let compare = build::program(sh, "quidditch-compare")?;
    let arguments = &arguments.arguments;
    cmd!(sh, "{compare} {arguments...}").run()?;
    Ok(())
}
