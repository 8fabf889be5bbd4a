//! `quidditch udf`.

mod actor;
mod build;
mod check;
mod compile;
mod deprecate;
mod dev;
mod disable;
mod list;
mod new;
mod on_documents;
mod profile;
mod project_tests;
mod publish;
mod published;
mod pull;
mod push;
mod run;
mod runnable_function;
mod script_file;
mod show;
mod sign;
mod test;
mod yank;

use anyhow::Result;

use crate::arguments::Global;
use crate::outcome::Outcome;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a project with the source of a function
    New(new::Arguments),
    /// Build the component of a project, check it and run its tests
    Build(build::Arguments),
    /// Run the tests of a project
    Test(test::Arguments),
    /// Build a project on each change, and run its function on documents
    Dev(dev::Arguments),
    /// Publish a component or a script as a function
    Publish(publish::Arguments),
    /// Push the component of a published function to an OCI registry
    Push(push::Arguments),
    /// Publish a component from an OCI registry as a function
    Pull(pull::Arguments),
    /// Compile a published function for other targets
    Compile(compile::Arguments),
    /// List all functions
    List,
    /// Show a function and its parameters
    Show(show::Arguments),
    /// Yank a version: only calls that name it exactly find it
    Yank(yank::YankArguments),
    /// Take a yank back
    Unyank(yank::UnyankArguments),
    /// Tell callers of a version to use something else
    Deprecate(deprecate::DeprecateArguments),
    /// Take a deprecation back
    Undeprecate(deprecate::UndeprecateArguments),
    /// Switch a version off, or all versions: calls fail
    Disable(disable::DisableArguments),
    /// Take a disablement back
    Enable(disable::EnableArguments),
    /// Sign a published function with another key
    Sign(sign::Arguments),
    /// Report everything that is wrong with a component
    Check(check::Arguments),
    /// Run a function on documents
    Run(run::Arguments),
    /// Show where a function spends its time
    Profile(profile::Arguments),
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    match command {
        Command::New(arguments) => new::run(global, &arguments),
        Command::Build(arguments) => build::run(global, &arguments).await,
        Command::Test(arguments) => test::run(global, &arguments).await,
        Command::Dev(arguments) => dev::run(global, &arguments).await,
        Command::Publish(arguments) => publish::run(global, &arguments).await,
        Command::Push(arguments) => push::run(global, &arguments).await,
        Command::Pull(arguments) => pull::run(global, &arguments).await,
        Command::Compile(arguments) => compile::run(global, &arguments).await,
        Command::List => list::run(global).await,
        Command::Show(arguments) => show::run(global, &arguments).await,
        Command::Yank(arguments) => yank::yank(global, &arguments).await,
        Command::Unyank(arguments) => yank::unyank(global, &arguments).await,
        Command::Deprecate(arguments) => deprecate::deprecate(global, &arguments).await,
        Command::Undeprecate(arguments) => deprecate::undeprecate(global, &arguments).await,
        Command::Disable(arguments) => disable::disable(global, &arguments).await,
        Command::Enable(arguments) => disable::enable(global, &arguments).await,
        Command::Sign(arguments) => sign::run(global, &arguments).await,
        Command::Check(arguments) => check::run(global, &arguments),
        Command::Run(arguments) => run::run(global, &arguments).await,
        Command::Profile(arguments) => profile::run(global, &arguments).await,
    }
}
