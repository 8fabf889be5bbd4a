//! `quidditch bundle`: puts a Spin app together.

mod app_folder;
mod search_module;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use quidditch_bundle::BundledFunction;
use serde_json::json;

use self::app_folder::Written;
use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json, size};
use crate::udf::split_version;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A published function to link into the app: NAME for its highest release, or NAME@VERSION; repeatable
    #[arg(long = "function", value_name = "FUNCTION")]
    functions: Vec<String>,
    /// Write the app's component here
    #[arg(short, long, value_name = "FILE", required_unless_present = "spin")]
    output: Option<PathBuf>,
    /// Write a folder for `spin up` and `spin registry push` here: app.wasm and spin.toml
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    spin: Option<PathBuf>,
    /// Ship this index with the app, as files in that folder; repeatable. By default the app reads the store
    #[arg(long = "files", value_name = "INDEX", requires = "spin")]
    files: Vec<String>,
    /// The search module; by default the one beside this program, or that `cargo xtask package spin` built
    #[arg(long, value_name = "FILE")]
    app: Option<PathBuf>,
}

pub(crate) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let search = search_module::read(arguments.app.as_deref())?;
    let installation = Installation::open(global, None)?;
    let mut functions = Vec::with_capacity(arguments.functions.len());
    for function in &arguments.functions {
        let (name, version) = split_version(function);
        let (record, component) = installation.registry.component_of(name, version).await?;
        functions.push(BundledFunction {
            id: record.id().to_string(),
            record: json!(record).to_string(),
            component: component.into(),
        });
    }
    let app = quidditch_bundle::bundle(&search, &functions)?;
    let written = match (&arguments.spin, &arguments.output) {
        (Some(folder), _) => app_folder::write_folder(folder, &app, &installation, global, &arguments.files).await?,
        (None, Some(path)) => {
            write_file(path, &app)?;
            Written { component: path.clone(), kept_manifest: false }
        }
        (None, None) => bail!("say where to write the app: --output FILE or --spin DIR"),
    };
    report(global, &written, &functions, app.len() as u64)?;
    Ok(Outcome::Done)
}

fn report(global: &Global, written: &Written, functions: &[BundledFunction], bytes: u64) -> Result<()> {
    let Written { component: path, kept_manifest } = written;
    let ids: Vec<&str> = functions.iter().map(|function| function.id.as_str()).collect();
    if global.json {
        let report = json!({ "app": path, "bytes": bytes, "functions": ids, "kept_manifest": kept_manifest });
        return print_json(&report);
    }
    if *kept_manifest {
        print("kept spin.toml, which was there: remove it to have it written anew")?;
    }
    let linked = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
    let functions = count(ids.len() as u64, "function");
    print(&format!("bundled {} ({}) with {functions}{linked}", path.display(), size(bytes)))
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
