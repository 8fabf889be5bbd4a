//! Traverses a document's JSON and the mapping together.

mod completions;
mod stored_query;
mod value;

use quidditch_index::format::{FIELD_NAMES, IGNORED_TERM, NESTED_TERM, SOURCE};
use quidditch_index::{
    Dynamic, FieldError, FieldKind, GeoPoint, InvalidValue, KeywordForm, Mapping, Nested, Property, excerpt,
    json_excerpt,
};
use serde_json::{Map, Value as Json, json};
use tantivy::TantivyDocument;

use super::error::DocumentError;
use super::level::{Level, Seen};
use super::number_texts::NumberTexts;
use crate::query_check::QueryCheck;

pub use value::MAX_TERM_BYTES;

/// Adds the values of one document to its fields.
pub(super) struct Walk<'a> {
    mapping: &'a mut Mapping,
    /// The mapping before the document, if it has added fields.
    before: Option<Mapping>,
    /// The document itself, and the nested objects around the current value, from the outermost to the innermost.
    levels: Vec<Level>,
    /// Which level the values that are being added belong to: the last, unless they are copied.
    at: usize,
    /// The nested objects that are complete, each after those inside of it.
    nested: Vec<TantivyDocument>,
    /// How many nested objects were found.
    nested_objects: u64,
    /// For each level.
    seen: &'a mut Vec<Seen>,
    numbers: NumberTexts<'a>,
    /// Checks queries; `None` if there must not be any.
    query_check: Option<&'a dyn QueryCheck>,
    /// The fields that left out a value.
    ignored: Vec<usize>,
    values: Values,
}

/// Where the values that are being added are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Values {
    OfDocument,
    /// Of another field. They are not copied once more.
    Copied,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        mapping: &'a mut Mapping,
        document: TantivyDocument,
        seen: &'a mut Vec<Seen>,
        numbers: NumberTexts<'a>,
        query_check: Option<&'a dyn QueryCheck>,
    ) -> Self {
        let mut walk = Walk {
            mapping,
            before: None,
            levels: Vec::new(),
            at: 0,
            nested: Vec::new(),
            nested_objects: 0,
            seen,
            numbers,
            query_check,
            ignored: Vec::new(),
            values: Values::OfDocument,
        };
        walk.enter(0, document);
        walk
    }

    /// Adds all values of the document.
    ///
    /// # Errors
    /// Why the document is rejected.
    pub(super) fn document(&mut self, document: &Map<String, Json>) -> Result<(), DocumentError> {
        if let Some(name) = document.keys().find(|name| Mapping::is_reserved(name)) {
            return Err(FieldError::Reserved { name: name.clone() }.into());
        }
        self.object(0, document)?;
        self.add_completions()?;
        self.add_constants();
        Ok(())
    }

    /// Every document has the value of a constant field.
    fn add_constants(&mut self) {
        for (index, field) in self.mapping.fields().iter().enumerate() {
            if let FieldKind::Keyword(options) = field.kind()
                && let KeywordForm::Constant(value) = &options.form
                && self.mapping.scope_of(field.name()) == 0
            {
                self.levels[0].document.add_text(field.tantivy_field(), value);
                self.seen[0].fields.insert(index);
            }
        }
    }

    /// Adds the names of all fields and objects that have values, and of the fields that left out a value.
    /// Returns the nested objects, each after those inside of it, and the document itself.
    pub(super) fn finish(mut self) -> (Vec<TantivyDocument>, TantivyDocument) {
        let mut document = self.leave().document;
        for (nth, field) in self.ignored.iter().enumerate() {
            let name = self.mapping.fields()[*field].name();
            if nth == 0 {
                document.add_text(FIELD_NAMES, IGNORED_TERM);
            }
            document.add_text(FIELD_NAMES, format!("{IGNORED_TERM}{name}"));
            document.add_text(SOURCE, name);
        }
        (self.nested, document)
    }

    /// Removes the fields that the document has added to the mapping.
    pub(super) fn undo(self) {
        if let Some(before) = self.before {
            *self.mapping = before;
        }
    }

    /// Adds the values of an object. Returns whether there were any.
    fn object(&mut self, index: usize, object: &Map<String, Json>) -> Result<bool, DocumentError> {
        let mut any = false;
        for (key, value) in object {
            any |= self.property(index, key, value)?;
        }
        // The document itself has no name.
        if any && index != 0 {
            self.seen[self.at].objects.insert(index);
        }
        Ok(any)
    }

    /// Begins a level: the document itself, or a nested object.
    fn enter(&mut self, object: usize, document: TantivyDocument) {
        self.at = self.levels.len();
        self.levels.push(Level { object, document, completions: Vec::new() });
        if self.seen.len() == self.at {
            self.seen.push(Seen::default());
        }
        self.seen[self.at].clear();
    }

    /// Ends the last level, whose names are then complete.
    fn leave(&mut self) -> Level {
        let mut level = self.levels.pop().expect("a level was entered");
        let seen = &self.seen[self.levels.len()];
        for field in seen.fields.members() {
            level.document.add_text(FIELD_NAMES, self.mapping.fields()[*field].name());
        }
        for object in seen.objects.members() {
            level.document.add_text(FIELD_NAMES, self.mapping.object(*object).name());
        }
        self.at = self.levels.len().saturating_sub(1);
        level
    }

    /// Adds a nested object as a document of its own. Returns whether the object around it has values of it, too.
    fn nested(&mut self, object: usize, nested: Nested, properties: &Map<String, Json>) -> Result<bool, DocumentError> {
        let limit = self.mapping.max_nested_objects();
        self.nested_objects += 1;
        if self.nested_objects > limit {
            return Err(DocumentError::TooManyNested { limit });
        }
        self.enter(object, TantivyDocument::default());
        let any = self.object(object, properties)?;
        self.add_completions()?;
        let around = self.at - 1;
        if nested.is_in_parent {
            self.include(around);
        }
        if nested.is_in_root && !(nested.is_in_parent && around == 0) {
            self.include(0);
        }
        let Level { mut document, .. } = self.leave();
        document.add_text(FIELD_NAMES, NESTED_TERM);
        document.add_text(FIELD_NAMES, format!("{NESTED_TERM}{}", self.mapping.object(object).name()));
        self.nested.push(document);
        Ok(any && nested.is_in_parent)
    }

    /// Adds the values of the last level to another one.
    fn include(&mut self, level: usize) {
        let (around, last) = self.levels.split_at_mut(self.at);
        let Level { object, document, .. } = &last[0];
        for (field, value) in document.field_values() {
            around[level].document.add_field_value(field, value);
        }
        let (around, last) = self.seen.split_at_mut(self.at);
        let (target, seen) = (&mut around[level], &last[0]);
        seen.fields.members().iter().for_each(|field| target.fields.insert(*field));
        seen.objects.members().iter().for_each(|object| target.objects.insert(*object));
        if !seen.objects.members().is_empty() {
            // The objects around it have values of it, as far as they are inside of the target.
            let name = self.mapping.object(*object).name();
            for (end, _) in name.match_indices('.') {
                if let Some(outer) = self.mapping.object_index(&name[..end])
                    && (level == 0 || self.mapping.object(outer).scope() == self.levels[level].object)
                {
                    target.objects.insert(outer);
                }
            }
        }
    }

    fn property(&mut self, object: usize, key: &str, value: &Json) -> Result<bool, DocumentError> {
        if let Some((outer, rest)) = key.split_once('.') {
            return self.dotted(object, outer, rest, value);
        }
        match self.mapping.object(object).property(key) {
            Some(Property::Field(field)) => self.field(field, value),
            Some(Property::Object(object)) => self.objects(object, value),
            Some(Property::Alias(_)) => Err(DocumentError::Alias { name: key.to_owned() }),
            None => self.unknown(object, key, value),
        }
    }

    /// `{"a.b": 1}` is `{"a": {"b": 1}}`.
    fn dotted(&mut self, object: usize, outer: &str, rest: &str, value: &Json) -> Result<bool, DocumentError> {
        let inner = match self.mapping.object(object).property(outer) {
            Some(Property::Object(inner)) if !self.mapping.object(inner).is_enabled() => return Ok(false),
            Some(Property::Object(inner)) if self.is_nested_key(inner) => {
                let nested = self.mapping.object(inner).name().to_owned();
                return Err(DocumentError::NestedInKey { field: excerpt(&format!("{nested}.{rest}")), nested });
            }
            Some(Property::Object(inner)) => inner,
            Some(_) if value.is_null() => return Ok(false),
            Some(Property::Alias(_)) => return Err(DocumentError::Alias { name: outer.to_owned() }),
            Some(Property::Field(field)) => {
                let field = self.mapping.fields()[field].name().to_owned();
                return Err(DocumentError::ObjectUnexpected { field, key: excerpt(rest) });
            }
            None => {
                let empty = json!({});
                if !self.may_add(object, outer, value, &empty)? {
                    return Ok(false);
                }
                self.grow().add_detected(object, outer, &empty)?;
                return self.dotted(object, outer, rest, value);
            }
        };
        let any = self.property(inner, rest, value)?;
        if any {
            self.seen[self.at].objects.insert(inner);
        }
        Ok(any)
    }

    /// Whether a dotted key must not lead through an object. Copies stay in the nested object that they are in.
    fn is_nested_key(&self, object: usize) -> bool {
        self.values == Values::OfDocument && self.mapping.object(object).nested().is_some()
    }

    /// Adds the values of an object, or of each object of an array.
    fn objects(&mut self, object: usize, value: &Json) -> Result<bool, DocumentError> {
        if !self.mapping.object(object).is_enabled() {
            return Ok(false);
        }
        match value {
            Json::Object(properties) => match self.mapping.object(object).nested() {
                Some(nested) => self.nested(object, nested, properties),
                None => self.object(object, properties),
            },
            Json::Array(items) => {
                let mut any = false;
                for item in items {
                    any |= self.objects(object, item)?;
                }
                Ok(any)
            }
            Json::Null => Ok(false),
            _ => {
                let name = self.mapping.object(object).name().to_owned();
                Err(DocumentError::ObjectExpected { name, value: json_excerpt(value) })
            }
        }
    }

    /// Adds one value, or each value of an array, to a field and its sub-fields.
    fn field(&mut self, field: usize, value: &Json) -> Result<bool, DocumentError> {
        if *self.mapping.fields()[field].kind() == FieldKind::Percolator {
            return self.stored_query(field, value);
        }
        match value {
            Json::Null => return self.null(field),
            Json::Array(items) => {
                let is_point =
                    *self.mapping.fields()[field].kind() == FieldKind::GeoPoint && GeoPoint::is_point_array(items);
                if !is_point {
                    self.check_items(field, items)?;
                    // A completion counts as existing even without inputs.
                    if items.is_empty() && self.mapping.fields()[field].completion_options().is_some() {
                        self.seen[self.at].fields.insert(field);
                        return Ok(true);
                    }
                    let mut any = false;
                    for item in items {
                        any |= self.field(field, item)?;
                    }
                    return Ok(any);
                }
            }
            _ => {}
        }
        let mut any = self.value(field, value)?;
        for subfield in 0..self.mapping.fields()[field].subfields().len() {
            let subfield = self.mapping.fields()[field].subfields()[subfield];
            any |= self.value(subfield, value)?;
        }
        self.copy(field, value)?;
        Ok(any)
    }

    /// A list of inputs contains no lists, and no `null`.
    fn check_items(&self, field: usize, items: &[Json]) -> Result<(), DocumentError> {
        let field = &self.mapping.fields()[field];
        match items.iter().find(|item| item.is_array() || item.is_null()) {
            Some(item) if field.completion_options().is_some() => {
                let reason = format!("{} is neither a string nor an object", json_excerpt(item));
                Err(field.error(InvalidValue::Unsuitable(reason)).into())
            }
            _ => Ok(()),
        }
    }

    /// What `null` counts as in a field and in its sub-fields.
    fn null(&mut self, field: usize) -> Result<bool, DocumentError> {
        let mut any = false;
        for nth in 0..=self.mapping.fields()[field].subfields().len() {
            let fields = self.mapping.fields();
            let index = if nth == 0 { field } else { fields[field].subfields()[nth - 1] };
            let is_count = matches!(fields[index].kind(), FieldKind::TokenCount { .. });
            match &fields[index].options().null_value {
                Some(count) if is_count => any |= self.token_count(index, count.as_i64().unwrap_or_default()),
                Some(value) => any |= self.value(index, &value.clone())?,
                None => {}
            }
        }
        Ok(any)
    }

    /// Adds a value to the fields that get copies of it.
    fn copy(&mut self, field: usize, value: &Json) -> Result<(), DocumentError> {
        if self.values == Values::Copied || self.mapping.fields()[field].options().copy_to.is_empty() {
            return Ok(());
        }
        self.values = Values::Copied;
        let at = self.at;
        for target in self.mapping.fields()[field].options().copy_to.clone() {
            // To the nested object that contains the target, or to the document itself.
            let scope = self.mapping.scope_of(&target);
            self.at = self.levels.iter().rposition(|level| level.object == scope).unwrap_or(0);
            self.property(0, &target, value)?;
        }
        self.at = at;
        self.values = Values::OfDocument;
        Ok(())
    }

    fn unknown(&mut self, object: usize, key: &str, value: &Json) -> Result<bool, DocumentError> {
        if !self.may_add(object, key, value, value)? {
            return Ok(false);
        }
        match self.grow().add_detected(object, key, value)? {
            // No value from which to infer a type.
            None => Ok(false),
            Some(Property::Object(inner)) => self.objects(inner, value),
            Some(Property::Field(field)) => self.field(field, value),
            Some(Property::Alias(_)) => Err(DocumentError::Alias { name: key.to_owned() }),
        }
    }

    /// Whether an unknown field with a value is added to the mapping, or else left out.
    ///
    /// # Errors
    /// The mapping forbids it.
    fn may_add(&self, object: usize, key: &str, value: &Json, of_type: &Json) -> Result<bool, DocumentError> {
        if object == 0 && !value.is_null() && self.mapping.computed_fields().contains_key(key) {
            return Err(DocumentError::Computed { name: key.to_owned() });
        }
        let here = self.mapping.object(object);
        let allowed = match here.dynamic() {
            Dynamic::False => return Ok(false),
            _ if value.is_null() && !here.forbids_unknown_nulls() => return Ok(false),
            Dynamic::True => true,
            Dynamic::Strict => false,
            Dynamic::StrictAllowTemplates => self.mapping.has_template(object, key, of_type),
        };
        if allowed { Ok(true) } else { Err(self.strict(object, key)) }
    }

    /// The mapping, for adding fields.
    fn grow(&mut self) -> &mut Mapping {
        self.before.get_or_insert_with(|| self.mapping.clone());
        self.mapping
    }

    fn strict(&self, object: usize, key: &str) -> DocumentError {
        let object = match self.mapping.object(object).name() {
            "" => "document",
            name => name,
        };
        DocumentError::UnknownField { key: excerpt(key), object: object.to_owned() }
    }
}
