//! Two modules that let a component's module and the component refer to each other.
//!
//! The module needs functions of the component before it can be made, and some of these need functions or the memory of the module:
//! the one that destroys a resource, and calls with a text. So the module gets functions that call through a table, which is filled
//! when the module is there.

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Module, RefType, StartSection, TableSection, TableType, TypeSection, ValType,
};

use super::module::short;

/// The name of the table.
pub(super) const TABLE: &str = "t";
/// The name of a function that runs when the module is there.
pub(super) const START: &str = "s";

/// The parameters of a function that is called through the table. It has no result.
pub(super) type Params = Vec<ValType>;

/// The table, and for each entry a function that calls it.
pub(super) fn callers(functions: &[Params]) -> Module {
    let mut exports = ExportSection::new();
    let (mut types, mut callers, mut code) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    for (number, params) in (0_u32..).zip(functions) {
        types.ty().function(params.iter().copied(), []);
        callers.function(number);
        exports.export(&short(number as usize), ExportKind::Func, number);
        let mut function = Function::new([]);
        let mut instructions = function.instructions();
        for (local, _) in (0_u32..).zip(params) {
            instructions.local_get(local);
        }
        instructions.i32_const(number as i32).call_indirect(0, number).end();
        code.function(&function);
    }
    exports.export(TABLE, ExportKind::Table, 0);
    let mut tables = TableSection::new();
    tables.table(table(functions));
    let mut module = Module::new();
    module.section(&types).section(&callers).section(&tables).section(&exports).section(&code);
    module
}

/// Fills the table with the functions that it imports, and runs the start function if there is one.
pub(super) fn filler(functions: &[Params], has_start: bool) -> Module {
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    for (number, params) in (0_u32..).zip(functions) {
        types.ty().function(params.iter().copied(), []);
        imports.import("", &short(number as usize), EntityType::Function(number));
    }
    let start = functions.len() as u32;
    if has_start {
        types.ty().function([], []);
        imports.import("", START, EntityType::Function(start));
    }
    if !functions.is_empty() {
        imports.import("", TABLE, table(functions));
    }
    let mut module = Module::new();
    module.section(&types).section(&imports);
    if has_start {
        module.section(&StartSection { function_index: start });
    }
    if !functions.is_empty() {
        let mut elements = ElementSection::new();
        let all: Vec<u32> = (0..start).collect();
        elements.active(None, &ConstExpr::i32_const(0), Elements::Functions(all.into()));
        module.section(&elements);
    }
    module
}

fn table(functions: &[Params]) -> TableType {
    let len = functions.len() as u64;
    TableType { element_type: RefType::FUNCREF, table64: false, minimum: len, maximum: Some(len), shared: false }
}
