//! An exported interface, as an instance.
//!
//! Only a component can give a type another name, and name functions as methods of a resource. So the instance is made by a component
//! that exports what it imports. It also imports the instances with the types that the interface uses: so these have names in it, and
//! its functions refer to them as the component around it does. Only functions that refer to the interface's own types are exported
//! with types of their own.

use anyhow::Result;
use wasm_encoder::{
    Alias, ComponentBuilder, ComponentExportKind, ComponentOuterAliasKind, ComponentTypeRef, TypeBounds,
};
use wit_parser::{Function, InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner};

use super::component_types::{Types, original};

/// What an interface consists of, as indices in the component.
pub(super) struct Parts<'r> {
    pub(super) types: Vec<NamedType<'r>>,
    pub(super) functions: Vec<(&'r Function, u32)>,
    /// The imported instances of the types that it uses.
    pub(super) used: Vec<Imported>,
}

/// A type of an interface.
#[derive(Clone, Copy)]
pub(super) struct NamedType<'r> {
    pub(super) name: &'r str,
    pub(super) id: TypeId,
    pub(super) index: u32,
}

/// An imported instance, and its type.
#[derive(Clone, Copy)]
pub(super) struct Imported {
    pub(super) ty: u32,
    pub(super) instance: u32,
}

/// Adds the instance of an interface.
pub(super) fn instance(
    builder: &mut ComponentBuilder,
    resolve: &Resolve,
    interface: InterfaceId,
    parts: &Parts<'_>,
) -> Result<u32> {
    if parts.types.iter().any(|ty| is_resource(resolve, ty.id)) {
        return instantiate(builder, resolve, interface, parts);
    }
    // Only the names of used types need a component.
    let (own, used): (Vec<NamedType<'_>>, Vec<_>) =
        parts.types.iter().copied().partition(|ty| is_own(resolve, interface, ty.id));
    let mut exports: Vec<_> = own.iter().map(|ty| (ty.name, ComponentExportKind::Type, ty.index)).collect();
    if !used.is_empty() {
        let names: Vec<_> = used.iter().map(|ty| ty.name).collect();
        let parts = Parts { types: used, functions: Vec::new(), used: parts.used.clone() };
        let instance = instantiate(builder, resolve, interface, &parts)?;
        for name in names {
            let index = builder.alias_export(instance, name, ComponentExportKind::Type);
            exports.push((name, ComponentExportKind::Type, index));
        }
    }
    let functions = parts.functions.iter();
    exports.extend(functions.map(|(function, index)| (function.name.as_str(), ComponentExportKind::Func, *index)));
    Ok(builder.instantiate_exports(None, exports))
}

/// Adds the instance of a component that exports what it imports.
fn instantiate(
    builder: &mut ComponentBuilder,
    resolve: &Resolve,
    interface: InterfaceId,
    parts: &Parts<'_>,
) -> Result<u32> {
    let component = component(resolve, interface, parts)?;
    let component = builder.component(None, component);
    let instances = parts.used.iter().map(|used| (ComponentExportKind::Instance, used.instance));
    let own = parts.types.iter().filter(|ty| is_own(resolve, interface, ty.id));
    let own = own.map(|ty| (ComponentExportKind::Type, ty.index));
    let functions = parts.functions.iter().map(|(_, index)| (ComponentExportKind::Func, *index));
    let arguments = instances.chain(own).chain(functions).enumerate();
    let arguments: Vec<_> = arguments.map(|(number, (kind, index))| (argument(number), kind, index)).collect();
    Ok(builder.instantiate(None, component, arguments))
}

fn component(resolve: &Resolve, interface: InterfaceId, parts: &Parts<'_>) -> Result<ComponentBuilder> {
    let mut component = ComponentBuilder::default();
    let (mut imported, mut exported) = (Types::new(resolve), Types::new(resolve));
    let outer = |component: &mut ComponentBuilder, index| {
        component.alias(None, Alias::Outer { kind: ComponentOuterAliasKind::Type, count: 1, index })
    };

    let mut imports = Vec::new();
    for used in &parts.used {
        imports.push(ComponentTypeRef::Instance(outer(&mut component, used.ty)));
    }
    let (own, used): (Vec<NamedType<'_>>, Vec<_>) =
        parts.types.iter().copied().partition(|ty| is_own(resolve, interface, ty.id));
    for ty in used {
        let index = outer(&mut component, ty.index);
        imported.set(ty.id, index);
        exported.set(ty.id, index);
    }
    for ty in &own {
        let bounds = match is_resource(resolve, ty.id) {
            true => TypeBounds::SubResource,
            false => TypeBounds::Eq(outer(&mut component, ty.index)),
        };
        imports.push(ComponentTypeRef::Type(bounds));
    }
    let mut own = own.into_iter();
    for (number, import) in imports.iter().enumerate() {
        let index = component.import(argument(number).as_str(), *import);
        if let ComponentTypeRef::Type(_) = import {
            own.next().into_iter().for_each(|ty| imported.set(ty.id, index));
        }
    }
    let mut types = Vec::new();
    for (function, _) in &parts.functions {
        types.push(imported.function(function, &mut component)?);
    }
    let functions: Vec<u32> = (imports.len()..)
        .zip(types)
        .map(|(number, ty)| component.import(argument(number).as_str(), ComponentTypeRef::Func(ty)))
        .collect();

    for ty in &parts.types {
        let index = imported.index(ty.id, &mut component)?;
        let named = component.export(ty.name, ComponentExportKind::Type, index, None);
        if is_own(resolve, interface, ty.id) {
            exported.set(ty.id, named);
        }
    }
    let mut types = Vec::new();
    for (function, _) in &parts.functions {
        types.push(exported.function(function, &mut component)?);
    }
    for (((function, _), index), ty) in parts.functions.iter().zip(functions).zip(types) {
        let ty = Some(ComponentTypeRef::Func(ty));
        component.export(function.name.as_str(), ComponentExportKind::Func, index, ty);
    }
    Ok(component)
}

/// The name by which the component imports what has this number.
fn argument(number: usize) -> String {
    match u8::try_from(number) {
        Ok(number @ 0..26) => char::from(b'a' + number).to_string(),
        _ => format!("i{number}"),
    }
}

fn is_resource(resolve: &Resolve, id: TypeId) -> bool {
    matches!(resolve.types[original(resolve, id)].kind, TypeDefKind::Resource)
}

fn is_own(resolve: &Resolve, interface: InterfaceId, id: TypeId) -> bool {
    resolve.types[original(resolve, id)].owner == TypeOwner::Interface(interface)
}
