//! `quidditch script`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use quidditch_function::StoredScript;
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Store a script, in place of the one with the same id
    Put(PutArguments),
    /// List all stored scripts
    List,
    /// Show a stored script
    Show(IdArguments),
    /// Delete a stored script
    Delete(IdArguments),
}

#[derive(clap::Args)]
pub(crate) struct PutArguments {
    /// Id: letters, digits, _, - and .
    id: String,
    /// File with the source of the script
    file: PathBuf,
    /// Language of the script
    #[arg(long, default_value = "painless", value_parser = ["painless", "expression", "mustache"])]
    lang: String,
}

#[derive(clap::Args)]
pub(crate) struct IdArguments {
    /// Id of the script
    id: String,
}

pub(crate) async fn run(global: &Global, command: Command) -> Result<Outcome> {
    let registry = Installation::open(global, None)?.registry;
    match command {
        Command::Put(PutArguments { id, file, lang }) => {
            let source = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            registry
                .put_script(&id, &StoredScript { lang, source: source.trim_end().to_owned(), options: BTreeMap::new() })
                .await?;
            report(global, &id, "stored")?;
        }
        Command::List => {
            let scripts = registry.scripts().await?;
            if global.json {
                let scripts: Vec<_> =
                    scripts.iter().map(|(id, script)| json!({ "_id": id, "script": script })).collect();
                print_json(&json!(scripts))?;
            } else {
                let mut table = Table::new(&["id", "lang", "source"]);
                for (id, script) in &scripts {
                    let first_line = script.source.lines().next().unwrap_or_default();
                    table.row([id.as_str(), &script.lang, first_line]);
                }
                print(&table.text())?;
            }
        }
        Command::Show(IdArguments { id }) => {
            let Some(script) = registry.stored_script(&id).await? else { bail!("no script is stored as [{id}]") };
            if global.json {
                print_json(&json!({ "_id": id, "script": script }))?;
            } else {
                print(&script.source)?;
            }
        }
        Command::Delete(IdArguments { id }) => {
            if !registry.delete_script(&id).await? {
                bail!("no script is stored as [{id}]");
            }
            report(global, &id, "deleted")?;
        }
    }
    Ok(Outcome::Done)
}

fn report(global: &Global, id: &str, what: &str) -> Result<()> {
    if global.json { print_json(&json!({ "_id": id, "result": what })) } else { print(&format!("{what} {id}")) }
}
