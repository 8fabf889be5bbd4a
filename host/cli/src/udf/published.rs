//! What the commands that publish a component or a script have in common.

use anyhow::Result;
use quidditch_function::{Provenance, Target};
use quidditch_registry::Published;
use serde_json::json;

use super::actor::Actor;
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::key_folder::DEFAULT_KEY;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

/// The targets to compile for, if none is named: both processor architectures of Lambda.
const TARGETS: [&str; 2] = ["x86_64-linux", "aarch64-linux"];

/// How a function is published, wherever it comes from.
#[derive(clap::Args)]
pub(super) struct PublishingArguments {
    /// Target to compile for ahead of time, in addition to this machine (repeatable)
    #[arg(long = "target", value_name = "TARGET", default_values = TARGETS)]
    pub(super) targets: Vec<Target>,
    /// Key to sign with; by default the one named `default`, if it exists
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    actor: Actor,
}

impl PublishingArguments {
    /// Opens the store to publish in it.
    pub(super) fn open(&self, global: &Global) -> Result<Installation> {
        Installation::open_to_publish(global, self.key.as_deref())
    }

    /// Who publishes now, from where.
    pub(super) fn provenance(&self, installation: &Installation, published_from: Option<String>) -> Provenance {
        Provenance {
            published_unix_millis: installation.clock.unix_millis(),
            published_by: self.actor.name(),
            published_from,
        }
    }

    /// Says what was published, and what it was signed with.
    pub(super) fn report(&self, global: &Global, published: &Published) -> Result<Outcome> {
        let Published { record, new, signed_by } = published;
        if global.json {
            let mut json = json!(record);
            json["new"] = (*new).into();
            json["signed_by"] = json!(signed_by);
            print_json(&json)?;
            return Ok(Outcome::Done);
        }
        let verb = if *new { "published" } else { "already published:" };
        let size = ByteSize(record.size).rounded();
        let signed = signed_by.as_ref().map_or_else(String::new, |key| {
            format!(", signed with key {} ({})", self.key.as_deref().unwrap_or(DEFAULT_KEY), key.id())
        });
        print(&format!("{verb} {} ({size}){signed}", record.id()))?;
        Ok(Outcome::Done)
    }
}
