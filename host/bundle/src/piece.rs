//! The small components that hold a bundle together, made of WebAssembly text and the world that it implements.

use std::error::Error;
use std::fmt::Write;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

type Failure = Box<dyn Error + Send + Sync>;

/// The contract.
const CONTRACT: &str = include_str!("../../../wit/udf.wit");
/// The interface that all functions of a bundle are behind.
const EDGE: &str = include_str!("../../../components/search/wit/edge.wit");
/// What of WASI a log needs.
const WASI: [(&str, &str); 2] = [("io.wit", include_str!("wit/io.wit")), ("cli.wit", include_str!("wit/cli.wit"))];

/// Makes a component of a core module in text, whose imports and exports are named as `world` has them. `world` is the inside
/// of a world in WIT.
pub(crate) fn component(world: &str, text: &str) -> Result<Vec<u8>, Failure> {
    Ok(ComponentEncoder::default().module(&module(world, text)?)?.validate(true).encode()?)
}

/// The core module alone, which knows its world.
pub(crate) fn module(world: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let mut resolve = Resolve::default();
    resolve.push_str("udf.wit", CONTRACT)?;
    resolve.push_str("edge.wit", EDGE)?;
    for (name, text) in WASI {
        resolve.push_str(name, text)?;
    }
    let package = resolve.push_str("piece.wit", &format!("package quidditch:piece;\nworld piece {{\n{world}\n}}\n"))?;
    let world = resolve.select_world(&[package], Some("piece"))?;
    let mut module = wat::parse_str(text)?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    Ok(module)
}

/// The component that says what the types of the contract are, to all that are made of them.
pub(crate) fn types() -> Result<Vec<u8>, Failure> {
    component("export quidditch:udf/types@0.1.0;", "(module)")
}

/// The text of an interface of the contract, to be imported under another name.
pub(crate) fn inline_interface(name: &str) -> String {
    let start = format!("interface {name} {{");
    let (_, body) = CONTRACT.split_once(&start).expect("the contract has it");
    let (body, _) = body.split_once("\n}").expect("it ends");
    body.replace("use types.", "use quidditch:udf/types@0.1.0.")
}

/// As WebAssembly text has it: every byte that is not plain by its number.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' => escaped.push(byte as char),
            _ => write!(escaped, "\\{byte:02x}").expect("a string takes all"),
        }
    }
    escaped
}
