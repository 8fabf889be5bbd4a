//! Projects: folders with the source of a function.

use std::fs;
use std::path::{Path, PathBuf};

use quidditch_function::{Role, Roles, is_name};
use semver::Version;
use serde::Deserialize;

use crate::about::About;
use crate::cargo_toml::Package;
use crate::error::AuthoringError;
use crate::language::Language;

/// The file that describes a project; in Rust, `Cargo.toml` does.
const FUNCTION_TOML: &str = "function.toml";

/// A folder with the source of a function.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder.
    pub folder: PathBuf,
    /// What the metadata of the component says.
    pub about: About,
    /// The language of the source.
    pub language: Language,
    /// What the function can be called for; at least one.
    pub roles: Roles,
    /// The folder with the SDK of the language; only C reads it, other languages have files of their own for this.
    pub sdk: PathBuf,
    /// The file that imports the others; in Rust, `Cargo.toml`. Go compiles the whole folder, and AssemblyScript what
    /// `asconfig.json` names.
    pub source: PathBuf,
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
    language: Language,
    roles: Vec<Role>,
    /// Relative to the folder of `function.toml`, as is `sdk`.
    source: PathBuf,
    #[serde(default = "sdk_folder")]
    sdk: PathBuf,
}

/// The folder of a project with its tests.
pub(crate) const TESTS_FOLDER: &str = "tests";

/// The folder of a project with the SDK of its language.
pub(crate) const SDK_FOLDER: &str = "quidditch";

fn sdk_folder() -> PathBuf {
    SDK_FOLDER.into()
}

impl Project {
    /// Reads the `function.toml` or `Cargo.toml` of a folder.
    ///
    /// # Errors
    /// [`AuthoringError::Project`] for a folder without either, or with an invalid one, and errors of reading.
    pub fn open(folder: &Path) -> Result<Self, AuthoringError> {
        let file = folder.join(FUNCTION_TOML);
        let project = if file.exists() {
            Project::from_function_toml(folder, &file)?
        } else if folder.join("Cargo.toml").exists() {
            Project::from_cargo_toml(folder, Package::read(folder)?)
        } else {
            let reason = "not a project of a function: it has neither function.toml nor Cargo.toml; \
                          `quidditch udf new` makes one"
                .to_owned();
            return Err(AuthoringError::Project { path: folder.to_owned(), reason });
        };
        project.check()
    }

    fn from_function_toml(folder: &Path, file: &Path) -> Result<Self, AuthoringError> {
        let text = fs::read_to_string(file).map_err(AuthoringError::file("read", file))?;
        let FunctionToml { function, build } = toml::from_str(&text)
            .map_err(|error| AuthoringError::Project { path: file.to_owned(), reason: error.to_string() })?;
        if build.language == Language::Rust {
            let reason = "projects in Rust are described by Cargo.toml: see `quidditch udf new --lang rust`".to_owned();
            return Err(AuthoringError::Project { path: file.to_owned(), reason });
        }
        Ok(Project {
            folder: folder.to_owned(),
            about: function,
            language: build.language,
            roles: build.roles.into_iter().collect(),
            sdk: folder.join(build.sdk),
            source: folder.join(build.source),
        })
    }

    fn from_cargo_toml(folder: &Path, package: Package) -> Self {
        Project {
            folder: folder.to_owned(),
            about: package.about,
            language: Language::Rust,
            roles: package.roles,
            sdk: folder.join(SDK_FOLDER),
            source: folder.join("Cargo.toml"),
        }
    }

    fn check(self) -> Result<Self, AuthoringError> {
        if self.roles.is_empty() {
            return Err(self.error("[roles] must name one of filter, scorer, values, or several of them"));
        }
        if !is_name(&self.about.name) {
            return Err(self.error(&AuthoringError::Name(self.about.name.clone()).to_string()));
        }
        if let Err(error) = Version::parse(&self.about.version) {
            let reason =
                format!("invalid [version] {}, must be a semantic version such as 1.0.0: {error}", self.about.version);
            return Err(self.error(&reason));
        }
        if !self.source.is_file() {
            let reason = format!("[source] names the file {}, which does not exist", self.source.display());
            return Err(self.error(&reason));
        }
        Ok(self)
    }

    /// An error in the file that describes the project.
    fn error(&self, reason: &str) -> AuthoringError {
        let file = if self.language == Language::Rust { "Cargo.toml" } else { FUNCTION_TOML };
        AuthoringError::Project { path: self.folder.join(file), reason: reason.to_owned() }
    }
}
