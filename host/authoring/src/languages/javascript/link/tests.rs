use wasmparser::{Parser, Payload, Validator};

use super::link;

const LOG: &str = "quidditch:udf/log@0.2.0";
const SUMMARY: &str = "quidditch:udf/metadata@0.2.0#summary-length";

/// A component like those of componentize-qjs, with another component inside of it. The inner one has two modules,
/// which share the memory of the first. With that of the outer component, there are two memories.
fn component(memory_of_bindings: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
            (core module (memory 1))
            (core instance (instantiate 0))
            (component
                (import "{LOG}" (instance $log (export "log" (func (param "level" u32)))))
                (import "wasi:clocks/wall-clock@0.2.12" (instance $clock (export "now" (func (result u32)))))
                (import "wasi:random/insecure-seed@0.2.12" (instance $seed (export "insecure-seed" (func))))
                (core func $log (canon lower (func $log "log")))
                (core func $now (canon lower (func $clock "now")))
                (core func $seed (canon lower (func $seed "insecure-seed")))
                (core module $interpreter
                    (import "host" "now" (func $now (result i32)))
                    (import "host" "seed" (func $seed))
                    (memory (export "memory") 1)
                    (global (export "base") i32 (i32.const 64))
                    (table (export "table") 1 funcref)
                    (func $start call $seed)
                    (func (export "now") (result i32) call $now)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
                    (start $start))
                (core module $bindings
                    (import "interpreter" "memory" (memory 1))
                    (import "interpreter" "base" (global $base i32))
                    (import "interpreter" "table" (table 1 funcref))
                    (import "interpreter" "now" (func $now (result i32)))
                    (import "log" "log" (func $log (param i32)))
                    {memory_of_bindings}
                    (data (global.get $base) "text")
                    (elem (i32.const 0) func $summary)
                    (func $summary (export "{SUMMARY}") (result i32)
                        (call $log (i32.const 1))
                        (i32.add (i32.load8_u (global.get $base)) (call $now))))
                (core instance $host (export "now" (func $now)) (export "seed" (func $seed)))
                (core instance $interpreter (instantiate $interpreter (with "host" (instance $host))))
                (core instance $logs (export "log" (func $log)))
                (core instance $bindings (instantiate $bindings
                    (with "interpreter" (instance $interpreter))
                    (with "log" (instance $logs))))
                (func (export "summary-length") (result u32)
                    (canon lift (core func $bindings "{SUMMARY}")
                        (memory (core memory $interpreter "memory")) (realloc (core func $interpreter "realloc"))))))"#
    );
    wat::parse_str(text).expect("valid")
}

fn payloads(module: &[u8]) -> Vec<Payload<'_>> {
    Parser::new(0).parse_all(module).map(|payload| payload.expect("readable")).collect()
}

#[test]
fn the_modules_around_the_interpreter_become_one_with_one_memory() {
    let module = link(&component("")).expect("linked");
    Validator::new().validate_all(&module).expect("valid");
    let (mut memories, mut exports) = (0, Vec::new());
    for payload in payloads(&module) {
        match payload {
            Payload::MemorySection(section) => memories += section.count(),
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|export| export.expect("readable").name));
            }
            _ => {}
        }
    }
    assert_eq!(memories, 1);
    assert_eq!(exports, [SUMMARY, "cabi_realloc", "memory"]);
}

#[test]
fn imports_outside_of_the_contract_become_traps() {
    let module = link(&component("")).expect("linked");
    let (mut imports, mut bodies) = (Vec::new(), Vec::new());
    for payload in payloads(&module) {
        match payload {
            Payload::ImportSection(section) => {
                let names = section.into_imports().map(|import| import.expect("readable"));
                imports.extend(names.map(|import| (import.module, import.name)));
            }
            Payload::CodeSectionEntry(body) => {
                let operators = body.get_operators_reader().expect("readable").into_iter();
                bodies.push(format!("{:?}", operators.map(|operator| operator.expect("readable")).collect::<Vec<_>>()));
            }
            _ => {}
        }
    }
    assert_eq!(imports, [(LOG, "log")]);
    // The clock traps. The seed does not: the interpreter asks for one when it starts.
    assert_eq!(bodies[..2], ["[Unreachable, End]", "[End]"]);
    // And the functions of the modules call those in the output.
    assert_eq!(bodies[2..4], ["[Call { function_index: 2 }, End]", "[Call { function_index: 1 }, End]"]);
}

#[test]
fn a_second_memory_of_the_interpreter_is_an_error() {
    let error = link(&component("(memory 1)")).expect_err("it has two").to_string();
    assert!(error.contains("2 memories"), "{error}");
}

#[test]
fn damaged_components_are_errors() {
    let whole = component("");
    for length in 0..whole.len() {
        assert!(link(&whole[..length]).is_err(), "{length} bytes");
    }
    // What a changed byte means is not important, but there must be no panic.
    for position in 8..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x11;
        let _ = link(&damaged);
    }
}
