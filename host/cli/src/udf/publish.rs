//! `quidditch udf publish`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_function::Target;
use quidditch_registry::Publication;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use quidditch_sandbox::package;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component to publish
    file: PathBuf,
    /// Name of the function; by default the name in the component's metadata
    #[arg(long)]
    name: Option<String>,
    /// Semantic version; by default the version in the component's metadata
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    /// Target to compile for ahead of time, in addition to this machine (repeatable)
    #[arg(long = "target", value_name = "TARGET", default_values = TARGETS)]
    targets: Vec<Target>,
}

/// Both processor architectures of Lambda.
const TARGETS: [&str; 2] = ["x86_64-linux", "aarch64-linux"];

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let file = arguments.file.display();
    let component = fs::read(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let package = package(&component);
    let name = arguments.name.clone().or(package.name);
    let version = arguments.version_number.clone().or(package.version);

    let installation = Installation::open(global, None)?;
    let publication = Publication {
        name: name.with_context(|| format!("{file} has no name in its metadata; specify --name"))?,
        version: version.with_context(|| format!("{file} has no version in its metadata; specify --version"))?,
        authors: package.authors,
        licence: package.licenses,
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
        let verb = if published.new { "published" } else { "already published:" };
        print(&format!("{verb} {} ({})", record.id(), ByteSize(record.size).rounded()))?;
    }
    Ok(Outcome::Done)
}
