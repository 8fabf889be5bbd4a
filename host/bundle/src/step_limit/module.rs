//! Changes a core module so that it counts its steps.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, ExportKind, ExportSection, FunctionSection, ImportSection, Module, SectionId};
use wasmparser::{CompositeInnerType, Export, ExternalKind, FunctionBody, MemoryType, Parser, Payload, TypeRef};

use super::body;
use super::counter::{COUNTER, COUNTER_TYPE, StepLimit, Unlimitable};

/// A module that is being changed.
///
/// It imports the counter, after its other imports. So the indices of the globals that it defines move up by one. The functions that are
/// called from outside are exported through entry points, which reset the counter. They are defined after all other functions.
pub(super) struct LimitedModule {
    limit: StepLimit,
    facts: Facts,
    /// The functions behind the entry points, and the names under which those are exported.
    entries: Vec<(String, u32)>,
    /// The number of functions that have been written, or are imported.
    written: usize,
    imports_counter: bool,
}

/// What has to be known of a module before it is changed.
#[derive(Default)]
struct Facts {
    /// For each type, the number of parameters if it is a function's.
    parameters: Vec<u32>,
    /// The type of each function.
    functions: Vec<u32>,
    imported_functions: usize,
    imported_globals: u32,
    has_import_section: bool,
}

impl LimitedModule {
    /// `lifted` are the names of the functions that are called from outside of the component.
    pub(super) fn new(module: &[u8], lifted: &BTreeSet<String>, limit: StepLimit) -> Result<Self, Error<Unlimitable>> {
        let mut facts = Facts::default();
        let mut entries = Vec::new();
        let mut has_code = false;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ExportSection(section) => {
                    for export in section {
                        let Export { name, kind, index } = export?;
                        if kind == ExternalKind::Func && lifted.contains(name) {
                            entries.push((name.to_owned(), index));
                        }
                    }
                }
                Payload::CodeSectionStart { .. } => has_code = true,
                payload => facts.add(payload)?,
            }
        }
        if !entries.is_empty() && !has_code {
            return Err(Error::UserError(Unlimitable::Unresolved));
        }
        let written = facts.imported_functions;
        Ok(LimitedModule { limit, facts, entries, written, imports_counter: false })
    }

    /// The index of the counter.
    fn counter(&self) -> u32 {
        self.facts.imported_globals
    }

    fn parameters_of(&self, function: usize) -> u32 {
        let of_type = self.facts.functions.get(function).and_then(|index| self.facts.parameters.get(*index as usize));
        of_type.copied().unwrap_or_default()
    }

    fn import_counter(&mut self, imports: &mut ImportSection) {
        imports.import(COUNTER.0, COUNTER.1, COUNTER_TYPE);
        self.imports_counter = true;
    }
}

impl Facts {
    fn add(&mut self, payload: Payload<'_>) -> Result<(), Error<Unlimitable>> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        self.parameters.push(match ty.composite_type.inner {
                            CompositeInnerType::Func(function) => function.params().len() as u32,
                            _ => 0,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                self.has_import_section = true;
                for import in section.into_imports() {
                    match import?.ty {
                        TypeRef::Func(index) | TypeRef::FuncExact(index) => self.functions.push(index),
                        TypeRef::Global(_) => self.imported_globals += 1,
                        TypeRef::Memory(memory) => check_memory(&memory)?,
                        _ => {}
                    }
                }
                self.imported_functions = self.functions.len();
            }
            Payload::FunctionSection(section) => {
                for function in section {
                    self.functions.push(function?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    check_memory(&memory?)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The lengths of bulk operations are counted as 32-bit numbers.
fn check_memory(memory: &MemoryType) -> Result<(), Error<Unlimitable>> {
    if memory.memory64 { Err(Error::UserError(Unlimitable::Memory64)) } else { Ok(()) }
}

impl Reencode for LimitedModule {
    type Error = Unlimitable;

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Unlimitable>> {
        Ok(if index < self.counter() { index } else { index + 1 })
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        utils::parse_import_section(self, imports, section)?;
        self.import_counter(imports);
        Ok(())
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error<Unlimitable>> {
        // Imports are between the types and everything else.
        if !self.facts.has_import_section && !self.imports_counter && before != Some(SectionId::Type) {
            let mut imports = ImportSection::new();
            self.import_counter(&mut imports);
            module.section(&imports);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        utils::parse_function_section(self, functions, section)?;
        for (_, function) in &self.entries {
            functions.function(self.facts.functions[*function as usize]);
        }
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error<Unlimitable>> {
        let entry = self.entries.iter().position(|(name, _)| export.kind == ExternalKind::Func && name == export.name);
        match entry {
            Some(entry) => {
                exports.export(export.name, ExportKind::Func, (self.facts.functions.len() + entry) as u32);
                Ok(())
            }
            None => utils::parse_export(self, exports, export),
        }
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        utils::parse_code_section(self, code, section)?;
        for (_, function) in &self.entries {
            let parameters = self.parameters_of(*function as usize);
            code.function(&body::entry_point(*function, parameters, self.counter(), self.limit));
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        function: FunctionBody<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        let parameters = self.parameters_of(self.written);
        self.written += 1;
        let counter = self.counter();
        code.function(&body::counted(self, &function, parameters, counter)?);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        // These contain positions in the code, which are not right anymore.
        if section.name().starts_with(".debug_") || section.name().starts_with("metadata.code.") {
            return Ok(());
        }
        utils::parse_custom_section(self, module, section)
    }
}
