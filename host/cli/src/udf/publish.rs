//! `quidditch udf publish`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_function::Target;
use quidditch_registry::Publication;
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json, size};
use quidditch_sandbox::package;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The component
    file: PathBuf,
    /// Name to call it by; by default what the component's metadata says
    #[arg(long)]
    name: Option<String>,
    /// Semantic version; by default what the component's metadata says
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    /// Compile for these machines, too, ahead of time; repeatable. By default for all that Lambda has
    #[arg(long = "target", value_name = "TARGET", default_values = TARGETS)]
    targets: Vec<Target>,
}

/// So that what is published runs on Lambda, whatever processor is chosen there.
const TARGETS: [&str; 2] = ["x86_64-linux", "aarch64-linux"];

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let file = arguments.file.display();
    let component = fs::read(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let said = package(&component);
    let name = arguments.name.clone().or(said.name);
    let version = arguments.version_number.clone().or(said.version);

    let installation = Installation::open(global, None)?;
    let publication = Publication {
        name: name.with_context(|| format!("{file} does not say its name: give one with --name"))?,
        version: version.with_context(|| format!("{file} does not say its version: give one with --version"))?,
        authors: said.authors,
        licence: said.licenses,
        component: component.into(),
        published_unix_millis: installation.clock.unix_millis(),
    };
    let published = installation.registry.publish_for(&publication, &arguments.targets).await?;
    let record = &published.record;
    if global.json {
        let mut json = json!(record);
        json["new"] = published.new.into();
        print_json(&json)?;
    } else {
        let verb = if published.new { "published" } else { "was published already:" };
        print(&format!("{verb} {} ({})", record.id(), size(record.size)))?;
    }
    Ok(Outcome::Done)
}
