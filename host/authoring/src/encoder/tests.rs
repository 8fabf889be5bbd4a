//! Modules without logic, encoded here and by `wit-component`.

use std::fmt::Write;

use quidditch_function::{Role, Roles};
use wit_component::{ComponentEncoder, DecodedWasm, OutputToString, StringEncoding, WitPrinter};

use super::*;
use crate::contract;

/// A module with all functions of the world, which imports what is given.
fn module(resolve: &Resolve, world: WorldId, imports: &str) -> Vec<u8> {
    let mut text = format!("(module {imports} (memory (export \"memory\") 1)");
    let mut add = |name: &str, params: &[WasmType], results: &[WasmType]| {
        let list = |types: &[WasmType]| types.iter().map(|ty| core_type(ty).to_owned() + " ").collect::<String>();
        let (params, results) = (list(params), list(results));
        writeln!(text, "(func (export \"{name}\") (param {params}) (result {results}) unreachable)").expect("a text");
    };
    add("cabi_realloc", &[WasmType::I32; 4], &[WasmType::I32]);
    add("_initialize", &[], &[]);
    for id in interfaces(resolve.worlds[world].exports.values()).expect("interfaces") {
        let name = resolve.id_of(id).expect("a name");
        for function in resolve.interfaces[id].functions.values() {
            let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
            add(&format!("{name}#{}", function.name), &signature.params, &signature.results);
            if signature.retptr {
                add(&format!("cabi_post_{name}#{}", function.name), &signature.results, &[]);
            }
        }
        for resource in resources(resolve, id) {
            add(&format!("{name}#[dtor]{resource}"), &[WasmType::I32], &[]);
        }
    }
    wat::parse_str(text + ")").expect("a module")
}

fn core_type(ty: &WasmType) -> &'static str {
    match ty {
        WasmType::I64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        _ => "i32",
    }
}

fn resources(resolve: &Resolve, id: InterfaceId) -> impl Iterator<Item = &str> {
    let types = resolve.interfaces[id].types.iter();
    types.filter(|(_, id)| matches!(resolve.types[**id].kind, TypeDefKind::Resource)).map(|(name, _)| name.as_str())
}

/// What functions in all languages import.
fn contract_imports(resolve: &Resolve, world: WorldId) -> String {
    let mut text = "(import \"quidditch:udf/log@0.2.0\" \"log\" (func (param i32 i32 i32)))".to_owned();
    for id in interfaces(resolve.worlds[world].exports.values()).expect("interfaces") {
        let name = resolve.id_of(id).expect("a name");
        for resource in resources(resolve, id) {
            write!(text, "(import \"[export]{name}\" \"[resource-new]{resource}\" (func (param i32) (result i32)))")
                .expect("a text");
        }
    }
    text
}

/// The lines that tools show of the interfaces of a component, sorted: the order of types differs.
fn shown(component: &[u8]) -> Vec<String> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component).expect("a component") else {
        panic!("a package of WIT");
    };
    let package = resolve.worlds[world].package.expect("a package");
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    let mut printer = WitPrinter::<OutputToString>::default();
    printer.print(&resolve, package, &others).expect("printed");
    let mut lines: Vec<_> = printer.output.to_string().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn all_roles() -> Vec<Roles> {
    let sets = [&[Role::Filter][..], &[Role::Scorer], &[Role::Values], &[Role::Filter, Role::Scorer, Role::Values]];
    sets.iter().map(|roles| roles.iter().copied().collect()).collect()
}

#[test]
fn tools_see_the_same_interfaces_as_if_wit_component_had_encoded_the_module() {
    for roles in all_roles() {
        let (resolve, world) = contract::resolve(roles).expect("valid");
        let module = module(&resolve, world, &contract_imports(&resolve, world));
        let ours = encode(&module, &resolve, world, Names::Remove).expect("valid").expect("nothing else is imported");
        wit_component::targets(&resolve, world, &ours, false).expect("the world");

        let mut with_types = module.clone();
        wit_component::embed_component_metadata(&mut with_types, &resolve, world, StringEncoding::UTF8, false)
            .expect("embedded");
        let theirs = ComponentEncoder::default().module(&with_types).expect("a module").encode().expect("a component");
        assert_eq!(shown(&ours), shown(&theirs), "{roles}");
        assert!(ours.len() < theirs.len() * 2 / 3, "{roles}: {} and {}", ours.len(), theirs.len());
    }
}

/// A filter that imports what is given.
fn filter(imports: &str, names: Names) -> Result<Option<Vec<u8>>> {
    let (resolve, world) = contract::resolve(Role::Filter.into()).expect("valid");
    encode(&module(&resolve, world, imports), &resolve, world, names)
}

#[test]
fn modules_that_import_anything_else_are_left_to_wit_component() {
    let wasi = "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))";
    let unknown = "(import \"quidditch:udf/log@0.2.0\" \"print\" (func))";
    for imports in [wasi, unknown] {
        assert_eq!(filter(imports, Names::Remove).expect("valid"), None);
    }
}

#[test]
fn an_interface_that_is_not_called_is_not_imported() {
    let component = filter("", Names::Remove).expect("valid").expect("nothing is imported");
    assert!(!shown(&component).iter().any(|line| line.contains("log")));
}

#[test]
fn a_missing_export_is_an_error_that_names_it() {
    let (resolve, world) = contract::resolve(Role::Filter.into()).expect("valid");
    let (other, other_world) = contract::resolve(Role::Scorer.into()).expect("valid");
    let error = encode(&module(&other, other_world, ""), &resolve, world, Names::Remove).expect_err("a scorer");
    insta::assert_snapshot!(error, @"the module does not export [quidditch:udf/filter@0.2.0#[static]bound-filter.bind]");
}

#[test]
fn names_and_the_positions_of_instructions_stay_for_debugging() {
    // The constant is padded, as linkers do.
    let function = |constant: &[u8]| {
        let body = [&[0, 0x41], constant, &[0x1a, 0x0b]].concat();
        let mut code = vec![1, body.len() as u8];
        code.extend(body);
        let mut module = wasm_encoder::Module::new();
        module
            .section(&wasm_encoder::RawSection { id: 1, data: &[1, 0x60, 0, 0] })
            .section(&wasm_encoder::RawSection { id: 3, data: &[1, 0] })
            .section(&wasm_encoder::RawSection { id: 10, data: &code });
        module
    };
    let padded = function(&[0x85, 0x80, 0x80, 0x80, 0x00]);
    let mut named = padded.clone();
    named
        .section(&wasm_encoder::RawSection { id: 0, data: b"\x04name\x00\x02\x01m" })
        .section(&wasm_encoder::RawSection { id: 0, data: b"\x16component-type:functionx" });
    let (padded, named) = (padded.finish(), named.finish());
    let kept = Module::parse(&named).expect("valid").encode(Names::Keep).expect("encoded");
    assert!(kept.starts_with(&padded));
    assert!(kept.ends_with(b"\x04name\x00\x02\x01m"));
    let removed = Module::parse(&named).expect("valid").encode(Names::Remove).expect("encoded");
    assert_eq!(removed, function(&[5]).finish());
}
