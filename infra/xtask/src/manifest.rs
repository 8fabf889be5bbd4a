//! Metadata of the example functions.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace::{Package, Workspace};

/// An example function: a folder of `udfs/examples` with a `Cargo.toml` (Rust) or a `function.toml` (other languages).
pub(crate) struct Manifest {
    pub(crate) about: About,
    /// The world of `wit/` that it implements.
    pub(crate) world: String,
    pub(crate) source: Source,
}

/// The content of the component's standard metadata sections.
#[derive(Deserialize)]
pub(crate) struct About {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: String,
    pub(crate) license: String,
    pub(crate) authors: Vec<String>,
}

/// What a component is built from.
pub(crate) enum Source {
    /// A package of this workspace.
    Rust,
    /// A C file.
    C(PathBuf),
    /// A component in the text format.
    Wat(PathBuf),
}

/// `function.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionToml {
    function: About,
    build: Build,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Build {
    /// The source file, in the folder of `function.toml`.
    source: PathBuf,
    /// A world of `wit/`.
    world: String,
}

/// All example functions, sorted by name.
pub(crate) fn find_all(examples: &Path, workspace: &Workspace) -> Result<Vec<Manifest>> {
    let mut manifests = Vec::new();
    for entry in fs::read_dir(examples).with_context(|| format!("cannot list {}", examples.display()))? {
        let folder = entry?.path();
        if folder.join("function.toml").exists() {
            manifests.push(read_function_toml(&folder).with_context(|| format!("in {}", folder.display()))?);
        } else if let Some(package) = workspace.packages.iter().find(|package| is_in(package, &folder)) {
            manifests.push(from_package(package)?);
        } else {
            bail!("{} has neither a function.toml nor a package of this workspace", folder.display());
        }
    }
    manifests.sort_by(|left, right| left.about.name.cmp(&right.about.name));
    Ok(manifests)
}

fn is_in(package: &Package, folder: &Path) -> bool {
    package.manifest_path.parent() == Some(folder)
}

fn from_package(package: &Package) -> Result<Manifest> {
    let missing = |what: &str| format!("package {} has no {what}", package.name);
    let about = About {
        name: package.name.clone(),
        version: package.version.clone(),
        description: package.description.clone().with_context(|| missing("description"))?,
        license: package.license.clone().with_context(|| missing("license"))?,
        authors: package.authors.clone(),
    };
    let world = package.metadata.as_ref().and_then(|metadata| metadata.get("quidditch")?.get("world")?.as_str());
    let world = world.with_context(|| missing("package.metadata.quidditch.world"))?.to_owned();
    Ok(Manifest { about, world, source: Source::Rust })
}

fn read_function_toml(folder: &Path) -> Result<Manifest> {
    let FunctionToml { function, build } = toml::from_str(&fs::read_to_string(folder.join("function.toml"))?)?;
    let file = folder.join(&build.source);
    let source = match build.source.extension().and_then(|extension| extension.to_str()) {
        Some("c") => Source::C(file),
        Some("wat") => Source::Wat(file),
        _ => bail!("source {} is neither a .c nor a .wat file", build.source.display()),
    };
    Ok(Manifest { about: function, world: build.world, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("function.toml"), text).expect("written");
        match read_function_toml(folder.path()) {
            Ok(_) => "no error".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    const ABOUT: &str = "[function]\nname = 'f'\nversion = '1.0.0'\ndescription = 'd'\nlicense = 'MIT'\nauthors = []\n";

    #[test]
    fn a_folder_that_is_not_a_function_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("nothing")).expect("created");
        let workspace = Workspace { target_directory: PathBuf::new(), packages: Vec::new() };
        let error = find_all(folder.path(), &workspace).err().expect("an error").to_string();
        assert!(error.ends_with("nothing has neither a function.toml nor a package of this workspace"), "{error}");
    }

    #[test]
    fn only_known_languages_are_built() {
        assert_eq!(error_of(&format!("{ABOUT}[build]\nsource = 'f.wat'\nworld = 'w'")), "no error");
        insta::assert_snapshot!(
            error_of(&format!("{ABOUT}[build]\nsource = 'f.py'\nworld = 'w'")),
            @"source f.py is neither a .c nor a .wat file"
        );
    }
}
