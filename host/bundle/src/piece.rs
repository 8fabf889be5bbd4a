//! The small components that hold a bundle together, made of WebAssembly text and the world that it implements.

use std::error::Error;
use std::fmt::Write;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

type Failure = Box<dyn Error + Send + Sync>;

/// The contract, and the interface that all functions of a bundle are behind.
pub(crate) const CONTRACT: &str = include_str!("../../../wit/udf.wit");
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
    let body = CONTRACT.split_once(&start).map_or("", |(_, rest)| rest);
    let end = body.find("\n}").unwrap_or(body.len());
    body[..end].replace("use types.", "use quidditch:udf/types@0.1.0.")
}

/// Memory for what is handed over in one call: what is asked for next lies behind what was given last. The module has a global
/// `$next`, and sets it back when the call is over.
pub(crate) const ALLOCATE: &str = r#"  (func (export "cabi_realloc") (param $old i32) (param $old_bytes i32) (param $align i32) (param $bytes i32) (result i32)
    (local $at i32) (local $end i32)
    ;; Aligned; and the end, which must not go round the address space.
    (local.set $at (i32.and (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (if (i32.lt_u (local.get $end) (local.get $at)) (then unreachable))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16))) (then
      (if (i32.eq (i32.const -1) (memory.grow (i32.shr_u
          (i32.add (i32.sub (local.get $end) (i32.shl (memory.size) (i32.const 16))) (i32.const 65535)) (i32.const 16))))
        (then unreachable))))
    (memory.copy (local.get $at) (local.get $old) (local.get $old_bytes))
    (global.set $next (local.get $end))
    (local.get $at))"#;

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
