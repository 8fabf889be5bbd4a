//! Random queries for exact values.

use serde_json::{Value as Json, json};

use super::world::World;

/// What stands for the name of the searched index in a request.
pub(crate) const SEARCHED_INDEX: &str = "searched-index";

impl World {
    pub(super) fn term(&mut self) -> Json {
        let (name, field) = self.any_field();
        let value = self.query_value(&field);
        if self.random.chance(0.5) {
            return json!({ "term": { name: value } });
        }
        let mut body = json!({ "value": value });
        if field.kind.has_texts() && self.random.chance(0.3) {
            body["case_insensitive"] = true.into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "term": { name: body } })
    }

    pub(super) fn terms(&mut self) -> Json {
        let (name, field) = self.any_field();
        let values: Vec<Json> = (0..self.random.below(5)).map(|_| self.query_value(&field)).collect();
        self.with_boost("terms", json!({ name: values }))
    }

    pub(super) fn terms_set(&mut self) -> Json {
        let (name, field) = self.any_field();
        let values: Vec<Json> = (0..1 + self.random.below(4)).map(|_| self.query_value(&field)).collect();
        let mut body = json!({ "terms": values });
        match self.field(|field| field.kind.is_number() && field.several == 0.0) {
            Some(field) if self.random.chance(0.5) => body["minimum_should_match_field"] = field.path.into(),
            _ => {
                let source = self.random.pick(&["Math.min(params.num_terms, 2)", "1", "params.num_terms - 1"]);
                body["minimum_should_match_script"] = json!({ "source": source });
            }
        }
        self.perhaps_boosted(&mut body);
        json!({ "terms_set": { name: body } })
    }

    /// The values of a document as terms.
    pub(super) fn terms_of_document(&mut self) -> Json {
        if self.ids.is_empty() {
            return self.terms();
        }
        let (name, field) = self.any_field();
        let id = if self.random.chance(0.1) { "nobody".to_owned() } else { self.random.pick(&self.ids) };
        self.with_boost("terms", json!({ name: { "index": SEARCHED_INDEX, "id": id, "path": field.path } }))
    }
}
