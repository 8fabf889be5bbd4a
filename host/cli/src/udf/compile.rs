//! `quidditch udf compile`.

use anyhow::Result;
use quidditch_function::{Target, name_and_version};
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Function: NAME for its highest release, NAME@VERSION, or NAME@REQUIREMENT such as NAME@^1.2
    function: String,
    /// Target to compile for: x86_64-linux or aarch64-linux (repeatable)
    #[arg(long = "target", value_name = "TARGET", required = true)]
    targets: Vec<Target>,
    /// Key to sign with; by default the one named `default`, if it exists
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function);
    let registry = Installation::open_to_publish(global, arguments.key.as_deref())?.registry;
    let record = registry.compile(name, version, &arguments.targets).await?;
    let targets: Vec<&str> = arguments.targets.iter().map(|target| target.name()).collect();
    if global.json {
        print_json(&json!({ "name": record.name, "version": record.version, "targets": targets }))?;
    } else {
        print(&format!("compiled {} for {}", record.id(), targets.join(", ")))?;
    }
    Ok(Outcome::Done)
}
