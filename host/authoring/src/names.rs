//! Removes from a component what only debugging tools read: it would be a tenth of a small component.

use anyhow::{Context, Result};

use crate::sections::{HEADER, Section, push_sized, sections, take_sized};

/// The index of the header's byte that is 1 for a component and 0 for a module.
const LAYER: usize = 6;

const CUSTOM: u8 = 0;
/// Sections of a component that are modules or components themselves.
const NESTED: [u8; 2] = [1, 4];

/// Returns the component without its names, and without any custom section of the modules and components in it.
pub(crate) fn without_names(component: &[u8]) -> Result<Vec<u8>> {
    copy(component, is_names)
}

/// Copies a module or component without the custom sections that `unwanted` picks.
fn copy(wasm: &[u8], unwanted: fn(&[u8]) -> bool) -> Result<Vec<u8>> {
    let header = wasm.get(..HEADER).context("not a WebAssembly binary")?;
    let mut out = header.to_vec();
    for Section { id, body } in sections(wasm)? {
        if id == CUSTOM && unwanted(body) {
            continue;
        }
        out.push(id);
        if header[LAYER] == 1 && NESTED.contains(&id) {
            push_sized(&mut out, &copy(body, |_| true)?);
        } else {
            push_sized(&mut out, body);
        }
    }
    Ok(out)
}

fn is_names(custom: &[u8]) -> bool {
    take_sized(custom).is_ok_and(|(name, _)| name == b"name" || name == b"component-name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_inner_custom_sections_are_removed() {
        let named = "(component $outer (@custom \"kept\" \"x\")
            (component $inner (core module $m (func $f (param $a i32)) (@custom \"gone\" \"x\"))))";
        let unnamed = "(component (@custom \"kept\" \"x\") (component (core module (func (param i32)))))";
        let parse = |text| wat::parse_str(text).expect("valid");
        assert_eq!(without_names(&parse(named)).expect("a binary"), parse(unnamed));
        assert_eq!(without_names(&parse(unnamed)).expect("a binary"), parse(unnamed));
    }

    #[test]
    fn a_truncated_component_is_an_error() {
        let whole = wat::parse_str("(component (core module (func)))").expect("valid");
        assert!(without_names(&whole[..whole.len() - 1]).is_err());
        assert!(without_names(&whole[..4]).is_err());
    }
}
