//! Limits how many steps a function makes in one call.
//!
//! Spin does not interrupt a component, so a function that never returns would block the app forever. The code of each function is
//! therefore changed when it is bundled: it counts its steps, and traps when a call has used up its steps. A step is
//!
//! - an iteration of a loop, charged in groups of 64, which makes counting cheap;
//! - a call of a core function that itself loops or calls;
//! - 64 bytes that are copied or filled by one instruction.
//!
//! The core modules of a component share one counter: a global of a module that is added to the component. Each call of the component
//! resets it.

mod body;
mod counter;
mod module;
mod outline;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, component_utils};
use wasm_encoder::{
    Component, ConstExpr, ExportKind, ExportSection, GlobalSection, InstanceSection, Module, ModuleArg, ModuleSection,
    NestedComponentSection,
};
use wasmparser::Parser;

use counter::{COUNTER, COUNTER_TYPE};
use module::LimitedModule;
use outline::Outline;

pub use counter::StepLimit;
pub(crate) use counter::Unlimitable;

/// A component that does the same as `component`, but traps when a call exceeds the limit.
pub(crate) fn limited(component: &[u8], limit: StepLimit) -> Result<Vec<u8>, Error<Unlimitable>> {
    Ok(Limiter { limit, levels: Vec::new() }.component(component)?.finish())
}

/// Changes a component and the components in it.
struct Limiter {
    limit: StepLimit,
    /// The component that is being changed, after those that it is nested in.
    levels: Vec<Level>,
}

struct Level {
    /// For each following module, the functions that the component exports.
    lifted: std::vec::IntoIter<BTreeSet<String>>,
    /// Whether the component has a counter. It is then the component's first module and core instance; all others move up by one.
    has_counter: bool,
}

impl Limiter {
    fn component(&mut self, data: &[u8]) -> Result<Component, Error<Unlimitable>> {
        let Outline { lifted, has_core_instances } = Outline::from_component(data)?;
        let mut component = Component::new();
        if has_core_instances {
            component.section(&ModuleSection(&counter(self.limit)));
            let mut instances = InstanceSection::new();
            instances.instantiate(0, [] as [(&str, ModuleArg); 0]);
            component.section(&instances);
        }
        self.levels.push(Level { lifted: lifted.into_iter(), has_counter: has_core_instances });
        self.parse_component(&mut component, Parser::new(0), data)?;
        self.levels.pop();
        Ok(component)
    }

    /// By how much the indices of modules and core instances move. `outward` is 0 for the component that is being changed, 1 for the
    /// one that it is nested in, and so on.
    fn shift(&self, outward: u32) -> u32 {
        let level = self.levels.iter().rev().nth(outward as usize);
        u32::from(level.is_some_and(|level| level.has_counter))
    }
}

fn counter(limit: StepLimit) -> Module {
    let mut globals = GlobalSection::new();
    globals.global(COUNTER_TYPE, &ConstExpr::i64_const(limit.steps_per_call.into()));
    let mut exports = ExportSection::new();
    exports.export(COUNTER.1, ExportKind::Global, 0);
    let mut module = Module::new();
    module.section(&globals).section(&exports);
    module
}

impl Reencode for Limiter {
    type Error = Unlimitable;
}

impl ReencodeComponent for Limiter {
    fn module_index(&mut self, index: u32) -> u32 {
        index + self.shift(0)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        index + self.shift(count)
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        index + self.shift(0)
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _: Parser,
        data: &[u8],
    ) -> Result<(), Error<Unlimitable>> {
        let level = self.levels.last_mut().expect("a component is being changed");
        let lifted = level.lifted.next().expect("the outline has every module");
        let mut module = Module::new();
        LimitedModule::new(data, &lifted, self.limit)?.parse_core_module(&mut module, Parser::new(0), data)?;
        component.section(&ModuleSection(&module));
        Ok(())
    }

    fn parse_component_subcomponent(
        &mut self,
        component: &mut Component,
        _: Parser,
        data: &[u8],
        _: &[u8],
    ) -> Result<(), Error<Unlimitable>> {
        component.section(&NestedComponentSection(&self.component(data)?));
        Ok(())
    }

    fn parse_instance(
        &mut self,
        instances: &mut InstanceSection,
        instance: wasmparser::Instance<'_>,
    ) -> Result<(), Error<Unlimitable>> {
        let wasmparser::Instance::Instantiate { module_index, args } = instance else {
            return component_utils::parse_instance(self, instances, instance);
        };
        let mut all = vec![(COUNTER.0, ModuleArg::Instance(0))];
        all.extend(args.iter().map(|arg| (arg.name, ModuleArg::Instance(self.instance_index(arg.index)))));
        instances.instantiate(self.module_index(module_index), all);
        Ok(())
    }
}
