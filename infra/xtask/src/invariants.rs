//! The dependencies that crates are allowed to have, as `docs/ARCHITECTURE.md` describes them.

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::workspace::Workspace;

/// The crates of the workspace that each crate may depend on, tests aside. Every crate may depend on [`ALLOWED_EVERYWHERE`].
const ALLOWED: &[(&str, &[&str])] = &[
    ("quidditch-clock", &[]),
    ("quidditch-function", &[]),
    ("quidditch-java-regex", &[]),
    ("quidditch-expression", &["quidditch-function", "quidditch-java-regex"]),
    ("quidditch-storage", &[]),
    ("quidditch-index", &["quidditch-java-regex", "quidditch-storage"]),
    ("quidditch-indexing", &["quidditch-index", "quidditch-storage"]),
    ("quidditch-engine", &["quidditch-expression", "quidditch-function", "quidditch-index"]),
    ("quidditch-sandbox", &["quidditch-function"]),
    ("quidditch-signing", &[]),
    ("quidditch-registry", &["quidditch-function", "quidditch-signing", "quidditch-storage"]),
    ("quidditch-supervision", &["quidditch-function"]),
    (
        "quidditch-service",
        &["quidditch-engine", "quidditch-function", "quidditch-index", "quidditch-storage", "quidditch-supervision"],
    ),
    (
        "quidditch-writes",
        &[
            "quidditch-engine",
            "quidditch-expression",
            "quidditch-function",
            "quidditch-index",
            "quidditch-indexing",
            "quidditch-registry",
            "quidditch-service",
            "quidditch-storage",
        ],
    ),
    (
        "quidditch-cli",
        &[
            "quidditch-authoring",
            "quidditch-bundle",
            "quidditch-engine",
            "quidditch-expression",
            "quidditch-function",
            "quidditch-index",
            "quidditch-indexing",
            "quidditch-oci",
            "quidditch-registry",
            "quidditch-sandbox",
            "quidditch-service",
            "quidditch-signing",
            "quidditch-storage",
            "quidditch-supervision",
            "quidditch-writes",
        ],
    ),
    (
        "quidditch-lambda",
        &[
            "quidditch-engine",
            "quidditch-function",
            "quidditch-index",
            "quidditch-indexing",
            "quidditch-registry",
            "quidditch-sandbox",
            "quidditch-service",
            "quidditch-storage",
            "quidditch-supervision",
            "quidditch-writes",
        ],
    ),
    ("quidditch-bundle", &["quidditch-function"]),
    ("quidditch-oci", &["quidditch-function"]),
    ("quidditch-authoring", &["quidditch-function"]),
    (
        "quidditch-spin",
        &[
            "quidditch-engine",
            "quidditch-function",
            "quidditch-index",
            "quidditch-registry",
            "quidditch-service",
            "quidditch-storage",
        ],
    ),
    ("quidditch-test-compare", &["quidditch-function", "quidditch-index", "quidditch-indexing", "quidditch-tests"]),
    ("quidditch-test-guests", &[]),
    ("quidditch-test-s3", &[]),
    ("quidditch-test-spin", &[]),
    ("quidditch-test-storage", &["quidditch-storage"]),
    ("quidditch-udf", &[]),
    ("cosine", &["quidditch-udf"]),
    ("fuzzy_name", &["quidditch-udf"]),
    ("haversine", &["quidditch-udf"]),
    ("learned_rank", &["quidditch-udf"]),
    ("number_range", &["quidditch-udf"]),
    ("profanity", &["quidditch-udf"]),
    ("recency", &["quidditch-udf"]),
    ("saturation", &["quidditch-udf"]),
    ("string_distance", &["quidditch-udf"]),
    ("xtask", &["quidditch-authoring", "quidditch-function"]),
];

const ALLOWED_EVERYWHERE: &str = "quidditch-clock";

/// Tests and benchmarks, which may depend on everything.
const UNLIMITED: &[&str] = &["quidditch-tests", "quidditch-benches"];

/// Libraries that only these crates may depend on directly, tests aside.
const RESTRICTED: &[(&str, &[&str])] = &[
    ("aws-config", &["quidditch-storage"]),
    ("aws-sdk-s3", &["quidditch-storage"]),
    ("aws-sigv4", &["quidditch-storage"]),
    ("aws-types", &["quidditch-storage"]),
    ("docker_credential", &["quidditch-oci"]),
    ("ed25519-dalek", &["quidditch-signing"]),
    ("lambda_runtime", &["quidditch-lambda"]),
    ("lambda_runtime_api_client", &["quidditch-lambda"]),
    ("oci-client", &["quidditch-oci"]),
    // Other crates know `tracing` alone.
    ("opentelemetry", &["quidditch-cli"]),
    ("opentelemetry-http", &["quidditch-cli"]),
    ("opentelemetry-otlp", &["quidditch-cli"]),
    ("opentelemetry_sdk", &["quidditch-cli"]),
    ("spin-sdk", &["quidditch-spin"]),
    ("tantivy", &["quidditch-index", "quidditch-indexing", "quidditch-engine"]),
    ("tracing-opentelemetry", &["quidditch-cli"]),
    ("wac-graph", &["quidditch-bundle"]),
    // The second is a program that only tests and benchmarks run.
    ("wasmtime", &["quidditch-sandbox", "quidditch-test-spin"]),
];

/// Libraries that these crates must not depend on, directly or indirectly.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("quidditch-function", &["wasmtime", "tantivy", "tokio"]),
    ("quidditch-expression", &["wasmtime", "tantivy"]),
    ("quidditch-storage", &["wasmtime", "tantivy"]),
    ("quidditch-registry", &["wasmtime", "tantivy"]),
    ("quidditch-index", &["wasmtime"]),
    ("quidditch-indexing", &["wasmtime"]),
    ("quidditch-engine", &["wasmtime"]),
    ("quidditch-service", &["wasmtime"]),
    ("quidditch-supervision", &["wasmtime", "tantivy"]),
    ("quidditch-sandbox", &["tantivy", "tokio"]),
    // No compiler: functions are compiled for Lambda when they are published.
    ("quidditch-lambda", &["cranelift-codegen", "wasmtime-internal-cranelift"]),
];

/// The crates that the search component is built from, and the libraries that they must not depend on when they are built for
/// WebAssembly, where there is no runtime. (AWS's crate for signing depends on tokio's locks.)
const FORBIDDEN_IN_WEBASSEMBLY: (&[&str], &[&str]) = (
    &[
        "quidditch-expression",
        "quidditch-storage",
        "quidditch-signing",
        "quidditch-registry",
        "quidditch-supervision",
        "quidditch-index",
        "quidditch-engine",
        "quidditch-service",
        "quidditch-spin",
    ],
    &["hyper", "mio", "aws-sdk-s3", "wasmtime"],
);

/// Paths that may have `unsafe` code: the sandbox; the SDK, which exchanges raw memory with the host; and the bindings that are
/// generated for the search component, which do so, too.
const UNSAFE_ALLOWED: &[&str] = &["components/search/src/functions/bindings.rs", "host/sandbox/", "udfs/sdk/rust/"];

pub(crate) fn check(sh: &Shell) -> Result<()> {
    let workspace = Workspace::load(sh)?;
    for package in &workspace.packages {
        let of = package.name.as_str();
        let allowed = ALLOWED.iter().find(|(name, _)| *name == of).map(|(_, allowed)| *allowed);
        ensure!(allowed.is_some() || UNLIMITED.contains(&of), "{of} is missing in the list of allowed dependencies");
        let Some(allowed) = allowed else { continue };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind.is_none()) {
            let name = dependency.name.as_str();
            let is_ours = workspace.packages.iter().any(|package| package.name == name);
            ensure!(
                !is_ours || name == ALLOWED_EVERYWHERE || allowed.contains(&name),
                "{of} must not depend on {name}"
            );
            if let Some((_, only)) = RESTRICTED.iter().find(|(library, _)| *library == name) {
                ensure!(only.contains(&of), "{of} must not depend on {name}: only {} may", only.join(" and "));
            }
        }
    }
    for (package, libraries) in FORBIDDEN {
        check_forbidden(sh, package, libraries, &[])?;
    }
    for package in FORBIDDEN_IN_WEBASSEMBLY.0 {
        check_forbidden(sh, package, FORBIDDEN_IN_WEBASSEMBLY.1, &["--target", "wasm32-wasip2"])?;
    }
    let sources = cmd!(sh, "git grep -lE allow\\(unsafe_code -- *.rs").quiet().ignore_status().read()?;
    for file in sources.lines().filter(|file| !file.starts_with("infra/")) {
        ensure!(UNSAFE_ALLOWED.iter().any(|path| file.starts_with(path)), "{file} must not have unsafe code");
    }
    Ok(())
}

fn check_forbidden(sh: &Shell, package: &str, libraries: &[&str], options: &[&str]) -> Result<()> {
    let tree = cmd!(sh, "cargo tree --package {package} --edges normal --prefix none {options...}").quiet().read()?;
    for library in libraries {
        let found = tree.lines().any(|line| line.split(' ').next() == Some(*library));
        let options = options.join(" ");
        ensure!(
            !found,
            "{package} must not depend on {library}: see cargo tree --package {package} --invert {library} {options}"
        );
    }
    Ok(())
}
