//! The sections of a WebAssembly binary.

use anyhow::{Context, Result};

/// Bytes of the magic number and the version, before the first section.
pub(crate) const HEADER: usize = 8;

/// A section of a module or component.
pub(crate) struct Section<'a> {
    pub(crate) id: u8,
    pub(crate) body: &'a [u8],
}

/// The sections of a module or component, in their order.
pub(crate) fn sections(wasm: &[u8]) -> Result<Vec<Section<'_>>> {
    let mut rest = wasm.get(HEADER..).context("not a WebAssembly binary")?;
    let mut sections = Vec::new();
    while let Some((id, after_id)) = rest.split_first() {
        let (body, after) = take_sized(after_id)?;
        sections.push(Section { id: *id, body });
        rest = after;
    }
    Ok(sections)
}

/// Splits off bytes that are preceded by their length.
pub(crate) fn take_sized(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (len, rest) = take_number(bytes)?;
    rest.split_at_checked(len).context("a section is truncated")
}

/// Splits off a number of up to 32 bits.
pub(crate) fn take_number(bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut number = 0_usize;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok((number, &bytes[index + 1..]));
        }
    }
    anyhow::bail!("a number is truncated")
}

/// Adds bytes, preceded by their length.
pub(crate) fn push_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    push_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Adds a number.
pub(crate) fn push_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
