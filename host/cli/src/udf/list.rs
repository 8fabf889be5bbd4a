//! `quidditch udf list`.

use anyhow::Result;
use quidditch_registry::DamagedRecord;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

pub(super) async fn run(global: &Global) -> Result<Outcome> {
    let records = Installation::open(global, None)?.registry.list().await?;
    let outcome = if records.iter().all(Result::is_ok) { Outcome::Done } else { Outcome::Failed };
    if global.json {
        let records = records.iter().map(|record| match record {
            Ok(record) => json!(record),
            Err(error) => json!({
                "name": error.function.name, "version": error.function.version, "error": error.to_string(),
            }),
        });
        print_json(&json!(records.collect::<Vec<_>>()))?;
        return Ok(outcome);
    }
    let mut table = Table::new(&["name", "version", "roles", "size", "summary"]);
    for record in &records {
        let record = match record {
            Ok(record) => record,
            Err(DamagedRecord { function, source }) => {
                table.row([function.name.as_str(), &function.version, "", "", &format!("damaged record: {source}")]);
                continue;
            }
        };
        let version = record.version.to_string();
        let roles = record.roles.to_string();
        table.row([record.name.as_str(), &version, &roles, &ByteSize(record.size).rounded(), &record.summary]);
    }
    print(&table.text())?;
    Ok(outcome)
}
