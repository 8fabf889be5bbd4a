//! The build that the demo and the tests share.
//!
//! Cargo compiles a crate once for each set of its features, and the packages that a command selects decide which features
//! are on. So all commands here select the same packages and the same profile, whatever they build of them.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use serde::Deserialize;
use xshell::{Cmd, Shell, cmd};

use crate::workspace::Workspace;

/// Selects the packages that are built together: all but the benchmarks, and the host for Spin apps, which would switch on
/// features of wasmtime that slow the sandbox down.
const TOGETHER: [&str; 5] = ["--workspace", "--exclude", "quidditch-benches", "--exclude", "quidditch-test-spin"];

/// The folder of the profile below the target folder.
pub(crate) const PROFILE_FOLDER: &str = "debug";

/// Builds a program; returns its path.
pub(crate) fn program(sh: &Shell, name: &str) -> Result<PathBuf> {
    build_together(sh).args(["--bin", name]).run()?;
    Ok(Workspace::load(sh)?.target_directory.join(PROFILE_FOLDER).join(format!("{name}{EXE_SUFFIX}")))
}

/// Builds the programs that the end-to-end tests run, other than the command, which `cargo test` builds.
pub(crate) fn programs_for_tests(sh: &Shell) -> Result<()> {
    build_together(sh).args(["--bin", "quidditch-lambda-search", "--bin", "quidditch-lambda-index"]).run()?;
    spin_host(sh)
}

/// Builds the host that takes Spin's place in tests and benchmarks. With the whole workspace selected, it shares most
/// dependencies with the other programs.
pub(crate) fn spin_host(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo build --workspace --exclude quidditch-benches --bin quidditch-test-spin").run()?;
    Ok(())
}

/// `cargo test` for all tests, or those whose name contains the filter.
pub(crate) fn test<'sh>(sh: &'sh Shell, filter: Option<&str>) -> Cmd<'sh> {
    cmd!(sh, "cargo test {TOGETHER...} --no-fail-fast {filter...}")
}

fn build_together(sh: &Shell) -> Cmd<'_> {
    cmd!(sh, "cargo build {TOGETHER...}")
}

/// Checks, after the tests, that the demo has nothing left to compile: that both still build with the same features.
pub(crate) fn check_that_demo_is_built(sh: &Shell) -> Result<()> {
    let messages = build_together(sh).args(["--bin", "quidditch", "--message-format", "json"]).read()?;
    let compiled = compiled(&messages)?;
    ensure!(compiled.is_empty(), "the demo compiles what the tests had not built: {}", compiled.join(", "));
    Ok(())
}

/// The packages that were compiled, as opposed to found compiled.
fn compiled(messages: &str) -> Result<Vec<String>> {
    let messages = messages.lines().map(serde_json::from_str::<Message>).collect::<Result<Vec<_>, _>>()?;
    let compiled = messages.into_iter().filter(|message| message.fresh == Some(false));
    Ok(compiled.filter_map(|message| message.package_id).collect())
}

/// A message of cargo.
#[derive(Deserialize)]
struct Message {
    package_id: Option<String>,
    /// Only those about compiled crates have it.
    fresh: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_files_are_distinguished_from_older_ones() {
        let messages = r#"{"reason":"compiler-artifact","package_id":"one","fresh":true}
{"reason":"build-script-executed","package_id":"two"}
{"reason":"compiler-artifact","package_id":"three","fresh":false}
{"reason":"build-finished","success":true}"#;
        assert_eq!(compiled(messages).expect("messages of cargo"), ["three"]);
        assert!(compiled("no JSON").is_err());
    }
}
