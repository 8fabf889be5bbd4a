//! The fields of an index.

mod json;
mod schema;

use std::collections::{BTreeMap, HashMap};

pub use schema::{FIELD_NAMES, ID, SOURCE};

use crate::analysis::Analysis;
use crate::{Field, FieldKind};

/// Most fields, sub-fields and objects together. Each costs memory in every split, open or being written.
pub const MAX_FIELDS: usize = 1_000;

/// How deep objects may lie in each other, with the document itself: deeper ones are mistakes or attacks.
pub const MAX_OBJECT_DEPTH: usize = 20;

/// Longest full name of a field in bytes.
pub const MAX_FIELD_NAME_BYTES: usize = 512;

/// Names at the top of documents that mean something else than a field.
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

/// The fields of an index, in the order in which they were added, what happens to unknown ones, and the index's own
/// analyzers.
///
/// Fields are only ever added: the number of a field in tantivy's schema follows from its place in this order, so a split
/// that was written under an older mapping can be read under the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    fields: Vec<Field>,
    by_name: HashMap<String, usize>,
    /// The first is the document itself.
    objects: Vec<Object>,
    analysis: Analysis,
    /// The number that the next field gets.
    next_number: u32,
}

/// What happens to a document's fields that the mapping does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dynamic {
    /// They are added to the mapping.
    True,
    /// They stay in the source and are not indexed.
    False,
    /// The document is refused.
    Strict,
}

/// An object of a mapping: fields and objects by the last part of their names.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Full dotted name, empty for the document itself.
    name: String,
    /// As the mapping says.
    own_dynamic: Option<Dynamic>,
    /// As it or the nearest object around it says.
    dynamic: Dynamic,
    depth: usize,
    properties: BTreeMap<String, Property>,
}

impl Object {
    /// Full dotted name, empty for the document itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What happens to unknown fields in it.
    pub fn dynamic(&self) -> Dynamic {
        self.dynamic
    }

    /// What one of its keys is.
    pub fn property(&self, key: &str) -> Option<Property> {
        self.properties.get(key).copied()
    }
}

/// What a key of an object is, by its index in the mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// An object, see [`Mapping::object`].
    Object(usize),
    /// A field, see [`Mapping::fields`].
    Field(usize),
}

impl Default for Mapping {
    /// No fields yet; those of documents are added as they come.
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
            properties: BTreeMap::new(),
        };
        Mapping {
            fields: Vec::new(),
            by_name: HashMap::new(),
            objects: vec![document],
            analysis,
            next_number: schema::FIRST_NUMBER,
        }
    }

    /// The field of that full dotted name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|place| &self.fields[*place])
    }

    /// Whether that full dotted name is an object.
    pub fn has_object(&self, name: &str) -> bool {
        self.objects.iter().skip(1).any(|object| object.name == name)
    }

    /// All fields, with sub-fields, in the order in which they were added.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// What happens to unknown fields at the top of documents.
    pub fn dynamic(&self) -> Dynamic {
        self.objects[0].dynamic
    }

    /// An object by its index. That of the document itself is 0.
    pub fn object(&self, place: usize) -> &Object {
        &self.objects[place]
    }

    /// Whether a name at the top of a document means something else than a field.
    pub fn is_reserved(name: &str) -> bool {
        RESERVED.contains(&name)
    }

    /// The names of the fields in their order: with the JSON form, all that a mapping is.
    pub fn field_order(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(Field::name)
    }

    /// Whether `newer` has grown from this one: the same fields in the same places, perhaps with others after them.
    pub fn is_prefix_of(&self, newer: &Mapping) -> bool {
        self.fields.len() <= newer.fields.len()
            && self.fields.iter().zip(&newer.fields).all(|(mine, theirs)| {
                mine.name == theirs.name && mine.kind == theirs.kind && mine.number == theirs.number
            })
    }

    /// Adds a field to an object.
    ///
    /// # Errors
    /// A text that says why there can be no such field.
    pub fn add_field(&mut self, object: usize, key: &str, kind: FieldKind) -> Result<usize, String> {
        let name = self.new_name(object, key)?;
        let place = self.push(Field::new(name, kind));
        self.objects[object].properties.insert(key.to_owned(), Property::Field(place));
        Ok(place)
    }

    /// Adds a sub-field to a field.
    ///
    /// # Errors
    /// As for [`Mapping::add_field`].
    pub fn add_subfield(&mut self, of: usize, key: &str, kind: FieldKind) -> Result<usize, String> {
        check_key(key)?;
        let name = format!("{}.{key}", self.fields[of].name);
        self.check_limits(&name)?;
        let mut field = Field::new(name, kind);
        field.is_subfield = true;
        let place = self.push(field);
        self.fields[of].subfields.push(place);
        Ok(place)
    }

    /// Adds an object to an object.
    ///
    /// # Errors
    /// As for [`Mapping::add_field`].
    pub fn add_object(&mut self, object: usize, key: &str, dynamic: Option<Dynamic>) -> Result<usize, String> {
        let name = self.new_name(object, key)?;
        let outer = &self.objects[object];
        let depth = outer.depth + 1;
        if depth > MAX_OBJECT_DEPTH {
            return Err(format!("objects lie more than {MAX_OBJECT_DEPTH} deep in each other at [{name}]"));
        }
        let inherited = outer.dynamic;
        let place = self.objects.len();
        self.objects.push(Object {
            name,
            own_dynamic: dynamic,
            dynamic: dynamic.unwrap_or(inherited),
            depth,
            properties: BTreeMap::new(),
        });
        self.objects[object].properties.insert(key.to_owned(), Property::Object(place));
        Ok(place)
    }

    /// Adds the fields of another mapping that this one does not have, where both can be in one.
    ///
    /// Names that are something else here stay what they are here.
    ///
    /// # Errors
    /// A text that says which limit is exceeded.
    pub fn add_missing(&mut self, other: &Mapping) -> Result<(), String> {
        self.add_missing_properties(0, other, 0)
    }

    fn add_missing_properties(&mut self, object: usize, other: &Mapping, other_object: usize) -> Result<(), String> {
        for (key, property) in &other.objects[other_object].properties {
            let here = self.objects[object].properties.get(key).copied();
            match (*property, here) {
                (Property::Object(theirs), None) => {
                    let ours = self.add_object(object, key, other.objects[theirs].own_dynamic)?;
                    self.add_missing_properties(ours, other, theirs)?;
                }
                (Property::Object(theirs), Some(Property::Object(ours))) => {
                    self.add_missing_properties(ours, other, theirs)?;
                }
                (Property::Field(theirs), None) => {
                    let field = &other.fields[theirs];
                    let ours = self.add_field(object, key, field.kind.clone())?;
                    for subfield in &field.subfields {
                        let subfield = &other.fields[*subfield];
                        let key = &subfield.name[field.name.len() + 1..];
                        self.add_subfield(ours, key, subfield.kind.clone())?;
                    }
                }
                (_, Some(_)) => {}
            }
        }
        Ok(())
    }

    /// Puts the fields into another order, as they were once added.
    ///
    /// # Errors
    /// The name that is missing on either side.
    fn reorder(&mut self, order: &[String]) -> Result<(), String> {
        let mut new_places = vec![usize::MAX; self.fields.len()];
        for (new_place, name) in order.iter().enumerate() {
            let place = self.by_name.get(name).ok_or_else(|| name.clone())?;
            new_places[*place] = new_place;
        }
        if let Some(missing) = new_places.iter().position(|place| *place == usize::MAX) {
            return Err(self.fields[missing].name.clone());
        }
        if order.len() != self.fields.len() {
            return Err("a name twice".to_owned());
        }
        let mut fields: Vec<_> = std::mem::take(&mut self.fields).into_iter().zip(&new_places).collect();
        fields.sort_unstable_by_key(|(_, new_place)| **new_place);
        self.by_name.clear();
        self.next_number = schema::FIRST_NUMBER;
        for (mut field, _) in fields {
            for subfield in &mut field.subfields {
                *subfield = new_places[*subfield];
            }
            self.push(field);
        }
        for object in &mut self.objects {
            for property in object.properties.values_mut() {
                if let Property::Field(place) = property {
                    *place = new_places[*place];
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, mut field: Field) -> usize {
        let place = self.fields.len();
        field.number = self.next_number;
        self.next_number += schema::numbers_of(&field.kind);
        self.by_name.insert(field.name.clone(), place);
        self.fields.push(field);
        place
    }

    /// The full name of something new in an object, if it may be there.
    fn new_name(&self, object: usize, key: &str) -> Result<String, String> {
        check_key(key)?;
        let object = &self.objects[object];
        if object.properties.contains_key(key) {
            return Err(format!("there is a [{key}] already"));
        }
        let name = if object.name.is_empty() { key.to_owned() } else { format!("{}.{key}", object.name) };
        if Mapping::is_reserved(&name) {
            return Err(format!("the name [{name}] is reserved"));
        }
        self.check_limits(&name)?;
        Ok(name)
    }

    fn check_limits(&self, name: &str) -> Result<(), String> {
        if name.len() > MAX_FIELD_NAME_BYTES {
            return Err(format!("a field name is longer than {MAX_FIELD_NAME_BYTES} bytes"));
        }
        // The document itself is in the list of objects, but does not count.
        if self.fields.len() + self.objects.len() > MAX_FIELDS {
            return Err(format!("there are more than {MAX_FIELDS} fields with [{name}]"));
        }
        Ok(())
    }
}

/// Checks one part of a dotted name.
fn check_key(key: &str) -> Result<(), String> {
    if key.trim().is_empty() {
        return Err("a field name, or a part of one between dots, is empty".to_owned());
    }
    if key.contains(char::is_control) {
        return Err(format!("the field name {key:?} contains a control character"));
    }
    Ok(())
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
    fn order_survives_json() {
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
    fn two_growths_become_one() {
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
        insta::assert_snapshot!(mapping.add_field(0, "more", FieldKind::Long).expect_err("over the limit"), @"there are more than 1000 fields with [more]");
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
        assert!(mapping.add_object(object, "o", None).expect_err("over the limit").contains("more than 20 deep"));
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
