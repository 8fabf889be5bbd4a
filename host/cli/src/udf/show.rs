//! `quidditch udf show`.

use anyhow::Result;
use quidditch_function::{Provenance, name_and_version};
use quidditch_registry::{ParameterRecord, PublishedVersion};
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::{Table, printable};
use crate::timestamp::utc;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Function: NAME for its highest release, NAME@VERSION, or NAME@REQUIREMENT such as NAME@^1.2
    function: String,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function);
    let version = Installation::open(global, None)?.registry.show(name, version).await?;
    if global.json {
        print_json(&json!(version))?;
    } else {
        print(&text(&version))?;
    }
    Ok(Outcome::Done)
}

fn text(PublishedVersion { record, state }: &PublishedVersion) -> String {
    let mut lines = vec![format!("{}: {}", record.id(), printable(&record.summary))];
    if let Some(yanked) = &state.yanked {
        let change = at_and_by(yanked.unix_millis, yanked.by.as_deref());
        lines.push(format!("yanked: {change}; only calls that name {} exactly find it", record.version));
    }
    if let Some(deprecated) = &state.deprecated {
        let change = at_and_by(deprecated.unix_millis, deprecated.by.as_deref());
        lines.push(format!("deprecated: {change}: {}", printable(&deprecated.note)));
    }
    lines.push(format!("roles: {}", record.roles));
    lines.push(format!("size: {}, sha256 {}", ByteSize(record.size).rounded(), record.sha256));
    let Provenance { published_unix_millis, published_by, published_from } = &record.provenance;
    let from = published_from.as_ref().map(|from| format!(" from {}", printable(from))).unwrap_or_default();
    lines.push(format!("published: {}{from}", at_and_by(*published_unix_millis, published_by.as_deref())));
    lines.push(format!("contract: quidditch:udf@{}", printable(&record.contract)));
    lines.extend((record.memory_mib > 0).then(|| format!("memory: {} MiB", record.memory_mib)));
    let about = &record.about;
    for (what, text) in [
        ("authors", &about.authors),
        ("licence", &about.licence),
        ("homepage", &about.homepage),
        ("source", &about.source),
        ("revision", &about.revision),
    ] {
        lines.extend(text.as_ref().map(|text| format!("{what}: {}", printable(text))));
    }
    lines.extend(record.script.as_ref().map(|script| format!("script in {}: {}", script.lang, script.source)));
    if !record.parameters.is_empty() {
        lines.push(String::new());
        lines.push(parameters(&record.parameters));
    }
    lines.join("\n")
}

fn at_and_by(unix_millis: i64, by: Option<&str>) -> String {
    let by = by.map(|by| format!(" by {}", printable(by))).unwrap_or_default();
    format!("{}{by}", utc(unix_millis))
}

fn parameters(parameters: &[ParameterRecord]) -> String {
    let mut table = Table::new(&["parameter", "kind", "required", "default", "summary"]);
    for parameter in parameters {
        let required = if parameter.required { "yes" } else { "no" };
        let default = parameter.default.as_ref().map(ToString::to_string).unwrap_or_default();
        table.row([parameter.name.as_str(), &parameter.kind, required, &default, &parameter.summary]);
    }
    table.text()
}
