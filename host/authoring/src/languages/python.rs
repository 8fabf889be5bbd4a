//! Python: CPython in a component, by componentize-py.

use std::fs;
use std::path::{Path, PathBuf};

use crate::contract;
use crate::error::AuthoringError;
use crate::files::modified;
use crate::options::{Made, Options};
use crate::project::Project;
use crate::tool::Tool;

const INSTALL: &str = "install Python 3.11 or later, with the module venv (Debian: apt-get install python3-venv)";

const COMPONENTIZE: &str = "componentize-py";

pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let componentize = componentize_py(&project.folder, options.report)?;
    let (wit, component) = (options.work.join("function.wit"), options.work.join("component.wasm"));
    fs::write(&wit, contract::wit(project.roles)).map_err(AuthoringError::file("write", &wit))?;
    let module = project.source.file_stem().unwrap_or_default();
    let tool = Tool::new(componentize, INSTALL)
        // After Python's own traceback, one of the tool would say nothing.
        .env("RUST_BACKTRACE", "0")
        // Packages that the function imports are found there.
        .env("VIRTUAL_ENV", environment(&project.folder))
        .in_folder(&project.folder);
    tool.args(["--quiet", "--wit-path"])
        .arg(&wit)
        .args(["--world", contract::WORLD, "componentize", "--stub-wasi", "--python-path", ".", "--output"])
        .arg(&component)
        .arg(module)
        .run(options.report)?;
    Ok(Made::Component(fs::read(&component).map_err(AuthoringError::file("read", component))?))
}

/// The program in the project's virtual environment, where the packages of `requirements.txt` are installed, unless that was done after
/// its last change.
fn componentize_py(folder: &Path, report: fn(&str)) -> Result<PathBuf, AuthoringError> {
    let environment = environment(folder);
    let (requirements, installed) = (folder.join("requirements.txt"), environment.join("installed"));
    if modified(&installed).is_none_or(|installed| modified(&requirements) > Some(installed)) {
        report("installing the packages of requirements.txt");
        Tool::new("python3", INSTALL).args(["-m", "venv"]).arg(&environment).run(report)?;
        Tool::new(environment.join("bin/python"), INSTALL)
            .in_folder(folder)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--requirement", "requirements.txt"])
            .run(report)?;
        fs::write(&installed, "").map_err(AuthoringError::file("write", installed))?;
    }
    Ok(environment.join("bin").join(COMPONENTIZE))
}

/// The virtual environment of a project.
fn environment(folder: &Path) -> PathBuf {
    folder.join(".venv")
}
