//! `cargo xtask`: the commands for working on this repository.
#![allow(clippy::print_stdout, reason = "this is a command-line tool")]

mod background;
mod bench;
mod build;
mod c_toolchain;
mod ci;
mod cities;
mod clients;
mod compare;
mod components;
mod coverage;
mod debian_packages;
mod debian_rust;
mod demo;
mod dependencies;
mod documents;
mod empty_folder;
mod go_tools;
mod import_cycles;
mod invariants;
mod languages;
mod package;
mod playground;
mod rust_targets;
mod server;
mod setup;
mod steps;
mod test;
mod tools;
mod workspace;

use clap::{Parser, Subcommand};
use xshell::Shell;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, tests and shows Quidditch")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install the WebAssembly toolchains where they are missing
    Setup,
    /// Build the components of the example functions, and print their sizes
    Components,
    /// Build the page of `quidditch serve --playground`
    Playground,
    Demo(demo::Arguments),
    Test(test::Arguments),
    /// Run every check and test that a change must pass
    Ci,
    Coverage(coverage::Arguments),
    /// Build what is deployed
    #[command(subcommand)]
    Package(package::Package),
    Compare(compare::Arguments),
    Bench(bench::Arguments),
}

fn main() -> anyhow::Result<()> {
    workspace::run_without_package()?;
    let task = Arguments::parse().task;
    let sh = Shell::new()?;
    sh.change_dir(workspace::root());
    match task {
        Task::Setup => setup::run(&sh),
        Task::Components => components::run(&sh),
        Task::Playground => playground::run(&sh),
        Task::Demo(arguments) => demo::run(&sh, &arguments),
        Task::Test(arguments) => test::run(&sh, &arguments),
        Task::Ci => ci::run(&sh),
        Task::Coverage(arguments) => coverage::run(&sh, &arguments),
        Task::Package(package) => package::run(&sh, &package),
        Task::Compare(arguments) => compare::run(&sh, &arguments),
        Task::Bench(arguments) => bench::run(&sh, &arguments),
    }
}
