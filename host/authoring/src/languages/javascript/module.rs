//! The core modules of a component.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use wasmparser::{ConstExpr, ExternalKind, Import, Operator, Parser, Payload, TypeRef};

/// What a core module imports, defines and exports, each with indices of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Functions,
    Tables,
    Memories,
    Globals,
}

impl Space {
    pub(super) const ALL: [Space; 4] = [Space::Functions, Space::Tables, Space::Memories, Space::Globals];

    pub(super) fn of_export(kind: ExternalKind) -> Result<Self> {
        Ok(match kind {
            ExternalKind::Func | ExternalKind::FuncExact => Space::Functions,
            ExternalKind::Table => Space::Tables,
            ExternalKind::Memory => Space::Memories,
            ExternalKind::Global => Space::Globals,
            ExternalKind::Tag => bail!("componentize-qjs made a component with exception tags, which is not supported"),
        })
    }

    pub(super) fn of_import(import: &Import<'_>) -> Result<Self> {
        Space::of_export(match import.ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => ExternalKind::Func,
            TypeRef::Table(_) => ExternalKind::Table,
            TypeRef::Memory(_) => ExternalKind::Memory,
            TypeRef::Global(_) => ExternalKind::Global,
            TypeRef::Tag(_) => ExternalKind::Tag,
        })
    }
}

/// Something for each space of indices.
#[derive(Debug, Clone, Default)]
pub(super) struct Spaces<T> {
    pub(super) functions: T,
    pub(super) tables: T,
    pub(super) memories: T,
    pub(super) globals: T,
}

impl<T> Spaces<T> {
    pub(super) fn get(&self, space: Space) -> &T {
        match space {
            Space::Functions => &self.functions,
            Space::Tables => &self.tables,
            Space::Memories => &self.memories,
            Space::Globals => &self.globals,
        }
    }

    pub(super) fn get_mut(&mut self, space: Space) -> &mut T {
        match space {
            Space::Functions => &mut self.functions,
            Space::Tables => &mut self.tables,
            Space::Memories => &mut self.memories,
            Space::Globals => &mut self.globals,
        }
    }
}

/// How much a module defines itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    pub(super) types: u32,
    pub(super) elements: u32,
    pub(super) data: u32,
    pub(super) spaces: Spaces<u32>,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Counts) {
        self.types += other.types;
        self.elements += other.elements;
        self.data += other.data;
        for space in Space::ALL {
            *self.spaces.get_mut(space) += other.spaces.get(space);
        }
    }
}

/// A core module, as far as linking must know it.
pub(super) struct CoreModule<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) imports: Vec<Import<'a>>,
    /// Space and index by name.
    pub(super) exports: HashMap<&'a str, (Space, u32)>,
    pub(super) counts: Counts,
    /// The values of those globals that it defines and that are constants.
    pub(super) constants: Vec<Option<i32>>,
    /// The function that runs when the module is instantiated.
    pub(super) start: Option<u32>,
}

impl<'a> CoreModule<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut module = CoreModule {
            bytes,
            imports: Vec::new(),
            exports: HashMap::new(),
            counts: Counts::default(),
            constants: Vec::new(),
            start: None,
        };
        for payload in Parser::new(0).parse_all(bytes) {
            module.read(payload.context("a core module cannot be read")?)?;
        }
        Ok(module)
    }

    fn read(&mut self, payload: Payload<'a>) -> Result<()> {
        let counts = &mut self.counts;
        match payload {
            Payload::TypeSection(groups) => {
                for group in groups {
                    if group?.is_explicit_rec_group() {
                        bail!("componentize-qjs made a component with recursive types, which is not supported");
                    }
                    counts.types += 1;
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    self.imports.push(import?);
                }
            }
            Payload::FunctionSection(functions) => counts.spaces.functions = functions.count(),
            Payload::TableSection(tables) => counts.spaces.tables = tables.count(),
            Payload::MemorySection(memories) => counts.spaces.memories = memories.count(),
            Payload::GlobalSection(globals) => {
                counts.spaces.globals = globals.count();
                for global in globals {
                    let global = global?;
                    let value = if global.ty.mutable { None } else { constant(&global.init_expr)? };
                    self.constants.push(value);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    self.exports.insert(export.name, (Space::of_export(export.kind)?, export.index));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(elements) => counts.elements = elements.count(),
            Payload::DataSection(data) => counts.data = data.count(),
            Payload::TagSection(_) => {
                bail!("componentize-qjs made a component with exception tags, which is not supported")
            }
            _ => {}
        }
        Ok(())
    }
}

/// The value of an expression that is nothing but an integer.
fn constant(expression: &ConstExpr<'_>) -> Result<Option<i32>> {
    let mut operators = expression.get_operators_reader();
    let Operator::I32Const { value } = operators.read()? else { return Ok(None) };
    Ok(operators.is_end_then_eof().then_some(value))
}
