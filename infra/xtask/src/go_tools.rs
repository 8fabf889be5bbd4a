//! Programs in Go that tests run, which this project installs for itself.

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::tools::folder;

/// A program that `go install` builds. Its version is fixed, so that it does the same on every machine.
pub(crate) struct GoTool {
    /// The package, whose last part is the name of the program.
    pub(crate) package: &'static str,
    /// The version of its module.
    pub(crate) version: &'static str,
}

impl GoTool {
    /// Installs it where that version is missing, which takes a minute; returns the path of the program.
    pub(crate) fn ensure(&self, sh: &Shell) -> Result<PathBuf> {
        let GoTool { package, version } = self;
        let name = package.rsplit('/').next().unwrap_or(package);
        // A folder for each version, as not every program says which it is.
        let folder = folder()?.join("go").join(format!("{name}-{version}"));
        let program = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
        if !program.exists() {
            cmd!(sh, "go install {package}@{version}").env("GOBIN", &folder).run()?;
        }
        Ok(program)
    }
}
