//! Tests with the real clients of the API, one folder of `tests/clients` for each language, and with the tools for OCI registries.

mod installed;
mod oci;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::build;
use crate::server::Server;
use crate::workspace::{Workspace, root};
use installed::runs;

/// Runs the tests of all clients whose language is installed, and says which it skips.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    let quidditch = build::program(sh, "quidditch")?;
    let folder = Workspace::load(sh)?.target_directory.join("clients");
    python(sh, &quidditch, &folder)?;
    javascript(sh, &quidditch, &folder)?;
    go(sh, &quidditch, &folder)?;
    java(sh, &quidditch, &folder)?;
    rust(sh, &quidditch, &folder)?;
    oci::run(sh, &quidditch)
}

/// The tests with the client for Go.
fn go(sh: &Shell, quidditch: &Path, folder: &Path) -> Result<()> {
    if !runs(sh, "go version") {
        println!("skipped: the tests with the client for Go, as go is not installed");
        return Ok(());
    }
    let server = Server::start_empty(quidditch, &folder.join("store"), &[])?;
    let _tests = sh.push_dir(root().join("tests/clients/go"));
    cmd!(sh, "go test -count=1 ./...").env("QUIDDITCH_URL", &server.url).run()?;
    Ok(())
}

/// The tests with the client for Java.
fn java(sh: &Shell, quidditch: &Path, folder: &Path) -> Result<()> {
    if !runs(sh, "mvn --version") {
        println!("skipped: the tests with the client for Java, as Maven is not installed");
        return Ok(());
    }
    let server = Server::start_empty(quidditch, &folder.join("store"), &[])?;
    let (project, build) = (root().join("tests/clients/java/pom.xml"), folder.join("java"));
    cmd!(sh, "mvn --batch-mode --quiet --file {project} -Dbuild.folder={build} test")
        .env("QUIDDITCH_URL", &server.url)
        .run()?;
    Ok(())
}

/// The tests with the client for Rust, which is not among the dependencies of the workspace.
fn rust(sh: &Shell, quidditch: &Path, folder: &Path) -> Result<()> {
    let server = Server::start_empty(quidditch, &folder.join("store"), &[])?;
    let (project, build) = (root().join("tests/clients/rust/Cargo.toml"), folder.join("rust"));
    cmd!(sh, "cargo test --quiet --locked --manifest-path {project} --target-dir {build}")
        .env("QUIDDITCH_URL", &server.url)
        .run()?;
    Ok(())
}

/// The tests with the client for JavaScript.
fn javascript(sh: &Shell, quidditch: &Path, folder: &Path) -> Result<()> {
    if ["npm --version", "node --test --version"].iter().any(|command| !runs(sh, command)) {
        println!("skipped: the tests with the client for JavaScript, as node (20 or later) with npm is not installed");
        return Ok(());
    }
    let (tests, environment) = (root().join("tests/clients/javascript"), folder.join("javascript"));
    sh.create_dir(&environment)?;
    sh.copy_file(tests.join("package.json"), &environment)?;
    cmd!(sh, "npm install --no-audit --no-fund --prefix {environment}").run()?;
    let server = Server::start_empty(quidditch, &folder.join("store"), &[])?;
    let _tests = sh.push_dir(&tests);
    cmd!(sh, "node --test --test-concurrency=1")
        .env("QUIDDITCH_URL", &server.url)
        .env("NODE_PATH", environment.join("node_modules"))
        .run()?;
    Ok(())
}

/// Installs the clients for Python below a folder; returns the program that finds them, or `None` without Python.
pub(crate) fn install_python_clients(sh: &Shell, folder: &Path) -> Result<Option<PathBuf>> {
    if !runs(sh, "python3 -m venv --help") {
        return Ok(None);
    }
    let (requirements, environment) = (root().join("tests/clients/python/requirements.txt"), folder.join("python"));
    let python = environment.join("bin/python");
    if !python.exists() {
        cmd!(sh, "python3 -m venv {environment}").run()?;
    }
    cmd!(sh, "{python} -m pip install --quiet --disable-pip-version-check -r {requirements}").run()?;
    Ok(Some(python))
}

/// The tests with the clients for Python.
fn python(sh: &Shell, quidditch: &Path, folder: &Path) -> Result<()> {
    let Some(python) = install_python_clients(sh, folder)? else {
        println!("skipped: the tests with the clients for Python, as python3 with venv is not installed");
        return Ok(());
    };
    let tests = root().join("tests/clients/python");
    let server = Server::start_empty(quidditch, &folder.join("store"), &[])?;
    let users = folder.join("users");
    let user = cmd!(sh, "{quidditch} credential user ada --roles read").stdin("secret").read()?;
    sh.write_file(&users, user)?;
    let only_ada = [OsStr::new("--users-file"), users.as_os_str()];
    let secure = Server::start_empty(quidditch, &folder.join("secure-store"), &only_ada)?;
    cmd!(sh, "{python} -m unittest discover --start-directory {tests}")
        .env("QUIDDITCH_URL", &server.url)
        .env("QUIDDITCH_SECURE_URL", &secure.url)
        .run()?;
    Ok(())
}
