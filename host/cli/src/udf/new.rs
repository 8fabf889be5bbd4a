//! `quidditch udf new`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use quidditch_authoring::{Language, create};
use quidditch_function::Role;
use serde_json::json;

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the function: a lower-case letter, followed by lower-case letters, digits or _
    name: String,
    /// Language of its source
    #[arg(long = "lang", value_name = "LANGUAGE", value_parser = Language::ALL.map(Language::name))]
    language: String,
    /// What it is for; more roles can be added later
    #[arg(long, value_name = "ROLE", default_value = "filter", value_parser = Role::ALL.map(Role::name))]
    role: String,
    /// Folder to create; by default one with the name of the function
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let folder = arguments.folder.clone().unwrap_or_else(|| arguments.name.as_str().into());
    let language = Language::from_name(&arguments.language).context("the parser accepts only these")?;
    let role = Role::ALL.into_iter().find(|role| role.name() == arguments.role);
    let role = role.context("the parser accepts only these")?;
    let files = create(&folder, &arguments.name, language, role)?;
    if global.json {
        print_json(&json!({ "folder": folder, "files": files }))?;
    } else {
        print(&next_steps(&folder, &arguments.name))?;
    }
    Ok(Outcome::Done)
}

fn next_steps(folder: &Path, name: &str) -> String {
    let folder = folder.display();
    format!(
        "created {folder}\n\n\
         build and test it:    quidditch udf build {folder}\n\
         again on each change: quidditch udf dev {folder}\n\
         publish it:           quidditch udf publish {folder}/build/{name}.wasm\n\n\
         {folder}/README.md says where to change what."
    )
}
