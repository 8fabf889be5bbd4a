//! All that is wrong with a component, for its author, before it is published.

use std::fmt;
use std::sync::Arc;

use quidditch_function::{Cause, FunctionId, Metadata};
use wasmtime::component::Component;

use crate::Limits;
use crate::component_function::LinkedComponent;
use crate::contract::{FILTER, METADATA, SCORER, VERSION};
use crate::host::Host;
use crate::linker::ALLOWED;
use crate::metadata;
use crate::outline::{NoOutline, Outline, outline};
use crate::sandbox::refused;

/// What a component is like.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its bytes.
    pub size: usize,
    /// The interfaces that it imports.
    pub imports: Vec<String>,
    /// The interfaces that it exports.
    pub exports: Vec<String>,
    /// What its standard sections say.
    pub package: Package,
    /// What it says of itself when asked, under no name; `None` if it could not be asked.
    pub metadata: Option<Metadata>,
    /// What is wrong; empty if it can be published.
    pub findings: Vec<Finding>,
}

/// What a component's standard metadata sections say. Each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// Name.
    pub name: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Who made it.
    pub authors: Option<String>,
    /// Under which licences it may be used.
    pub licenses: Option<String>,
}

/// One thing that is wrong with a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub problem: String,
    /// What to do about it, where that is known.
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

/// Checks what can be checked before compiling: size, imports, exports.
pub(crate) fn check_outline(component: &[u8], limits: &Limits) -> Vec<Finding> {
    match outline(component) {
        Ok(outline) => size(component, limits).into_iter().chain(imports(&outline)).chain(exports(&outline)).collect(),
        Err(reason) => size(component, limits).into_iter().chain([no_outline(reason)]).collect(),
    }
}

/// Checks everything.
pub(crate) fn report(host: &Arc<Host>, component: &[u8]) -> Report {
    let outline = outline(component).unwrap_or_default();
    let mut findings = check_outline(component, &host.limits);
    let mut metadata = None;
    let too_large = component.len() > host.limits.component_bytes;
    let is_component = !outline.exports.is_empty() || !outline.imports.is_empty() || findings.is_empty();
    if is_component && !too_large {
        match Component::from_binary(&host.engine, component) {
            Err(error) => findings.push(Finding::new(refused(&error).to_string())),
            Ok(compiled) if findings.is_empty() => match ask(host, &compiled) {
                Ok(asked) => {
                    findings.extend(metadata::problems(&asked, &host.limits).into_iter().map(Finding::new));
                    metadata = Some(asked);
                }
                Err(cause) => findings.push(Finding::new(cause.to_string())),
            },
            Ok(_) => {}
        }
    }
    let Outline { imports, exports, package } = outline;
    Report { size: component.len(), imports, exports, package, metadata, findings }
}

fn ask(host: &Arc<Host>, component: &Component) -> Result<Metadata, Cause> {
    LinkedComponent::new(host, FunctionId::new("", ""), component)?.read_metadata()
}

fn size(component: &[u8], limits: &Limits) -> Option<Finding> {
    let (bytes, limit) = (component.len(), limits.component_bytes);
    let finding = || {
        Finding::new(format!("it has {bytes} bytes, at most {limit} are allowed"))
            .hint("build it optimised for size and without debug information")
    };
    (bytes > limit).then(finding)
}

fn no_outline(reason: NoOutline) -> Finding {
    match reason {
        NoOutline::CoreModule => Finding::new("it is a core module, not a component")
            .hint("make a component of it with `wasm-tools component new MODULE.wasm -o FUNCTION.wasm`"),
        NoOutline::NotWebAssembly => {
            Finding::new("it is not WebAssembly").hint("a function is a file that begins with the bytes 00 61 73 6d")
        }
        NoOutline::Invalid(reason) => Finding::new(format!("it is not a valid component: {reason}")),
    }
}

fn imports(outline: &Outline) -> impl Iterator<Item = Finding> {
    let refused = outline.imports.iter().filter(|import| !ALLOWED.contains(&import.as_str()));
    refused.map(|import| {
        let finding = Finding::new(format!("it imports `{import}`, which functions are not given"));
        if import.starts_with("wasi:") {
            finding.hint("Rust: build for wasm32-unknown-unknown; Python, JavaScript: componentize with --stub-wasi")
        } else if import.starts_with("quidditch:udf/") {
            finding.hint(format!("build it against quidditch:udf@{VERSION}"))
        } else {
            finding.hint(format!(
                "a function may import nothing but {}",
                ALLOWED.map(|name| format!("`{name}`")).join(", ")
            ))
        }
    })
}

fn exports(outline: &Outline) -> impl Iterator<Item = Finding> {
    let missing = |interface: &str| {
        let unversioned = interface.split('@').next().unwrap_or(interface);
        let other = outline.exports.iter().find(|export| export.starts_with(&format!("{unversioned}@")));
        let hint = match other {
            Some(other) => format!("it exports `{other}`: build it against quidditch:udf@{VERSION}"),
            None => "build it against one of the worlds of the package quidditch:udf".to_owned(),
        };
        (hint, !outline.exports.iter().any(|export| export == interface))
    };
    let mut findings = Vec::new();
    if let (hint, true) = missing(METADATA) {
        findings.push(Finding::new(format!("it does not export `{METADATA}`")).hint(hint));
    }
    if let ((filter_hint, true), (scorer_hint, true)) = (missing(FILTER), missing(SCORER)) {
        let problem = format!("it exports neither `{FILTER}` nor `{SCORER}`");
        let hint = if filter_hint.starts_with("it exports") { filter_hint } else { scorer_hint };
        findings.push(Finding::new(problem).hint(hint));
    }
    findings.into_iter()
}
