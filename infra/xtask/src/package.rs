//! `cargo xtask package`: what is deployed.

mod lambda;

use anyhow::Result;
use clap::Subcommand;
use xshell::Shell;

pub(crate) use lambda::build_for_tests;

/// What to package.
#[derive(Subcommand)]
pub(crate) enum Package {
    /// The functions for Lambda, as zips
    Lambda(lambda::Arguments),
}

pub(crate) fn run(sh: &Shell, package: &Package) -> Result<()> {
    match package {
        Package::Lambda(arguments) => lambda::run(sh, arguments),
    }
}
