//! `quidditch key`: the keys that sign functions, and those that are trusted.

use anyhow::Result;
use quidditch_signing::PublicKey;
use serde_json::{Value as Json, json};

use crate::arguments::Global;
use crate::key_folder::{DEFAULT_KEY, Key};
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::table::Table;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key, which signs what is published from now on
    New {
        /// Name of the key; the one named `default` signs unless another one is specified
        #[arg(default_value = DEFAULT_KEY)]
        name: String,
    },
    /// List all keys
    List,
    /// Trust somebody's key
    Trust {
        /// A name for the key
        name: String,
        /// The public key: `ed25519:` and 44 characters
        #[arg(value_name = "PUBLIC_KEY")]
        public_key: PublicKey,
    },
    /// Remove a key, so that it is not trusted any more
    Remove {
        /// Name of the key
        name: String,
        /// Remove the secret key as well, which cannot be recovered
        #[arg(long)]
        with_secret: bool,
    },
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<Outcome> {
    let folder = global.key_folder();
    match command {
        Command::New { name } => report(global, "created", name, &folder.create(name)?)?,
        Command::Trust { name, public_key } => {
            folder.trust(name, public_key)?;
            report(global, "trusted", name, public_key)?;
        }
        Command::Remove { name, with_secret } => report(global, "removed", name, &folder.remove(name, *with_secret)?)?,
        Command::List => {
            let keys = folder.list()?;
            if global.json {
                print_json(&keys.iter().map(json_of).collect::<Vec<_>>().into())?;
            } else {
                print(&table(&keys))?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn report(global: &Global, result: &str, name: &str, key: &PublicKey) -> Result<()> {
    if global.json {
        return print_json(&json!({ "name": name, "id": key.id(), "public_key": key, "result": result }));
    }
    print(&format!("{result} key {name} ({}): {key}", key.id()))
}

fn json_of(key: &Key) -> Json {
    json!({ "name": key.name, "id": key.public.id(), "public_key": key.public, "secret": key.is_own })
}

fn table(keys: &[Key]) -> String {
    let mut table = Table::new(&["name", "id", "secret", "public key"]);
    for key in keys {
        let secret = if key.is_own { "yes" } else { "no" };
        table.row([key.name.as_str(), &key.public.id().to_string(), secret, &key.public.to_string()]);
    }
    table.text()
}
