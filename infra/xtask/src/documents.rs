//! `cargo xtask test documents`: runs the code blocks of the README and of `docs`.
//!
//! The words after a fence say what a block is; `docs/CONTRIBUTING.md` lists them. Whatever else a document needs to run, such as a file
//! that it does not show, is in an HTML comment, which readers do not see.

mod block;
mod checks;
mod expected;
mod plan;
mod session;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::build::PROFILE_FOLDER;
use crate::cities::index_cities;
use crate::clients::install_python_clients;
use crate::empty_folder::make_empty_folder;
use crate::package::SEARCH_COMPONENT;
use crate::server::Server;
use crate::setup::RustToolchain;
use crate::workspace::{Workspace, root};
use crate::{build, components};
use block::blocks;
use plan::Plan;
use session::Session;

/// Functions that are larger than this contain an interpreter or a runtime, and take long to compile. No document calls them.
const MAX_FUNCTION_BYTES: u64 = 1_000_000;

/// The folder of the store that requests are sent to.
const STORE: &str = "store";

/// Runs all blocks, and prints how many there are.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    let runner = Runner::new(sh)?;
    let mut failures = Vec::new();
    let (mut all_run, mut all_not_run) = (0, 0);
    for document in documents()? {
        let name = document.strip_prefix(root()).unwrap_or(&document).display().to_string();
        let markdown = fs::read_to_string(&document).with_context(|| format!("cannot read {name}"))?;
        let plan = Plan::new(&blocks(&name, &markdown), runner.python.as_deref(), &mut failures);
        println!("{name}: {} blocks run, {} not run", plan.run, plan.not_run.len());
        for reason in &plan.not_run {
            println!("    not run: {reason}");
        }
        (all_run, all_not_run) = (all_run + plan.run, all_not_run + plan.not_run.len());
        let folder = runner.folder.join(name.replace('/', "-"));
        failures.extend(runner.run(&folder, &plan).with_context(|| format!("cannot run {name}"))?);
    }
    println!("{all_run} blocks run, {all_not_run} not run");
    ensure!(failures.is_empty(), "{} blocks failed\n\n{}", failures.len(), failures.join("\n\n"));
    Ok(())
}

/// The README and all files of `docs` but the decisions, which tell of the past.
fn documents() -> Result<Vec<PathBuf>> {
    let mut documents = vec![root().join("README.md")];
    for folder in ["docs", "docs/functions"] {
        for entry in fs::read_dir(root().join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    Ok(documents)
}

/// What the documents are run with.
struct Runner {
    /// Where each document has a folder.
    folder: PathBuf,
    target: PathBuf,
    quidditch: PathBuf,
    toolchain: RustToolchain,
    /// With the clients for Python, where it is installed.
    python: Option<PathBuf>,
    /// A server over the books, the cities and the example functions.
    server: Server,
}

impl Runner {
    fn new(sh: &Shell) -> Result<Self> {
        let quidditch = build::program(sh, "quidditch")?;
        let functions = components::build_all(sh)?;
        let target = Workspace::load(sh)?.target_directory;
        let folder = target.join("documents");
        make_empty_folder(&folder)?;
        let store = folder.join(STORE);
        fs::create_dir_all(&store)?;
        let _store = sh.push_env("QUIDDITCH_STORE", &store);
        index_cities(sh, &quidditch)?;
        let books = "tests/fixtures/books";
        cmd!(sh, "{quidditch} index create books --mapping {books}/mapping.json").run()?;
        cmd!(sh, "{quidditch} index add books {books}/1.ndjson {books}/2.ndjson").run()?;
        for function in functions.iter().filter(|function| function.size <= MAX_FUNCTION_BYTES) {
            let component = &function.path;
            cmd!(sh, "{quidditch} udf publish {component}").quiet().ignore_stdout().run()?;
        }
        let server = Server::start(&quidditch, &store, &[])?;
        let python = install_python_clients(sh, &target.join("clients"))?;
        Ok(Runner { folder, target, quidditch, toolchain: RustToolchain::ensure(sh)?, python, server })
    }

    /// Runs the steps of a document in a new folder; returns what is not as it says.
    fn run(&self, folder: &Path, plan: &Plan) -> Result<Vec<String>> {
        if plan.steps.is_empty() {
            return Ok(Vec::new());
        }
        fs::create_dir_all(folder.join("target/spin"))?;
        let links = [
            (root().join("tests"), "tests"),
            (root().join("udfs"), "udfs"),
            (self.target.join("components"), "target/components"),
            (self.target.join(PROFILE_FOLDER).join(SEARCH_COMPONENT), "target/spin/search.wasm"),
        ];
        for (original, link) in links {
            symlink(&original, folder.join(link)).with_context(|| format!("cannot link {link}"))?;
        }
        let programs = self.quidditch.parent().context("a program is in a folder")?.to_owned();
        let mut environment = self.toolchain.environment();
        let path = environment.iter().find(|(name, _)| *name == "PATH").map(|(_, path)| path.clone());
        let path = path.or_else(|| env::var_os("PATH")).unwrap_or_default();
        let python = self.python.iter().filter_map(|python| python.parent()).map(Path::to_owned);
        let paths = std::iter::once(programs).chain(python).chain(env::split_paths(&path));
        environment.push(("PATH", env::join_paths(paths)?));
        let keys = folder.join("keys");
        fs::create_dir(&keys).with_context(|| format!("cannot create {}", keys.display()))?;
        environment.push(("QUIDDITCH_KEYS", keys.into()));
        environment.push(("SERVER", self.server.url.clone().into()));
        environment.push(("STORE", self.folder.join(STORE).into()));
        let session = Session { folder, environment, port: plan.port(&self.server)? };
        let outcomes = session.run(&plan.steps)?;
        let compared = plan.steps.iter().zip(&outcomes).filter_map(|(step, outcome)| {
            let difference = step.expected.difference(outcome)?;
            Some(format!("{}\n$ {}\n{difference}", step.place, step.command))
        });
        Ok(compared.collect())
    }
}
