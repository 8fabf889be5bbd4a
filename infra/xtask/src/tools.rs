//! Tools from crates.io, which this project installs for itself.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

/// A program that `cargo install` builds. Its version is fixed, so that it says the same on every machine.
pub(crate) struct Tool {
    /// Package and program.
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

impl Tool {
    /// Installs it where that version is missing, which takes minutes; returns the path of the program.
    pub(crate) fn ensure(&self, sh: &Shell) -> Result<PathBuf> {
        let Tool { name, version } = self;
        let root = folder()?;
        let program = root.join("bin").join(name).with_extension(env::consts::EXE_EXTENSION);
        if !self.is_at(sh, &program) {
            // Without the workspace's target folder: what is compiled for it is of no use to anything else.
            cmd!(sh, "cargo install {name} --version {version} --locked --root {root}")
                .env_remove("CARGO_TARGET_DIR")
                .run()?;
            ensure!(self.is_at(sh, &program), "{} is not {name} {version}", program.display());
        }
        Ok(program)
    }

    fn is_at(&self, sh: &Shell, program: &PathBuf) -> bool {
        // A subcommand of cargo is called with its own name.
        let subcommand = self.name.trim_start_matches("cargo-");
        let printed = cmd!(sh, "{program} {subcommand} --version").quiet().ignore_stderr().read();
        printed.is_ok_and(|printed| printed.split_whitespace().any(|word| word == self.version))
    }
}

/// Where tools are kept: outside of the clone, as they serve every clone.
pub(crate) fn folder() -> Result<PathBuf> {
    let cache = match env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir().context("there is no home folder to keep tools in: set XDG_CACHE_HOME")?.join(".cache"),
    };
    Ok(cache.join("quidditch/tools"))
}
