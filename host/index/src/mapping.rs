//! The fields of an index.

mod add;
mod add_computed;
mod analyze;
mod analyze_query;
mod completion;
mod completion_forms;
mod computed;
mod definition;
mod derived;
mod detection;
mod dynamic;
mod field_error;
mod json;
mod limits;
mod nested;
mod nested_objects;
mod object;
mod schema;
mod shown_options;
mod template;
mod to_json;
mod unknown_field;
mod update;

use std::collections::{BTreeMap, HashMap};

use computed::ComputedFields;
use detection::Detection;
pub use field_error::FieldError;
pub use nested::Nested;
pub(crate) use nested::NestedLimits;
pub use schema::{FIELD_NAMES, ID, IGNORED_TERM, NESTED_TERM, SOURCE};
pub(crate) use schema::{SEQ_NO, VERSION};
pub use update::MappingUpdateError;

use serde_json::Value as Json;

use crate::analysis::Analysis;
use crate::{Field, FieldKind, IndexError};

pub use computed::{COMPUTED_TYPES, MAX_COMPUTED_FIELDS};
pub use dynamic::Dynamic;
pub use limits::{MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH};
pub use object::{Object, Property};

/// The number of the first field of a mapping: those before are `_id`, `_source` and `_field_names`.
const FIRST_NUMBER: u32 = 3;

/// Names at the top of documents that cannot be fields.
const RESERVED: [&str; 16] = [
    "_doc",
    "_doc_count",
    "_dynamic",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_nested_path",
    "_primary_term",
    "_routing",
    "_score",
    "_seq_no",
    "_source",
    "_tier",
    "_type",
    "_version",
];

/// The fields of an index, in the order in which they were added, what happens to unknown fields, and the index's own analyzers.
///
/// Fields are only ever added: the number of a field in tantivy's schema follows from its position in this order, so a split
/// that was written under an older mapping can be read under the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    fields: Vec<Field>,
    by_name: HashMap<String, usize>,
    /// The first one is the document itself.
    objects: Vec<Object>,
    /// Other names of fields, and the full names of the fields.
    aliases: Vec<(String, String)>,
    computed: ComputedFields,
    detection: Detection,
    /// What the index's owner notes in the mapping.
    meta: Option<Json>,
    analysis: Analysis,
    nested_limits: NestedLimits,
    /// Settings of the index that have no effect here, by their names without `index.`: they are kept to be shown.
    kept_settings: BTreeMap<String, String>,
    /// The number that the next field gets.
    next_number: u32,
}

impl Default for Mapping {
    /// A mapping without fields, to which the fields of documents are added.
    fn default() -> Self {
        Mapping::new(None, Analysis::default())
    }
}

impl Mapping {
    fn new(dynamic: Option<Dynamic>, analysis: Analysis) -> Self {
        let document = Object {
            name: String::new(),
            own_dynamic: dynamic,
            dynamic: dynamic.unwrap_or(Dynamic::True),
            depth: 1,
            is_enabled: true,
            nested: None,
            scope: 0,
            properties: BTreeMap::new(),
        };
        Mapping {
            fields: Vec::new(),
            by_name: HashMap::new(),
            objects: vec![document],
            aliases: Vec::new(),
            computed: ComputedFields::new(),
            detection: Detection::default(),
            meta: None,
            analysis,
            nested_limits: NestedLimits::default(),
            kept_settings: BTreeMap::new(),
            next_number: FIRST_NUMBER,
        }
    }

    pub(crate) fn analysis(&self) -> &Analysis {
        &self.analysis
    }

    /// Settings of the index that have no effect here, by their names without `index.`: they are kept to be shown.
    pub fn kept_settings(&self) -> &BTreeMap<String, String> {
        &self.kept_settings
    }

    /// Keeps a setting of the index that has no effect here.
    pub fn keep_setting(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => _ = self.kept_settings.insert(name.to_owned(), value.to_owned()),
            None => _ = self.kept_settings.remove(name),
        }
    }

    /// The field of that full dotted name, or the `flat_object` in which that is a path.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let index = self.by_name.get(name).or_else(|| {
            let (_, target) = self.aliases.iter().find(|(alias, _)| alias == name)?;
            self.by_name.get(target)
        });
        index.map(|index| &self.fields[*index]).or_else(|| self.flat_object_around(name))
    }

    /// The `flat_object` in which a name is a path.
    fn flat_object_around(&self, name: &str) -> Option<&Field> {
        let outer = name.match_indices('.').filter_map(|(end, _)| self.by_name.get(&name[..end]));
        outer.map(|index| &self.fields[*index]).find(|field| field.kind == FieldKind::FlatObject)
    }

    /// Whether there is an object of that full dotted name.
    pub fn has_object(&self, name: &str) -> bool {
        self.objects.iter().skip(1).any(|object| object.name == name)
    }

    /// All fields and sub-fields, in the order in which they were added.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// All names of fields with the fields that they stand for: those of the fields themselves, and those of aliases.
    pub fn named_fields(&self) -> impl Iterator<Item = (&str, &Field)> {
        let aliases = self.aliases.iter().filter_map(|(alias, target)| {
            let index = self.by_name.get(target)?;
            Some((alias.as_str(), &self.fields[*index]))
        });
        self.fields.iter().map(|field| (field.name(), field)).chain(aliases)
    }

    /// What happens to unknown fields at the top of documents.
    pub fn dynamic(&self) -> Dynamic {
        self.objects[0].dynamic
    }

    /// The same mapping, to which no documents add fields: what it does not have is not indexed.
    #[must_use]
    pub fn without_new_fields(mut self) -> Self {
        for object in &mut self.objects {
            if object.dynamic == Dynamic::True {
                object.dynamic = Dynamic::False;
                object.own_dynamic = Some(Dynamic::False);
            }
        }
        self
    }

    /// The object at an index. The document itself has the index 0.
    pub fn object(&self, index: usize) -> &Object {
        &self.objects[index]
    }

    /// All objects with their full names, without the document itself.
    pub fn objects(&self) -> &[Object] {
        &self.objects[1..]
    }

    /// The index of the object of a full dotted name.
    pub fn object_index(&self, name: &str) -> Option<usize> {
        (1..self.objects.len()).find(|index| self.objects[*index].name == name)
    }

    /// Whether a name at the top of a document cannot be a field.
    pub fn is_reserved(name: &str) -> bool {
        RESERVED.contains(&name)
    }

    /// The names of all fields in their order, which the JSON form does not preserve.
    pub fn field_order(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(Field::name)
    }

    /// Whether `newer` has the same fields at the same positions, perhaps followed by others.
    pub fn is_prefix_of(&self, newer: &Mapping) -> bool {
        self.fields.len() <= newer.fields.len()
            && self.fields.iter().zip(&newer.fields).all(|(mine, theirs)| {
                mine.name == theirs.name && mine.kind == theirs.kind && mine.number == theirs.number
            })
    }

    /// Restores the order in which the fields were added.
    ///
    /// # Errors
    /// [`IndexError::InvalidMapping`] if the order has other fields.
    fn reorder(&mut self, order: &[String]) -> Result<(), IndexError> {
        let invalid =
            |name: &str, reason: &str| IndexError::InvalidMapping { path: name.to_owned(), reason: reason.to_owned() };
        let mut new_indices = vec![usize::MAX; self.fields.len()];
        for (new_index, name) in order.iter().enumerate() {
            let index =
                self.by_name.get(name).ok_or_else(|| invalid(name, "in field_order, but not in the mapping"))?;
            if new_indices[*index] != usize::MAX {
                return Err(invalid(name, "duplicate field in field_order"));
            }
            new_indices[*index] = new_index;
        }
        if let Some(missing) = new_indices.iter().position(|index| *index == usize::MAX) {
            return Err(invalid(&self.fields[missing].name, "in the mapping, but not in field_order"));
        }
        let mut fields: Vec<_> = std::mem::take(&mut self.fields).into_iter().zip(&new_indices).collect();
        fields.sort_unstable_by_key(|(_, new_index)| **new_index);
        self.by_name.clear();
        self.next_number = FIRST_NUMBER;
        for (mut field, _) in fields {
            for subfield in &mut field.subfields {
                *subfield = new_indices[*subfield];
            }
            self.push(field);
        }
        for object in &mut self.objects {
            for property in object.properties.values_mut() {
                if let Property::Field(index) = property {
                    *index = new_indices[*index];
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(mapping: &Mapping) -> Vec<(&str, u32)> {
        mapping.fields.iter().map(|field| (field.name(), field.number)).collect()
    }

    #[test]
    fn fields_are_numbered_in_the_order_of_adding() {
        let mut mapping = Mapping::default();
        mapping.add_field(0, "z", FieldKind::Long).expect("added");
        mapping.add_field(0, "point", FieldKind::GeoPoint).expect("added");
        let object = mapping.add_object(0, "a", None).expect("added");
        let inner = mapping.add_field(object, "b", FieldKind::Long).expect("added");
        mapping.add_subfield(inner, "raw", FieldKind::Boolean).expect("added");
        assert_eq!(names(&mapping), [("z", 3), ("point", 4), ("a.b", 6), ("a.b.raw", 7)]);
        assert!(mapping.has_object("a") && !mapping.has_object("a.b") && !mapping.has_object(""));
        assert_eq!(mapping.field("a.b.raw").map(Field::kind), Some(&FieldKind::Boolean));
        assert_eq!(mapping.field("a"), None);
    }

    #[test]
    fn a_mapping_can_be_closed() {
        let json = json!({"properties": {"o": {"properties": {}}, "s": {"dynamic": "strict", "properties": {}}}});
        let closed = Mapping::from_json(&json).expect("valid").without_new_fields();
        assert_eq!(closed.dynamic(), Dynamic::False);
        let dynamic = |name: &str| closed.object(closed.object_index(name).expect("an object")).dynamic();
        assert_eq!((dynamic("o"), dynamic("s")), (Dynamic::False, Dynamic::Strict));
    }

    #[test]
    fn json_with_the_order_restores_the_mapping() {
        let mut mapping = Mapping::from_json(&json!({"properties": {"m": {"type": "text"}}})).expect("valid");
        let older = mapping.clone();
        mapping.add_field(0, "z", FieldKind::GeoPoint).expect("added");
        let field = mapping.add_field(0, "a", FieldKind::Long).expect("added");
        mapping.add_subfield(field, "b", FieldKind::Double).expect("added");
        let order: Vec<_> = mapping.field_order().map(str::to_owned).collect();
        let read = Mapping::from_stored(&mapping.to_json(), &json!({}), &order).expect("valid");
        assert_eq!(read, mapping);
        assert!(older.is_prefix_of(&read) && !read.is_prefix_of(&older));

        assert_eq!(Mapping::from_stored(&mapping.to_json(), &json!({}), &order[1..]).ok(), None);
        let other = [&order[..], &["other".to_owned()]].concat();
        assert_eq!(Mapping::from_stored(&mapping.to_json(), &json!({}), &other).ok(), None);
    }
}
