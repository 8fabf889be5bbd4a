//! `quidditch bundle`: builds a Spin app.

mod app_folder;
mod pulled_function;
mod search_component;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use quidditch_bundle::{BundledFunction, BundledScript, SpinSetting, StepLimit, spin_settings};
use quidditch_function::name_and_version;
use quidditch_oci::SCHEME;
use quidditch_registry::PublishedVersion;
use serde_json::{Map, json};

use self::app_folder::{WrittenApp, write_file};
use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::installation::Installation;
use crate::oci::PullOptions;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};
use crate::table::printable;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Function to link into the app: a published one, as NAME for its highest release, NAME@VERSION, or NAME@REQUIREMENT; or one in
    /// an OCI registry, such as oci://ghcr.io/team/number_range:1.0.0 (repeatable)
    #[arg(long = "function", value_name = "FUNCTION")]
    functions: Vec<String>,
    /// Write the app's component to this file
    #[arg(short, long, value_name = "FILE", required_unless_present = "spin")]
    output: Option<PathBuf>,
    /// Write app.wasm and spin.toml to this folder, for `spin up` and `spin registry push`
    #[arg(long, value_name = "DIR", conflicts_with = "output")]
    spin: Option<PathBuf>,
    /// Copy this index into the folder to ship it with the app (repeatable); by default, the app reads the store
    #[arg(long = "files", value_name = "INDEX", requires = "spin")]
    files: Vec<String>,
    /// Do not limit the steps that a function may make in one call; one that never returns then blocks the app
    #[arg(long)]
    no_step_limit: bool,
    #[command(flatten)]
    pull: PullOptions,
    /// Search component; by default the one next to this program, or built by `cargo xtask package spin`
    #[arg(long, value_name = "FILE")]
    app: Option<PathBuf>,
}

pub(crate) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    ensure!(
        !arguments.pull.require_cosign() || arguments.functions.iter().any(|function| function.starts_with(SCHEME)),
        "--cosign-key is for functions from OCI registries, and no function is one"
    );
    let search = search_component::read(arguments.app.as_deref())?;
    let installation = Installation::open(global, None)?;
    let (mut functions, mut scripts) = (Vec::new(), Vec::new());
    for function in &arguments.functions {
        if function.starts_with(SCHEME) {
            ensure!(
                !global.require_signatures,
                "{function} is not signed: publish it with `quidditch udf pull`, which signs it, and bundle it from the store"
            );
            functions.push(pulled_function::pull(function, &arguments.pull, &installation.clock).await?);
            continue;
        }
        let (name, version) = name_and_version(function);
        let PublishedVersion { record, state, .. } = installation.registry.callable(name, version).await?;
        if let Some(deprecated) = &state.deprecated {
            eprintln!("warning: function {} is deprecated: {}", record.id(), printable(&deprecated.note));
        }
        if record.script.is_some() {
            scripts.push(BundledScript { id: record.id().to_string(), record: json!(record).to_string() });
            continue;
        }
        // The same version, even if another one is published meanwhile.
        let (record, component) = installation.registry.component_of(name, Some(&record.version.to_string())).await?;
        functions.push(BundledFunction {
            id: record.id().to_string(),
            record: json!(record).to_string(),
            component: component.into(),
        });
    }
    let step_limit = (!arguments.no_step_limit).then(StepLimit::default);
    let app = quidditch_bundle::bundle(&search, &functions, &scripts, step_limit)?;
    let settings = spin_settings(&app)?;
    let written = match (&arguments.spin, &arguments.output) {
        (Some(folder), _) => app_folder::write_folder(folder, &app, &installation, global, &arguments.files).await?,
        (None, Some(path)) => {
            write_file(path, &app)?;
            WrittenApp { component: path.clone(), kept_manifest: false }
        }
        (None, None) => bail!("specify where to write the app: --output FILE or --spin DIR"),
    };
    for setting in &settings {
        warn(setting);
    }
    let ids = functions.iter().map(|function| &*function.id).chain(scripts.iter().map(|script| &*script.id)).collect();
    print_report(global, &Report { written, ids, bytes: app.len() as u64, settings })?;
    Ok(Outcome::Done)
}

fn warn(setting: &SpinSetting) {
    let SpinSetting { variable, default, needed } = setting;
    eprintln!(
        "warning: Spin refuses the app with its default settings: set {variable} to at least {needed} in the environment of \
         `spin up` (default: {default}), or bundle fewer functions"
    );
}

/// What was bundled.
struct Report<'a> {
    written: WrittenApp,
    /// The functions, with their versions.
    ids: Vec<&'a str>,
    bytes: u64,
    settings: Vec<SpinSetting>,
}

fn print_report(global: &Global, report: &Report<'_>) -> Result<()> {
    let Report { written: WrittenApp { component: path, kept_manifest }, ids, bytes, settings } = report;
    if global.json {
        let settings = settings.iter().map(|setting| (setting.variable.to_owned(), json!(setting.needed)));
        let settings = settings.collect::<Map<_, _>>();
        return print_json(&json!({
            "app": path, "bytes": bytes, "functions": ids, "kept_manifest": kept_manifest, "spin_settings": settings,
        }));
    }
    if *kept_manifest {
        print("kept the existing spin.toml; delete it to regenerate")?;
    }
    let linked = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
    let functions = count(ids.len() as u64, "function");
    print(&format!("bundled {} ({}) with {functions}{linked}", path.display(), ByteSize(*bytes).rounded()))
}
