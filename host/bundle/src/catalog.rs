//! The catalog: the component that returns the records of the functions in a bundle.

use crate::error::BoxError;
use crate::wat_component;

pub(crate) const CATALOG: &str = "quidditch:spin/catalog@0.1.0";

/// Address of the text. Its address and length are stored before it, at 0.
const TEXT: usize = 16;

/// The catalog of functions with these records, in the order of their slots.
pub(crate) fn component(records: &[&str]) -> Result<Vec<u8>, BoxError> {
    let text = format!("[{}]", records.join(","));
    wat_component::component(&format!("export {CATALOG};"), &module(&text))
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
        escaped = wat_component::escaped(text),
        bytes = text.len(),
    )
}
