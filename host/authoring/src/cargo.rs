//! Packages of cargo.

use std::path::{Path, PathBuf};

use quidditch_function::{Role, Roles};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::about::About;
use crate::error::AuthoringError;
use crate::tool::Tool;

pub(crate) const INSTALL: &str = "install Rust with rustup (https://rustup.rs), and `rustup target add wasm32-unknown-unknown`";

/// What `Cargo.toml` says about a function.
pub(crate) struct Package {
    pub(crate) about: About,
    pub(crate) roles: Roles,
}

/// The output of `cargo metadata`.
#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    authors: Vec<String>,
    manifest_path: PathBuf,
    metadata: Option<Json>,
}

/// The table `package.metadata.quidditch`.
#[derive(Deserialize)]
struct Quidditch {
    roles: Vec<Role>,
}

impl Package {
    /// Reads the `Cargo.toml` of a folder, which may be in a workspace.
    pub(crate) fn read(folder: &Path) -> Result<Self, AuthoringError> {
        let source = folder.join("Cargo.toml");
        let error = |reason: String| AuthoringError::Project { path: source.clone(), reason };
        let manifest = source.canonicalize().map_err(AuthoringError::file("read", &source))?;
        let package = workspace(folder)?.packages.into_iter().find(|package| package.manifest_path == manifest);
        let package = package.ok_or_else(|| error("it has no package".to_owned()))?;
        let missing = |key: &str| error(format!("the package has no [{key}]"));
        let quidditch = package.metadata.and_then(|mut metadata| metadata.get_mut("quidditch").map(Json::take));
        let quidditch = quidditch.ok_or_else(|| missing("package.metadata.quidditch"))?;
        let quidditch: Quidditch = serde_json::from_value(quidditch)
            .map_err(|wrong| error(format!("invalid [package.metadata.quidditch]: {wrong}")))?;
        Ok(Package {
            about: About {
                description: package.description.ok_or_else(|| missing("description"))?,
                license: package.license.ok_or_else(|| missing("license"))?,
                name: package.name,
                version: package.version,
                authors: package.authors,
            },
            roles: quidditch.roles.into_iter().collect(),
        })
    }
}

fn workspace(folder: &Path) -> Result<Workspace, AuthoringError> {
    let json = Tool::new("cargo", INSTALL).in_folder(folder).args(["metadata", "--no-deps", "--format-version", "1"]).read(|_| ())?;
    serde_json::from_str(&json).map_err(|error| AuthoringError::Project {
        path: folder.join("Cargo.toml"),
        reason: format!("cannot parse the output of cargo metadata: {error}"),
    })
}
