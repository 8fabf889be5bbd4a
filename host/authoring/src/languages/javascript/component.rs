//! How a component connects its core modules.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind,
    ComponentTypeRef, Instance, Parser, Payload,
};

use super::module::{Space, Spaces};

/// What a core module can import from a component.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'a> {
    /// An export of a core instance.
    Export { instance: u32, name: &'a str },
    /// A function that the component imports. The interface is empty for a function that it has from elsewhere.
    Function { interface: &'a str, name: &'a str },
    /// Makes, reads or drops a handle of a resource.
    Handle,
}

/// A core instance of a component.
pub(super) enum CoreInstance<'a> {
    /// A module, by its index, and the instances that its imports are taken from, by their names.
    Module { module: u32, arguments: HashMap<&'a str, u32> },
    /// Items by their names: space, and index in it.
    Items(HashMap<&'a str, (Space, u32)>),
}

/// The core modules of one component, and how it connects them.
#[derive(Default)]
pub(super) struct Component<'a> {
    pub(super) modules: Vec<&'a [u8]>,
    pub(super) instances: Vec<CoreInstance<'a>>,
    pub(super) items: Spaces<Vec<Item<'a>>>,
    /// The core function that allocates memory for arguments.
    pub(super) realloc: Option<u32>,
    /// The names of the imported instances by their indices; empty for others.
    interfaces: Vec<&'a str>,
    /// Interface and name of component functions; both empty for those that are not imported.
    functions: Vec<(&'a str, &'a str)>,
}

impl<'a> Component<'a> {
    pub(super) fn parse(component: &'a [u8]) -> Result<Self> {
        let mut this = Component::default();
        for payload in payloads(component)? {
            match payload {
                Payload::ModuleSection { unchecked_range, .. } => {
                    this.modules.push(slice(component, unchecked_range)?);
                }
                other => this.read(other)?,
            }
        }
        Ok(this)
    }

    /// What an instance exports by this name. It is never an export of a [`CoreInstance::Items`].
    pub(super) fn export(&self, instance: u32, name: &'a str) -> Result<Item<'a>> {
        let mut item = Item::Export { instance, name };
        // Each step leads to an earlier instance: those are the ones that an instance can name.
        for _ in 0..=self.instances.len() {
            let Item::Export { instance, name } = item else { return Ok(item) };
            match self.instances.get(instance as usize).context("a core instance is missing")? {
                CoreInstance::Module { .. } => return Ok(item),
                CoreInstance::Items(items) => {
                    let (space, index) =
                        *items.get(name).with_context(|| format!("a core export {name} is missing"))?;
                    item = self.item(space, index)?;
                }
            }
        }
        bail!("core instances depend on each other")
    }

    pub(super) fn item(&self, space: Space, index: u32) -> Result<Item<'a>> {
        self.items.get(space).get(index as usize).copied().context("a core item is missing")
    }

    fn read(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::ComponentImportSection(imports) => {
                for import in imports {
                    let import = import?;
                    match import.ty {
                        ComponentTypeRef::Instance(_) => self.interfaces.push(import.name.name),
                        ComponentTypeRef::Func(_) => self.functions.push(("", import.name.name)),
                        ComponentTypeRef::Module(_) => return Err(foreign_module()),
                        _ => {}
                    }
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances {
                    instance?;
                    self.interfaces.push("");
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports {
                    // An export is one more item with an index.
                    self.unnamed(export?.kind)?;
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases {
                    self.alias(alias?)?;
                }
            }
            Payload::ComponentCanonicalSection(functions) => {
                for function in functions {
                    self.canonical(function?)?;
                }
            }
            Payload::InstanceSection(instances) => {
                for instance in instances {
                    self.instances.push(core_instance(instance?)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> Result<()> {
        match alias {
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Func, instance_index, name } => {
                let interface = self.interfaces.get(instance_index as usize).context("an instance is missing")?;
                self.functions.push((interface, name));
            }
            ComponentAlias::InstanceExport { kind, .. } => self.unnamed(kind)?,
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let items = self.items.get_mut(Space::of_export(kind)?);
                items.push(Item::Export { instance: instance_index, name });
            }
            ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => return Err(foreign_module()),
            ComponentAlias::Outer { .. } => {}
        }
        Ok(())
    }

    /// Counts an item that only must have an index.
    fn unnamed(&mut self, kind: ComponentExternalKind) -> Result<()> {
        match kind {
            ComponentExternalKind::Instance => self.interfaces.push(""),
            ComponentExternalKind::Func => self.functions.push(("", "")),
            ComponentExternalKind::Module => return Err(foreign_module()),
            _ => {}
        }
        Ok(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Result<()> {
        match function {
            CanonicalFunction::Lift { options, .. } => {
                let realloc = options.iter().find_map(|option| match option {
                    CanonicalOption::Realloc(function) => Some(*function),
                    _ => None,
                });
                self.realloc = realloc.or(self.realloc);
                self.functions.push(("", ""));
            }
            CanonicalFunction::Lower { func_index, .. } => {
                let (interface, name) = *self.functions.get(func_index as usize).context("a function is missing")?;
                self.items.functions.push(Item::Function { interface, name });
            }
            CanonicalFunction::ResourceNew { .. }
            | CanonicalFunction::ResourceDrop { .. }
            | CanonicalFunction::ResourceRep { .. } => self.items.functions.push(Item::Handle),
            other => bail!("componentize-qjs made a component with the intrinsic {other:?}, which is not supported"),
        }
        Ok(())
    }
}

fn core_instance(instance: Instance<'_>) -> Result<CoreInstance<'_>> {
    Ok(match instance {
        Instance::Instantiate { module_index, args } => CoreInstance::Module {
            module: module_index,
            arguments: args.iter().map(|argument| (argument.name, argument.index)).collect(),
        },
        Instance::FromExports(exports) => {
            let items = exports.iter().map(|export| Ok((export.name, (Space::of_export(export.kind)?, export.index))));
            CoreInstance::Items(items.collect::<Result<_>>()?)
        }
    })
}

fn foreign_module() -> anyhow::Error {
    anyhow::anyhow!("componentize-qjs made a component with a core module from outside of it, which is not supported")
}

/// The component with the interpreter: the innermost one that has most of the bytes.
pub(super) fn innermost(mut component: &[u8]) -> Result<&[u8]> {
    loop {
        let mut largest: &[u8] = &[];
        for payload in payloads(component)? {
            if let Payload::ComponentSection { unchecked_range, .. } = payload {
                let inner = slice(component, unchecked_range)?;
                if inner.len() > largest.len() {
                    largest = inner;
                }
            }
        }
        if largest.len() <= component.len() / 2 {
            return Ok(component);
        }
        component = largest;
    }
}

/// What is in a component, without what is in its modules and components.
fn payloads(component: &[u8]) -> Result<Vec<Payload<'_>>> {
    let mut payloads = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.context("a component cannot be read")?;
        let is_outside = depth == 0;
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if is_outside {
            payloads.push(payload);
        }
    }
    Ok(payloads)
}

fn slice(bytes: &[u8], range: std::ops::Range<u64>) -> Result<&[u8]> {
    let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
    bytes.get(range).context("a section is truncated")
}
