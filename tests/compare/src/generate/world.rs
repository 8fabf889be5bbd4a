//! A random index, and random requests to it.

use quidditch_tests::ScenarioIndex;
use serde_json::Value as Json;

use super::Random;
use super::about::About;
use super::documents::document;
use super::field_type::FieldType;
use super::schema::{FieldSpec, Schema};
use super::style::{Style, Wildness};
use super::values::value_in_query;

/// An index with its documents, and what makes requests to it.
pub(crate) struct World {
    pub(super) random: Random,
    pub(super) schema: Schema,
    pub(super) ids: Vec<String>,
    /// Whether what is made is about nested objects.
    pub(super) is_in_nested: bool,
    /// How many inner hits the request has.
    pub(super) inner_hits: usize,
    /// How many of its queries have a name.
    pub(super) names: usize,
    pub(super) about: About,
    wildness: Wildness,
    splits: Vec<String>,
}

impl World {
    pub(crate) fn new(seed: u64, about: About) -> Self {
        let mut random = Random::new(seed);
        let schema = Schema::new(&mut random, about);
        let mut wildness = random.pick(&[
            Wildness { edge: 0.0, misfit: 0.0 },
            Wildness { edge: 0.1, misfit: 0.0 },
            Wildness { edge: 0.4, misfit: 0.0 },
            Wildness { edge: 0.2, misfit: 0.03 },
        ]);
        if about == About::Scripts {
            wildness.misfit = 0.0;
        }
        let count = random.pick(&[0, 1, 5, 20, 40, 60]);
        let ids: Vec<String> = (0..count).map(|number: u32| number.to_string()).collect();
        let mut splits = vec![String::new()];
        for id in &ids {
            if random.chance(0.04) {
                splits.push(String::new());
            }
            if let Some(split) = splits.last_mut() {
                split.push_str(&document(&mut random, &schema, id, wildness));
                split.push('\n');
            }
        }
        splits.retain(|split| !split.is_empty());
        World { random, schema, ids, about, is_in_nested: false, inner_hits: 0, names: 0, wildness, splits }
    }

    /// The index under a name.
    pub(crate) fn index(&self, name: &str) -> ScenarioIndex {
        let mapping = format!("{:#}\n", self.schema.mapping());
        ScenarioIndex { name: name.to_owned(), mapping, splits: self.splits.clone() }
    }

    /// A value that a query may ask a field for. Most are such that documents have them.
    pub(super) fn query_value(&mut self, field: &FieldSpec) -> Json {
        let style = Wildness { misfit: 0.03, ..self.wildness }.style(&mut self.random);
        self.value_of_style(field, style)
    }

    /// A value that documents are likely to have.
    pub(super) fn plain_value(&mut self, field: &FieldSpec) -> Json {
        self.value_of_style(field, Style::Plain)
    }

    fn value_of_style(&mut self, field: &FieldSpec, style: Style) -> Json {
        let text = value_in_query(&mut self.random, field, style);
        // What only a document can hold as it is written becomes a string.
        serde_json::from_str(&text).unwrap_or_else(|_| Json::from(text))
    }

    /// A field that fulfils a condition; of sub-fields, the name only.
    pub(super) fn field(&mut self, wanted: impl Fn(&FieldSpec) -> bool) -> Option<FieldSpec> {
        let fields: Vec<&FieldSpec> = self.schema.fields.iter().filter(|field| wanted(field)).collect();
        let near: Vec<&FieldSpec> =
            fields.iter().copied().filter(|field| field.is_nested() == self.is_in_nested).collect();
        // Now and then one that has no values here.
        if !near.is_empty() && (!self.schema.has_nested || self.random.chance(0.9)) {
            return Some(self.random.pick(&near).clone());
        }
        (!fields.is_empty()).then(|| self.random.pick(&fields).clone())
    }

    /// Makes something that is about nested objects.
    pub(super) fn in_nested<T>(&mut self, make: impl FnOnce(&mut World) -> T) -> T {
        let before = std::mem::replace(&mut self.is_in_nested, true);
        let made = make(self);
        self.is_in_nested = before;
        made
    }

    /// Any field, and the name by which a query asks for it: its own, or that of a sub-field.
    pub(super) fn any_field(&mut self) -> (String, FieldSpec) {
        let field = self.field(|_| true).expect("a schema has fields");
        let prefix = format!("{}.", field.path);
        let names = self.schema.names();
        let subfields: Vec<&(String, FieldType)> = names.iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
        let name = match subfields.as_slice() {
            [] => field.path.clone(),
            subfields if self.random.chance(0.5) => self.random.pick(subfields).0.clone(),
            _ => field.path.clone(),
        };
        if self.random.chance(0.02) { ("unmapped".to_owned(), field) } else { (name, field) }
    }
}
