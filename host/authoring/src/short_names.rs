//! Shortens the names by which the components inside of a component import what it passes to them. Nobody reads them, and the names
//! that `wit-component` makes, such as `import-type-column-request`, would be a tenth of a small component.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};

use crate::sections::{HEADER, Section, push_number, push_sized, sections, take_number, take_sized};

/// Sections of a component.
const COMPONENT: u8 = 4;
const INSTANCES: u8 = 5;
const IMPORTS: u8 = 10;

/// Returns the component with short names between it and the components in it.
pub(crate) fn with_short_names(component: &[u8]) -> Result<Vec<u8>> {
    let mut names = Names::default();
    let mut out = component.get(..HEADER).context("not a WebAssembly binary")?.to_vec();
    for Section { id, body } in sections(component)? {
        let body = match id {
            COMPONENT => inner(body, &mut names)?,
            INSTANCES => instances(body, &names)?,
            _ => body.to_vec(),
        };
        out.push(id);
        push_sized(&mut out, &body);
    }
    Ok(out)
}

/// The short names by the long ones.
#[derive(Default)]
struct Names<'a>(HashMap<&'a [u8], Vec<u8>>);

impl<'a> Names<'a> {
    /// Names of one letter stay.
    fn shorten(&mut self, name: &'a [u8]) -> &[u8] {
        if name.len() == 1 {
            return name;
        }
        let number = self.0.len();
        self.0.entry(name).or_insert_with(|| format!("i{number}").into_bytes())
    }
}

/// A component with short names for its imports.
fn inner<'a>(component: &'a [u8], names: &mut Names<'a>) -> Result<Vec<u8>> {
    let mut out = component.get(..HEADER).context("not a WebAssembly binary")?.to_vec();
    for Section { id, body } in sections(component)? {
        out.push(id);
        match id {
            IMPORTS => push_sized(&mut out, &imports(body, names)?),
            _ => push_sized(&mut out, body),
        }
    }
    Ok(out)
}

fn imports<'a>(body: &'a [u8], names: &mut Names<'a>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let (count, mut rest) = take_number(body)?;
    push_number(&mut out, count);
    for _ in 0..count {
        let (form, after) = rest.split_first().context("an import is truncated")?;
        let (name, after) = take_sized(after)?;
        out.push(*form);
        push_sized(&mut out, names.shorten(name));
        // What is imported: its sort, and an index. For a type, there is a byte between them, and a new type has no index.
        let (bytes, indices) = match after {
            [0x03, 0x01, ..] => (2, 0),
            [0x03, 0x00, ..] | [0x00, 0x11, ..] => (2, 1),
            [0x01 | 0x04 | 0x05, ..] => (1, 1),
            _ => bail!("an import of an unknown sort"),
        };
        rest = copy_number(&mut out, after, bytes, indices)?;
    }
    Ok(out)
}

fn instances(body: &[u8], names: &Names<'_>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let (count, mut rest) = take_number(body)?;
    push_number(&mut out, count);
    for _ in 0..count {
        // Only instances of components have arguments with names that were shortened.
        let is_instantiation = rest.first() == Some(&0);
        rest = copy_number(&mut out, rest, 1, usize::from(is_instantiation))?;
        let (arguments, after) = take_number(rest)?;
        push_number(&mut out, arguments);
        rest = after;
        for _ in 0..arguments {
            if !is_instantiation {
                let (form, after) = rest.split_first().context("an export is truncated")?;
                out.push(*form);
                rest = after;
            }
            let (name, after) = take_sized(rest)?;
            let short = names.0.get(name).filter(|_| is_instantiation);
            push_sized(&mut out, short.map_or(name, Vec::as_slice));
            let bytes = if after.first() == Some(&0) { 2 } else { 1 };
            rest = copy_number(&mut out, after, bytes, 1)?;
        }
    }
    Ok(out)
}

/// Copies bytes, and after them numbers; returns the rest.
fn copy_number<'a>(out: &mut Vec<u8>, from: &'a [u8], bytes: usize, numbers: usize) -> Result<&'a [u8]> {
    let (copied, mut rest) = from.split_at_checked(bytes).context("a section is truncated")?;
    out.extend_from_slice(copied);
    for _ in 0..numbers {
        let (number, after) = take_number(rest)?;
        push_number(out, number);
        rest = after;
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_between_components_are_shortened() {
        let component = |value: &str, run: &str| {
            let text = format!(
                r#"(component
                    (import "log" (func $log))
                    (type $t (record (field "a" u32)))
                    (component $inner
                        (import "{value}" (type $value (eq 0)))
                        (import "{run}" (func $run))
                        (export "run" (func $run)))
                    (instance $i (instantiate $inner (with "{value}" (type $t)) (with "{run}" (func $log))))
                    (instance $e (export "import-run" (func $log)))
                    (export "all" (instance $i)))"#
            );
            let text = text.replace("(type $value (eq 0))", "(type $value (sub resource))");
            let text = text.replace("(type $t (record (field \"a\" u32)))", "(type $t (resource (rep i32)))");
            wat::parse_str(text).expect("valid")
        };
        assert_eq!(
            with_short_names(&component("import-type-value", "import-run")).expect("a binary"),
            component("i0", "i1")
        );
    }

    #[test]
    fn a_truncated_component_is_an_error() {
        let whole = wat::parse_str("(component (core module (func)))").expect("valid");
        assert!(with_short_names(&whole[..whole.len() - 1]).is_err());
        assert!(with_short_names(&whole[..4]).is_err());
    }
}
