//! Go, with its own compiler.

use std::fs;

use crate::error::AuthoringError;
use crate::options::{Made, Names, Options};
use crate::project::Project;
use crate::tool::Tool;

const INSTALL: &str = "install Go 1.24 or later (https://go.dev/dl)";

pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let module = options.work.join("module.wasm");
    let flags: &[&str] = if options.names == Names::Remove { &["-ldflags=-s -w"] } else { &[] };
    Tool::new("go", INSTALL)
        .in_folder(&project.folder)
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm")
        .args(["build", "-buildmode=c-shared", "-trimpath"])
        .args(flags)
        .arg("-o")
        .arg(&module)
        .arg(".")
        .run(options.report)?;
    Ok(Made::Module(fs::read(&module).map_err(AuthoringError::file("read", module))?))
}
