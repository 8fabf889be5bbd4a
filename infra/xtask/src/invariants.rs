//! Who may know whom, as `docs/ARCHITECTURE.md` says it.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::workspace::Workspace;

/// The crates of the workspace that each crate may depend on, tests aside.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("quidditch-clock", &[]),
    ("quidditch-function", &[]),
    ("quidditch-storage", &["quidditch-clock"]),
    ("quidditch-index", &["quidditch-storage"]),
    ("quidditch-indexing", &["quidditch-clock", "quidditch-index", "quidditch-storage"]),
    ("quidditch-engine", &["quidditch-clock", "quidditch-function", "quidditch-index"]),
    ("quidditch-sandbox", &["quidditch-function"]),
    ("quidditch-registry", &["quidditch-clock", "quidditch-function", "quidditch-storage"]),
    (
        "quidditch-service",
        &["quidditch-clock", "quidditch-engine", "quidditch-function", "quidditch-index", "quidditch-storage"],
    ),
    (
        "quidditch-cli",
        &[
            "quidditch-bundle",
            "quidditch-clock",
            "quidditch-engine",
            "quidditch-function",
            "quidditch-index",
            "quidditch-indexing",
            "quidditch-registry",
            "quidditch-sandbox",
            "quidditch-service",
            "quidditch-storage",
        ],
    ),
    (
        "quidditch-lambda",
        &[
            "quidditch-clock",
            "quidditch-engine",
            "quidditch-function",
            "quidditch-index",
            "quidditch-indexing",
            "quidditch-registry",
            "quidditch-sandbox",
            "quidditch-service",
            "quidditch-storage",
        ],
    ),
    ("quidditch-bundle", &["quidditch-function"]),
    (
        "quidditch-spin",
        &[
            "quidditch-clock",
            "quidditch-engine",
            "quidditch-function",
            "quidditch-index",
            "quidditch-registry",
            "quidditch-service",
            "quidditch-storage",
        ],
    ),
    ("quidditch-test-compare", &["quidditch-index", "quidditch-indexing", "quidditch-tests"]),
    ("quidditch-test-guests", &[]),
    ("quidditch-test-s3", &[]),
    ("quidditch-test-spin", &[]),
    ("quidditch-test-storage", &["quidditch-storage"]),
    ("quidditch-udf", &[]),
    ("number_range", &["quidditch-udf"]),
    ("string_distance", &["quidditch-udf"]),
    ("xtask", &[]),
];

/// Libraries that only these crates may name, tests aside.
const ONLY_KNOWN_TO: &[(&str, &[&str])] = &[
    ("aws-config", &["quidditch-storage"]),
    ("aws-sdk-s3", &["quidditch-storage"]),
    ("aws-sigv4", &["quidditch-storage"]),
    ("aws-types", &["quidditch-storage"]),
    ("lambda_runtime", &["quidditch-lambda"]),
    ("lambda_runtime_api_client", &["quidditch-lambda"]),
    ("spin-sdk", &["quidditch-spin"]),
    ("tantivy", &["quidditch-index", "quidditch-indexing", "quidditch-engine"]),
    ("wac-graph", &["quidditch-bundle"]),
    // The second is a program of the tests'.
    ("wasmtime", &["quidditch-sandbox", "quidditch-test-spin"]),
];

/// Libraries that must not be below these crates at any depth.
const NOT_BELOW: &[(&str, &[&str])] = &[
    ("quidditch-function", &["wasmtime", "tantivy", "tokio"]),
    ("quidditch-storage", &["wasmtime", "tantivy"]),
    ("quidditch-registry", &["wasmtime", "tantivy"]),
    ("quidditch-index", &["wasmtime"]),
    ("quidditch-indexing", &["wasmtime"]),
    ("quidditch-engine", &["wasmtime"]),
    ("quidditch-service", &["wasmtime"]),
    ("quidditch-sandbox", &["tantivy", "tokio"]),
    // No compiler: what compiles for Lambda is whatever publishes.
    ("quidditch-lambda", &["cranelift-codegen", "wasmtime-internal-cranelift"]),
];

/// Crates that the Spin app is built from, itself included, and what they must do without in WebAssembly. Elsewhere, the client
/// of S3 brings its own runtime; in WebAssembly there is none. (Of tokio, AWS's crate for signing brings the locks.)
const IN_WEBASSEMBLY: (&[&str], &[&str]) = (
    &[
        "quidditch-storage",
        "quidditch-registry",
        "quidditch-index",
        "quidditch-engine",
        "quidditch-service",
        "quidditch-spin",
    ],
    &["hyper", "mio", "aws-sdk-s3", "wasmtime"],
);

/// Folders that may have `unsafe` code: the sandbox, the SDK, which speaks with the host in raw memory, and the bindings that are
/// generated for the Spin app, which do.
const MAY_BE_UNSAFE: &[&str] = &["components/search/src/functions/bindings.rs", "host/sandbox/", "udfs/sdk/rust/"];

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let workspace = Workspace::load(sh)?;
    for package in &workspace.packages {
        let Some((_, may_know)) = MAY_KNOW.iter().find(|(name, _)| *name == package.name) else {
            ensure!(package.name == "quidditch-tests", "{} is not in the list of who may know whom", package.name);
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind.is_none()) {
            let (name, of) = (&dependency.name, &package.name);
            let is_ours = workspace.packages.iter().any(|package| package.name == *name);
            ensure!(!is_ours || may_know.contains(&name.as_str()), "{of} must not depend on {name}");
            if let Some((_, only)) = ONLY_KNOWN_TO.iter().find(|(library, _)| library == name) {
                ensure!(only.contains(&of.as_str()), "{of} must not depend on {name}: only {} may", only.join(" and "));
            }
        }
    }
    for (package, libraries) in NOT_BELOW {
        check_below(sh, package, libraries, &[])?;
    }
    for package in IN_WEBASSEMBLY.0 {
        check_below(sh, package, IN_WEBASSEMBLY.1, &["--target", "wasm32-wasip2"])?;
    }
    let sources = cmd!(sh, "git grep -lE allow\\(unsafe_code -- *.rs").quiet().ignore_status().read()?;
    for file in sources.lines().filter(|file| !file.starts_with("infra/")) {
        ensure!(MAY_BE_UNSAFE.iter().any(|folder| file.starts_with(folder)), "{file} must not have unsafe code");
    }
    Ok(())
}

fn check_below(sh: &Shell, package: &str, libraries: &[&str], options: &[&str]) -> Result<()> {
    let tree = cmd!(sh, "cargo tree --package {package} --edges normal --prefix none {options...}").quiet().read()?;
    for library in libraries {
        let found = tree.lines().any(|line| line.split(' ').next() == Some(*library));
        let options = options.join(" ");
        ensure!(
            !found,
            "{library} is below {package}: see cargo tree --package {package} --invert {library} {options}"
        );
    }
    Ok(())
}
