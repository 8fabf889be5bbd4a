//! `cargo xtask ci`: what must hold before a change is merged.

use std::env;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::background::Background;
use crate::package::{BUILT_COMPONENT, packaged_search_component};
use crate::steps::Steps;
use crate::workspace::{Workspace, root};
use crate::{build, dependencies, import_cycles, invariants, setup};

/// Crates that the search component is built from, too.
const PORTABLE: &[&str] = &[
    "quidditch-function",
    "quidditch-java-regex",
    "quidditch-expression",
    "quidditch-storage",
    "quidditch-signing",
    "quidditch-registry",
    "quidditch-supervision",
    "quidditch-index",
    "quidditch-engine",
    "quidditch-service",
];

pub(crate) fn run(sh: &Shell) -> Result<()> {
    let mut steps = Steps::new(sh);
    let result = run_all(&mut steps);
    steps.print();
    result
}

fn run_all(steps: &mut Steps<'_>) -> Result<()> {
    steps.run("formatting", |sh| Ok(cmd!(sh, "cargo fmt --all --check").run()?))?;
    steps.run("allowed dependencies", invariants::check)?;
    steps.run("imports", |_| import_cycles::check())?;
    steps.run("toolchains", setup::run)?;
    steps.run("licences and sources", dependencies::check)?;
    // Linking it takes minutes on one core, while the others can check something else.
    let xtask = env::current_exe()?;
    let packaging = Background::start(cmd!(steps.shell(), "{xtask} package spin"))?;
    steps.run("lints", lint)?;
    steps.run("portable crates", |sh| {
        let portable: Vec<&str> = PORTABLE.iter().flat_map(|name| ["--package", *name]).collect();
        Ok(cmd!(sh, "cargo check --target wasm32-wasip2 {portable...}").run()?)
    })?;
    steps.run("lints of the search component", |sh| {
        Ok(cmd!(sh, "cargo clippy --package quidditch-spin --target wasm32-wasip2 -- -D warnings").run()?)
    })?;
    steps.run("sandbox without a compiler", |sh| {
        Ok(cmd!(sh, "cargo check --package quidditch-sandbox --no-default-features").run()?)
    })?;
    steps.run("Terraform", check_terraform)?;
    steps.run("documentation", |sh| {
        let _flags = sh.push_env("RUSTDOCFLAGS", "-D warnings");
        let _lints_only = sh.push_env("RUSTDOC", root().join("infra/xtask/rustdoc-check.sh"));
        Ok(cmd!(sh, "cargo doc --workspace --exclude quidditch-test-spin --no-deps --document-private-items").run()?)
    })?;
    steps.run("rest of the search component", |_| packaging.wait())?;
    // The two commands of the README. The tests run the search component that was built above.
    steps.run("tests", |sh| {
        let component = packaged_search_component(&Workspace::load(sh)?);
        Ok(cmd!(sh, "cargo xtask test").env(BUILT_COMPONENT, component).run()?)
    })?;
    steps.run("demo shares the build of the tests", build::check_that_demo_is_built)?;
    steps.run("demo", |sh| Ok(cmd!(sh, "cargo xtask demo --once").run()?))
}

fn lint(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo clippy --workspace --exclude quidditch-test-spin --all-targets -- -D warnings").run()?;
    cmd!(sh, "cargo clippy --package quidditch-test-spin -- -D warnings").run()?;
    Ok(())
}

/// Where Terraform is installed. The other checks that `docs/deploy.md` describes need the network.
fn check_terraform(sh: &Shell) -> Result<()> {
    if cmd!(sh, "terraform version").quiet().ignore_stdout().ignore_stderr().run().is_ok() {
        cmd!(sh, "terraform fmt -check -recursive infra/terraform").run()?;
    }
    Ok(())
}
