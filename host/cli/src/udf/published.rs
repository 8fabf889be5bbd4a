//! What the commands that publish a component or a script have in common.

use anyhow::Result;
use quidditch_registry::Published;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

/// The targets to compile for, if none is named: both processor architectures of Lambda.
pub(super) const TARGETS: [&str; 2] = ["x86_64-linux", "aarch64-linux"];

/// Says what was published.
pub(super) fn report(global: &Global, published: &Published) -> Result<Outcome> {
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
