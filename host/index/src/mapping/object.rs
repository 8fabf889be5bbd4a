//! The objects of a mapping.

use std::collections::BTreeMap;

use super::dynamic::Dynamic;
use super::nested::Nested;

/// An object of a mapping: fields and objects by the last part of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Full dotted name, empty for the document itself.
    pub(super) name: String,
    /// Its own `dynamic`, if it has one.
    pub(super) own_dynamic: Option<Dynamic>,
    /// Its own `dynamic`, or the inherited one.
    pub(super) dynamic: Dynamic,
    pub(super) depth: usize,
    /// Whether its content is indexed; otherwise it is only in the source.
    pub(super) is_enabled: bool,
    /// Whether it is nested, and how.
    pub(super) nested: Option<Nested>,
    /// The index of the innermost nested object that it is or that contains it; 0 is the document itself.
    pub(super) scope: usize,
    pub(super) properties: BTreeMap<String, Property>,
}

impl Object {
    /// Full dotted name, empty for the document itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What happens to unknown fields of it.
    pub fn dynamic(&self) -> Dynamic {
        self.dynamic
    }

    /// Whether even an unknown field with `null` is an error: not in objects that inherit it.
    pub fn forbids_unknown_nulls(&self) -> bool {
        matches!(self.own_dynamic, Some(Dynamic::Strict | Dynamic::StrictAllowTemplates))
    }

    /// Whether its content is indexed; otherwise it is only in the source, and may be anything.
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Whether it is nested, and how.
    pub fn nested(&self) -> Option<Nested> {
        self.nested
    }

    /// The index of the innermost nested object that it is or that contains it; 0 is the document itself.
    pub fn scope(&self) -> usize {
        self.scope
    }

    /// The property of that key.
    pub fn property(&self, key: &str) -> Option<Property> {
        self.properties.get(key).copied()
    }
}

/// A property of an object, by its index in the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// An object, see [`Mapping::object`](crate::Mapping::object).
    Object(usize),
    /// A field, see [`Mapping::fields`](crate::Mapping::fields).
    Field(usize),
    /// Another name of a field.
    Alias(usize),
}
