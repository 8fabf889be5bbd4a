//! Writes a core module that other modules are copied into.

use std::collections::HashMap;

use anyhow::Result;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Encode, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, ImportSection, Instruction, MemorySection, Module,
    StartSection, TableSection, TypeSection, ValType,
};
use wasmparser::{Operator, Parser, Payload};

use super::module::{Counts, Spaces};

/// A core module that is being made.
#[derive(Default)]
pub(super) struct Output {
    types: TypeSection,
    imports: ImportSection,
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
}

impl Output {
    /// Adds the import of a function. All imports must be added before the first function.
    pub(super) fn import(&mut self, module: &str, name: &str, ty: u32) {
        self.imports.import(module, name, EntityType::Function(ty));
    }

    /// Adds a type of functions, and returns its index. All modules must be copied before, as the indices of their
    /// types count from the first one.
    pub(super) fn function_type(&mut self, parameters: &[ValType], results: &[ValType]) -> u32 {
        self.types.ty().function(parameters.iter().copied(), results.iter().copied());
        self.types.len() - 1
    }

    /// Adds a function, and returns its index.
    pub(super) fn function(&mut self, ty: u32, body: &Function) -> u32 {
        self.functions.function(ty);
        self.code.function(body);
        self.imports.len() + self.functions.len() - 1
    }

    pub(super) fn export(&mut self, name: &str, kind: ExportKind, index: u32) {
        self.exports.export(name, kind, index);
    }

    pub(super) fn memories(&self) -> u32 {
        self.memories.len()
    }

    /// Adds all that a module defines, and nothing that it imports or exports.
    pub(super) fn copy(&mut self, module: &[u8], renumber: &mut Renumber<'_>) -> Result<()> {
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => renumber.parse_type_section(&mut self.types, section)?,
                Payload::FunctionSection(section) => renumber.parse_function_section(&mut self.functions, section)?,
                Payload::TableSection(section) => renumber.parse_table_section(&mut self.tables, section)?,
                Payload::MemorySection(section) => renumber.parse_memory_section(&mut self.memories, section)?,
                Payload::GlobalSection(section) => renumber.parse_global_section(&mut self.globals, section)?,
                Payload::ElementSection(section) => renumber.parse_element_section(&mut self.elements, section)?,
                Payload::CodeSectionEntry(body) => renumber.parse_function_body(&mut self.code, body)?,
                Payload::DataSection(section) => renumber.parse_data_section(&mut self.data, section)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The module. It runs these functions, in this order, when it is instantiated.
    pub(super) fn finish(mut self, starts: &[u32]) -> Vec<u8> {
        let start = match starts {
            [] => None,
            [start] => Some(*start),
            several => {
                let mut body = Function::new([]);
                for start in several {
                    body.instructions().call(*start);
                }
                body.instructions().end();
                let ty = self.function_type(&[], &[]);
                Some(self.function(ty, &body))
            }
        };
        let mut module = Module::new();
        module.section(&self.types).section(&self.imports).section(&self.functions).section(&self.tables);
        module.section(&self.memories).section(&self.globals).section(&self.exports);
        if let Some(function_index) = start {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements).section(&DataCountSection { count: self.data.len() });
        module.section(&self.code).section(&self.data);
        module.finish()
    }
}

/// The indices in the output for those in a module that is copied.
pub(super) struct Renumber<'a> {
    /// What the modules before it define, for all that cannot be imported.
    pub(super) before: &'a Counts,
    /// The indices in the output by those in the module.
    pub(super) spaces: &'a Spaces<Vec<u32>>,
    /// The values of constant globals by their index in the output.
    pub(super) constants: &'a HashMap<u32, i32>,
}

/// An index that a module uses without having it.
#[derive(Debug, thiserror::Error)]
#[error("a core module has no {kind} {index}")]
pub(super) struct UnknownIndex {
    kind: &'static str,
    index: u32,
}

type Reencoded<T> = Result<T, Error<UnknownIndex>>;

fn find(indices: &[u32], kind: &'static str, index: u32) -> Reencoded<u32> {
    indices.get(index as usize).copied().ok_or(Error::UserError(UnknownIndex { kind, index }))
}

fn shift(first: u32, kind: &'static str, index: u32) -> Reencoded<u32> {
    first.checked_add(index).ok_or(Error::UserError(UnknownIndex { kind, index }))
}

impl Reencode for Renumber<'_> {
    type Error = UnknownIndex;

    fn type_index(&mut self, index: u32) -> Reencoded<u32> {
        shift(self.before.types, "type", index)
    }

    fn element_index(&mut self, index: u32) -> Reencoded<u32> {
        shift(self.before.elements, "element segment", index)
    }

    fn data_index(&mut self, index: u32) -> Reencoded<u32> {
        shift(self.before.data, "data segment", index)
    }

    fn function_index(&mut self, index: u32) -> Reencoded<u32> {
        find(&self.spaces.functions, "function", index)
    }

    fn table_index(&mut self, index: u32) -> Reencoded<u32> {
        find(&self.spaces.tables, "table", index)
    }

    fn memory_index(&mut self, index: u32) -> Reencoded<u32> {
        find(&self.spaces.memories, "memory", index)
    }

    fn global_index(&mut self, index: u32) -> Reencoded<u32> {
        find(&self.spaces.globals, "global", index)
    }

    /// The offset of a segment may use only imported globals, and the output imports none: values replace them.
    fn const_expr(&mut self, expression: wasmparser::ConstExpr<'_>) -> Reencoded<ConstExpr> {
        let mut bytes = Vec::new();
        let mut operators = expression.get_operators_reader();
        while !operators.is_end_then_eof() {
            let operator = operators.read()?;
            let constant = match operator {
                Operator::GlobalGet { global_index } => self.constants.get(&self.global_index(global_index)?),
                _ => None,
            };
            match constant {
                Some(value) => Instruction::I32Const(*value).encode(&mut bytes),
                None => self.instruction(operator)?.encode(&mut bytes),
            }
        }
        Ok(ConstExpr::raw(bytes))
    }
}
