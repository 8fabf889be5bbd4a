//! Checks a component before it is published, and reports all problems to its author.

use std::fmt;
use std::sync::Arc;

use quidditch_function::{
    CONTRACT_VERSION, Cause, FunctionId, METADATA_INTERFACE, Metadata, Package, Role, error_chain,
};
use wasmtime::component::Component;

use crate::SandboxLimits;
use crate::exports::MissingExport;
use crate::host::Host;
use crate::independence;
use crate::linked_component::LinkedComponent;
use crate::linker::ALLOWED;
use crate::metadata;
use crate::outline::{Outline, OutlineError, outline};

/// The properties and problems of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its size in bytes.
    pub size: usize,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// The interfaces that it exports.
    pub exports: Vec<String>,
    /// Its standard metadata.
    pub package: Package,
    /// The metadata that it returns, without name and version; `None` if it could not be called.
    pub metadata: Option<Metadata>,
    /// Its problems; empty if it can be published.
    pub findings: Vec<Finding>,
}

/// A problem of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub problem: String,
    /// How to fix it, if that is known.
    pub hint: Option<String>,
}

impl Finding {
    fn new(problem: impl Into<String>) -> Self {
        Finding { problem: problem.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Finding { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)?;
        match &self.hint {
            Some(hint) => write!(formatter, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// Checks what can be checked without compiling: size, imports, exports.
pub(crate) fn check_outline(component: &[u8], limits: &SandboxLimits) -> Vec<Finding> {
    match outline(component) {
        Ok(outline) => size(component, limits).into_iter().chain(imports(&outline)).chain(exports(&outline)).collect(),
        Err(error) => size(component, limits).into_iter().chain([not_a_component(error)]).collect(),
    }
}

/// Checks everything. `compile` compiles the component.
pub(crate) fn report(host: &Arc<Host>, component: &[u8], compile: impl FnOnce() -> Result<Component, Cause>) -> Report {
    let outline = outline(component).unwrap_or_default();
    let mut findings = check_outline(component, &host.limits);
    let mut metadata = None;
    let too_large = component.len() > host.limits.component_bytes;
    let is_component = !outline.exports.is_empty() || !outline.imports.is_empty() || findings.is_empty();
    if is_component && !too_large {
        match compile() {
            Err(cause) => findings.push(Finding::new(error_chain(&cause))),
            Ok(compiled) if findings.is_empty() => match check_calls(host, &compiled) {
                Ok((read, problems)) => {
                    metadata = Some(read);
                    findings = problems;
                }
                Err(cause) => findings.push(Finding::new(error_chain(&cause))),
            },
            Ok(_) => {}
        }
    }
    let Outline { imports, exports, package } = outline;
    Report { size: component.len(), imports, exports, package, metadata, findings }
}

/// Calls the component: reads its metadata, and if that is valid, checks that its bindings are independent.
fn check_calls(host: &Arc<Host>, component: &Component) -> Result<(Metadata, Vec<Finding>), Cause> {
    let mut linked = LinkedComponent::new(host, FunctionId::new("", ""), component)?;
    let metadata = linked.read_metadata()?;
    let mut findings: Vec<Finding> =
        metadata::problems(&metadata, &host.limits).into_iter().map(Finding::new).collect();
    if findings.is_empty()
        && let Err(error) = independence::check(&linked, &metadata)
    {
        findings.push(Finding::new(error.to_string()).hint(independence::HINT));
    }
    Ok((metadata, findings))
}

fn size(component: &[u8], limits: &SandboxLimits) -> Option<Finding> {
    let (bytes, limit) = (component.len(), limits.component_bytes);
    let finding = || {
        Finding::new(format!("it has {bytes} bytes; at most {limit} are allowed"))
            .hint("build it optimised for size and without debug information")
    };
    (bytes > limit).then(finding)
}

fn not_a_component(error: OutlineError) -> Finding {
    let finding = Finding::new(error.to_string());
    match error {
        OutlineError::CoreModule => {
            finding.hint("convert it with `wasm-tools component new MODULE.wasm -o FUNCTION.wasm`")
        }
        OutlineError::NotWebAssembly => finding.hint("a WebAssembly file begins with the bytes 00 61 73 6d"),
        OutlineError::Invalid(source) => Finding::new(format!("{}: {source}", finding.problem)),
    }
}

fn imports(outline: &Outline) -> impl Iterator<Item = Finding> {
    let unavailable = outline.imports.iter().filter(|import| !ALLOWED.contains(&import.as_str()));
    unavailable.map(|import| {
        let finding = Finding::new(format!("it imports `{import}`, which is not available to functions"));
        if import.starts_with("wasi:") {
            finding.hint("Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi")
        } else if import.starts_with("quidditch:udf/") {
            finding.hint(format!("rebuild it against quidditch:udf@{CONTRACT_VERSION}"))
        } else {
            finding
                .hint(format!("a function may import only {}", ALLOWED.map(|name| format!("`{name}`")).join(" and ")))
        }
    })
}

fn exports(outline: &Outline) -> impl Iterator<Item = Finding> {
    let is_exported = |interface: &str| outline.exports.iter().any(|export| export == interface);
    // An interface of another version of the contract.
    let other_version = |interface: &str| {
        let unversioned = interface.split('@').next().unwrap_or(interface);
        outline.exports.iter().find(|export| export.starts_with(&format!("{unversioned}@")))
    };
    let hint = |other: Option<&String>| match other {
        Some(other) => format!("it exports `{other}`: rebuild it against quidditch:udf@{CONTRACT_VERSION}"),
        None => "build it against one of the worlds of the package quidditch:udf".to_owned(),
    };
    let mut findings = Vec::new();
    if !is_exported(METADATA_INTERFACE) {
        let finding = Finding::new(format!("it does not export `{METADATA_INTERFACE}`"));
        findings.push(finding.hint(hint(other_version(METADATA_INTERFACE))));
    }
    let roles = Role::ALL.map(Role::interface);
    if !roles.into_iter().any(is_exported) {
        let finding = Finding::new(MissingExport::Role.to_string());
        findings.push(finding.hint(hint(roles.into_iter().find_map(other_version))));
    }
    findings.into_iter()
}
