//! What the languages share whose compilers are npm packages.

use std::path::Path;

use crate::error::AuthoringError;
use crate::files::modified;
use crate::project::Project;
use crate::tool::{Tool, on_path};

const INSTALL: &str = "install Node.js 20 or later (https://nodejs.org), which has npm";

const INSTALL_NPM: &str = "Node.js is installed without it: install npm (Debian: apt-get install npm), or Node.js from \
                           https://nodejs.org, which has it";

/// The npm packages of a project, which are installed.
pub(super) struct Packages<'a> {
    folder: &'a Path,
}

impl<'a> Packages<'a> {
    /// Installs the packages that `package.json` names, unless that was done after its last change.
    pub(super) fn ensure(project: &'a Project, report: fn(&str)) -> Result<Self, AuthoringError> {
        let folder = project.folder.as_path();
        // npm writes this file when it has installed everything.
        let installed = modified(&folder.join("node_modules/.package-lock.json"));
        if installed.is_none_or(|installed| modified(&folder.join("package.json")) > Some(installed)) {
            report("installing the packages of package.json");
            let install = if on_path("node").is_some() { INSTALL_NPM } else { INSTALL };
            let npm = Tool::new("npm", install).in_folder(folder);
            npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error"]).run(report)?;
        }
        Ok(Packages { folder })
    }

    /// A program of a package, to be run in the folder of the project.
    pub(super) fn program(&self, name: &str) -> Tool {
        Tool::new(self.folder.join("node_modules/.bin").join(name), INSTALL).in_folder(self.folder)
    }
}
