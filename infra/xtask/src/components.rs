//! `cargo xtask components`: builds the example functions.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use quidditch_authoring::{Language, Names, Options, Project, build, is_installed, is_source, last_change};
use wasmparser::{Parser, Payload};
use xshell::Shell;

use crate::c_toolchain::ensure_c;
use crate::setup::RustToolchain;
use crate::workspace::{Workspace, root};

/// The example functions, one in each folder.
pub(crate) const EXAMPLES: &str = "udfs/examples";

/// A component that can be published.
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) path: PathBuf,
    /// In bytes.
    pub(crate) size: u64,
}

/// Builds all example functions whose languages are installed, and prints their sizes.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    for built in build_all(sh)? {
        let Built { name, version, path, size } = &built;
        let core = core_size(&fs::read(path)?)?;
        println!("{name:<28} {version:<8} {size:>9} bytes, core module {core:>9} bytes  {}", path.display());
    }
    Ok(())
}

/// Builds the example functions that have changed; fails if one is larger than its limit. Those in languages that are not installed are
/// skipped, which is printed.
pub(crate) fn build_all(sh: &Shell) -> Result<Vec<Built>> {
    let projects = projects()?;
    let (there, missing): (Vec<_>, Vec<_>) = projects.iter().partition(|project| can_build(project.language));
    for project in missing {
        println!("skipped {}: {} is not installed", project.about.name, project.language.name());
    }
    build_some(sh, there.into_iter())
}

/// Builds the example functions of the demo, in languages that `cargo xtask setup` installs.
pub(crate) fn build_demo(sh: &Shell) -> Result<Vec<Built>> {
    let projects = projects()?;
    build_some(sh, projects.iter().filter(|project| DEMO.contains(&project.about.name.as_str())))
}

/// The functions that the demo publishes.
const DEMO: [&str; 7] =
    ["custom_score", "geo_distance", "geo_polygon", "haversine", "number_range", "string_distance", "weekday"];

/// Whether the language is installed, or `cargo xtask setup` installs it.
pub(crate) fn can_build(language: Language) -> bool {
    matches!(language, Language::C | Language::Rust) || is_installed(language)
}

/// The projects of the examples, sorted by name.
fn projects() -> Result<Vec<Project>> {
    let folder = root().join(EXAMPLES);
    let mut projects = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let folder = entry?.path();
        // What other versions of the repository leave behind has no source.
        if ["function.toml", "Cargo.toml"].iter().any(|file| folder.join(file).exists()) {
            projects.push(Project::open(&folder)?);
        }
    }
    projects.sort_by(|left, right| left.about.name.cmp(&right.about.name));
    Ok(projects)
}

fn build_some<'a>(sh: &Shell, projects: impl Iterator<Item = &'a Project>) -> Result<Vec<Built>> {
    let target = Workspace::load(sh)?.target_directory;
    let toolchain = RustToolchain::ensure(sh)?;
    ensure_c(sh)?;
    let mut built = Vec::new();
    for project in projects {
        let path = target.join("components").join(&project.about.name).with_extension("wasm");
        if !is_up_to_date(&path, project)? {
            let options = Options {
                component: path.clone(),
                work: target.join("functions").join(&project.about.name),
                names: Names::Remove,
                cargo_profile: "component".to_owned(),
                cargo_environment: toolchain.environment(),
                report: |text| eprintln!("{text}"),
            };
            build(project, &options).with_context(|| format!("cannot build {}", project.about.name))?;
        }
        let size = fs::metadata(&path)?.len();
        let most = max_bytes(project);
        ensure!(size <= most, "component {} is {size} bytes, at most {most} are allowed", project.about.name);
        built.push(Built { name: project.about.name.clone(), version: project.about.version.clone(), path, size });
    }
    Ok(built)
}

/// The size of the largest core module of a component in bytes: the function itself. Others only link it.
fn core_size(component: &[u8]) -> Result<usize> {
    let mut largest = 0;
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ModuleSection { unchecked_range, .. } = payload? {
            largest = largest.max(unchecked_range.end - unchecked_range.start);
        }
    }
    Ok(usize::try_from(largest)?)
}

/// Maximum size of a component in bytes.
fn max_bytes(project: &Project) -> u64 {
    match project.about.name.as_str() {
        // Those that others are compared with.
        "number_range" => return 9 * 1024,
        // 9 KB with one version of the C compiler, which is that of the machine.
        "geo_distance" => return 9_500,
        "string_distance" => return 13_000,
        _ => {}
    }
    match project.language {
        // Small enough to be read by humans.
        Language::Wat => 3_300,
        // Loading a function must not slow down a cold start.
        Language::Rust | Language::C if DEMO.contains(&project.about.name.as_str()) => 10 * 1024,
        Language::AssemblyScript => 8 * 1024,
        Language::Rust | Language::C => 35 * 1024,
        // They contain a runtime.
        Language::JavaScript | Language::TypeScript => 2 * 1024 * 1024,
        Language::Go => 4 * 1024 * 1024,
        Language::Python => 24 * 1024 * 1024,
    }
}

/// Whether the component was built after everything that it is built from was changed.
fn is_up_to_date(path: &Path, project: &Project) -> Result<bool> {
    let Ok(made) = last_change(path, &|_| true) else { return Ok(false) };
    let is_input = |path: &Path| path.file_name().is_some_and(is_source);
    let inputs = [project.folder.clone(), root().join("udfs/sdk"), root().join("wit"), env::current_exe()?];
    for input in inputs {
        if last_change(&input, &is_input)? >= made {
            return Ok(false);
        }
    }
    Ok(true)
}
