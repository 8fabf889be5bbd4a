//! `quidditch udf publish`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use quidditch_expression::Language;
use quidditch_function::{Provenance, Role, Roles};
use quidditch_registry::{Publication, Published};
use serde_json::{Map, Value as Json};

use super::on_documents::parse_object;
use super::published::PublishingArguments;
use super::script_file::{self, ScriptFile};
use crate::arguments::Global;
use crate::installation::Installation;
use crate::outcome::Outcome;
use quidditch_sandbox::package;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component to publish, or script: FILE.expr is a Lucene expression, FILE.painless is Painless
    file: PathBuf,
    /// Name of the function; by default the name in the component's metadata
    #[arg(long)]
    name: Option<String>,
    /// Semantic version; by default the version in the component's metadata
    #[arg(long = "version", value_name = "VERSION")]
    version_number: Option<String>,
    /// Role of a script: filter, scorer or values (repeatable)
    #[arg(long = "role", value_name = "ROLE", value_parser = ["filter", "scorer", "values"])]
    roles: Vec<String>,
    /// Parameters of a script as a JSON object: names with kinds, such as {"factor": "float"}, or with {"kind", "default",
    /// "summary"}
    #[arg(long, value_name = "JSON", value_parser = parse_object)]
    parameters: Option<Map<String, Json>>,
    /// What a script does, in one or two sentences
    #[arg(long)]
    summary: Option<String>,
    #[command(flatten)]
    publishing: PublishingArguments,
}

pub(super) async fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let published = match script_file::language(&arguments.file) {
        Some(language) => publish_script(global, arguments, language).await?,
        None => publish_component(global, arguments).await?,
    };
    arguments.publishing.report(global, &published)
}

async fn publish_component(global: &Global, arguments: &Arguments) -> Result<Published> {
    let file = arguments.file.display();
    if !arguments.roles.is_empty() || arguments.parameters.is_some() || arguments.summary.is_some() {
        bail!(
            "--role, --parameters and --summary are for scripts (FILE.expr, FILE.painless): a component declares them itself"
        );
    }
    let component = fs::read(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let package = package(&component);
    let name = arguments.name.clone().or(package.name);
    let version = arguments.version_number.clone().or(package.version);

    let installation = arguments.publishing.open(global)?;
    let publication = Publication {
        name: name.with_context(|| format!("{file} has no name in its metadata; specify --name"))?,
        version: version.with_context(|| format!("{file} has no version in its metadata; specify --version"))?,
        component: component.into(),
        provenance: provenance(arguments, &installation),
    };
    Ok(installation.registry.publish_for(&publication, &arguments.publishing.targets).await?)
}

/// Who publishes the file now.
fn provenance(arguments: &Arguments, installation: &Installation) -> Provenance {
    let file_name = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned());
    arguments.publishing.provenance(installation, file_name)
}

async fn publish_script(global: &Global, arguments: &Arguments, language: Language) -> Result<Published> {
    let file = arguments.file.display();
    let source = fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let installation = arguments.publishing.open(global)?;
    let named = |role: &Role| arguments.roles.iter().any(|name| name == role.name());
    let script = ScriptFile {
        source: source.trim_end(),
        language,
        roles: Role::ALL.into_iter().filter(named).fold(Roles::default(), Roles::with),
        parameters: arguments.parameters.as_ref(),
        summary: arguments.summary.as_deref(),
    };
    let name = arguments.name.as_deref().context("a script has no name of its own; specify --name")?;
    let version =
        arguments.version_number.as_deref().context("a script has no version of its own; specify --version")?;
    let publication = script.publication(name, version, provenance(arguments, &installation))?;
    Ok(installation.registry.publish_script(&publication).await?)
}
