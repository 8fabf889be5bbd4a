//! Random queries.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value as Json, json};

use super::about::About;
use super::date::DateForm;
use super::field_type::FieldType;
use super::schema::NESTED;
use super::style::Style;
use super::words::text;
use super::world::World;

/// How deep queries contain each other.
const DEPTH: usize = 6;

const MINIMUMS: [&str; 14] =
    ["1", "2", "-1", "0", "3", "50%", "-50%", "100%", "75%", "2<75%", "1<-1", "1<-1 3<50%", "-100%", "5"];

/// Keys that take a date in a range, and dates that only queries may write.
const DATE_MATH: [&str; 9] = [
    "now",
    "now-30d",
    "now/d",
    "now-1M/M",
    "now+1y",
    "2024-05-17||/M",
    "2024-05-17||+1d",
    "2024-05-17||-1M/d",
    "now-2w/w",
];

impl World {
    /// A query of any kind.
    pub(super) fn query(&mut self) -> Json {
        match self.about {
            About::Everything => self.query_below(DEPTH),
            About::Aggregations | About::Scripts => self.selection(2),
        }
    }

    /// A query that contains others at most `depth` deep.
    pub(super) fn query_below(&mut self, depth: usize) -> Json {
        if depth == 0 || self.random.chance(0.45) {
            return self.leaf();
        }
        if self.schema.has_nested && !self.is_in_nested && self.random.chance(0.4) {
            return self.nested_query(depth - 1);
        }
        match self.random.below(14) {
            0..=6 => self.bool_query(depth - 1),
            7 => {
                let filter = self.query_below(depth - 1);
                self.with_boost("constant_score", json!({ "filter": filter }))
            }
            8 => self.script_score(depth - 1),
            9 => self.dis_max(depth - 1),
            10 => self.boosting(depth - 1),
            11 => {
                // Without functions, which could not be replaced by scripts inside of it.
                let query = self.text_query().to_string();
                json!({ "wrapper": { "query": BASE64_STANDARD.encode(query) } })
            }
            _ => self.function_score(depth - 1),
        }
    }

    /// `{"<name>": {...}}`, perhaps with a boost.
    pub(super) fn with_boost(&mut self, name: &str, mut body: Json) -> Json {
        self.perhaps_boosted(&mut body);
        json!({ name: body })
    }

    /// Adds a boost and a name, perhaps.
    pub(super) fn perhaps_boosted(&mut self, body: &mut Json) {
        if self.random.chance(0.2) {
            body["boost"] = self.boost();
        }
        if self.random.chance(0.05) {
            self.names += 1;
            body["_name"] = format!("q{}", self.names).into();
        }
    }

    pub(super) fn boost(&mut self) -> Json {
        self.random.pick(&[json!(2), json!(0.5), json!(1.5), json!(0), json!(10), json!(1), json!("3")])
    }

    /// A query of nested objects, sometimes with those that match.
    fn nested_query(&mut self, depth: usize) -> Json {
        let query = self.in_nested(|world| world.query_below(depth));
        let mut body = json!({ "path": NESTED, "query": query });
        if self.random.chance(0.6) {
            body["score_mode"] = self.random.pick(&["avg", "max", "min", "sum", "none"]).into();
        }
        if self.random.chance(0.3) {
            self.inner_hits += 1;
            body["inner_hits"] =
                json!({ "name": format!("inner{}", self.inner_hits), "size": 20, "_source": self.random.chance(0.3) });
        }
        self.with_boost("nested", body)
    }

    fn dis_max(&mut self, depth: usize) -> Json {
        let queries: Vec<Json> = (0..1 + self.random.below(3)).map(|_| self.query_below(depth)).collect();
        let mut body = json!({ "queries": queries });
        if self.random.chance(0.5) {
            body["tie_breaker"] = self.random.pick(&[json!(0.3), json!(0), json!(1)]);
        }
        self.with_boost("dis_max", body)
    }

    fn boosting(&mut self, depth: usize) -> Json {
        let (positive, negative) = (self.query_below(depth), self.query_below(depth));
        let negative_boost = self.random.pick(&[json!(0.5), json!(0), json!(2)]);
        let body = json!({ "positive": positive, "negative": negative, "negative_boost": negative_boost });
        self.with_boost("boosting", body)
    }

    fn bool_query(&mut self, depth: usize) -> Json {
        let mut body = Map::new();
        for (key, most) in [("must", 2), ("filter", 2), ("should", 4), ("must_not", 2)] {
            let count = if self.random.chance(0.5) { self.random.below(most + 1) } else { 0 };
            let clauses: Vec<Json> = (0..count).map(|_| self.query_below(depth)).collect();
            match clauses.as_slice() {
                [] if self.random.chance(0.95) => {}
                [only] if self.random.chance(0.3) => drop(body.insert(key.to_owned(), only.clone())),
                _ => drop(body.insert(key.to_owned(), clauses.into())),
            }
        }
        if self.random.chance(0.3) {
            body.insert("minimum_should_match".to_owned(), self.minimum_should_match());
        }
        if self.random.chance(0.05) {
            body.insert("adjust_pure_negative".to_owned(), true.into());
        }
        self.with_boost("bool", Json::Object(body))
    }

    pub(super) fn minimum_should_match(&mut self) -> Json {
        let text = self.random.pick(&MINIMUMS);
        match text.parse::<i64>() {
            Ok(number) if self.random.chance(0.7) => number.into(),
            _ => text.into(),
        }
    }

    /// A query that contains no other.
    fn leaf(&mut self) -> Json {
        match self.random.below(42) {
            30.. => self.text_query(),
            0 => self.with_boost("match_all", json!({})),
            1 => self.with_boost("match_none", json!({})),
            2..=4 => self.term(),
            5 | 6 => self.terms(),
            7 => self.terms_set(),
            8 => self.terms_of_document(),
            9..=12 => self.match_query(),
            13..=16 => self.range(),
            17 => self.exists(),
            // Objects have no ids.
            18 if !self.is_in_nested => self.ids(),
            19..=21 => self.geo_query(),
            22 | 23 => self.filter_function(),
            24 | 25 => self.script(),
            26..=28 => self.pattern(),
            _ => self.distance_feature(),
        }
    }

    fn match_query(&mut self) -> Json {
        // Mostly texts, with words of their own.
        let text_field = if self.random.chance(0.8) { self.field(|field| field.kind == FieldType::Text) } else { None };
        let (name, value) = match text_field {
            Some(field) => {
                let style = if self.random.chance(0.15) { Style::Edge } else { Style::Plain };
                (field.path, Json::from(text(&mut self.random, style)))
            }
            None => {
                let (name, field) = self.any_field();
                let value = self.query_value(&field);
                (name, value)
            }
        };
        if self.random.chance(0.4) {
            return json!({ "match": { name: value } });
        }
        let mut body = json!({ "query": value });
        if self.random.chance(0.4) {
            body["operator"] = self.random.pick(&["and", "or", "AND", "OR"]).into();
        }
        if self.random.chance(0.4) {
            body["minimum_should_match"] = self.minimum_should_match();
        }
        if self.random.chance(0.2) {
            body["zero_terms_query"] = self.random.pick(&["none", "all"]).into();
        }
        if self.random.chance(0.1) {
            body["lenient"] = true.into();
        }
        if self.random.chance(0.1) {
            body["analyzer"] = self.random.pick(&["standard", "english", "keyword", "synonyms", "grams"]).into();
        }
        if self.random.chance(0.1) {
            body["auto_generate_synonyms_phrase_query"] = false.into();
        }
        self.perhaps_boosted(&mut body);
        json!({ "match": { name: body } })
    }

    pub(super) fn range(&mut self) -> Json {
        let (name, field) = match self.field(|field| field.kind.is_number() || has_order(field.kind)) {
            Some(field) if self.random.chance(0.75) => (field.path.clone(), field),
            _ => self.any_field(),
        };
        let mut body = Map::new();
        for keys in [["gte", "gt"], ["lte", "lt"]] {
            if self.random.chance(0.75) {
                // What the time is depends on the server, so that it is written as a date.
                let is_math = is_date(field.kind) && field.dates.contains(&DateForm::Iso) && self.random.chance(0.3);
                let bound = if is_math { self.random.pick(&DATE_MATH).into() } else { self.query_value(&field) };
                body.insert(self.random.pick(&keys).to_owned(), bound);
            }
        }
        if field.kind.is_range() && self.random.chance(0.6) {
            body.insert(
                "relation".to_owned(),
                self.random.pick(&["within", "contains", "intersects", "WITHIN"]).into(),
            );
        }
        if is_date(field.kind) && self.random.chance(0.2) {
            body.insert("time_zone".to_owned(), self.random.pick(&["+02:00", "-05:30", "Z", "Europe/Berlin"]).into());
        }
        if is_date(field.kind) && self.random.chance(0.1) {
            let format = self.random.pick(&["yyyy-MM-dd||strict_date_optional_time", "epoch_millis", "yyyy"]);
            body.insert("format".to_owned(), format.into());
        }
        let mut body = Json::Object(body);
        self.perhaps_boosted(&mut body);
        json!({ "range": { name: body } })
    }

    fn exists(&mut self) -> Json {
        let (name, _) = self.any_field();
        let name = match name.rsplit_once('.') {
            Some((object, _)) if self.random.chance(0.3) => object.to_owned(),
            Some((object, _)) if self.random.chance(0.2) => format!("{object}.*"),
            _ => name,
        };
        self.with_boost("exists", json!({ "field": name }))
    }

    fn ids(&mut self) -> Json {
        let count = self.random.below(4);
        let mut ids: Vec<Json> = Vec::with_capacity(count);
        for _ in 0..count {
            ids.push(if self.ids.is_empty() || self.random.chance(0.1) {
                "nobody".into()
            } else {
                self.random.pick(&self.ids).into()
            });
        }
        self.with_boost("ids", json!({ "values": ids }))
    }
}

fn has_order(kind: FieldType) -> bool {
    kind.is_range() || matches!(kind, FieldType::Date | FieldType::UnsignedLong)
}

fn is_date(kind: FieldType) -> bool {
    matches!(kind, FieldType::Date | FieldType::DateRange)
}
