//! `quidditch udf sign`.

use anyhow::Result;
use quidditch_function::{Target, name_and_version};
use serde_json::json;

use crate::arguments::Global;
use crate::installation::Installation;
use crate::key_folder::DEFAULT_KEY;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Function: NAME for its highest release, NAME@VERSION, or NAME@REQUIREMENT such as NAME@^1.2
    function: String,
    /// Key to sign with
    #[arg(long, value_name = "NAME", default_value = DEFAULT_KEY)]
    key: String,
    /// Sign the function even if no trusted key has signed it; anyone who can write to the store may have changed it
    #[arg(long)]
    even_untrusted: bool,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let (name, version) = name_and_version(&arguments.function);
    let registry = Installation::open_to_publish(global, Some(&arguments.key))?.registry;
    let (record, key) = registry.sign(name, version, &Target::NAMED, arguments.even_untrusted).await?;
    if global.json {
        print_json(&json!({ "name": record.name, "version": record.version, "key": key }))?;
    } else {
        print(&format!("signed {} with key {} ({})", record.id(), arguments.key, key.id()))?;
    }
    Ok(Outcome::Done)
}
