//! `quidditch udf deprecate` and `quidditch udf undeprecate`.

use anyhow::Result;

use super::actor::Actor;
use super::yank::VersionArguments;
use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct DeprecateArguments {
    #[command(flatten)]
    version: VersionArguments,
    /// What callers are told, such as what to use instead; at most 500 bytes
    #[arg(long, value_name = "TEXT")]
    note: String,
    #[command(flatten)]
    actor: Actor,
}

#[derive(clap::Args)]
pub(crate) struct UndeprecateArguments {
    #[command(flatten)]
    version: VersionArguments,
}

pub(super) async fn deprecate(global: &Global, arguments: &DeprecateArguments) -> Result<Outcome> {
    let VersionArguments { name, exact_version } = &arguments.version;
    let registry = Installation::open(global, None)?.registry;
    registry.deprecate(name, exact_version, &arguments.note, arguments.actor.name()).await?;
    arguments.version.report(global, "deprecated", Ok("deprecated"))
}

pub(super) async fn undeprecate(global: &Global, arguments: &UndeprecateArguments) -> Result<Outcome> {
    let VersionArguments { name, exact_version } = &arguments.version;
    let changed = Installation::open(global, None)?.registry.undeprecate(name, exact_version).await?;
    let done = changed.then_some("took back the deprecation of").ok_or("not deprecated");
    arguments.version.report(global, "undeprecated", done)
}
