//! `cargo xtask package`: what is deployed.

mod lambda;
mod spin;

use anyhow::Result;
use clap::Subcommand;
use xshell::Shell;

pub(crate) use lambda::build_for_tests;
pub(crate) use spin::build_with_host;

/// What to package.
#[derive(Subcommand)]
pub(crate) enum Package {
    /// The functions for Lambda, as zips
    Lambda(lambda::Arguments),
    /// The search module of Spin apps
    Spin,
}

pub(crate) fn run(sh: &Shell, package: &Package) -> Result<()> {
    match package {
        Package::Lambda(arguments) => lambda::run(sh, arguments),
        Package::Spin => spin::run(sh),
    }
}
