//! The types of the contract, as types of a component.

use std::collections::HashMap;

use anyhow::{Result, bail};
use wasm_encoder::{
    ComponentBuilder, ComponentDefinedTypeEncoder, ComponentFuncTypeEncoder, ComponentValType, InstanceType,
    PrimitiveValType,
};
use wit_parser::{Function, Handle, Resolve, Type, TypeDefKind, TypeId};

/// Where types are defined.
pub(super) trait Scope {
    fn defined(&mut self) -> (u32, ComponentDefinedTypeEncoder<'_>);
    fn function(&mut self) -> (u32, ComponentFuncTypeEncoder<'_>);
}

impl Scope for ComponentBuilder {
    fn defined(&mut self) -> (u32, ComponentDefinedTypeEncoder<'_>) {
        self.type_defined(None)
    }

    fn function(&mut self) -> (u32, ComponentFuncTypeEncoder<'_>) {
        self.type_function(None)
    }
}

impl Scope for InstanceType {
    fn defined(&mut self) -> (u32, ComponentDefinedTypeEncoder<'_>) {
        (self.type_count(), self.ty().defined_type())
    }

    fn function(&mut self) -> (u32, ComponentFuncTypeEncoder<'_>) {
        (self.type_count(), self.ty().function())
    }
}

/// The indices of the types of one scope.
pub(super) struct Types<'r> {
    resolve: &'r Resolve,
    indices: HashMap<TypeId, u32>,
    /// The types without a name, which a contract describes again wherever it needs them.
    unnamed: Vec<(Unnamed, u32)>,
}

/// A type without a name.
#[derive(Clone, Copy, PartialEq)]
enum Unnamed {
    List(ComponentValType),
    Option(ComponentValType),
    Result(Option<ComponentValType>, Option<ComponentValType>),
    Own(u32),
    Borrow(u32),
}

impl<'r> Types<'r> {
    pub(super) fn new(resolve: &'r Resolve) -> Self {
        Types { resolve, indices: HashMap::new(), unnamed: Vec::new() }
    }

    /// Sets the index of a type that is imported, exported or a resource.
    pub(super) fn set(&mut self, id: TypeId, index: u32) {
        self.indices.insert(original(self.resolve, id), index);
    }

    /// Whether a type is there.
    pub(super) fn has(&self, id: TypeId) -> bool {
        self.indices.contains_key(&original(self.resolve, id))
    }

    /// The index of a type, which is defined if it is not yet there.
    pub(super) fn index(&mut self, id: TypeId, scope: &mut impl Scope) -> Result<u32> {
        let id = original(self.resolve, id);
        if let Some(index) = self.indices.get(&id) {
            return Ok(*index);
        }
        let index = self.define(id, scope)?;
        self.indices.insert(id, index);
        Ok(index)
    }

    /// Defines the type of a function.
    pub(super) fn function(&mut self, function: &Function, scope: &mut impl Scope) -> Result<u32> {
        let mut params = Vec::new();
        for param in &function.params {
            params.push((param.name.as_str(), self.value(&param.ty, scope)?));
        }
        let result = function.result.as_ref().map(|ty| self.value(ty, scope)).transpose()?;
        let (index, mut encoder) = scope.function();
        encoder.params(params).result(result);
        Ok(index)
    }

    fn define(&mut self, id: TypeId, scope: &mut impl Scope) -> Result<u32> {
        let resolve = self.resolve;
        let kind = &resolve.types[id].kind;
        match kind {
            TypeDefKind::Record(record) => {
                let mut fields = Vec::new();
                for field in &record.fields {
                    fields.push((field.name.as_str(), self.value(&field.ty, scope)?));
                }
                let (index, encoder) = scope.defined();
                encoder.record(fields);
                Ok(index)
            }
            TypeDefKind::Variant(variant) => {
                let mut cases = Vec::new();
                for case in &variant.cases {
                    cases.push((case.name.as_str(), case.ty.as_ref().map(|ty| self.value(ty, scope)).transpose()?));
                }
                let (index, encoder) = scope.defined();
                encoder.variant(cases);
                Ok(index)
            }
            TypeDefKind::Enum(cases) => {
                let (index, encoder) = scope.defined();
                encoder.enum_type(cases.cases.iter().map(|case| case.name.as_str()));
                Ok(index)
            }
            TypeDefKind::List(item) => {
                let item = self.value(item, scope)?;
                Ok(self.unnamed(Unnamed::List(item), scope))
            }
            TypeDefKind::Option(some) => {
                let some = self.value(some, scope)?;
                Ok(self.unnamed(Unnamed::Option(some), scope))
            }
            TypeDefKind::Result(result) => {
                let ok = result.ok.as_ref().map(|ty| self.value(ty, scope)).transpose()?;
                let err = result.err.as_ref().map(|ty| self.value(ty, scope)).transpose()?;
                Ok(self.unnamed(Unnamed::Result(ok, err), scope))
            }
            TypeDefKind::Handle(Handle::Own(resource)) => {
                let resource = self.index(*resource, scope)?;
                Ok(self.unnamed(Unnamed::Own(resource), scope))
            }
            TypeDefKind::Handle(Handle::Borrow(resource)) => {
                let resource = self.index(*resource, scope)?;
                Ok(self.unnamed(Unnamed::Borrow(resource), scope))
            }
            other => bail!("the contract has a type of an unknown kind: {}", other.as_str()),
        }
    }

    fn unnamed(&mut self, ty: Unnamed, scope: &mut impl Scope) -> u32 {
        if let Some((_, index)) = self.unnamed.iter().find(|(other, _)| *other == ty) {
            return *index;
        }
        let (index, encoder) = scope.defined();
        match ty {
            Unnamed::List(item) => encoder.list(item),
            Unnamed::Option(some) => encoder.option(some),
            Unnamed::Result(ok, err) => encoder.result(ok, err),
            Unnamed::Own(resource) => encoder.own(resource),
            Unnamed::Borrow(resource) => encoder.borrow(resource),
        }
        self.unnamed.push((ty, index));
        index
    }

    fn value(&mut self, ty: &Type, scope: &mut impl Scope) -> Result<ComponentValType> {
        let primitive = match ty {
            Type::Id(id) => return Ok(ComponentValType::Type(self.index(*id, scope)?)),
            Type::Bool => PrimitiveValType::Bool,
            Type::U8 => PrimitiveValType::U8,
            Type::U16 => PrimitiveValType::U16,
            Type::U32 => PrimitiveValType::U32,
            Type::U64 => PrimitiveValType::U64,
            Type::S8 => PrimitiveValType::S8,
            Type::S16 => PrimitiveValType::S16,
            Type::S32 => PrimitiveValType::S32,
            Type::S64 => PrimitiveValType::S64,
            Type::F32 => PrimitiveValType::F32,
            Type::F64 => PrimitiveValType::F64,
            Type::Char => PrimitiveValType::Char,
            Type::String => PrimitiveValType::String,
            Type::ErrorContext => PrimitiveValType::ErrorContext,
        };
        Ok(ComponentValType::Primitive(primitive))
    }
}

/// What a name for a type of another interface stands for.
pub(super) fn original(resolve: &Resolve, mut id: TypeId) -> TypeId {
    while let TypeDefKind::Type(Type::Id(other)) = resolve.types[id].kind {
        id = other;
    }
    id
}
