//! Walks through a document's JSON and the mapping at the same time.

use quidditch_index::{DateFormat, Dynamic, Field, FieldKind, FieldValue, GeoPoint, Mapping, Property, json_excerpt};
use serde_json::{Map, Value as Json};
use tantivy::TantivyDocument;
use tantivy::schema::Field as TantivyField;

use super::add_field_names;

/// Longest value of a `keyword` in bytes.
pub const MAX_TERM_BYTES: usize = 32_766;

/// Characters of a text that its `keyword` sub-field takes, where the mapping was made from documents: longer texts are
/// prose, which nobody sorts by or compares whole.
const DYNAMIC_IGNORE_ABOVE: u32 = 256;

/// Adds the values of one document to its fields.
pub(super) struct Walk<'a> {
    mapping: &'a mut Mapping,
    /// The mapping as it was, once the document has added to it.
    before: Option<Mapping>,
    document: &'a mut TantivyDocument,
    seen: &'a mut Seen,
}

/// The fields and objects of one document that have values.
#[derive(Debug, Default)]
pub(super) struct Seen {
    fields: Places,
    objects: Places,
}

/// A set of places in a list that is quickly emptied.
#[derive(Debug, Default)]
struct Places {
    round: u32,
    /// The last round that each place was in.
    rounds: Vec<u32>,
    places: Vec<usize>,
}

/// What an unknown field is mapped to.
enum Inferred {
    Object,
    Field(FieldKind),
}

impl<'a> Walk<'a> {
    pub(super) fn new(mapping: &'a mut Mapping, document: &'a mut TantivyDocument, seen: &'a mut Seen) -> Self {
        seen.fields.clear();
        seen.objects.clear();
        Walk { mapping, before: None, document, seen }
    }

    /// Adds all values of the document.
    ///
    /// # Errors
    /// A text that says why the document is refused.
    pub(super) fn document(&mut self, document: &Map<String, Json>) -> Result<(), String> {
        if let Some(name) = document.keys().find(|name| Mapping::is_reserved(name)) {
            return Err(format!("the name [{name}] is reserved"));
        }
        self.object(0, document)?;
        Ok(())
    }

    /// Adds the names of all that have values.
    pub(super) fn finish(self) {
        let fields = self.seen.fields.places.iter().map(|place| self.mapping.fields()[*place].name());
        let objects = self.seen.objects.places.iter().map(|place| self.mapping.object(*place).name());
        add_field_names(self.document, fields.chain(objects));
    }

    /// Takes back what the document has added to the mapping.
    pub(super) fn undo(self) {
        if let Some(before) = self.before {
            *self.mapping = before;
        }
    }

    /// Adds the values of an object. Whether there were any.
    fn object(&mut self, place: usize, object: &Map<String, Json>) -> Result<bool, String> {
        let mut any = false;
        for (key, value) in object {
            any |= self.property(place, key, value)?;
        }
        // The document itself has no name.
        if any && place != 0 {
            self.seen.objects.insert(place);
        }
        Ok(any)
    }

    fn property(&mut self, object: usize, key: &str, value: &Json) -> Result<bool, String> {
        if value.is_null() {
            return Ok(false);
        }
        if let Some((outer, rest)) = key.split_once('.') {
            return self.dotted(object, outer, rest, value);
        }
        match self.mapping.object(object).property(key) {
            Some(Property::Field(place)) => self.field(place, value),
            Some(Property::Object(place)) => self.objects(place, value),
            None => self.unknown(object, key, value),
        }
    }

    /// `{"a.b": 1}` is `{"a": {"b": 1}}`.
    fn dotted(&mut self, object: usize, outer: &str, rest: &str, value: &Json) -> Result<bool, String> {
        let inner = match self.mapping.object(object).property(outer) {
            Some(Property::Object(place)) => place,
            Some(Property::Field(place)) => {
                let name = self.mapping.fields()[place].name();
                return Err(format!("[{name}] is no object, so it has no [{rest}]"));
            }
            None => match self.mapping.object(object).dynamic() {
                Dynamic::False => return Ok(false),
                Dynamic::Strict => return Err(self.strict(object, outer)),
                Dynamic::True => self.grow().add_object(object, outer, None)?,
            },
        };
        let any = self.property(inner, rest, value)?;
        if any {
            self.seen.objects.insert(inner);
        }
        Ok(any)
    }

    /// Adds the values of an object, or of several in a list.
    fn objects(&mut self, place: usize, value: &Json) -> Result<bool, String> {
        match value {
            Json::Object(object) => self.object(place, object),
            Json::Array(items) => {
                let mut any = false;
                for item in items {
                    any |= self.objects(place, item)?;
                }
                Ok(any)
            }
            Json::Null => Ok(false),
            _ => Err(format!("[{}] is an object, not {}", self.mapping.object(place).name(), json_excerpt(value))),
        }
    }

    /// Adds the values of a field and its sub-fields, one or several in a list.
    fn field(&mut self, place: usize, value: &Json) -> Result<bool, String> {
        match value {
            Json::Null => return Ok(false),
            Json::Array(items) => {
                let is_point =
                    *self.mapping.fields()[place].kind() == FieldKind::GeoPoint && GeoPoint::is_point_array(items);
                if !is_point {
                    let mut any = false;
                    for item in items {
                        any |= self.field(place, item)?;
                    }
                    return Ok(any);
                }
            }
            _ => {}
        }
        let mut any = self.value(place, value)?;
        for subfield in 0..self.mapping.fields()[place].subfields().len() {
            let subfield = self.mapping.fields()[place].subfields()[subfield];
            any |= self.value(subfield, value)?;
        }
        Ok(any)
    }

    /// Adds one value to one field. Whether it was indexed.
    fn value(&mut self, place: usize, value: &Json) -> Result<bool, String> {
        let field = &self.mapping.fields()[place];
        let tantivy_field = field.tantivy_field();
        match field.kind() {
            FieldKind::Text { .. } => {
                let text = field.text(value).map_err(|error| error.to_string())?;
                self.document.add_text(tantivy_field, text);
            }
            FieldKind::Keyword { ignore_above } => {
                let text = field.text(value).map_err(|error| error.to_string())?;
                if ignore_above.is_some_and(|limit| is_longer(&text, limit)) {
                    return Ok(false);
                }
                if text.len() > MAX_TERM_BYTES {
                    return Err(too_long(field, text.len()));
                }
                self.document.add_text(tantivy_field, text);
            }
            _ => match field.value_from_json(value).map_err(|error| error.to_string())? {
                FieldValue::Text(text) => self.document.add_text(tantivy_field, text),
                FieldValue::Integer(number) | FieldValue::Date(number) => self.document.add_i64(tantivy_field, number),
                FieldValue::Float(number) => self.document.add_f64(tantivy_field, number),
                FieldValue::Boolean(value) => self.document.add_bool(tantivy_field, value),
                FieldValue::GeoPoint { lat, lon } => {
                    self.document.add_f64(tantivy_field, lat);
                    self.document.add_f64(TantivyField::from_field_id(tantivy_field.field_id() + 1), lon);
                }
            },
        }
        self.seen.fields.insert(place);
        Ok(true)
    }

    fn unknown(&mut self, object: usize, key: &str, value: &Json) -> Result<bool, String> {
        match self.mapping.object(object).dynamic() {
            Dynamic::False => return Ok(false),
            Dynamic::Strict => return Err(self.strict(object, key)),
            Dynamic::True => {}
        }
        match infer(value) {
            // Nothing to learn from; it stays unknown.
            None => Ok(false),
            Some(Inferred::Object) => {
                let place = self.grow().add_object(object, key, None)?;
                self.objects(place, value)
            }
            Some(Inferred::Field(kind)) => {
                let is_text = matches!(kind, FieldKind::Text { .. });
                let mapping = self.grow();
                let place = mapping.add_field(object, key, kind)?;
                if is_text {
                    let keyword = FieldKind::Keyword { ignore_above: Some(DYNAMIC_IGNORE_ABOVE) };
                    mapping.add_subfield(place, "keyword", keyword)?;
                }
                self.field(place, value)
            }
        }
    }

    /// The mapping, to be added to.
    fn grow(&mut self) -> &mut Mapping {
        self.before.get_or_insert_with(|| self.mapping.clone());
        self.mapping
    }

    fn strict(&self, object: usize, key: &str) -> String {
        let object = match self.mapping.object(object).name() {
            "" => "document",
            name => name,
        };
        format!("there is no [{key}] in the strict mapping of [{object}]")
    }
}

impl Places {
    fn clear(&mut self) {
        self.places.clear();
        if self.round == u32::MAX {
            self.round = 0;
            self.rounds.clear();
        }
        self.round += 1;
    }

    fn insert(&mut self, place: usize) {
        if place >= self.rounds.len() {
            self.rounds.resize(place + 1, 0);
        }
        if self.rounds[place] != self.round {
            self.rounds[place] = self.round;
            self.places.push(place);
        }
    }
}

/// What an unknown field is, from the first of its values that says anything.
fn infer(value: &Json) -> Option<Inferred> {
    Some(Inferred::Field(match value {
        Json::Null => return None,
        Json::Array(items) => return items.iter().find_map(infer),
        Json::Object(_) => return Some(Inferred::Object),
        Json::Bool(_) => FieldKind::Boolean,
        Json::Number(number) if number.is_i64() => FieldKind::Long,
        // Not `float`: columns take the same room, and nothing is lost.
        Json::Number(_) => FieldKind::Double,
        Json::String(text) if DateFormat::is_dynamic_date(text) => FieldKind::Date { format: DateFormat::default() },
        Json::String(_) => FieldKind::Text { analyzer: "standard".to_owned(), search_analyzer: "standard".to_owned() },
    }))
}

fn is_longer(text: &str, characters: u32) -> bool {
    // Most texts are shorter in bytes already.
    text.len() > characters as usize && text.chars().count() > characters as usize
}

fn too_long(field: &Field, bytes: usize) -> String {
    field
        .error(format!("a value has {bytes} bytes; at most {MAX_TERM_BYTES} are allowed without `ignore_above`"))
        .to_string()
}
