//! `cargo xtask bench`: runs the benchmarks, and compares with the goals.

use anyhow::Result;
use quidditch_authoring::Language;
use xshell::{Shell, cmd};

use crate::workspace::Workspace;
use crate::{build, components, languages};

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
    // With the features of the command, for which wasmtime is compiled once more than for the benchmarks.
    cmd!(sh, "cargo build --release --package quidditch-cli").run()?;
    let names = &arguments.names;
    // It takes minutes, most of them to install what JavaScript and Python need.
    if names.is_empty() || language_rows().any(|row| names.iter().any(|name| row.contains(name.as_str()))) {
        let quidditch = Workspace::load(sh)?.target_directory.join("release/quidditch");
        languages::build_filters(sh, &quidditch)?;
    }
    let peer: &[&str] = &arguments.peer.as_deref().map_or_else(Vec::new, |url| vec!["--peer", url]);
    cmd!(sh, "cargo bench --package quidditch-benches --bench quidditch -- {names...} {peer...}").run()?;
    Ok(())
}

/// The names of the rows about languages, as `tests/benches/quidditch/languages.rs` makes them.
fn language_rows() -> impl Iterator<Item = String> {
    Language::ALL
        .iter()
        .flat_map(|language| ["", "_load", "_size"].map(|end| format!("language_{}{end}", language.name())))
}
