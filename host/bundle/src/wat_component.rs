//! Makes the small components and modules of a bundle from WebAssembly text and the world that they implement.

use std::fmt::Write;

use quidditch_function::TYPES_INTERFACE;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::error::BoxError;

/// The contract with functions.
const CONTRACT: &str = include_str!("../../../wit/udf.wit");
/// The interfaces between the search component and the rest of a bundle.
const SPIN: &str = include_str!("../../../components/search/wit/spin.wit");
/// The part of WASI that a log needs.
const WASI: [(&str, &str); 2] = [("io.wit", include_str!("wit/io.wit")), ("cli.wit", include_str!("wit/cli.wit"))];

/// Makes a component from a core module in WebAssembly text. `world` is the body of a WIT world; it names the imports and exports
/// of the module.
pub(crate) fn component(world: &str, text: &str) -> Result<Vec<u8>, BoxError> {
    Ok(ComponentEncoder::default().module(&module(world, text)?)?.validate(true).encode()?)
}

/// Makes the core module alone, with its world in a custom section.
pub(crate) fn module(world: &str, text: &str) -> Result<Vec<u8>, BoxError> {
    let mut resolve = Resolve::default();
    resolve.push_str("udf.wit", CONTRACT)?;
    resolve.push_str("spin.wit", SPIN)?;
    for (name, text) in WASI {
        resolve.push_str(name, text)?;
    }
    let package = format!("package quidditch:part;\nworld part {{\n{world}\n}}\n");
    let package = resolve.push_str("part.wit", &package)?;
    let world = resolve.select_world(&[package], Some("part"))?;
    let mut module = wat::parse_str(text)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    Ok(module)
}

/// The component that exports the types of the contract, which functions and the search component share.
pub(crate) fn types() -> Result<Vec<u8>, BoxError> {
    component(&format!("export {TYPES_INTERFACE};"), "(module)")
}

/// The body of an interface of the contract, to be imported under another name.
pub(crate) fn interface_body(name: &str) -> String {
    let start = format!("interface {name} {{");
    let (_, body) = CONTRACT.split_once(&start).expect("the contract has the interface");
    let (body, _) = body.split_once("\n}").expect("the interface ends");
    body.replace("use types.", &format!("use {TYPES_INTERFACE}."))
}

/// Escapes a string for WebAssembly text: every byte that is not printable ASCII by its number.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' => escaped.push(byte as char),
            _ => write!(escaped, "\\{byte:02x}").expect("writing to a string cannot fail"),
        }
    }
    escaped
}
