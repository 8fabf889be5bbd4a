//! The mappings of all indices that a request searches.

use quidditch_index::{Field, FieldKind, Mapping};

/// The mappings of all indices that a request searches, also that of the index that is planned; none if it searches one index.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mappings<'a>(&'a [&'a Mapping]);

/// Types of values that do not mix when values of several indices are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueClass {
    /// Integers, dates and booleans.
    Integers,
    Floats,
    Texts,
    Points,
}

impl<'a> Mappings<'a> {
    pub(crate) fn new(mappings: &'a [&'a Mapping]) -> Self {
        Mappings(mappings)
    }

    /// Whether the request searches one index.
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The first field of this name of any index.
    pub(crate) fn field(self, name: &str) -> Option<&'a Field> {
        self.fields(name).next()
    }

    /// Whether a field is of this class in any index.
    pub(crate) fn has(self, name: &str, class: ValueClass) -> bool {
        self.fields(name).any(|field| ValueClass::from_field(field) == class)
    }

    /// The types that a field has in the indices that have it, each once.
    pub(crate) fn types(self, name: &str) -> Vec<&'static str> {
        let mut types: Vec<&str> = self.fields(name).map(|field| field.kind().type_name()).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// The classes that a field has in the indices that have it, each once.
    pub(crate) fn classes(self, name: &str) -> Vec<ValueClass> {
        let mut classes: Vec<ValueClass> = Vec::new();
        for field in self.fields(name) {
            let class = ValueClass::from_field(field);
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        classes
    }

    fn fields(self, name: &str) -> impl Iterator<Item = &'a Field> {
        self.0.iter().filter_map(move |mapping| mapping.field(name))
    }
}

impl ValueClass {
    fn from_field(field: &Field) -> Self {
        match field.kind() {
            FieldKind::Boolean | FieldKind::Date { .. } => ValueClass::Integers,
            kind if kind.is_integer() => ValueClass::Integers,
            FieldKind::UnsignedLong => ValueClass::Floats,
            kind if kind.is_float() => ValueClass::Floats,
            FieldKind::GeoPoint => ValueClass::Points,
            _ => ValueClass::Texts,
        }
    }
}
