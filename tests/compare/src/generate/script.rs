//! Requests with one random script.
//!
//! Scripts are typed, and within what `docs/functions/expressions.md` describes. Most of them guard against missing values, so
//! that a request says more than that some document has none.

mod condition;
mod expression;
mod field;
mod list;
mod moment;
mod number;
mod painless;
mod statement;
mod text;
mod whole;
mod writer;

use serde_json::{Value as Json, json};

use super::field_type::FieldType;
use super::world::World;
use expression::expression;
use painless::painless;
use writer::{Emitted, Returned, Script};

/// How often a script is a Lucene expression, where it may be one.
const EXPRESSIONS: f64 = 0.25;

/// The number of the place of a script that is a computed field.
const COMPUTED_FIELD: usize = 10;

/// What scripts have as `params`.
fn params() -> Json {
    json!({
        "i": 5, "n": -3, "big": 5_000_000_000_i64, "d": 2.5, "yes": true, "s": "novel", "l": [1, 2, 3], "t": ["novel", "a"],
        "m": { "a": 1, "b": 2.5 }, "nothing": null
    })
}

/// A search that depends on a random script.
pub(super) fn scripted(world: &mut World) -> Json {
    let mut body = json!({ "size": 100, "_source": false, "query": simple_query(world) });
    let mut place = world.random.below(12);
    // The other server finds mistakes in a computed field only where it has a document.
    if place == COMPUTED_FIELD && world.ids.is_empty() {
        place = 0;
    }
    match place {
        0..=2 => {
            let script = script(world, Script { returned: Returned::Any, has_score: false });
            body["script_fields"] = json!({ "s": { "script": script } });
        }
        3 | 4 => {
            let script = script(world, Script { returned: Returned::Condition, has_score: false });
            body["query"] = json!({ "script": { "script": script } });
        }
        5 | 6 => {
            let script = script(world, Script { returned: Returned::Score, has_score: true });
            body["query"] = json!({ "script_score": { "query": body["query"], "script": script } });
        }
        7 | 8 => body["sort"] = sort(world),
        9 => {
            body["size"] = 0.into();
            body["aggs"] = json!({ "a": aggregation(world) });
        }
        COMPUTED_FIELD => add_computed_field(world, &mut body),
        _ => {
            let script = script(world, Script { returned: Returned::Terms, has_score: false });
            body["query"] = terms_set(world, script);
        }
    }
    body
}

/// A query that is no script, with a few scores.
fn simple_query(world: &mut World) -> Json {
    let all = json!({ "match_all": {} });
    let field = world.field(|_| true).map(|field| field.path);
    match (world.random.below(4), field) {
        (0, Some(field)) => {
            json!({ "bool": { "must": [all], "should": [{ "exists": { "field": field, "boost": 2.5 } }] } })
        }
        (1, Some(field)) => json!({ "exists": { "field": field } }),
        _ => all,
    }
}

/// A script of either language.
fn script(world: &mut World, script: Script) -> Json {
    let may_be_expression = !matches!(script.returned, Returned::Text | Returned::Emitted(_));
    let World { random, schema, .. } = world;
    if may_be_expression && random.chance(EXPRESSIONS) {
        let source = expression(random, &schema.fields, script);
        return json!({ "lang": "expression", "source": source, "params": { "i": 5, "n": -3, "d": 2.5, "big": 5e9 } });
    }
    json!({ "source": painless(random, &schema.fields, script), "params": params() })
}

fn sort(world: &mut World) -> Json {
    let order = world.random.pick(&["asc", "desc"]);
    let (kind, returned) =
        world.random.pick(&[("number", Returned::Number), ("number", Returned::Number), ("string", Returned::Text)]);
    let script = script(world, Script { returned, has_score: false });
    json!({ "_script": { "type": kind, "script": script, "order": order } })
}

fn aggregation(world: &mut World) -> Json {
    let (kind, returned) = world.random.pick(&[
        ("sum", Returned::Finite),
        ("avg", Returned::Finite),
        ("stats", Returned::Finite),
        ("terms", Returned::Finite),
        ("terms", Returned::Text),
        ("value_count", Returned::Finite),
    ]);
    let mut body = json!({ "script": script(world, Script { returned, has_score: false }) });
    if kind == "terms" {
        body["size"] = 100.into();
        body["order"] = json!({ "_key": "asc" });
        if returned == Returned::Finite {
            body["value_type"] = "double".into();
        }
    }
    json!({ kind: body })
}

/// A computed field, its values, and now and then a query for some of them.
fn add_computed_field(world: &mut World, body: &mut Json) {
    let (kind, emitted, query) = world.random.pick(&[
        ("long", Emitted::Long, json!({ "range": { "d": { "gte": 1 } } })),
        ("double", Emitted::Double, json!({ "range": { "d": { "lt": 2.5 } } })),
        ("boolean", Emitted::Boolean, json!({ "term": { "d": true } })),
        ("keyword", Emitted::Text, json!({ "prefix": { "d": "n" } })),
        ("date", Emitted::Date, json!({ "range": { "d": { "gte": "2024-05-01" } } })),
    ]);
    let script = script(world, Script { returned: Returned::Emitted(emitted), has_score: false });
    body["derived"] = json!({ "d": { "type": kind, "script": script } });
    body["fields"] = json!(["d"]);
    // The other server looks at a script only where it has a document.
    body["query"] = if world.random.chance(0.4) { query } else { json!({ "match_all": {} }) };
}

fn terms_set(world: &mut World, script: Json) -> Json {
    let known = world.field(|field| matches!(field.kind, FieldType::Keyword | FieldType::Long | FieldType::Boolean));
    let Some(field) = known else {
        return json!({ "terms_set": { "unmapped": { "terms": ["x"], "minimum_should_match_script": script } } });
    };
    let values: Vec<Json> = (0..1 + world.random.below(4)).map(|_| world.plain_value(&field)).collect();
    json!({ "terms_set": { field.path: { "terms": values, "minimum_should_match_script": script } } })
}
