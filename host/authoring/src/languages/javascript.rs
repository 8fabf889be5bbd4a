//! JavaScript and TypeScript: QuickJS in a component, by componentize-qjs.
//!
//! What componentize-qjs makes is not a function yet, for two reasons:
//!
//! - It is several core modules and a component in the place of WASI, and together they have three memories. The host
//!   gives a function one memory. So the modules around the interpreter, which share its memory, are [linked](link)
//!   into one core module. What they import besides the contract becomes functions that trap.
//! - A list of numbers is passed number by number, as a JavaScript array, which for columns would take longer than
//!   most functions. Only lists of bytes are copied as a whole. So the WIT for componentize-qjs has bytes in the
//!   place of numbers, and the linked module [converts](typed_lists) between the two.

mod component;
mod link;
mod module;
mod output;
mod typed_lists;

use std::fs;

use crate::contract;
use crate::error::AuthoringError;
use crate::language::Language;
use crate::languages::node::Packages;
use crate::options::{Made, Options};
use crate::project::Project;

pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let packages = Packages::ensure(project, options.report)?;
    if project.language == Language::TypeScript {
        packages.program("tsc").arg("--noEmit").run(options.report)?;
    }
    // One file with all that the source imports. Errors in JavaScript name it, so it is called like the function.
    let bundle = options.work.join(format!("{}.js", project.about.name));
    packages
        .program("esbuild")
        .arg(&project.source)
        .args(["--bundle", "--format=esm", "--target=es2023"])
        // There is neither Node.js nor a browser. Without them, esbuild must be told how packages name their entry.
        .args(["--platform=neutral", "--main-fields=module,main"])
        .args(["--external:quidditch:udf/*", "--charset=utf8", "--log-level=warning"])
        .arg(format!("--outfile={}", bundle.display()))
        .run(options.report)?;
    let (wit, component) = (options.work.join("function.wit"), options.work.join("component.wasm"));
    let text = typed_lists::wit(&contract::wit(project.roles));
    fs::write(&wit, text).map_err(AuthoringError::file("write", &wit))?;
    packages
        .program("componentize-qjs")
        .arg("--wit")
        .arg(&wit)
        .args(["--world", contract::WORLD, "--js"])
        .arg(&bundle)
        .args(["--sync", "--output"])
        .arg(&component)
        .run(options.report)?;
    let bytes = fs::read(&component).map_err(AuthoringError::file("read", &component))?;
    let module = link::link(&bytes).map_err(|source| AuthoringError::Component {
        roles: project.roles,
        path: component,
        source,
    })?;
    Ok(Made::Module(module))
}
