//! Random queries for words at certain positions, for what is near, and for similar texts.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::world::World;

/// How deep rules and spans contain each other.
const DEPTH: usize = 3;

const FILTERS: [&str; 8] = [
    "containing",
    "not_containing",
    "contained_by",
    "not_contained_by",
    "overlapping",
    "not_overlapping",
    "before",
    "after",
];

impl World {
    pub(super) fn intervals(&mut self) -> Json {
        let field = self.text_field();
        let mut body = self.rule(DEPTH);
        self.perhaps_boosted(&mut body);
        json!({ "intervals": { field: body } })
    }

    fn rule(&mut self, depth: usize) -> Json {
        let kind = if depth == 0 { self.random.below(7) } else { self.random.below(11) };
        let (name, mut rule) = match kind {
            0..=2 => ("match", json!({ "query": self.words(3) })),
            3 => ("prefix", json!({ "prefix": self.beginning() })),
            4 => ("fuzzy", json!({ "term": self.similar_word(), "fuzziness": self.random.pick(&[0, 1]) })),
            5 => ("wildcard", json!({ "pattern": format!("{}*", self.beginning()) })),
            6 => ("regexp", json!({ "pattern": format!("{}.*", self.beginning().to_lowercase()) })),
            7 | 8 => ("any_of", json!({ "intervals": self.rules(depth - 1) })),
            _ => ("all_of", json!({ "intervals": self.rules(depth - 1) })),
        };
        if matches!(name, "match" | "all_of") {
            if self.random.chance(0.4) {
                rule["max_gaps"] = self.random.between(-1, 4).into();
            }
            match self.random.below(4) {
                0 => rule["ordered"] = self.random.chance(0.5).into(),
                1 => rule["mode"] = self.random.pick(&["ordered", "unordered", "unordered_no_overlap"]).into(),
                _ => {}
            }
        }
        if depth > 0 && matches!(name, "match" | "all_of" | "any_of") && self.random.chance(0.25) {
            let filter = self.random.pick(&FILTERS);
            rule["filter"] = json!({ filter: self.rule(depth - 1) });
        }
        if matches!(name, "match" | "prefix" | "wildcard") && self.random.chance(0.1) {
            rule["use_field"] = self.text_field().into();
        }
        if name == "match" && self.random.chance(0.1) {
            rule["analyzer"] = self.random.pick(&["standard", "english", "keyword"]).into();
        }
        json!({ name: rule })
    }

    fn rules(&mut self, depth: usize) -> Vec<Json> {
        (0..1 + self.random.below(3)).map(|_| self.rule(depth)).collect()
    }

    /// The first letters of a word.
    fn beginning(&mut self) -> String {
        self.words(1).chars().take(2).collect()
    }

    pub(super) fn span(&mut self) -> Json {
        let field = self.text_field();
        let mut query = self.span_of(&field, DEPTH);
        if let Some(body) = query.as_object_mut().and_then(|query| query.values_mut().next())
            && body.is_object()
            && body.get(field.as_str()).is_none()
        {
            self.perhaps_boosted(body);
        }
        query
    }

    fn span_of(&mut self, field: &str, depth: usize) -> Json {
        let kind = if depth == 0 { self.random.below(4) } else { self.random.below(12) };
        match kind {
            0..=2 => json!({ "span_term": { field: self.words(1).to_lowercase() } }),
            3 => {
                let beginning = self.beginning().to_lowercase();
                let query = self.random.pick(&[
                    json!({ "prefix": { field: beginning } }),
                    json!({ "wildcard": { field: { "value": format!("{beginning}*") } } }),
                    json!({ "regexp": { field: format!("{beginning}.*") } }),
                    json!({ "range": { field: { "gte": beginning } } }),
                    json!({ "fuzzy": { field: { "value": format!("{beginning}ne"), "fuzziness": 2 } } }),
                ]);
                json!({ "span_multi": { "match": query } })
            }
            4 | 5 => {
                let mut clauses = self.spans(field, depth - 1);
                if self.random.chance(0.1) {
                    clauses.insert(1, json!({ "span_gap": { field: self.random.between(0, 2) } }));
                }
                let mut body = json!({ "clauses": clauses, "slop": self.random.between(0, 4) });
                if self.random.chance(0.5) {
                    body["in_order"] = self.random.chance(0.5).into();
                }
                json!({ "span_near": body })
            }
            6 => json!({ "span_or": { "clauses": self.spans(field, depth - 1) } }),
            7 => {
                let mut body =
                    json!({ "include": self.span_of(field, depth - 1), "exclude": self.span_of(field, depth - 1) });
                if self.random.chance(0.3) {
                    body["pre"] = self.random.between(0, 2).into();
                    body["post"] = self.random.between(0, 2).into();
                }
                json!({ "span_not": body })
            }
            8 => json!({ "span_first": { "match": self.span_of(field, depth - 1), "end": self.random.between(0, 5) } }),
            9 => json!({ "field_masking_span": { "query": self.span_of(field, depth - 1), "field": field } }),
            kind => {
                let name = if kind == 10 { "span_containing" } else { "span_within" };
                json!({ name: { "big": self.span_of(field, depth - 1), "little": self.span_of(field, depth - 1) } })
            }
        }
    }

    fn spans(&mut self, field: &str, depth: usize) -> Vec<Json> {
        (0..1 + self.random.below(3)).map(|_| self.span_of(field, depth)).collect()
    }

    pub(super) fn distance_feature(&mut self) -> Json {
        let Some(field) = self.field(|field| matches!(field.kind, FieldType::Date | FieldType::GeoPoint)) else {
            return self.pattern();
        };
        let pivots = if field.kind == FieldType::Date { ["7d", "1h", "400d"] } else { ["10km", "3mi", "900km"] };
        let mut body = json!({
            "field": field.path, "origin": self.query_value(&field), "pivot": self.random.pick(&pivots),
        });
        self.perhaps_boosted(&mut body);
        json!({ "distance_feature": body })
    }

    pub(super) fn more_like_this(&mut self) -> Json {
        let fields = [self.text_field()];
        let mut like = vec![Json::from(self.words(4))];
        if self.random.chance(0.2) {
            like.push(json!({ "doc": { fields[0].as_str(): self.words(5) } }));
        }
        if !self.ids.is_empty() && self.random.chance(0.6) {
            like.push(json!({ "_id": self.random.pick(&self.ids) }));
        }
        let mut body = json!({
            "fields": fields, "like": like, "min_term_freq": self.random.between(1, 2),
            "min_doc_freq": self.random.between(1, 3), "max_query_terms": self.random.pick(&[1, 3, 25]),
        });
        if self.random.chance(0.3) {
            body["unlike"] = self.words(2).into();
        }
        if self.random.chance(0.3) {
            body["include"] = true.into();
        }
        if self.random.chance(0.3) {
            body["boost_terms"] = self.random.pick(&[json!(1), json!(2.5)]);
        }
        if self.random.chance(0.5) {
            body["minimum_should_match"] = self.random.pick(&[json!(1), json!("50%"), json!("2<-1")]);
        }
        self.perhaps_boosted(&mut body);
        json!({ "more_like_this": body })
    }
}
