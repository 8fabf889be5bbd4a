//! `cargo xtask package lambda`: builds the two Lambda functions, each as a zip file.

use std::env;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use quidditch_authoring::replace_file;
use xshell::{Shell, cmd};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::workspace::Workspace;

/// A Lambda function.
struct Function {
    program: &'static str,
    /// The name of its package.
    name: &'static str,
    /// Maximum size of the package in bytes. It is downloaded whenever a process starts.
    max_bytes: usize,
}

const FUNCTIONS: [Function; 2] = [
    // While a search is waiting.
    Function { program: "quidditch-lambda-search", name: "search", max_bytes: 10_000_000 },
    // It searches as well, for updates and deletes by query, and writes. Files and writes wait for it, rarely a user.
    Function { program: "quidditch-lambda-index", name: "index", max_bytes: 12_000_000 },
];

/// Build the Lambda functions, as zip files
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The processor architecture; by default that of this machine
    #[arg(long)]
    architecture: Option<Architecture>,
}

/// The processor architectures of Lambda, with its names for them.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Architecture {
    #[value(name = "arm64")]
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    fn this_machine() -> Option<Self> {
        match env::consts::ARCH {
            "aarch64" => Some(Architecture::Arm64),
            "x86_64" => Some(Architecture::X86_64),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Architecture::Arm64 => "arm64",
            Architecture::X86_64 => "x86_64",
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Architecture::Arm64 => "aarch64-unknown-linux-gnu",
            Architecture::X86_64 => "x86_64-unknown-linux-gnu",
        }
    }
}

/// Builds and packages both Lambda functions.
pub(super) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    let here = Architecture::this_machine();
    let Some(architecture) = arguments.architecture.or(here) else {
        bail!("Lambda does not support the architecture {}: select one with --architecture", env::consts::ARCH);
    };
    let target = Workspace::load(sh)?.target_directory;
    let is_native = cfg!(target_os = "linux") && here == Some(architecture);
    let programs = if is_native { build(sh, &target)? } else { cross_build(sh, &target, architecture)? };
    let folder = target.join("lambda");
    sh.create_dir(&folder)?;
    for Function { program, name, max_bytes } in FUNCTIONS {
        let bytes = fs::read(programs.join(program)).with_context(|| format!("cannot read {program}"))?;
        let package = zip(&bytes)?;
        let path = folder.join(format!("{name}-{}.zip", architecture.name()));
        ensure!(
            package.len() < max_bytes,
            "{} would be {} bytes, less than {max_bytes} are allowed",
            path.display(),
            package.len()
        );
        replace_file(&path, &package)?;
        println!("{} ({:.1} MB, unpacked {:.1} MB)", path.display(), megabytes(&package), megabytes(&bytes));
    }
    Ok(())
}

/// Builds for this machine; returns the folder of the programs.
fn build(sh: &Shell, target: &Path) -> Result<PathBuf> {
    cmd!(sh, "cargo build --package quidditch-lambda --profile lambda").run()?;
    Ok(target.join("lambda"))
}

/// Builds for another architecture with `cargo zigbuild`, which has a linker and a C compiler for it.
fn cross_build(sh: &Shell, target: &Path, architecture: Architecture) -> Result<PathBuf> {
    let (name, triple) = (architecture.name(), architecture.triple());
    let has_zigbuild = cmd!(sh, "cargo zigbuild --version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    let sysroot = PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read()?);
    let has_target = sysroot.join("lib/rustlib").join(triple).join("lib").is_dir();
    ensure!(
        has_zigbuild && has_target,
        "cannot build a package for {name} on this machine: build it on a machine of that architecture, or run `rustup target add {triple}` and \
         `pip install cargo-zigbuild` first"
    );
    cmd!(sh, "cargo zigbuild --package quidditch-lambda --profile lambda --target {triple}").run()?;
    Ok(target.join(triple).join("lambda"))
}

/// A zip file with one program, `bootstrap`. The same program always results in the same bytes.
fn zip(program: &[u8]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("bootstrap", options)?;
    zip.write_all(program)?;
    Ok(zip.finish()?.into_inner())
}

fn megabytes(bytes: &[u8]) -> f64 {
    bytes.len() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_package_contains_the_program_and_is_reproducible() {
        let package = zip(b"program").expect("memory");
        assert_eq!(package, zip(b"program").expect("memory"));
        let mut archive = zip::ZipArchive::new(Cursor::new(package)).expect("a zip");
        assert_eq!(archive.len(), 1);
        let mut file = archive.by_name("bootstrap").expect("it is there");
        assert_eq!(file.unix_mode(), Some(0o100_755));
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("readable");
        assert_eq!(content, b"program");
    }
}
