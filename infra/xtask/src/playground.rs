//! The playground, the page that `quidditch serve --playground` serves: `cargo xtask playground` builds it, `cargo xtask test playground`
//! tests it in a browser.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use quidditch_authoring::last_change;
use xshell::{Shell, cmd};

use crate::cities::index_cities;
use crate::debian_packages::{install_debian_packages, may_install_debian_packages};
use crate::empty_folder::make_empty_folder;
use crate::server::Server;
use crate::workspace::{Workspace, root};
use crate::{build, components};

/// Its source, in TypeScript.
const FOLDER: &str = "host/cli/playground";

/// What builds and tests of it write.
const WRITTEN: [&str; 4] = ["dist", "node_modules", "target-screenshots", "target-tests"];

/// Whether the page is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Built,
    /// Node.js with npm is not installed.
    Missing,
}

/// Builds the page.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    match ensure_built(sh)? {
        Page::Built => Ok(()),
        Page::Missing => bail!("the playground is built with Node.js (20.11 or later) and npm: install them"),
    }
}

/// As [`ensure_built`], for commands that also work without the page: they say why it is missing.
pub(crate) fn build_if_possible(sh: &Shell) -> Page {
    ensure_built(sh).unwrap_or_else(|error| {
        println!("skipped the playground: {error:#}");
        Page::Missing
    })
}

/// Builds the page if its sources are newer, or says why it does not. The program `quidditch` contains it, if it is compiled afterwards.
pub(crate) fn ensure_built(sh: &Shell) -> Result<Page> {
    let folder = root().join(FOLDER);
    let page = folder.join("dist/index.html");
    if page.exists() && last_change(&page, &|_| true)? >= last_change(&folder, &is_input)? {
        return Ok(Page::Built);
    }
    if cmd!(sh, "npm --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        println!("skipped the playground: it is built with npm, which is not installed");
        return Ok(Page::Missing);
    }
    let _folder = sh.push_dir(&folder);
    cmd!(sh, "npm ci --no-audit --no-fund").run()?;
    cmd!(sh, "npm run --silent build").run()?;
    Ok(Page::Built)
}

/// Whether a file or folder is one that the page is built from.
fn is_input(path: &Path) -> bool {
    !WRITTEN.iter().any(|written| path.ends_with(written))
}

/// Tests its parts, and the page in a browser, over the cities and the functions of the demo.
pub(crate) fn test(sh: &Shell) -> Result<()> {
    if ensure_built(sh)? == Page::Missing {
        return Ok(());
    }
    let tests = root().join(FOLDER);
    {
        let _tests = sh.push_dir(&tests);
        cmd!(sh, "npm test --silent").run()?;
    }
    let Some(chromium) = ensure_chromium(sh)? else {
        println!("skipped the tests of the playground in a browser: Chromium is not installed");
        return Ok(());
    };
    let functions = components::build_demo(sh)?;
    let quidditch = build::program(sh, "quidditch")?;
    let folder = Workspace::load(sh)?.target_directory.join("playground");
    make_empty_folder(&folder)?;
    let store = folder.join("store");
    {
        let _store = sh.push_env("QUIDDITCH_STORE", &store);
        index_cities(sh, &quidditch)?;
        for function in &functions {
            let component = &function.path;
            cmd!(sh, "{quidditch} udf publish {component}").quiet().ignore_stdout().run()?;
        }
    }
    let server = Server::start(&quidditch, &store, &[OsStr::new("--playground")])?;
    let screenshots = folder.join("screenshots");
    let _tests = sh.push_dir(&tests);
    cmd!(sh, "npm run --silent test:browser")
        .env("PLAYGROUND_URL", format!("{}/_playground/", server.url))
        .env("PLAYGROUND_SCREENSHOTS", &screenshots)
        .env("CHROMIUM", &chromium)
        .run()?;
    println!("screenshots are in {}", screenshots.display());
    Ok(())
}

/// The browser: that of the variable `CHROMIUM`, or the one that is installed, or Debian's package where it can be installed.
fn ensure_chromium(sh: &Shell) -> Result<Option<PathBuf>> {
    if let Some(given) = env::var_os("CHROMIUM") {
        return Ok(Some(given.into()));
    }
    let path = env::var_os("PATH").context("PATH is not set")?;
    let find = || env::split_paths(&path).map(|folder| folder.join("chromium")).find(|path| path.is_file());
    if find().is_none() && may_install_debian_packages() {
        install_debian_packages(sh, &["chromium"])?;
    }
    Ok(find())
}
