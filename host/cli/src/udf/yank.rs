//! `quidditch udf yank` and `quidditch udf unyank`.

use anyhow::Result;
use serde_json::json;

use super::actor::Actor;
use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct YankArguments {
    #[command(flatten)]
    version: VersionArguments,
    #[command(flatten)]
    actor: Actor,
}

#[derive(clap::Args)]
pub(crate) struct UnyankArguments {
    #[command(flatten)]
    version: VersionArguments,
}

/// A version of a function.
#[derive(clap::Args)]
pub(super) struct VersionArguments {
    /// Name of the function
    pub(super) name: String,
    /// The version, such as 1.0.0
    #[arg(value_name = "VERSION")]
    pub(super) exact_version: String,
}

pub(super) async fn yank(global: &Global, arguments: &YankArguments) -> Result<Outcome> {
    let VersionArguments { name, exact_version } = &arguments.version;
    let registry = Installation::open(global, None)?.registry;
    let changed = registry.yank(name, exact_version, arguments.actor.name()).await?;
    arguments.version.report(global, "yanked", changed.then_some("yanked").ok_or("already yanked"))
}

pub(super) async fn unyank(global: &Global, arguments: &UnyankArguments) -> Result<Outcome> {
    let VersionArguments { name, exact_version } = &arguments.version;
    let changed = Installation::open(global, None)?.registry.unyank(name, exact_version).await?;
    arguments.version.report(global, "unyanked", changed.then_some("took back the yank of").ok_or("not yanked"))
}

impl VersionArguments {
    /// Prints what was done, or why there was nothing to do.
    pub(super) fn report(
        &self,
        global: &Global,
        result: &str,
        done: std::result::Result<&str, &str>,
    ) -> Result<Outcome> {
        let VersionArguments { name, exact_version: version } = self;
        if global.json {
            let result = if done.is_ok() { result } else { "noop" };
            print_json(&json!({ "name": name, "version": version, "result": result }))?;
        } else {
            print(&match done {
                Ok(done) => format!("{done} {name}@{version}"),
                Err(reason) => format!("{reason}: {name}@{version}"),
            })?;
        }
        Ok(Outcome::Done)
    }
}
