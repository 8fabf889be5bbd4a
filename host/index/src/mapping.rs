//! The fields of an index.

mod definition;
mod derived;
mod detection;
mod dynamic;
mod field_error;
mod json;
mod limits;
mod object;
mod schema;
mod template;
mod unknown_field;
mod update;

use std::collections::{BTreeMap, HashMap};

use derived::derived_subfields;
use detection::Detection;
pub use field_error::FieldError;
pub use schema::{FIELD_NAMES, ID, IGNORED_TERM, SOURCE};
pub(crate) use schema::{SEQ_NO, VERSION};
pub use update::MappingUpdateError;

use serde_json::{Map, Value as Json};

use crate::analysis::Analysis;
use crate::{Field, FieldKind, FieldOptions, IndexError, TextForm, excerpt};

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
    detection: Detection,
    /// What the index's owner notes in the mapping.
    meta: Option<Json>,
    analysis: Analysis,
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
            properties: BTreeMap::new(),
        };
        Mapping {
            fields: Vec::new(),
            by_name: HashMap::new(),
            objects: vec![document],
            aliases: Vec::new(),
            detection: Detection::default(),
            meta: None,
            analysis,
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

    /// What happens to unknown fields at the top of documents.
    pub fn dynamic(&self) -> Dynamic {
        self.objects[0].dynamic
    }

    /// The object at an index. The document itself has the index 0.
    pub fn object(&self, index: usize) -> &Object {
        &self.objects[index]
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

    /// Adds a field to an object. Returns its index.
    ///
    /// # Errors
    /// Why it cannot be added.
    pub fn add_field(&mut self, object: usize, key: &str, kind: FieldKind) -> Result<usize, FieldError> {
        let name = self.new_name(object, key)?;
        let index = self.push(Field::new(name, kind));
        self.objects[object].properties.insert(key.to_owned(), Property::Field(index));
        Ok(index)
    }

    /// Adds another name for a field.
    fn add_alias(&mut self, object: usize, key: &str, target: &str) -> Result<(), FieldError> {
        let name = self.new_name(object, key)?;
        let index = self.aliases.len();
        self.aliases.push((name, target.to_owned()));
        self.objects[object].properties.insert(key.to_owned(), Property::Alias(index));
        Ok(())
    }

    /// Adds a sub-field to a field. Returns its index.
    ///
    /// # Errors
    /// As for [`Mapping::add_field`].
    pub fn add_subfield(&mut self, of: usize, key: &str, kind: FieldKind) -> Result<usize, FieldError> {
        check_key(key)?;
        let name = format!("{}.{key}", self.fields[of].name);
        self.check_limits(&name)?;
        let mut field = Field::new(name, kind);
        field.is_subfield = true;
        let index = self.push(field);
        self.fields[of].subfields.push(index);
        Ok(index)
    }

    /// Adds the sub-fields that the type of a field has, to `of`: the field itself, or the one that it is a sub-field of.
    fn add_derived(&mut self, of: usize, field: usize, prefix: &str) -> Result<(), FieldError> {
        let derived = derived_subfields(self.fields[field].kind());
        let options = self.fields[field].options.clone();
        for (key, kind) in derived {
            let subfield = self.add_subfield(of, &format!("{prefix}{key}"), kind)?;
            self.fields[subfield].options = FieldOptions { given: Map::new(), ..options.clone() };
        }
        Ok(())
    }

    /// Adds an object to an object. Returns its index.
    ///
    /// # Errors
    /// As for [`Mapping::add_field`].
    pub fn add_object(&mut self, object: usize, key: &str, dynamic: Option<Dynamic>) -> Result<usize, FieldError> {
        let name = self.new_name(object, key)?;
        let outer = &self.objects[object];
        let depth = outer.depth + 1;
        if depth > MAX_OBJECT_DEPTH {
            return Err(FieldError::TooDeep { name });
        }
        let inherited = outer.dynamic;
        let index = self.objects.len();
        self.objects.push(Object {
            name,
            own_dynamic: dynamic,
            dynamic: dynamic.unwrap_or(inherited),
            depth,
            is_enabled: true,
            properties: BTreeMap::new(),
        });
        self.objects[object].properties.insert(key.to_owned(), Property::Object(index));
        Ok(index)
    }

    /// Adds the fields of another mapping that this one does not have. A name that is in both keeps its definition in this one.
    ///
    /// # Errors
    /// Which limit is exceeded.
    pub fn add_missing(&mut self, other: &Mapping) -> Result<(), FieldError> {
        self.add_missing_properties(0, other, 0)
    }

    fn add_missing_properties(
        &mut self,
        object: usize,
        other: &Mapping,
        other_object: usize,
    ) -> Result<(), FieldError> {
        for (key, property) in &other.objects[other_object].properties {
            let here = self.objects[object].properties.get(key).copied();
            match (*property, here) {
                (Property::Object(theirs), None) => {
                    let ours = self.add_object(object, key, other.objects[theirs].own_dynamic)?;
                    self.objects[ours].is_enabled = other.objects[theirs].is_enabled;
                    self.add_missing_properties(ours, other, theirs)?;
                }
                (Property::Object(theirs), Some(Property::Object(ours))) => {
                    self.add_missing_properties(ours, other, theirs)?;
                }
                (Property::Field(theirs), None) => {
                    let field = &other.fields[theirs];
                    let ours = self.add_field(object, key, field.kind.clone())?;
                    self.fields[ours].options = field.options.clone();
                    for subfield in &field.subfields {
                        let subfield = &other.fields[*subfield];
                        let key = &subfield.name[field.name.len() + 1..];
                        let added = self.add_subfield(ours, key, subfield.kind.clone())?;
                        self.fields[added].options = subfield.options.clone();
                    }
                }
                // Documents add no aliases.
                (Property::Alias(_), None) | (_, Some(_)) => {}
            }
        }
        Ok(())
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

    fn push(&mut self, mut field: Field) -> usize {
        let index = self.fields.len();
        field.number = self.next_number;
        self.next_number += numbers_of(&field.kind);
        self.by_name.insert(field.name.clone(), index);
        self.fields.push(field);
        index
    }

    /// The full name of a new property of an object.
    fn new_name(&self, object: usize, key: &str) -> Result<String, FieldError> {
        check_key(key)?;
        let object = &self.objects[object];
        if object.properties.contains_key(key) {
            return Err(FieldError::AlreadyDefined { key: key.to_owned() });
        }
        let name = if object.name.is_empty() { key.to_owned() } else { format!("{}.{key}", object.name) };
        if Mapping::is_reserved(&name) {
            return Err(FieldError::Reserved { name });
        }
        self.check_limits(&name)?;
        Ok(name)
    }

    fn check_limits(&self, name: &str) -> Result<(), FieldError> {
        if name.len() > MAX_FIELD_NAME_BYTES {
            return Err(FieldError::NameTooLong);
        }
        // The document itself is in the list of objects, but is not counted.
        if self.fields.len() + self.objects.len() > MAX_FIELDS {
            return Err(FieldError::TooManyFields { name: name.to_owned() });
        }
        Ok(())
    }
}

/// Checks one segment of a dotted name.
fn check_key(key: &str) -> Result<(), FieldError> {
    if key.trim().is_empty() {
        return Err(FieldError::EmptySegment);
    }
    if key.contains(char::is_control) {
        return Err(FieldError::ControlCharacter { key: excerpt(key) });
    }
    Ok(())
}

/// How many of the schema's field numbers a field occupies.
fn numbers_of(kind: &FieldKind) -> u32 {
    match kind {
        FieldKind::GeoPoint | FieldKind::Text { form: TextForm::Completion(_), .. } => 2,
        kind if kind.has_exact_column() => 2,
        _ => 1,
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

    #[test]
    fn fields_added_by_two_writers_are_combined() {
        let base = Mapping::default();
        let mut ours = base.clone();
        let object = ours.add_object(0, "o", None).expect("added");
        ours.add_field(object, "mine", FieldKind::Long).expect("added");
        ours.add_field(0, "both", FieldKind::Long).expect("added");
        let mut theirs = base;
        let object = theirs.add_object(0, "o", None).expect("added");
        let field = theirs.add_field(object, "theirs", FieldKind::Boolean).expect("added");
        theirs.add_subfield(field, "raw", FieldKind::Long).expect("added");
        theirs.add_field(0, "both", FieldKind::Double).expect("added");

        let mut agreed = ours.clone();
        agreed.add_missing(&theirs).expect("within limits");
        assert!(ours.is_prefix_of(&agreed));
        assert_eq!(agreed.field("both").map(Field::kind), Some(&FieldKind::Long));
        assert_eq!(agreed.field("o.theirs.raw").map(Field::kind), Some(&FieldKind::Long));
        assert_eq!(agreed.fields().len(), 4);
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        let mut mapping = Mapping::default();
        for number in 0..MAX_FIELDS - 1 {
            mapping.add_field(0, &number.to_string(), FieldKind::Long).expect("within the limit");
        }
        mapping.clone().add_object(0, "object", None).expect("at the limit");
        let last = mapping.add_field(0, "last", FieldKind::Long).expect("at the limit");
        insta::assert_snapshot!(mapping.add_field(0, "more", FieldKind::Long).expect_err("over the limit"), @"adding [more] would exceed the limit of 1000 fields");
        assert!(mapping.add_object(0, "more", None).is_err());
        assert!(mapping.add_subfield(last, "more", FieldKind::Long).is_err());
        assert_eq!(mapping.fields().len(), MAX_FIELDS);
    }

    #[test]
    fn the_depth_of_objects_is_limited() {
        let mut mapping = Mapping::default();
        let mut object = 0;
        for _ in 1..MAX_OBJECT_DEPTH {
            object = mapping.add_object(object, "o", None).expect("within the limit");
        }
        mapping.add_field(object, "f", FieldKind::Long).expect("a field in the deepest object");
        assert!(
            mapping
                .add_object(object, "o", None)
                .expect_err("over the limit")
                .to_string()
                .contains("more than 20 levels deep")
        );
    }

    #[test]
    fn names_are_limited() {
        let mut mapping = Mapping::default();
        mapping.add_field(0, &"n".repeat(MAX_FIELD_NAME_BYTES), FieldKind::Long).expect("at the limit");
        for name in [&"n".repeat(MAX_FIELD_NAME_BYTES + 1), "", " ", "a\0b", "a\u{1}b", "_id", "_source"] {
            assert!(mapping.add_field(0, name, FieldKind::Long).is_err(), "{name:?}");
        }
        mapping.add_field(0, "_mine", FieldKind::Long).expect("not reserved");
    }
}
