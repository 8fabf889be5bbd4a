//! `cargo xtask package`: builds what is deployed.

mod lambda;
mod spin;
mod wit;

use anyhow::Result;
use clap::Subcommand;
use xshell::Shell;

pub(crate) use spin::{
    BUILT_COMPONENT, SEARCH_COMPONENT, build_for_tests as build_search_component_for_tests,
    packaged as packaged_search_component,
};

/// What to package.
#[derive(Subcommand)]
pub(crate) enum Package {
    /// The Lambda functions, as zip files
    Lambda(lambda::Arguments),
    /// The search component of Spin apps
    Spin,
    /// The contract with functions as a package of WIT, for the tools of every language
    Wit,
}

pub(crate) fn run(sh: &Shell, package: &Package) -> Result<()> {
    match package {
        Package::Lambda(arguments) => lambda::run(sh, arguments),
        Package::Spin => spin::run(sh),
        Package::Wit => wit::run(sh),
    }
}
