//! `quidditch udf list`.

use anyhow::Result;
use quidditch_function::VersionState;
use quidditch_registry::{DamagedRecord, PublishedVersion};
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;
use crate::timestamp::utc_day;

pub(super) async fn run(global: &Global) -> Result<Outcome> {
    let versions = Installation::open(global, None)?.registry.list().await?;
    let outcome = if versions.iter().all(Result::is_ok) { Outcome::Done } else { Outcome::Failed };
    if global.json {
        let versions = versions.iter().map(|version| match version {
            Ok(version) => json!(version),
            Err(error) => json!({
                "name": error.function.name, "version": error.function.version, "error": error.to_string(),
            }),
        });
        print_json(&json!(versions.collect::<Vec<_>>()))?;
    } else {
        print(&table(&versions))?;
    }
    Ok(outcome)
}

fn table(versions: &[Result<PublishedVersion, DamagedRecord>]) -> String {
    let mut table = Table::new(&["name", "version", "state", "roles", "size", "published", "by", "licence", "summary"]);
    for version in versions {
        let PublishedVersion { record, state, .. } = match version {
            Ok(version) => version,
            Err(DamagedRecord { part, function, source }) => {
                let reason = format!("damaged {part}: {source}");
                table.row([function.name.as_str(), &function.version, "", "", "", "", "", "", &reason]);
                continue;
            }
        };
        let (version, roles) = (record.version.to_string(), record.roles.to_string());
        let (size, published) = (ByteSize(record.size).rounded(), utc_day(record.provenance.published_unix_millis));
        let by = record.provenance.published_by.as_deref().unwrap_or_default();
        let licence = record.about.licence.as_deref().unwrap_or_default();
        let state = state_names(state);
        let (name, summary) = (record.name.as_str(), record.summary.as_str());
        table.row([name, &version, &state, &roles, &size, &published, by, licence, summary]);
    }
    table.text()
}

fn state_names(state: &VersionState) -> String {
    let names = [
        (state.disabled().is_some(), "disabled"),
        (state.yanked.is_some(), "yanked"),
        (state.deprecated.is_some(), "deprecated"),
    ];
    names.iter().filter(|(is_so, _)| *is_so).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}
