//! Adds fields and objects to a mapping.

use std::collections::BTreeMap;

use serde_json::Map;

use super::derived::derived_subfields;
use super::{Dynamic, FieldError, MAX_FIELD_NAME_BYTES, MAX_FIELDS, MAX_OBJECT_DEPTH, Mapping, Object, Property};
use crate::{Field, FieldKind, FieldOptions, TextForm, excerpt};

impl Mapping {
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
    pub(super) fn add_alias(&mut self, object: usize, key: &str, target: &str) -> Result<(), FieldError> {
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
    pub(super) fn add_derived(&mut self, of: usize, field: usize, prefix: &str) -> Result<(), FieldError> {
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
        let (inherited, scope) = (outer.dynamic, outer.scope);
        let index = self.objects.len();
        self.objects.push(Object {
            name,
            own_dynamic: dynamic,
            dynamic: dynamic.unwrap_or(inherited),
            depth,
            is_enabled: true,
            nested: None,
            scope,
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
        // Documents have the field: a computed one of its name was added after they were read.
        self.computed.retain(|name, _| !other.objects[0].properties.contains_key(name));
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
                    if let Some(nested) = other.objects[theirs].nested {
                        self.make_nested(ours, nested)?;
                    }
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

    pub(super) fn push(&mut self, mut field: Field) -> usize {
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
pub(super) fn check_key(key: &str) -> Result<(), FieldError> {
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
    use super::*;

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
