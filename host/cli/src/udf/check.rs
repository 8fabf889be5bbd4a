//! `quidditch udf check`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use quidditch_function::Role;
use quidditch_sandbox::{Report, Sandbox, SandboxLimits};
use serde_json::{Value as Json, json};

use crate::arguments::Global;
use crate::byte_size::ByteSize;
use crate::compiler::ChildCompiler;
use crate::outcome::Outcome;
use crate::output::{count, print, print_json};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Component to check
    file: PathBuf,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome> {
    let file = arguments.file.display().to_string();
    let component = fs::read(&arguments.file).with_context(|| format!("cannot read {file}"))?;
    let report = ChildCompiler::new(Sandbox::new(SandboxLimits::default(), None)?).check(&component);
    if global.json {
        print_json(&json(&report))?;
    } else {
        print(&text(&file, &report))?;
    }
    Ok(if report.findings.is_empty() { Outcome::Done } else { Outcome::Failed })
}

fn text(file: &str, report: &Report) -> String {
    let mut lines = Vec::new();
    match report.findings.len() {
        0 => lines.push(format!("{file}: no problems found ({})", ByteSize(report.size as u64).rounded())),
        findings => lines.push(format!("{file}: {} found", count(findings as u64, "problem"))),
    }
    lines.extend(findings(report));
    let package = &report.package;
    if let Some(name) = &package.name {
        lines.push(format!("name: {name} {}", package.version.as_deref().unwrap_or_default()).trim_end().to_owned());
    }
    if let Some(metadata) = &report.metadata {
        lines.push(format!("summary: {}", metadata.summary));
        lines.push(format!("roles: {}", metadata.roles));
        if metadata.memory_mib > 0 {
            lines.push(format!("memory: {} MiB", metadata.memory_mib));
        }
        let parameters = metadata.parameters.iter();
        let parameters: Vec<String> =
            parameters.map(|parameter| format!("{} ({})", parameter.name, parameter.kind.name())).collect();
        lines.push(format!("parameters: {}", parameters.join(", ")).trim_end().to_owned());
    }
    lines.join("\n")
}

/// A line for each problem, and one for each hint.
pub(super) fn findings(report: &Report) -> Vec<String> {
    let lines = report.findings.iter().flat_map(|finding| {
        let hint = finding.hint.as_ref().map(|hint| format!("  {hint}"));
        std::iter::once(format!("- {}", finding.problem)).chain(hint)
    });
    lines.collect()
}

/// The problems as JSON.
pub(super) fn findings_json(report: &Report) -> Json {
    let findings = report.findings.iter();
    findings.map(|finding| json!({ "problem": finding.problem, "hint": finding.hint })).collect()
}

fn json(report: &Report) -> Json {
    let package = &report.package;
    json!({
        "findings": findings_json(report),
        "bytes": report.size,
        "imports": report.imports,
        "exports": report.exports,
        "name": package.name,
        "version": package.version,
        "authors": package.about.authors,
        "licence": package.about.licence,
        "homepage": package.about.homepage,
        "source": package.about.source,
        "revision": package.about.revision,
        "summary": report.metadata.as_ref().map(|metadata| metadata.summary.as_str()),
        "filter": report.metadata.as_ref().map(|metadata| metadata.roles.contains(Role::Filter)),
        "scorer": report.metadata.as_ref().map(|metadata| metadata.roles.contains(Role::Scorer)),
        "values": report.metadata.as_ref().map(|metadata| metadata.roles.contains(Role::Values)),
        "memory_mib": report.metadata.as_ref().map(|metadata| metadata.memory_mib),
    })
}
