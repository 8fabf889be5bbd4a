//! Links the core modules around the interpreter into one.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use wasm_encoder::{ExportKind, Function};
use wasmparser::{TypeRef, Validator};

use super::component::{Component, CoreInstance, Item, innermost};
use super::module::{CoreModule, Counts, Space, Spaces};
use super::output::{Output, Renumber};
use super::typed_lists;

/// How the names of the interfaces begin that stay imported, and of functions that stay exported.
const CONTRACT: &str = "quidditch:udf/";
/// How the names of core functions begin that free a result.
const POST_RETURN: &str = "cabi_post_";
/// How `wit-component` calls the module of functions for handles of exported resources, before the interface.
const EXPORTED_HANDLES: &str = "[export]";
/// The function of WASI that the interpreter calls on its own, so it must not trap. It leaves the memory for the seed
/// as it is: a function returns the same for the same documents, and needs no random seed.
const SEED: (&str, &str) = ("wasi:random/insecure-seed", "insecure-seed");

/// Makes one core module of a component of componentize-qjs. Its exports have the names of the canonical ABI, and it
/// imports only from the contract.
pub(super) fn link(component: &[u8]) -> Result<Vec<u8>> {
    // Valid indices, and modules that only depend on earlier ones, are what the rest relies on.
    Validator::new().validate_all(component).context("componentize-qjs made an invalid component")?;
    let component = Component::parse(innermost(component)?)?;
    let linker = Linker::new(&component)?;

    let mut output = Output::default();
    linker.write_host_functions(&mut output);
    let mut starts = Vec::new();
    for (_, part) in &linker.parts {
        let mut renumber = Renumber { before: &part.before, spaces: &part.numbers, constants: &linker.constants };
        output.copy(part.module.bytes, &mut renumber)?;
        if let Some(start) = part.module.start {
            let number = part.numbers.functions.get(start as usize).context("a start function is missing")?;
            starts.push(*number);
        }
    }
    if output.memories() != 1 {
        let memories = output.memories();
        bail!("componentize-qjs made a component with {memories} memories for the interpreter, which is not supported");
    }

    let mut exports = linker.exports(&component)?;
    if exports.is_empty() {
        bail!("componentize-qjs made a component that exports no functions of the contract");
    }
    typed_lists::convert(&mut output, &mut exports);
    for (name, function) in exports {
        output.export(name, ExportKind::Func, function);
    }
    if let Some(realloc) = component.realloc {
        let function = linker.function(&component, component.item(Space::Functions, realloc)?)?;
        output.export("cabi_realloc", ExportKind::Func, function.context("the allocator is not a core function")?);
    }
    output.export("memory", ExportKind::Memory, 0);
    Ok(output.finish(&starts))
}

/// What an import of a module becomes.
enum Target<'a> {
    /// An export of a module that was instantiated before.
    Export { instance: u32, name: &'a str },
    /// An import of the output, by its index in [`Linker::imports`].
    Import(u32),
    /// A function in the place of one of the host, by its index in [`Linker::stubs`].
    Stub(u32),
}

struct Import<'a> {
    module: &'a str,
    name: &'a str,
    ty: u32,
}

struct Stub {
    ty: u32,
    traps: bool,
}

/// A module that is instantiated.
struct Part<'a> {
    module: CoreModule<'a>,
    targets: Vec<Target<'a>>,
    /// What the parts before define.
    before: Counts,
    /// The indices in the output by those in the module.
    numbers: Spaces<Vec<u32>>,
}

#[derive(Default)]
struct Linker<'a> {
    imports: Vec<Import<'a>>,
    stubs: Vec<Stub>,
    /// With their instances, in the order in which they are instantiated.
    parts: Vec<(u32, Part<'a>)>,
    /// The values of constant globals by their index in the output.
    constants: HashMap<u32, i32>,
}

impl<'a> Linker<'a> {
    fn new(component: &Component<'a>) -> Result<Self> {
        let mut this = Linker::default();
        let mut before = Counts::default();
        for (instance, core_instance) in (0_u32..).zip(&component.instances) {
            let CoreInstance::Module { module, arguments } = core_instance else { continue };
            let bytes = component.modules.get(*module as usize).context("a core module is missing")?;
            let module = CoreModule::parse(bytes)?;
            let mut targets = Vec::new();
            for import in &module.imports {
                let from =
                    arguments.get(import.module).with_context(|| format!("no instance for {}", import.module))?;
                let item = component.export(*from, import.name)?;
                targets.push(this.target(item, import, before.types)?);
            }
            let counts = module.counts.clone();
            let part = Part { module, targets, before: before.clone(), numbers: Spaces::default() };
            this.parts.push((instance, part));
            before.add(&counts);
        }
        this.number()?;
        Ok(this)
    }

    fn target(&mut self, item: Item<'a>, import: &wasmparser::Import<'a>, first_type: u32) -> Result<Target<'a>> {
        let (module, name) = match item {
            Item::Export { instance, name } => return Ok(Target::Export { instance, name }),
            Item::Function { interface, name } => (interface, name),
            Item::Handle => (import.module, import.name),
        };
        let TypeRef::Func(ty) = import.ty else { bail!("{name} of {module} is not a function") };
        let ty = first_type + ty;
        let interface = module.strip_prefix(EXPORTED_HANDLES).unwrap_or(module);
        if !interface.starts_with(CONTRACT) {
            // One for each import: modules may import functions of the same name with different types.
            self.stubs.push(Stub { ty, traps: !(interface.starts_with(SEED.0) && name == SEED.1) });
            return Ok(Target::Stub(self.stubs.len() as u32 - 1));
        }
        let known = self.imports.iter().position(|import| import.module == module && import.name == name);
        let index = known.unwrap_or_else(|| {
            self.imports.push(Import { module, name, ty });
            self.imports.len() - 1
        });
        Ok(Target::Import(index as u32))
    }

    /// Gives everything its index in the output. Functions there begin with the imports and the stubs.
    fn number(&mut self) -> Result<()> {
        let host_functions = (self.imports.len() + self.stubs.len()) as u32;
        for position in 0..self.parts.len() {
            let (earlier, rest) = self.parts.split_at_mut(position);
            let Some((_, part)) = rest.first_mut() else { break };
            // In a module, what is imported comes before what is defined.
            for (import, target) in part.module.imports.iter().zip(&part.targets) {
                let space = Space::of_import(import)?;
                let number = match target {
                    Target::Import(index) => *index,
                    Target::Stub(index) => self.imports.len() as u32 + index,
                    Target::Export { instance, name } => exported(earlier, *instance, name, space)?,
                };
                part.numbers.get_mut(space).push(number);
            }
            for space in Space::ALL {
                let first = part.before.spaces.get(space) + if space == Space::Functions { host_functions } else { 0 };
                part.numbers.get_mut(space).extend(first..first + part.module.counts.spaces.get(space));
            }
            for (number, value) in (part.before.spaces.globals..).zip(&part.module.constants) {
                self.constants.extend(value.map(|value| (number, value)));
            }
        }
        Ok(())
    }

    fn write_host_functions(&self, output: &mut Output) {
        for import in &self.imports {
            output.import(import.module, import.name, import.ty);
        }
        for stub in &self.stubs {
            let mut body = Function::new([]);
            if stub.traps {
                body.instructions().unreachable();
            }
            body.instructions().end();
            output.function(stub.ty, &body);
        }
    }

    /// The functions of the contract that the component exports, with their indices in the output.
    fn exports(&self, component: &Component<'a>) -> Result<Vec<(&'a str, u32)>> {
        let mut exports: Vec<(&str, u32)> = Vec::new();
        for item in &component.items.functions {
            let Item::Export { name, .. } = *item else { continue };
            let is_of_contract = name.strip_prefix(POST_RETURN).unwrap_or(name).starts_with(CONTRACT);
            if is_of_contract
                && exports.iter().all(|(known, _)| *known != name)
                && let Some(function) = self.function(component, *item)?
            {
                exports.push((name, function));
            }
        }
        Ok(exports)
    }

    /// The index of a core function in the output; `None` for a function of the host.
    fn function(&self, component: &Component<'a>, item: Item<'a>) -> Result<Option<u32>> {
        let Item::Export { instance, name } = item else { return Ok(None) };
        match component.export(instance, name)? {
            Item::Export { instance, name } => exported(&self.parts, instance, name, Space::Functions).map(Some),
            _ => Ok(None),
        }
    }
}

/// The index in the output of what a part exports.
fn exported(parts: &[(u32, Part<'_>)], instance: u32, name: &str, space: Space) -> Result<u32> {
    let (_, part) = parts.iter().find(|(of, _)| *of == instance).context("a core instance is missing")?;
    match part.module.exports.get(name) {
        Some((of, index)) if *of == space => {
            part.numbers.get(space).get(*index as usize).copied().context("an exported item is missing")
        }
        _ => bail!("a core module does not export {name}"),
    }
}

#[cfg(test)]
mod tests;
