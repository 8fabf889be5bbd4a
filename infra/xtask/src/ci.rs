//! `cargo xtask ci`: what must hold before a change is taken.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::{invariants, setup};

/// Crates that the Spin app is built from, too.
const PORTABLE: &[&str] = &[
    "quidditch-function",
    "quidditch-storage",
    "quidditch-registry",
    "quidditch-index",
    "quidditch-engine",
    "quidditch-service",
];

pub(crate) fn run(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo fmt --all --check").run()?;
    invariants::check(sh)?;
    setup::run(sh)?;
    cmd!(sh, "cargo clippy --workspace --exclude quidditch-test-spin --all-targets -- -D warnings").run()?;
    cmd!(sh, "cargo clippy --package quidditch-test-spin -- -D warnings").run()?;
    let portable: Vec<&str> = PORTABLE.iter().flat_map(|name| ["--package", *name]).collect();
    cmd!(sh, "cargo check --target wasm32-wasip2 {portable...}").run()?;
    // What Spin runs, and its size.
    cmd!(sh, "cargo clippy --package quidditch-spin --target wasm32-wasip2 -- -D warnings").run()?;
    cmd!(sh, "cargo xtask package spin").run()?;
    // What Lambda runs: no compiler inside.
    cmd!(sh, "cargo check --package quidditch-sandbox --no-default-features").run()?;
    check_terraform(sh)?;
    {
        let _flags = sh.push_env("RUSTDOCFLAGS", "-D warnings");
        cmd!(sh, "cargo doc --workspace --exclude quidditch-test-spin --no-deps").run()?;
    }
    // The README's two commands, as it gives them.
    cmd!(sh, "cargo xtask test").run()?;
    cmd!(sh, "cargo xtask demo --once").run()?;
    Ok(())
}

/// Where Terraform is installed. The rest of what `docs/deploy.md` says about checking needs the network.
fn check_terraform(sh: &Shell) -> Result<()> {
    if cmd!(sh, "terraform version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        cmd!(sh, "terraform fmt -check -recursive infra/terraform").run()?;
    }
    Ok(())
}
