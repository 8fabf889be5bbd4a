//! `quidditch udf show`.

use anyhow::Result;
use quidditch_function::{Provenance, name_and_version};
use quidditch_registry::{ParameterRecord, PublishedVersion, VersionSignature};
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::key_folder::Key;
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
        print(&text(&version, &global.key_folder().list()?))?;
    }
    Ok(Outcome::Done)
}

fn text(PublishedVersion { record, state, signatures }: &PublishedVersion, keys: &[Key]) -> String {
    let mut lines = vec![format!("{}: {}", record.id(), printable(&record.summary))];
    let all_versions = format!("all versions of {}", record.name);
    let version = record.version.to_string();
    for (disabled, what) in [(&state.function_disabled, all_versions), (&state.disabled, version)] {
        if let Some(disabled) = disabled {
            let change = at_and_by(disabled.unix_millis, disabled.by.as_deref());
            let reason =
                disabled.reason.as_deref().map(|reason| format!(": {}", printable(reason))).unwrap_or_default();
            lines.push(format!("disabled: {what}, {change}{reason}"));
        }
    }
    if let Some(yanked) = &state.yanked {
        let change = at_and_by(yanked.unix_millis, yanked.by.as_deref());
        lines.push(format!("yanked: {change}; only calls that name {} exactly find it", record.version));
    }
    if let Some(deprecated) = &state.deprecated {
        let change = at_and_by(deprecated.unix_millis, deprecated.by.as_deref());
        lines.push(format!("deprecated: {change}: {}", printable(&deprecated.note)));
    }
    lines.push(format!("roles: {}", record.roles));
    lines.push(format!("size: {}, sha256 {}", ByteSize(record.size).rounded(), printable(&record.sha256)));
    let Provenance { published_unix_millis, published_by, published_from } = &record.provenance;
    let from = published_from.as_ref().map(|from| format!(" from {}", printable(from))).unwrap_or_default();
    lines.push(format!("published: {}{from}", at_and_by(*published_unix_millis, published_by.as_deref())));
    lines.extend(signatures.iter().map(|signature| format!("signed: {}", signer(signature, keys))));
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
    if let Some(script) = &record.script {
        lines.push(format!("script in {}:", printable(&script.lang)));
        // Indented: a line of a script must not look like one of ours.
        lines.extend(script.source.lines().map(|line| format!("  {}", printable(line))));
    }
    if !record.parameters.is_empty() {
        lines.push(String::new());
        lines.push(parameters(&record.parameters));
    }
    lines.join("\n")
}

/// By whom a version is signed, and whether that counts.
fn signer(VersionSignature { key, valid, trusted }: &VersionSignature, keys: &[Key]) -> String {
    let known = keys.iter().find(|known| known.public == *key);
    let name = known.map(|known| format!("{} ", known.name)).unwrap_or_default();
    let verdict = match (valid, trusted) {
        (false, _) => ": the signature is INVALID",
        (true, false) => ", a key that is not trusted",
        (true, true) => "",
    };
    format!("by {name}({}){verdict}", key.id())
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
