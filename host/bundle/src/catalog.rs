//! The catalog: the component that says what functions are in a bundle.

use std::error::Error;

use crate::piece;

pub(crate) const CATALOG: &str = "quidditch:edge/catalog@0.1.0";

/// Where its text begins; its place and length stand before it.
const TEXT: usize = 16;

/// The catalog of functions with these records, in the order of their places.
pub(crate) fn component(records: &[&str]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let text = format!("[{}]", records.join(","));
    piece::component(&format!("export {CATALOG};"), &module(&text))
}

fn module(text: &str) -> String {
    let pages = (TEXT + text.len()) / 65_536 + 1;
    format!(
        r#"(module
  (memory (export "memory") {pages})
  (data (i32.const {TEXT}) "{escaped}")
  (func (export "{CATALOG}#records") (result i32)
    (i32.store (i32.const 0) (i32.const {TEXT}))
    (i32.store (i32.const 4) (i32.const {bytes}))
    (i32.const 0)))"#,
        escaped = piece::escaped(text),
        bytes = text.len(),
    )
}
