//! Random queries that select documents, where something else is to be compared than queries.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::style::Style;
use super::words::text;
use super::world::World;

impl World {
    /// A query that contains others at most `depth` deep.
    pub(super) fn selection(&mut self, depth: usize) -> Json {
        if depth > 0 && self.random.chance(0.4) {
            let key = self.random.pick(&["must", "filter", "should", "must_not"]);
            let (first, second) = (self.selection(depth - 1), self.selection(depth - 1));
            return json!({ "bool": { key: [first, second] } });
        }
        match self.random.below(5) {
            0 => self.value_query("term"),
            1 => self.value_query("range"),
            2 => self.words_query(),
            3 => {
                let field = self.field(|field| field.kind.has_column());
                field.map_or_else(all, |field| json!({ "exists": { "field": field.path } }))
            }
            _ => all(),
        }
    }

    fn value_query(&mut self, kind: &str) -> Json {
        let is_range = kind == "range";
        let field = self.field(|field| field.kind.is_number() || (field.kind == FieldType::Keyword && !is_range));
        let Some(field) = field else { return all() };
        let value = self.query_value(&field);
        json!({ kind: { field.path: if is_range { json!({ "gte": value }) } else { value } } })
    }

    fn words_query(&mut self) -> Json {
        let Some(field) = self.field(|field| field.kind == FieldType::Text) else { return all() };
        let words = text(&mut self.random, Style::Plain);
        json!({ "match": { field.path: words } })
    }
}

fn all() -> Json {
    json!({ "match_all": {} })
}
