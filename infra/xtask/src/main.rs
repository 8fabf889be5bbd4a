//! `cargo xtask`: everything that is done to this repository, in one place.
#![allow(clippy::print_stdout, reason = "this is a command-line tool")]

mod bench;
mod c_toolchain;
mod ci;
mod compare;
mod component;
mod components;
mod debian_rust;
mod demo;
mod invariants;
mod manifest;
mod names;
mod package;
mod setup;
mod test;
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
    /// Bring the WebAssembly toolchains; quick when all is there
    Setup,
    /// Build the example functions to components, and print their sizes
    Components,
    /// Index the cities, publish the functions, search, and serve
    Demo(demo::Arguments),
    /// Run every test
    Test(test::Arguments),
    /// Do what continuous integration does
    Ci,
    /// Package what is deployed
    #[command(subcommand)]
    Package(package::Package),
    /// Compare answers with those of a server that speaks the same API
    Compare(compare::Arguments),
    /// Measure, and compare with the goals
    Bench(bench::Arguments),
}

fn main() -> anyhow::Result<()> {
    let task = Arguments::parse().task;
    let sh = Shell::new()?;
    sh.change_dir(workspace::root());
    match task {
        Task::Setup => setup::run(&sh),
        Task::Components => components::run(&sh),
        Task::Demo(arguments) => demo::run(&sh, &arguments),
        Task::Test(arguments) => test::run(&sh, &arguments),
        Task::Ci => ci::run(&sh),
        Task::Package(package) => package::run(&sh, &package),
        Task::Compare(arguments) => compare::run(&sh, &arguments),
        Task::Bench(arguments) => bench::run(&sh, &arguments),
    }
}
