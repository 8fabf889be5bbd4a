//! Encodes a core module as a component.
//!
//! `wit-component` does the same for any module and world. It describes the types of the contract in each exported interface again,
//! and these and its long names would be half of a small component. Here each type is described once, where the interface `types` is
//! imported.

mod component_types;
mod data;
mod imports;
mod interface;
mod links;
mod module;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use wasm_encoder::{
    CanonicalOption, ComponentBuilder, ComponentExportKind, ComponentTypeRef, ExportKind, InstanceType, ModuleArg,
    TypeBounds, ValType,
};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem};

use crate::options::Names;
use component_types::{Types, original};
use imports::{Import, params};
use interface::{Imported, NamedType, Parts};
use links::{Params, START, TABLE};
use module::{Module, short};

/// Encodes a module as a component of this world. Returns `None` if it imports anything that is not a function of the world, such as
/// those of WASI.
pub(crate) fn encode(module: &[u8], resolve: &Resolve, world: WorldId, names: Names) -> Result<Option<Vec<u8>>> {
    let module = Module::parse(module)?;
    let world = &resolve.worlds[world];
    let (imported, exported) = (interfaces(world.imports.values())?, interfaces(world.exports.values())?);
    let find = |import: &(&str, &str)| Import::find(*import, resolve, &imported, &exported);
    let Some(imports) = module.imports.iter().map(find).collect::<Option<Vec<_>>>() else { return Ok(None) };

    let mut encoder = Encoder {
        resolve,
        module: &module,
        builder: ComponentBuilder::default(),
        types: Types::new(resolve),
        instances: BTreeMap::new(),
    };
    for id in imported {
        // An interface of types, or one that is called.
        let is_called =
            imports.iter().any(|import| matches!(import, Import::Function(interface, _) if *interface == id));
        if resolve.interfaces[id].functions.is_empty() || is_called {
            encoder.import(id)?;
        }
    }
    encoder.builder.core_module_raw(None, &module.encode(names)?);
    let core = encoder.instantiate(&imports, &exported)?;
    for id in exported {
        encoder.export(id, &core)?;
    }
    Ok(Some(encoder.builder.finish()))
}

fn interfaces<'a>(items: impl Iterator<Item = &'a WorldItem>) -> Result<Vec<InterfaceId>> {
    let interface = |item: &WorldItem| match item {
        WorldItem::Interface { id, .. } => Ok(*id),
        _ => bail!("a world of functions has only interfaces"),
    };
    items.map(interface).collect()
}

/// The instance of the module, and what the component uses of it.
struct Core {
    instance: u32,
    memory: u32,
    realloc: Option<u32>,
}

struct Encoder<'a> {
    resolve: &'a Resolve,
    module: &'a Module<'a>,
    builder: ComponentBuilder,
    /// Those of the component.
    types: Types<'a>,
    /// The instances of imported interfaces.
    instances: BTreeMap<InterfaceId, Imported>,
}

impl Encoder<'_> {
    fn import(&mut self, id: InterfaceId) -> Result<()> {
        let interface = &self.resolve.interfaces[id];
        let mut instance = InstanceType::new();
        let mut types = Types::new(self.resolve);
        for (name, id) in &interface.types {
            let index = types.index(*id, &mut instance)?;
            types.set(*id, instance.type_count());
            instance.export(name.as_str(), ComponentTypeRef::Type(TypeBounds::Eq(index)));
        }
        for (name, function) in &interface.functions {
            let index = types.function(function, &mut instance)?;
            instance.export(name.as_str(), ComponentTypeRef::Func(index));
        }
        let ty = self.builder.type_instance(None, &instance);
        let instance = self.builder.import(self.name(id)?.as_str(), ComponentTypeRef::Instance(ty));
        self.instances.insert(id, Imported { ty, instance });
        Ok(())
    }

    fn name(&self, id: InterfaceId) -> Result<String> {
        self.resolve.id_of(id).context("an interface without a name")
    }

    /// Makes the instance of the module.
    fn instantiate(&mut self, imports: &[Import<'_>], exported: &[InterfaceId]) -> Result<Core> {
        let called: Vec<_> = imports.iter().filter_map(Import::function).collect();
        let resources = self.resources(exported)?;
        let destructors = resources.iter().filter_map(|resource| resource.destructor.as_ref());
        let links: Vec<Params> = called
            .iter()
            .map(|(_, function)| params(self.resolve, function))
            .chain(destructors.clone().map(|_| vec![ValType::I32]))
            .collect();
        let start = self.module.short_name("_initialize");

        let table = (!links.is_empty()).then(|| {
            let module = self.builder.core_module(None, &links::callers(&links));
            self.builder.core_instantiate(None, module, [])
        });
        let mut callers = Vec::new();
        for number in 0..links.len() {
            let table = table.context("a table is missing")?;
            callers.push(self.builder.core_alias_export(None, table, &short(number), ExportKind::Func));
        }
        let (functions, destroy) = callers.split_at(called.len());
        let mut destroy = destroy.iter().copied();
        for resource in &resources {
            let destructor = resource.destructor.as_ref().and_then(|_| destroy.next());
            let index = self.builder.type_resource(None, ValType::I32, destructor);
            self.types.set(resource.id, index);
        }
        let mut functions = functions.iter().copied();
        let mut arguments = Vec::new();
        for import in imports {
            arguments.push(match import {
                Import::Function(..) => functions.next().context("a function is missing")?,
                Import::NewHandle(id) => {
                    let resource = self.types.index(*id, &mut self.builder)?;
                    self.builder.resource_new(resource)
                }
            });
        }
        let instance = self.core_instance(MODULE, &numbered(arguments));

        let alias =
            |builder: &mut ComponentBuilder, name: &str, kind| builder.core_alias_export(None, instance, name, kind);
        let memory = self.module.short_name("memory").context("the module does not export a memory")?;
        let memory = alias(&mut self.builder, &memory, ExportKind::Memory);
        let realloc = self.module.short_name("cabi_realloc");
        let realloc = realloc.map(|name| alias(&mut self.builder, &name, ExportKind::Func));

        let mut linked = Vec::new();
        for (interface, function) in called {
            let interface = *self.instances.get(&interface).context("an interface is not imported")?;
            let function = self.builder.alias_export(interface.instance, &function.name, ComponentExportKind::Func);
            linked.push(self.builder.lower_func(None, function, [CanonicalOption::Memory(memory)]));
        }
        for destructor in destructors {
            linked.push(alias(&mut self.builder, destructor, ExportKind::Func));
        }
        let mut items = numbered(linked);
        if let Some(table) = table {
            let table = self.builder.core_alias_export(None, table, TABLE, ExportKind::Table);
            items.push((TABLE.to_owned(), ExportKind::Table, table));
        }
        if let Some(start) = &start {
            items.push((START.to_owned(), ExportKind::Func, alias(&mut self.builder, start, ExportKind::Func)));
        }
        if !items.is_empty() {
            let module = self.builder.core_module(None, &links::filler(&links, start.is_some()));
            self.core_instance(module, &items);
        }
        Ok(Core { instance, memory, realloc })
    }

    fn resources(&self, exported: &[InterfaceId]) -> Result<Vec<Resource>> {
        let mut resources = Vec::new();
        for interface in exported {
            for (name, id) in &self.resolve.interfaces[*interface].types {
                if matches!(self.resolve.types[*id].kind, TypeDefKind::Resource) {
                    let destructor = format!("{}#[dtor]{name}", self.name(*interface)?);
                    resources.push(Resource { id: *id, destructor: self.module.short_name(&destructor) });
                }
            }
        }
        Ok(resources)
    }

    /// An instance of a module that imports these items.
    fn core_instance(&mut self, module: u32, items: &[CoreItem]) -> u32 {
        if items.is_empty() {
            return self.builder.core_instantiate(None, module, []);
        }
        let items: Vec<_> = items.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index)).collect();
        let items = self.builder.core_instantiate_exports(None, items);
        self.builder.core_instantiate(None, module, [("", ModuleArg::Instance(items))])
    }

    /// Exports an interface.
    fn export(&mut self, id: InterfaceId, core: &Core) -> Result<()> {
        let name = self.name(id)?;
        let interface = &self.resolve.interfaces[id];
        let mut parts = Parts { types: Vec::new(), functions: Vec::new(), used: Vec::new() };
        for (name, id) in &interface.types {
            parts.types.push(NamedType { name, id: *id, index: self.type_index(*id)? });
        }
        let mut lifted = Vec::new();
        for function in interface.functions.values() {
            lifted.push((function, self.types.function(function, &mut self.builder)?));
        }
        let mut functions = Vec::new();
        for (function, ty) in lifted {
            functions.push(self.core_function(&name, function, ty, core)?);
        }
        for (function, lifted) in interface.functions.values().zip(functions) {
            parts.functions.push((function, self.builder.lift_func(None, lifted.core, lifted.ty, lifted.options)));
        }
        let uses = |imported: &InterfaceId| {
            let owner = |id: &TypeId| self.resolve.types[original(self.resolve, *id)].owner;
            interface.types.values().any(|id| owner(id) == TypeOwner::Interface(*imported))
        };
        parts.used = self.instances.iter().filter(|(id, _)| uses(id)).map(|(_, imported)| *imported).collect();
        let instance = interface::instance(&mut self.builder, self.resolve, id, &parts)?;
        self.builder.export(name.as_str(), ComponentExportKind::Instance, instance, None);
        Ok(())
    }

    /// The index of a type, which may be one of an imported interface.
    fn type_index(&mut self, id: TypeId) -> Result<u32> {
        let id = original(self.resolve, id);
        let ty = &self.resolve.types[id];
        if let TypeOwner::Interface(owner) = ty.owner
            && let Some(imported) = self.instances.get(&owner)
            && !self.types.has(id)
        {
            let name = ty.name.as_deref().context("a type without a name")?;
            let index = self.builder.alias_export(imported.instance, name, ComponentExportKind::Type);
            self.types.set(id, index);
        }
        self.types.index(id, &mut self.builder)
    }

    /// The function of the module that a function of an interface calls.
    fn core_function(&mut self, interface: &str, function: &Function, ty: u32, core: &Core) -> Result<Lifted> {
        let name = format!("{interface}#{}", function.name);
        let mut alias = |name: &str| {
            let short = self.module.short_name(name)?;
            Some(self.builder.core_alias_export(None, core.instance, &short, ExportKind::Func))
        };
        let core_function = alias(&name).with_context(|| format!("the module does not export [{name}]"))?;
        let post_return = alias(&format!("cabi_post_{name}"));
        let signature = self.resolve.wasm_signature(AbiVariant::GuestExport, function);
        let mut options = Vec::new();
        if signature.retptr || signature.params.contains(&WasmType::Pointer) {
            options.push(CanonicalOption::Memory(core.memory));
        }
        if signature.params.contains(&WasmType::Pointer) {
            let realloc = core.realloc.context("the module does not export [cabi_realloc]")?;
            options.push(CanonicalOption::Realloc(realloc));
        }
        options.extend(post_return.map(CanonicalOption::PostReturn));
        Ok(Lifted { core: core_function, ty, options })
    }
}

/// A function of the component that calls one of the module.
struct Lifted {
    core: u32,
    ty: u32,
    options: Vec<CanonicalOption>,
}

/// An item of a core instance: its name, kind and index.
type CoreItem = (String, ExportKind, u32);

/// The index of the module that is encoded.
const MODULE: u32 = 0;

/// A resource that is exported.
struct Resource {
    id: TypeId,
    /// The short name of the function that destroys one.
    destructor: Option<String>,
}

/// Functions that a module imports by their numbers.
fn numbered(functions: Vec<u32>) -> Vec<CoreItem> {
    functions.into_iter().enumerate().map(|(number, index)| (short(number), ExportKind::Func, index)).collect()
}
