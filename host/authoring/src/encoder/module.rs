//! The core module of a component, with short names of what it imports and exports: only the component around it reads them, and the
//! names of the canonical ABI would be a tenth of a small component.

use anyhow::{Result, bail};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{CodeSection, ExportKind, ExportSection, ImportSection, RawSection};
use wasmparser::{CodeSectionReader, ExternalKind, Parser, Payload};

use super::data::without_zeros;
use crate::options::Names;
use crate::sections::{Section, sections, take_sized};

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const DATA: u8 = 11;
/// Is there if instructions refer to segments of data by their numbers.
const DATA_COUNT: u8 = 12;

/// How the names of custom sections begin that tell tools which world a module implements.
const WORLD: &[u8] = b"component-type";

/// A core module, and what it imports and exports.
pub(super) struct Module<'a> {
    wasm: &'a [u8],
    /// The module and the name of each function that it imports.
    pub(super) imports: Vec<(&'a str, &'a str)>,
    imports_types: Vec<wasmparser::TypeRef>,
    exports: Vec<wasmparser::Export<'a>>,
}

impl<'a> Module<'a> {
    pub(super) fn parse(wasm: &'a [u8]) -> Result<Self> {
        let mut module = Module { wasm, imports: Vec::new(), imports_types: Vec::new(), exports: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        module.imports.push((import.module, import.name));
                        module.imports_types.push(import.ty);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        // Linkers export some globals, which no component can use.
                        if matches!(export.kind, ExternalKind::Func | ExternalKind::Memory) {
                            module.exports.push(export);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(module)
    }

    /// The short name of what the module exports by this name.
    pub(super) fn short_name(&self, name: &str) -> Option<String> {
        self.exports.iter().position(|export| export.name == name).map(short)
    }

    /// The module with short names. If names of functions are removed, so are padding and zeros.
    pub(super) fn encode(&self, names: Names) -> Result<Vec<u8>> {
        let mut module = wasm_encoder::Module::new();
        let sections = sections(self.wasm)?;
        let counts_data = sections.iter().any(|section| section.id == DATA_COUNT);
        for Section { id, body } in sections {
            match id {
                CUSTOM if names == Names::Remove || take_sized(body)?.0.starts_with(WORLD) => {}
                IMPORTS => {
                    module.section(&self.short_imports()?);
                }
                EXPORTS => {
                    module.section(&self.short_exports()?);
                }
                // Debug information has the positions of instructions.
                CODE if names == Names::Remove => {
                    module.section(&without_padding(body)?);
                }
                DATA if names == Names::Remove && !counts_data => match without_zeros(body)? {
                    Some(data) => {
                        module.section(&data);
                    }
                    None => {
                        module.section(&RawSection { id, data: body });
                    }
                },
                _ => {
                    module.section(&RawSection { id, data: body });
                }
            }
        }
        Ok(module.finish())
    }

    fn short_imports(&self) -> Result<ImportSection> {
        let mut section = ImportSection::new();
        for (number, ty) in self.imports_types.iter().enumerate() {
            section.import("", &short(number), RoundtripReencoder.entity_type(*ty)?);
        }
        Ok(section)
    }

    fn short_exports(&self) -> Result<ExportSection> {
        let mut section = ExportSection::new();
        for (number, export) in self.exports.iter().enumerate() {
            let kind = match export.kind {
                ExternalKind::Func => ExportKind::Func,
                ExternalKind::Memory => ExportKind::Memory,
                other => bail!("an export of an unknown kind: {other:?}"),
            };
            section.export(&short(number), kind, export.index);
        }
        Ok(section)
    }
}

/// The short name of the import or export with this number.
pub(super) fn short(number: usize) -> String {
    number.to_string()
}

/// The code section with each number in as few bytes as possible. Linkers reserve five bytes for each number that they fill in.
fn without_padding(body: &[u8]) -> Result<CodeSection> {
    let mut code = CodeSection::new();
    RoundtripReencoder
        .parse_code_section(&mut code, CodeSectionReader::new(wasmparser::BinaryReader::new(body, 0))?)?;
    Ok(code)
}
