//! What a `Cargo.toml` says about a function.
//!
//! It is read here and not with `cargo metadata`: that takes a third of a second, and the examples have many packages.

use std::fs;
use std::path::Path;

use quidditch_function::{Role, Roles};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::about::About;
use crate::error::AuthoringError;

/// What `Cargo.toml` says about a function.
#[derive(Debug, PartialEq)]
pub(crate) struct Package {
    pub(crate) about: About,
    pub(crate) roles: Roles,
}

#[derive(Deserialize)]
struct Manifest {
    package: Option<PackageTable>,
}

/// The table `package`. Other keys are for cargo alone, which checks all of them when it builds the package.
#[derive(Deserialize)]
struct PackageTable {
    name: String,
    version: Option<OrInherited<String>>,
    description: Option<OrInherited<String>>,
    license: Option<OrInherited<String>>,
    authors: Option<OrInherited<Vec<String>>>,
    /// The folder of the workspace, if that is not around the package.
    workspace: Option<String>,
    metadata: Option<Metadata>,
}

/// A value, or `workspace = true`: it is that of the workspace.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text (of authors, a list of texts), or `workspace = true`")]
enum OrInherited<T> {
    Own(T),
    Inherited { workspace: bool },
}

#[derive(Deserialize)]
struct Metadata {
    quidditch: Option<Quidditch>,
}

/// The table `package.metadata.quidditch`.
#[derive(Deserialize)]
struct Quidditch {
    roles: Vec<Role>,
}

/// The `Cargo.toml` of the root of a workspace.
#[derive(Deserialize)]
struct RootManifest {
    workspace: Option<WorkspaceTable>,
}

#[derive(Deserialize)]
struct WorkspaceTable {
    #[serde(default)]
    package: Shared,
}

/// The table `workspace.package`, whose values packages can inherit.
#[derive(Default, Deserialize)]
struct Shared {
    version: Option<String>,
    description: Option<String>,
    license: Option<String>,
    authors: Option<Vec<String>>,
}

impl Package {
    /// Reads the `Cargo.toml` of a folder, which may be in a workspace.
    pub(crate) fn read(folder: &Path) -> Result<Self, AuthoringError> {
        let source = folder.join("Cargo.toml");
        let error = |reason: String| AuthoringError::Project { path: source.clone(), reason };
        let missing = |key: &str| error(format!("the package has no [{key}]"));
        let package = read_toml::<Manifest>(&source)?.package.ok_or_else(|| error("it has no package".to_owned()))?;
        let quidditch = package.metadata.and_then(|metadata| metadata.quidditch);
        let quidditch = quidditch.ok_or_else(|| missing("package.metadata.quidditch"))?;
        let shared = Shared::read(folder, package.workspace.as_deref())?;
        Ok(Package {
            about: About {
                name: package.name,
                // The default of cargo.
                version: value(package.version, shared.version).unwrap_or_else(|| "0.0.0".to_owned()),
                description: value(package.description, shared.description).ok_or_else(|| missing("description"))?,
                license: value(package.license, shared.license).ok_or_else(|| missing("license"))?,
                authors: value(package.authors, shared.authors).unwrap_or_default(),
            },
            roles: quidditch.roles.into_iter().collect(),
        })
    }
}

impl Shared {
    /// Of the workspace that a package is in: the root of it is the first folder around the package whose `Cargo.toml` has a table
    /// `workspace`, or the one that the package names. Nothing, if it is in none.
    fn read(package: &Path, named: Option<&str>) -> Result<Self, AuthoringError> {
        let folder = package.join(named.unwrap_or_default());
        let folder = folder.canonicalize().map_err(AuthoringError::file("find", &folder))?;
        for folder in folder.ancestors() {
            let manifest = folder.join("Cargo.toml");
            if manifest.is_file()
                && let Some(workspace) = read_toml::<RootManifest>(&manifest)?.workspace
            {
                return Ok(workspace.package);
            }
        }
        Ok(Shared::default())
    }
}

/// The value of a key of the package.
fn value<T>(own: Option<OrInherited<T>>, shared: Option<T>) -> Option<T> {
    match own? {
        OrInherited::Own(value) => Some(value),
        OrInherited::Inherited { workspace } => shared.filter(|_| workspace),
    }
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, AuthoringError> {
    let text = fs::read_to_string(path).map_err(AuthoringError::file("read", path))?;
    toml::from_str(&text).map_err(|error| AuthoringError::Project { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The package in the folder `package` of a workspace, or of what is no workspace.
    fn read(root: &str, package: &str) -> Result<Package, String> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("package")).expect("created");
        fs::write(folder.path().join("Cargo.toml"), root).expect("written");
        fs::write(folder.path().join("package/Cargo.toml"), package).expect("written");
        let path = folder.path().canonicalize().expect("it is there");
        let error = |error: AuthoringError| error.to_string().replace(path.to_str().expect("UTF-8"), "FOLDER");
        Package::read(&path.join("package")).map_err(error)
    }

    const OWN: &str = r#"
        [package]
        name = "at_least"
        version = "1.2.3"
        description = "Own"
        license = "MIT"
        authors = ["Ada"]
        edition.workspace = true

        [package.metadata.quidditch]
        roles = ["filter", "scorer"]
    "#;

    #[test]
    fn a_package_says_what_the_function_is() {
        let package = read("", OWN).expect("valid");
        let about = About {
            name: "at_least".to_owned(),
            version: "1.2.3".to_owned(),
            description: "Own".to_owned(),
            license: "MIT".to_owned(),
            authors: vec!["Ada".to_owned()],
        };
        assert_eq!(package, Package { about, roles: [Role::Filter, Role::Scorer].into_iter().collect() });
    }

    #[test]
    fn keys_are_inherited_from_the_workspace() {
        let root = r#"
            [workspace]
            members = ["package"]
            [workspace.package]
            version = "3.0.0"
            license = "Apache-2.0"
            authors = ["Bob"]
        "#;
        let inheriting = OWN
            .replace("version = \"1.2.3\"", "version.workspace = true")
            .replace("license = \"MIT\"", "license = { workspace = true }")
            .replace("authors = [\"Ada\"]", "authors.workspace = true");
        let about = read(root, &inheriting).expect("valid").about;
        assert_eq!((about.version, about.license), ("3.0.0".to_owned(), "Apache-2.0".to_owned()));
        assert_eq!((about.description, about.authors), ("Own".to_owned(), vec!["Bob".to_owned()]));
        let about = read(root, OWN).expect("valid").about;
        assert_eq!((about.version, about.license), ("1.2.3".to_owned(), "MIT".to_owned()));

        let named = inheriting.replace("[package]", "[package]\nworkspace = \"..\"");
        assert_eq!(read(root, &named).expect("valid").about.version, "3.0.0");
        let of_its_own = format!("{inheriting}\n[workspace]");
        insta::assert_snapshot!(read(root, &of_its_own).expect_err("no license"), @"FOLDER/package/Cargo.toml: the package has no [license]");
    }

    #[test]
    fn keys_may_be_missing() {
        let without = |line: &str| read("", &OWN.replace(line, ""));
        let about =
            read("", &OWN.replace("version = \"1.2.3\"", "").replace("authors = [\"Ada\"]", "")).expect("valid").about;
        assert_eq!((about.version, about.authors), ("0.0.0".to_owned(), Vec::new()));
        insta::assert_snapshot!(without("description = \"Own\"").expect_err("missing"), @"FOLDER/package/Cargo.toml: the package has no [description]");
        insta::assert_snapshot!(without("license = \"MIT\"").expect_err("missing"), @"FOLDER/package/Cargo.toml: the package has no [license]");
        insta::assert_snapshot!(read("", "[workspace]").expect_err("missing"), @"FOLDER/package/Cargo.toml: it has no package");
        let without_table = OWN.split("[package.metadata").next().expect("a part");
        insta::assert_snapshot!(read("", without_table).expect_err("missing"), @"FOLDER/package/Cargo.toml: the package has no [package.metadata.quidditch]");
    }

    #[test]
    fn wrong_values_are_errors_with_their_line() {
        let wrong = |from: &str, to: &str| read("", &OWN.replace(from, to)).expect_err("wrong");
        insta::assert_snapshot!(wrong("scorer", "score"), @r#"
        FOLDER/package/Cargo.toml: TOML parse error at line 11, column 28
           |
        11 |         roles = ["filter", "score"]
           |                            ^^^^^^^
        unknown variant `score`, expected one of `filter`, `scorer`, `values`
        "#);
        insta::assert_snapshot!(wrong("\"1.2.3\"", "1"), @r"
        FOLDER/package/Cargo.toml: TOML parse error at line 4, column 19
          |
        4 |         version = 1
          |                   ^
        expected a text (of authors, a list of texts), or `workspace = true`
        ");
    }
}
