//! `cargo xtask coverage`: which lines the tests run.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use xshell::{PushEnv, Shell, cmd};

use crate::rust_targets::sysroot;
use crate::tools::Tool;
use crate::workspace::{Workspace, root};
use crate::{build, components, package};

const CARGO_LLVM_COV: Tool = Tool { name: "cargo-llvm-cov", version: "0.9.1" };

/// The least part of the lines of each crate below `host/` that the tests must run, in percent.
const LEAST_PERCENT: f64 = 80.0;

/// Runs every test, and prints for each crate under `host/` how many of its lines ran
///
/// It needs LLVM's tools: rustup's component `llvm-tools`, which it adds where that is missing. Where rustup cannot, set LLVM_COV and
/// LLVM_PROFDATA to `llvm-cov` and `llvm-profdata` of the version of LLVM that `rustc -vV` prints, or a newer one (Debian: the
/// package llvm-22).
#[derive(clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(sh: &Shell, _: &Arguments) -> Result<()> {
    let tool = CARGO_LLVM_COV.ensure(sh)?;
    ensure_llvm_tools(sh)?;
    // WebAssembly cannot be instrumented, so it is built as usual.
    components::run(sh)?;
    package::build_search_component_for_tests(sh)?;
    let target = Workspace::load(sh)?.target_directory;
    let instrumented = target.join("coverage");
    let _components = sh.push_env("QUIDDITCH_COMPONENTS", target.join("components"));
    let _target = sh.push_env("CARGO_TARGET_DIR", &instrumented);
    let _environment = environment(sh, &tool)?;
    cmd!(sh, "{tool} llvm-cov clean --workspace --profraw-only").run()?;
    build::programs_for_tests(sh)?;
    // After cargo, which marks a target folder only if it makes it.
    let component = target.join(build::PROFILE_FOLDER).join(package::SEARCH_COMPONENT);
    sh.copy_file(component, instrumented.join(build::PROFILE_FOLDER))?;
    build::test(sh, None).run()?;
    let report = cmd!(sh, "{tool} llvm-cov report --json --summary-only").read()?;
    let crates = by_crate(&report, &root().join("host"))?;
    print!("{}", table(&crates));
    let low: Vec<&str> =
        crates.iter().filter(|(_, lines)| lines.percent() < LEAST_PERCENT).map(|(name, _)| name.as_str()).collect();
    ensure!(low.is_empty(), "less than {LEAST_PERCENT} % of the lines are tested in {}", low.join(", "));
    Ok(())
}

fn ensure_llvm_tools(sh: &Shell) -> Result<()> {
    if env::var_os("LLVM_COV").is_some() && env::var_os("LLVM_PROFDATA").is_some() {
        return Ok(());
    }
    let library = sysroot(sh, "rustc")?.join("lib/rustlib");
    let is_there = library.read_dir().with_context(|| format!("cannot list {}", library.display()))?.any(|target| {
        target.is_ok_and(|target| {
            target.path().join("bin/llvm-profdata").with_extension(env::consts::EXE_EXTENSION).exists()
        })
    });
    if is_there || cmd!(sh, "rustup component add llvm-tools").run().is_ok() {
        return Ok(());
    }
    bail!("LLVM's tools are missing and rustup cannot add them: see `cargo xtask coverage --help`")
}

/// Where programs count: `%c` lets them count in the file itself, as tests kill programs before they could write it at their end.
/// `%4m`: up to four files for each program, which its processes share.
const COUNTS: &str = "quidditch-%4m%c.profraw";

/// What counting in a file needs of the compiler.
const COUNTS_IN_FILES: &str = "-Cllvm-args=-runtime-counter-relocation";

/// Makes cargo, called through `sh`, build instrumented programs until the returned value is dropped.
fn environment<'sh>(sh: &'sh Shell, tool: &Path) -> Result<Vec<PushEnv<'sh>>> {
    let variables = cmd!(sh, "{tool} llvm-cov show-env").env("LLVM_PROFILE_FILE_NAME", COUNTS).quiet().read()?;
    let mut pushed = vec![sh.push_env("RUSTFLAGS", COUNTS_IN_FILES)];
    for line in variables.lines() {
        let (name, value) = line.split_once('=').with_context(|| format!("not a variable: {line}"))?;
        pushed.push(sh.push_env(name, value.trim_matches('\'')));
    }
    Ok(pushed)
}

/// How many lines there are, and how many of them ran.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
struct Lines {
    count: u64,
    covered: u64,
}

impl Lines {
    fn percent(self) -> f64 {
        if self.count == 0 { 100.0 } else { self.covered as f64 * 100.0 / self.count as f64 }
    }
}

/// The report of `llvm-cov export`.
#[derive(Deserialize)]
struct Report {
    data: Vec<Data>,
}

#[derive(Deserialize)]
struct Data {
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    filename: String,
    summary: Summary,
}

#[derive(Deserialize)]
struct Summary {
    lines: Lines,
}

/// Sums up the lines of the files in each folder of `host`.
fn by_crate(report: &str, host: &Path) -> Result<BTreeMap<String, Lines>> {
    let report: Report = serde_json::from_str(report).context("cannot read the report")?;
    let mut crates = BTreeMap::<String, Lines>::new();
    for file in report.data.iter().flat_map(|data| &data.files) {
        let Ok(path) = Path::new(&file.filename).strip_prefix(host) else { continue };
        let Some(name) = path.iter().next().and_then(|name| name.to_str()) else { continue };
        let lines = crates.entry(name.to_owned()).or_default();
        lines.count += file.summary.lines.count;
        lines.covered += file.summary.lines.covered;
    }
    ensure!(!crates.is_empty(), "the report has no files in {}", host.display());
    Ok(crates)
}

fn table(crates: &BTreeMap<String, Lines>) -> String {
    let mut table = format!("{:<12} {:>8} {:>8} {:>8}\n", "host/", "lines", "tested", "percent");
    for (name, lines) in crates {
        table += &format!("{name:<12} {:>8} {:>8} {:>8.1}\n", lines.count, lines.covered, lines.percent());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_summed_up_by_crate() {
        let report = r#"{"data": [{"files": [
            {"filename": "/q/host/cli/src/main.rs", "summary": {"lines": {"count": 30, "covered": 30, "percent": 100}}},
            {"filename": "/q/host/cli/src/log.rs", "summary": {"lines": {"count": 10, "covered": 1, "percent": 10}}},
            {"filename": "/q/host/index/src/lib.rs", "summary": {"lines": {"count": 3, "covered": 3, "percent": 100}}},
            {"filename": "/q/tests/src/lib.rs", "summary": {"lines": {"count": 9, "covered": 0, "percent": 0}}}
        ]}]}"#;
        insta::assert_snapshot!(table(&by_crate(report, Path::new("/q/host")).expect("a report")), @"
        host/           lines   tested  percent
        cli                40       31     77.5
        index               3        3    100.0
        ");
        let error = by_crate(report, Path::new("/other")).expect_err("no files");
        assert_eq!(error.to_string(), "the report has no files in /other");
    }
}
