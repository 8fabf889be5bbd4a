//! Random queries.

use serde_json::{Map, Value as Json, json};

use super::about::About;
use super::schema::FieldType;
use super::values::text;
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
            About::Aggregations => self.selection(2),
        }
    }

    /// A query that contains others at most `depth` deep.
    pub(super) fn query_below(&mut self, depth: usize) -> Json {
        if depth == 0 || self.random.chance(0.45) {
            return self.leaf();
        }
        match self.random.below(10) {
            0..=5 => self.bool_query(depth - 1),
            6 => {
                let filter = self.query_below(depth - 1);
                self.with_boost("constant_score", json!({ "filter": filter }))
            }
            7 => self.script_score(depth - 1),
            _ => self.function_score(depth - 1),
        }
    }

    /// `{"<name>": {...}}`, perhaps with a boost.
    fn with_boost(&mut self, name: &str, mut body: Json) -> Json {
        if self.random.chance(0.25) {
            body["boost"] = self.boost();
        }
        json!({ name: body })
    }

    pub(super) fn boost(&mut self) -> Json {
        self.random.pick(&[json!(2), json!(0.5), json!(1.5), json!(0), json!(10), json!(1), json!("3")])
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

    fn minimum_should_match(&mut self) -> Json {
        let text = self.random.pick(&MINIMUMS);
        match text.parse::<i64>() {
            Ok(number) if self.random.chance(0.7) => number.into(),
            _ => text.into(),
        }
    }

    /// A query that contains no other.
    fn leaf(&mut self) -> Json {
        match self.random.below(30) {
            20.. => self.text_query(),
            0 => self.with_boost("match_all", json!({})),
            1 => self.with_boost("match_none", json!({})),
            2..=4 => self.term(),
            5 | 6 => self.terms(),
            7..=10 => self.match_query(),
            11..=14 => self.range(),
            15 => self.exists(),
            16 => self.ids(),
            17 | 18 => self.geo_distance(),
            _ => self.filter_function(),
        }
    }

    fn term(&mut self) -> Json {
        let (name, field) = self.any_field();
        let value = self.query_value(&field);
        if self.random.chance(0.5) {
            return json!({ "term": { name: value } });
        }
        let mut body = json!({ "value": value });
        if self.random.chance(0.5) {
            body["boost"] = self.boost();
        }
        json!({ "term": { name: body } })
    }

    fn terms(&mut self) -> Json {
        let (name, field) = self.any_field();
        let values: Vec<Json> = (0..self.random.below(5)).map(|_| self.query_value(&field)).collect();
        self.with_boost("terms", json!({ name: values }))
    }

    fn match_query(&mut self) -> Json {
        // Mostly texts, with words of their own.
        let text_field = if self.random.chance(0.8) { self.field(|field| field.kind == FieldType::Text) } else { None };
        let (name, value) = match text_field {
            Some(field) => {
                let is_edge = self.random.chance(0.15);
                (field.path, Json::from(text(&mut self.random, is_edge)))
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
        if self.random.chance(0.2) {
            body["boost"] = self.boost();
        }
        json!({ "match": { name: body } })
    }

    fn range(&mut self) -> Json {
        let (name, field) = match self.field(|field| field.kind.is_number() || has_order(field.kind)) {
            Some(field) if self.random.chance(0.75) => (field.path.clone(), field),
            _ => self.any_field(),
        };
        let mut body = Map::new();
        for keys in [["gte", "gt"], ["lte", "lt"]] {
            if self.random.chance(0.75) {
                let is_math = field.kind == FieldType::Date && self.random.chance(0.3);
                let bound = if is_math { self.random.pick(&DATE_MATH).into() } else { self.query_value(&field) };
                body.insert(self.random.pick(&keys).to_owned(), bound);
            }
        }
        if field.kind == FieldType::Range && self.random.chance(0.6) {
            body.insert(
                "relation".to_owned(),
                self.random.pick(&["within", "contains", "intersects", "WITHIN"]).into(),
            );
        }
        if field.kind == FieldType::Date && self.random.chance(0.2) {
            body.insert("time_zone".to_owned(), self.random.pick(&["+02:00", "-05:30", "Z", "+00:00"]).into());
        }
        if field.kind == FieldType::Date && self.random.chance(0.1) {
            let format = self.random.pick(&["yyyy-MM-dd||strict_date_optional_time", "epoch_millis", "yyyy"]);
            body.insert("format".to_owned(), format.into());
        }
        if self.random.chance(0.2) {
            body.insert("boost".to_owned(), self.boost());
        }
        json!({ "range": { name: body } })
    }

    fn exists(&mut self) -> Json {
        let (name, _) = self.any_field();
        let name = match name.rsplit_once('.') {
            Some((object, _)) if self.random.chance(0.3) => object.to_owned(),
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

    fn geo_distance(&mut self) -> Json {
        let field = match self.field(|field| field.kind == FieldType::GeoPoint) {
            Some(field) => field,
            None if self.random.chance(0.2) => self.any_field().1,
            None => return self.range(),
        };
        let mut body = json!({ "distance": self.distance() });
        body[field.path.as_str()] = self.query_value(&field);
        if self.random.chance(0.1) {
            body["distance_type"] = "arc".into();
        }
        if self.random.chance(0.1) {
            body["ignore_unmapped"] = self.random.chance(0.5).into();
        }
        self.with_boost("geo_distance", body)
    }

    fn distance(&mut self) -> Json {
        let distances = [
            json!("100km"),
            json!("20mi"),
            json!("250000m"),
            json!("1km"),
            json!(150_000),
            json!("9000km"),
            json!("0.5nmi"),
        ];
        self.random.pick(&distances)
    }

    /// A filter by one of the example functions.
    fn filter_function(&mut self) -> Json {
        let geo = self.field(|field| field.kind == FieldType::GeoPoint && field.several == 0.0);
        let (name, parameters) = match geo {
            Some(field) if self.random.chance(0.3) => {
                let parameters = json!({ "field": field.path, "lat": 52.0, "lon": 12.0, "radius_km": 180 });
                ("geo_distance", parameters)
            }
            _ => {
                let Some(field) = self.field(|field| field.kind.is_number()) else { return self.term() };
                let min = self.random.between(0, 10);
                let mut parameters = json!({ "field": field.path, "min": min });
                if self.random.chance(0.5) {
                    parameters["max"] = (min + self.random.between(0, 10)).into();
                }
                ("number_range", parameters)
            }
        };
        if self.random.chance(0.5) {
            let script = json!({ "lang": "wasm", "id": name, "params": parameters });
            return self.with_boost("script", json!({ "script": script }));
        }
        self.with_boost("wasm_udf", json!({ "name": name, "parameters": parameters }))
    }

    /// A scorer among the example functions, as a `script`.
    pub(super) fn scorer(&mut self) -> Option<Json> {
        let geo = self.field(|field| field.kind == FieldType::GeoPoint && field.several == 0.0);
        let keyword = self.field(|field| field.kind == FieldType::Keyword);
        let number = self.field(|field| field.kind.is_number());
        let (name, parameters) = match (self.random.below(3), geo, keyword, number) {
            (0, Some(geo), _, _) => {
                let parameters = json!({ "field": geo.path, "lat": 52.0, "lon": 12.0, "scale_km": 100 });
                ("geo_distance", parameters)
            }
            (1, _, Some(keyword), _) => ("string_distance", json!({ "field": keyword.path, "text": "novels" })),
            (_, _, _, Some(number)) => {
                let parameters =
                    json!({ "field": number.path, "boost": self.random.between(0, 3), "factor": 0.5, "missing": 1 });
                ("custom_score", parameters)
            }
            _ => return None,
        };
        Some(json!({ "lang": "wasm", "id": name, "params": parameters }))
    }

    fn script_score(&mut self, depth: usize) -> Json {
        let Some(script) = self.scorer() else { return self.function_score(depth) };
        let mut body = json!({ "query": self.query_below(depth), "script": script });
        if self.random.chance(0.2) {
            body["min_score"] = self.random.pick(&[0.5, 1.0, 3.0]).into();
        }
        self.with_boost("script_score", body)
    }
}

fn has_order(kind: FieldType) -> bool {
    matches!(kind, FieldType::Date | FieldType::Range | FieldType::UnsignedLong)
}
