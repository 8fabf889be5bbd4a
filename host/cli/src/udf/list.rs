//! `quidditch udf list`.

use anyhow::Result;
use serde_json::json;

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

pub(super) async fn run(global: &Global) -> Result<Outcome> {
    let records = Installation::open(global, None)?.registry.list().await?;
    if global.json {
        print_json(&json!(records))?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["name", "version", "roles", "size", "summary"]);
    for record in &records {
        let version = record.version.to_string();
        let roles = record.roles.to_string();
        table.row([record.name.as_str(), &version, &roles, &ByteSize(record.size).rounded(), &record.summary]);
    }
    print(&table.text())?;
    Ok(Outcome::Done)
}
