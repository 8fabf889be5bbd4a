//! Random `function_score` queries.

use serde_json::{Map, Value as Json, json};

use super::decay::decay;
use super::world::World;

const MODIFIERS: [&str; 10] = ["none", "log", "log1p", "log2p", "ln", "ln1p", "ln2p", "square", "sqrt", "reciprocal"];

impl World {
    pub(super) fn function_score(&mut self, depth: usize) -> Json {
        let mut body = Map::new();
        if self.random.chance(0.85) {
            body.insert("query".to_owned(), self.query_below(depth));
        }
        if self.random.chance(0.3) {
            let mut function = self.function();
            // A weight is for entries of `functions`, unless it is alone.
            if function.len() > 1 && self.random.chance(0.95) {
                function.shift_remove("weight");
            }
            body.extend(function);
        } else {
            let functions: Vec<Json> = (0..self.random.below(4)).map(|_| self.entry(depth)).collect();
            body.insert("functions".to_owned(), functions.into());
        }
        if self.random.chance(0.6) {
            let mode = self.random.pick(&["multiply", "sum", "avg", "first", "max", "min"]);
            body.insert("score_mode".to_owned(), mode.into());
        }
        if self.random.chance(0.6) {
            let mode = self.random.pick(&["multiply", "replace", "sum", "avg", "max", "min"]);
            body.insert("boost_mode".to_owned(), mode.into());
        }
        if self.random.chance(0.2) {
            body.insert("max_boost".to_owned(), self.random.pick(&[0.5, 2.0, 10.0]).into());
        }
        if self.random.chance(0.2) {
            body.insert("min_score".to_owned(), self.random.pick(&[0.0, 0.5, 1.0, 3.0]).into());
        }
        if self.random.chance(0.2) {
            body.insert("boost".to_owned(), self.boost());
        }
        json!({ "function_score": body })
    }

    /// An entry of `functions`.
    fn entry(&mut self, depth: usize) -> Json {
        let mut entry = self.function();
        if self.random.chance(0.5) {
            // The other server ignores inner hits there.
            entry.insert("filter".to_owned(), without_inner_hits(self.query_below(depth.min(2))));
        }
        Json::Object(entry)
    }

    /// A function with its weight, or a weight alone.
    fn function(&mut self) -> Map<String, Json> {
        let mut function = Map::new();
        match self.random.below(6) {
            0 => {}
            1 | 2 => self.add_field_value_factor(&mut function),
            3 => {
                if let Some(script) = self.scorer() {
                    function.insert("script_score".to_owned(), json!({ "script": script }));
                }
            }
            _ => {
                if let Some((shape, body)) = decay(self) {
                    function.insert(shape.to_owned(), body);
                }
            }
        }
        if function.is_empty() || self.random.chance(0.4) {
            let weight = self.random.pick(&[json!(2), json!(0.5), json!(0), json!(10), json!(1.25)]);
            function.insert("weight".to_owned(), weight);
        }
        function
    }

    fn add_field_value_factor(&mut self, function: &mut Map<String, Json>) {
        let Some(field) = self.field(|field| field.kind.is_number()) else { return };
        let mut body = json!({ "field": field.path });
        if self.random.chance(0.9) {
            body["missing"] = self.random.pick(&[json!(1), json!(0.5), json!(3)]);
        }
        if self.random.chance(0.5) {
            body["factor"] = self.random.pick(&[json!(2), json!(0.1), json!(1.5)]);
        }
        if self.random.chance(0.7) {
            body["modifier"] = self.random.pick(&MODIFIERS).into();
        }
        function.insert("field_value_factor".to_owned(), body);
    }
}

fn without_inner_hits(json: Json) -> Json {
    match json {
        Json::Object(mut members) => {
            members.shift_remove("inner_hits");
            Json::Object(members.into_iter().map(|(key, value)| (key, without_inner_hits(value))).collect())
        }
        Json::Array(items) => items.into_iter().map(without_inner_hits).collect(),
        other => other,
    }
}
