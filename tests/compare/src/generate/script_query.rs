//! Random filters and scorers: scripts, and the example functions.

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::world::World;

impl World {
    /// A filter by one of the example functions.
    pub(super) fn filter_function(&mut self) -> Json {
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

    /// A script that scores: in Painless, as an expression, or one of the example functions.
    pub(super) fn scorer(&mut self) -> Option<Json> {
        if self.random.chance(0.4) {
            return self.painless_scorer();
        }
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

    pub(super) fn script_score(&mut self, depth: usize) -> Json {
        let Some(script) = self.scorer() else { return self.function_score(depth) };
        let mut body = json!({ "query": self.query_below(depth), "script": script });
        if self.random.chance(0.2) {
            body["min_score"] = self.random.pick(&[0.5, 1.0, 3.0]).into();
        }
        self.with_boost("script_score", body)
    }

    /// A filter in Painless.
    pub(super) fn script(&mut self) -> Json {
        let Some(field) = self.field(|field| field.kind.has_column() || field.kind == FieldType::GeoPoint) else {
            return self.term();
        };
        let doc = format!("doc['{}']", field.path);
        let condition = match field.kind {
            FieldType::Keyword => self.random.pick(&[
                format!("{doc}.value.startsWith('n')"),
                format!("{doc}.value.length() > params.n"),
                format!("{doc}.contains('novel')"),
            ]),
            FieldType::Boolean => format!("{doc}.value"),
            FieldType::Date => self.random.pick(&[
                format!("{doc}.value.getMonthValue() < 6"),
                format!("{doc}.value.toInstant().toEpochMilli() > 1715940000000L"),
            ]),
            FieldType::GeoPoint => {
                self.random.pick(&[format!("{doc}.lat > 52"), format!("{doc}.arcDistance(52, 12) < 200000")])
            }
            FieldType::Ip => format!("{doc}.value.endsWith('2')"),
            _ => self.random.pick(&[
                format!("{doc}.value > params.n"),
                format!("{doc}.value % 2 == 0"),
                format!("{doc}.length > 1 && {doc}.get(1) >= {doc}.get(0)"),
            ]),
        };
        let source = self.random.pick(&[
            format!("{doc}.size() > 0 && {condition}"),
            format!("if ({doc}.empty) {{ return true; }} return {condition};"),
        ]);
        self.with_boost("script", json!({ "script": { "source": source, "params": { "n": 5 } } }))
    }

    fn painless_scorer(&mut self) -> Option<Json> {
        let field = self.field(|field| field.kind.is_number())?;
        let doc = format!("doc['{}']", field.path);
        // An expression takes the smallest of several values.
        if field.several == 0.0 && field.density >= 1.0 && self.random.chance(0.3) {
            let source = self.random.pick(&[
                format!("_score + abs({doc}.value)"),
                format!("ln(2 + abs({doc}.value))"),
                format!("max({doc}.value, 1) * n"),
            ]);
            return Some(json!({ "lang": "expression", "source": source, "params": { "n": 2 } }));
        }
        let source = self.random.pick(&[
            format!("{doc}.size() == 0 ? 1 : Math.abs({doc}.value)"),
            format!("_score + params.n * {doc}.size()"),
            format!("double sum = 0; for (def v : {doc}) {{ sum += Math.abs(v); }} return Math.log(1 + sum);"),
            format!("{doc}.size() == 0 ? 0 : saturation(Math.abs({doc}.value), params.n)"),
            format!("{doc}.size() == 0 ? 0.5 : sigmoid(Math.abs({doc}.value), params.n, 2)"),
        ]);
        Some(json!({ "source": source, "params": { "n": 5 } }))
    }
}
