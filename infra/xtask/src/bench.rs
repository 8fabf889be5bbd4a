//! `cargo xtask bench`: runs the benchmarks, and compares with the goals.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{build, components};

/// Run the benchmarks, and compare with the goals
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measure only rows whose name contains one of these
    names: Vec<String>,
    /// Measure aggregations, scripts and writes at this server, too: it must have the same API
    #[arg(long, value_name = "URL")]
    peer: Option<String>,
}

pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    components::run(sh)?;
    // What is measured is what is deployed, and the size of the packages is one of the goals.
    cmd!(sh, "cargo xtask package lambda").run()?;
    cmd!(sh, "cargo xtask package spin").run()?;
    build::spin_host(sh)?;
    cmd!(sh, "cargo build --release --package quidditch-cli").run()?;
    let names = &arguments.names;
    let peer: &[&str] = &arguments.peer.as_deref().map_or_else(Vec::new, |url| vec!["--peer", url]);
    cmd!(sh, "cargo bench --package quidditch-benches --bench quidditch -- {names...} {peer...}").run()?;
    Ok(())
}
