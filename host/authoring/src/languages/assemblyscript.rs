//! AssemblyScript, by its compiler from npm.

use std::fs;

use anyhow::{Context, Result};
use quidditch_function::{METADATA_INTERFACE, Role};

use crate::error::AuthoringError;
use crate::languages::node::Packages;
use crate::options::{Made, Names, Options};
use crate::project::Project;
use crate::sections::{HEADER, Section, push_number, push_sized, sections, take_number, take_sized};

/// The section of a module with its exports.
const EXPORTS: u8 = 7;

pub(super) fn make(project: &Project, options: &Options) -> Result<Made, AuthoringError> {
    let packages = Packages::ensure(project, options.report)?;
    let module = options.work.join("module.wasm");
    let debug: &[&str] = if options.names == Names::Keep { &["--target", "debug"] } else { &[] };
    packages.program("asc").arg("--outFile").arg(&module).args(debug).run(options.report)?;
    let bytes = fs::read(&module).map_err(AuthoringError::file("read", &module))?;
    let failed = |source| AuthoringError::Component { roles: project.roles, path: module, source };
    Ok(Made::Module(with_canonical_names(&bytes).map_err(failed)?))
}

/// AssemblyScript exports functions by identifiers only: the library calls them `filter__keep` and the like.
fn with_canonical_names(module: &[u8]) -> Result<Vec<u8>> {
    let mut out = module.get(..HEADER).context("not a WebAssembly binary")?.to_vec();
    for Section { id, body } in sections(module)? {
        out.push(id);
        match id {
            EXPORTS => push_sized(&mut out, &exports(body)?),
            _ => push_sized(&mut out, body),
        }
    }
    Ok(out)
}

fn exports(body: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let (count, mut rest) = take_number(body)?;
    push_number(&mut out, count);
    for _ in 0..count {
        let (name, after) = take_sized(rest)?;
        let name = std::str::from_utf8(name).context("the name of an export is not UTF-8")?;
        push_sized(&mut out, canonical_name(name).as_deref().unwrap_or(name).as_bytes());
        let (sort, after) = after.split_first().context("an export is truncated")?;
        out.push(*sort);
        let (index, after) = take_number(after)?;
        push_number(&mut out, index);
        rest = after;
    }
    Ok(out)
}

/// The name of an export in the canonical ABI; `None` if it has that name already.
fn canonical_name(name: &str) -> Option<String> {
    if let Some(function) = name.strip_suffix("__post") {
        return Some(format!("cabi_post_{}", canonical_name(function)?));
    }
    let (interface, function) = name.split_once("__")?;
    let function = function.replace('_', "-");
    if interface == "metadata" {
        return Some(format!("{METADATA_INTERFACE}#{function}"));
    }
    let role = Role::ALL.into_iter().find(|role| role.name() == interface)?;
    Some(match function.as_str() {
        "bind" => format!("{}#[static]bound-{role}.bind", role.interface()),
        "drop" => format!("{}#[dtor]bound-{role}", role.interface()),
        _ => format!("{}#[method]bound-{role}.{function}", role.interface()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exports_of_the_library_are_renamed() {
        let module = |names: [&str; 6]| {
            let exports: String = names.iter().map(|name| format!("(export \"{name}\" (func 0))")).collect();
            wat::parse_str(format!("(module (memory (export \"memory\") 1) (func) {exports})")).expect("valid")
        };
        let names = [
            "metadata__memory_mib",
            "filter__bind",
            "filter__keep__post",
            "scorer__max_score",
            "values__drop",
            "my__own",
        ];
        let canonical = [
            "quidditch:udf/metadata@0.2.0#memory-mib",
            "quidditch:udf/filter@0.2.0#[static]bound-filter.bind",
            "cabi_post_quidditch:udf/filter@0.2.0#[method]bound-filter.keep",
            "quidditch:udf/scorer@0.2.0#[method]bound-scorer.max-score",
            "quidditch:udf/values@0.2.0#[dtor]bound-values",
            "my__own",
        ];
        assert_eq!(with_canonical_names(&module(names)).expect("a module"), module(canonical));
    }

    #[test]
    fn a_truncated_module_is_an_error() {
        let whole = wat::parse_str("(module (func (export \"filter__bind\")))").expect("valid");
        assert!(with_canonical_names(&whole[..whole.len() - 1]).is_err());
        assert!(with_canonical_names(&whole[..4]).is_err());
    }
}
