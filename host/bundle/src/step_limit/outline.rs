//! What the step limit has to know of a component: which core functions it exports.

use std::collections::BTreeSet;

use wasm_encoder::reencode::Error;
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind, ComponentTypeRef, ExternalKind,
    Instance, Parser, Payload,
};

use super::counter::Unlimitable;

/// The modules of a component, without those of nested components.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outline {
    /// For each module that it contains, in their order, the names of the functions that it lifts: those that are called from outside.
    pub(super) lifted: Vec<BTreeSet<String>>,
    /// Whether it instantiates modules.
    pub(super) has_core_instances: bool,
}

impl Outline {
    pub(super) fn from_component(component: &[u8]) -> Result<Self, Error<Unlimitable>> {
        let mut items = Items::default();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            match payload? {
                Payload::ModuleSection { .. } => {
                    if depth == 0 {
                        items.add_module();
                    }
                    depth += 1;
                }
                Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) if depth > 0 => depth -= 1,
                payload if depth == 0 => items.add(payload)?,
                _ => {}
            }
        }
        items.outline()
    }
}

/// The index spaces of a component.
#[derive(Default)]
struct Items<'a> {
    /// The number of modules that the component contains.
    contained: usize,
    /// For each module, its number among the contained ones; `None` if it comes from elsewhere.
    modules: Vec<Option<usize>>,
    instances: Vec<CoreInstance<'a>>,
    functions: Vec<CoreFunction<'a>>,
    /// Indices of lifted functions.
    lifted: Vec<u32>,
}

enum CoreInstance<'a> {
    OfModule(u32),
    /// Names and indices of functions.
    OfFunctions(Vec<(&'a str, u32)>),
}

#[derive(Clone, Copy)]
enum CoreFunction<'a> {
    Exported {
        instance: u32,
        name: &'a str,
    },
    /// Defined by the component itself, such as the lowering of an import.
    BuiltIn,
}

impl<'a> Items<'a> {
    fn add_module(&mut self) {
        self.modules.push(Some(self.contained));
        self.contained += 1;
    }

    fn add(&mut self, payload: Payload<'a>) -> Result<(), Error<Unlimitable>> {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section {
                    if matches!(import?.ty, ComponentTypeRef::Module(_)) {
                        self.modules.push(None);
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.add_alias(&alias?);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ComponentExternalKind::Module {
                        self.modules.push(self.modules.get(export.index as usize).copied().flatten());
                    }
                }
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.instances.push(match instance? {
                        Instance::Instantiate { module_index, .. } => CoreInstance::OfModule(module_index),
                        Instance::FromExports(exports) => {
                            let functions = exports.iter().filter(|export| export.kind == ExternalKind::Func);
                            CoreInstance::OfFunctions(functions.map(|export| (export.name, export.index)).collect())
                        }
                    });
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    match function? {
                        CanonicalFunction::Lift { core_func_index, .. } => self.lifted.push(core_func_index),
                        _ => self.functions.push(CoreFunction::BuiltIn),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn add_alias(&mut self, alias: &ComponentAlias<'a>) {
        match *alias {
            ComponentAlias::CoreInstanceExport { kind: ExternalKind::Func, instance_index: instance, name } => {
                self.functions.push(CoreFunction::Exported { instance, name });
            }
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Module, .. }
            | ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => self.modules.push(None),
            _ => {}
        }
    }

    fn outline(self) -> Result<Outline, Error<Unlimitable>> {
        let mut lifted = vec![BTreeSet::new(); self.contained];
        for &function in &self.lifted {
            let (module, name) = self.origin(function).ok_or(Error::UserError(Unlimitable::Unresolved))?;
            lifted[module].insert(name.to_owned());
        }
        Ok(Outline { lifted, has_core_instances: !self.instances.is_empty() })
    }

    /// The contained module that exports a function, and the function's name there.
    fn origin(&self, mut function: u32) -> Option<(usize, &'a str)> {
        loop {
            let CoreFunction::Exported { instance, name } = *self.functions.get(function as usize)? else {
                return None;
            };
            match self.instances.get(instance as usize)? {
                CoreInstance::OfModule(module) => return Some(((*self.modules.get(*module as usize)?)?, name)),
                // It consists of functions that were there before it, so this ends.
                CoreInstance::OfFunctions(functions) => {
                    function = functions.iter().find(|(exported, _)| *exported == name)?.1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Result<Outline, Error<Unlimitable>> {
        Outline::from_component(&wat::parse_str(text).expect("valid text"))
    }

    #[test]
    fn lifted_functions_are_found_in_their_modules() {
        let found = outline(
            r#"(component
                (core module $Other (func (export "a")))
                (core module $Main (func (export "a")) (func (export "b")) (func (export "not lifted")))
                (component (core module (func (export "nested"))) )
                (core instance $main (instantiate $Main))
                (core instance $other (instantiate $Other))
                (core instance $renamed (export "c" (func $main "b")))
                (func (export "a") (canon lift (core func $main "a")))
                (func (export "c") (canon lift (core func $renamed "c"))))"#,
        );
        let main = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        let expected = Outline { lifted: vec![BTreeSet::new(), main], has_core_instances: true };
        assert_eq!(found.expect("all functions are found"), expected);
    }

    #[test]
    fn functions_that_are_not_defined_inside_are_an_error() {
        let error = outline(
            r#"(component
                (import "host" (func $host))
                (core func $lowered (canon lower (func $host)))
                (func (export "a") (canon lift (core func $lowered))))"#,
        );
        assert!(matches!(error, Err(Error::UserError(Unlimitable::Unresolved))), "{error:?}");
    }
}
