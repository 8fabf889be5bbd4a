//! `quidditch udf show`.

use anyhow::Result;
use quidditch_function::name_and_version;
use quidditch_registry::Record;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Function: NAME for its highest release, or NAME@VERSION
    function: String,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function);
    let record = Installation::open(global, None)?.registry.show(name, version).await?;
    if global.json {
        print_json(&json!(record))?;
    } else {
        print(&text(&record))?;
    }
    Ok(Outcome::Done)
}

fn text(record: &Record) -> String {
    let mut lines = vec![
        format!("{}: {}", record.id(), record.summary),
        format!("roles: {}", record.roles),
        format!("size: {}, sha256 {}", ByteSize(record.size).rounded(), record.sha256),
    ];
    lines.extend(record.script.as_ref().map(|script| format!("script in {}: {}", script.lang, script.source)));
    lines.extend((record.memory_mib > 0).then(|| format!("memory: {} MiB", record.memory_mib)));
    lines.extend(record.authors.as_ref().map(|authors| format!("authors: {authors}")));
    lines.extend(record.licence.as_ref().map(|licence| format!("licence: {licence}")));
    if !record.parameters.is_empty() {
        let mut table = Table::new(&["parameter", "kind", "required", "default", "summary"]);
        for parameter in &record.parameters {
            let required = if parameter.required { "yes" } else { "no" };
            let default = parameter.default.as_ref().map(ToString::to_string).unwrap_or_default();
            table.row([parameter.name.as_str(), &parameter.kind, required, &default, &parameter.summary]);
        }
        lines.push(String::new());
        lines.push(table.text());
    }
    lines.join("\n")
}
