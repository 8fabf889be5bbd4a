//! `quidditch udf disable` and `quidditch udf enable`.

use anyhow::Result;
use quidditch_function::name_and_version;
use serde_json::json;

use super::actor::Actor;
use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct DisableArguments {
    #[command(flatten)]
    function: FunctionArguments,
    /// Why, which callers are told; at most 500 bytes
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    actor: Actor,
}

#[derive(clap::Args)]
pub(crate) struct EnableArguments {
    #[command(flatten)]
    function: FunctionArguments,
}

#[derive(clap::Args)]
struct FunctionArguments {
    /// Function: NAME for all its versions, or NAME@VERSION
    function: String,
}

pub(super) async fn disable(global: &Global, arguments: &DisableArguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function.function);
    let registry = Installation::open(global, None)?.registry;
    registry.disable(name, version, arguments.reason.as_deref(), arguments.actor.name()).await?;
    arguments.function.report(global, "disabled", "disabled")
}

pub(super) async fn enable(global: &Global, arguments: &EnableArguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function.function);
    let changed = Installation::open(global, None)?.registry.enable(name, version).await?;
    if changed {
        arguments.function.report(global, "enabled", "enabled")
    } else {
        arguments.function.report(global, "noop", "not disabled:")
    }
}

impl FunctionArguments {
    fn report(&self, global: &Global, result: &str, done: &str) -> Result<Outcome> {
        let (name, version) = name_and_version(&self.function);
        if global.json {
            print_json(&json!({ "name": name, "version": version, "result": result }))?;
        } else {
            let versions = if version.is_none() { " (all versions)" } else { "" };
            print(&format!("{done} {}{versions}", self.function))?;
        }
        Ok(Outcome::Done)
    }
}
