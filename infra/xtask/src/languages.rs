//! `cargo xtask test languages`: makes a function in each language, as its author would, and calls it; and runs the tests of the
//! example functions.

mod mistakes;
mod native_tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use quidditch_authoring::Language;
use quidditch_function::Role;
use serde_json::{Value as Json, json};
use xshell::{Shell, cmd};

use crate::c_toolchain::ensure_c;
use crate::cities::index_cities;
use crate::components::can_build;
use crate::empty_folder::make_empty_folder;
use crate::setup::RustToolchain;
use crate::workspace::{Workspace, root};
use crate::{build, components};

/// The least population of cities that are looked for.
const LARGE: u64 = 10_000_000;

/// What was measured of a language.
struct Measured {
    language: Language,
    bytes: u64,
    nanos_per_document: f64,
    first_search: Duration,
    total: Duration,
}

/// Runs the commands of `docs/functions/writing.md` for each language that is installed, and prints a table.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    native_tests::run(sh)?;
    let quidditch = build::program(sh, "quidditch")?;
    let folder = Workspace::load(sh)?.target_directory.join("languages");
    make_empty_folder(&folder)?;
    let _store = sh.push_env("QUIDDITCH_STORE", folder.join("store"));
    index_cities(sh, &quidditch)?;
    let query = json!({ "query": { "range": { "population": { "gte": LARGE } } }, "size": 0 });
    let cities = total(&search(sh, &quidditch, &query)?)?;
    ensure!(cities > 0, "no city is large");

    let toolchain = RustToolchain::ensure(sh)?;
    let _toolchain = toolchain.activate(sh);
    let languages = Languages { sh, quidditch, folder, cities };
    let mut measured = Vec::new();
    for language in Language::ALL {
        if can_build(language) {
            let of = || format!("as an author of functions in {}", language.name());
            measured.push(languages.follow(language).with_context(of)?);
        } else {
            println!("skipped {}: it is not installed", language.name());
        }
    }
    if can_build(Language::AssemblyScript) {
        let project = languages.folder.join(name_of(Language::AssemblyScript, Role::Filter));
        mistakes::check_assemblyscript(sh, &languages.quidditch, &project)?;
    }
    println!("\nIn a build for development, in which calling a function is slower:\n{}", table(&measured));
    test_examples(sh, &languages.quidditch)
}

/// Runs the tests of the example functions, and prints for each test how long the function took per document.
fn test_examples(sh: &Shell, quidditch: &Path) -> Result<()> {
    for example in components::build_all(sh)? {
        let (folder, component) = (root().join(components::EXAMPLES).join(&example.name), &example.path);
        println!("\n{} ({} bytes)", example.name, example.size);
        cmd!(sh, "{quidditch} udf test --cost {folder} --function {component}").quiet().run()?;
    }
    Ok(())
}

struct Languages<'sh> {
    sh: &'sh Shell,
    quidditch: PathBuf,
    folder: PathBuf,
    /// How many cities the filter keeps.
    cities: u64,
}

impl Languages<'_> {
    /// From nothing to a hit, and the templates of the other roles.
    fn follow(&self, language: Language) -> Result<Measured> {
        let Languages { sh, quidditch, cities, .. } = self;
        println!("\n== {} ==\n", language.name());
        let start = now();
        let component = self.build(language, Role::Filter)?;
        cmd!(sh, "{quidditch} udf publish {component}").run()?;
        let name = component.file_stem().and_then(|name| name.to_str()).context("a component has a name")?;
        // Every template for filters is this function.
        let at_least = |min: u64| {
            let parameters = json!({ "field": "population", "min": min });
            json!({ "query": { "wasm_udf": { "name": name, "parameters": parameters } }, "size": 1, "profile": true })
        };
        let before_search = now();
        let found = search(sh, quidditch, &at_least(LARGE))?;
        let first_search = before_search.elapsed();
        let total_time = start.elapsed();
        ensure!(total(&found)? == *cities, "the function found {} cities instead of {cities}", total(&found)?);
        // No city is ruled out by its population, so the function is called with all of them.
        let cost = &search(sh, quidditch, &at_least(0))?["profile"]["functions"][0];
        let nanos = |key: &str| cost[key].as_f64().with_context(|| format!("the profile has no {key}"));
        let measured = Measured {
            language,
            bytes: fs::metadata(&component)?.len(),
            nanos_per_document: nanos("time_in_nanos")? / nanos("documents")?,
            first_search,
            total: total_time,
        };
        for role in [Role::Scorer, Role::Values] {
            self.build(language, role)?;
        }
        Ok(measured)
    }

    fn build(&self, language: Language, role: Role) -> Result<PathBuf> {
        build_template(self.sh, &self.quidditch, &self.folder, language, role)
    }
}

/// Makes a project in a folder of its own in `folder`, and builds it; returns the component.
fn build_template(sh: &Shell, quidditch: &Path, folder: &Path, language: Language, role: Role) -> Result<PathBuf> {
    let name = name_of(language, role);
    let (language, role) = (language.name(), role.name());
    let project = folder.join(&name);
    cmd!(sh, "{quidditch} udf new {name} --lang {language} --role {role} --folder {project}")
        .quiet()
        .ignore_stdout()
        .run()?;
    cmd!(sh, "{quidditch} udf build {project}").run()?;
    Ok(project.join("build").join(name).with_extension("wasm"))
}

/// The name of a function of a template.
fn name_of(language: Language, role: Role) -> String {
    format!("my_{}_in_{}", role.name(), language.name())
}

/// Builds the filter of each language that is installed, for the benchmarks: `NAME.wasm` for each in a folder of the target folder.
pub(crate) fn build_filters(sh: &Shell, quidditch: &Path) -> Result<()> {
    let target = Workspace::load(sh)?.target_directory;
    let (projects, components) = (target.join("language-projects"), target.join("language-functions"));
    make_empty_folder(&projects)?;
    make_empty_folder(&components)?;
    let toolchain = RustToolchain::ensure(sh)?;
    let _toolchain = toolchain.activate(sh);
    ensure_c(sh)?;
    for language in Language::ALL {
        if can_build(language) {
            let component = build_template(sh, quidditch, &projects, language, Role::Filter)?;
            fs::copy(&component, components.join(language.name()).with_extension("wasm"))?;
        } else {
            println!("skipped {}: it is not installed", language.name());
        }
    }
    Ok(())
}

fn search(sh: &Shell, quidditch: &Path, query: &Json) -> Result<Json> {
    let query = query.to_string();
    let found = cmd!(sh, "{quidditch} search cities {query} --json").quiet().read()?;
    serde_json::from_str(&found).context("the answer is not JSON")
}

fn total(found: &Json) -> Result<u64> {
    found["hits"]["total"]["value"].as_u64().context("the answer has no total")
}

#[expect(clippy::disallowed_methods, reason = "authors wait for it in real time")]
fn now() -> Instant {
    Instant::now()
}

fn table(measured: &[Measured]) -> String {
    let mut table = format!(
        "{:<16} {:>10} {:>14} {:>14} {:>16}\n",
        "language", "bytes", "ns/document", "first search", "nothing to hit"
    );
    for Measured { language, bytes, nanos_per_document, first_search, total } in measured {
        table += &format!(
            "{:<16} {bytes:>10} {nanos_per_document:>14.1} {:>12.2} s {:>14.1} s\n",
            language.name(),
            first_search.as_secs_f64(),
            total.as_secs_f64(),
        );
    }
    table
}
