//! Random aggregations of combinations, page by page, and of dates.

use serde_json::{Map, Value as Json, json};

use super::super::field_type::FieldType;
use super::super::world::World;
use super::field::{body, field, is_numeric};

pub(super) fn composite(world: &mut World) -> Json {
    let mut sources: Vec<Json> = (0..=world.random.below(3))
        .map(|number| {
            let source = source(world);
            json!({ format!("s{number}"): source })
        })
        .collect();
    if let [only] = &mut sources[..] {
        one_rule(world, only);
    }
    let mut body = json!({ "size": 1 + world.random.below(30), "sources": sources });
    if world.random.chance(0.3) {
        body["after"] = after(world, &body["sources"]);
    }
    json!({ "composite": body })
}

/// How often documents with several values count in the buckets of one source depends on its order: they are left out.
fn one_rule(world: &mut World, source: &mut Json) {
    let Some(body) = source.as_object_mut().and_then(|source| source.values_mut().next()) else { return };
    let Some(body) = body.as_object_mut().and_then(|kinds| kinds.values_mut().next()) else { return };
    let field = body["field"].as_str().unwrap_or_default();
    if world.field(|known| known.path == field && known.several > 0.0).is_some() {
        body["order"] = "desc".into();
    }
}

/// A key that may be that of the page before.
fn after(world: &mut World, sources: &Json) -> Json {
    let mut keys = Map::new();
    for source in sources.as_array().into_iter().flatten() {
        let Some((name, source)) = source.as_object().and_then(|source| source.iter().next()) else { continue };
        let field = source["terms"]["field"].as_str().unwrap_or_default();
        let key = match world.field(|known| known.path == field) {
            Some(field) => world.query_value(&field),
            None => world.random.pick(&[json!(0), json!(700), json!(1_700_000_000_000_u64)]),
        };
        keys.insert(name.clone(), key);
    }
    Json::Object(keys)
}

fn source(world: &mut World) -> Json {
    let order = world.random.pick(&["asc", "desc"]);
    let (kind, mut body) = match world.random.below(4) {
        0 => {
            let field = world.field(|field| field.kind.is_number());
            let path = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
            ("histogram", json!({ "field": path, "interval": world.random.pick(&[json!(7), json!(0.5), json!(1e6)]) }))
        }
        1 => {
            let field = world.field(|field| field.kind == FieldType::Date);
            let path = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
            (
                "date_histogram",
                json!({ "field": path, "calendar_interval": world.random.pick(&["month", "year", "1d"]) }),
            )
        }
        _ => {
            let field = field(world, |field| is_numeric(field) || field.kind == FieldType::Keyword);
            ("terms", json!({ "field": field.map_or_else(|| "unmapped".to_owned(), |field| field.path) }))
        }
    };
    body["order"] = order.into();
    if world.random.chance(0.3) {
        body["missing_bucket"] = true.into();
        if world.random.chance(0.4) {
            body["missing_order"] = world.random.pick(&["first", "last", "default"]).into();
        }
    }
    json!({ kind: body })
}

pub(super) fn auto_date_histogram(world: &mut World) -> Json {
    let field = field(world, |field| field.kind == FieldType::Date);
    let mut body = body(world, field.as_ref());
    body["buckets"] = (1 + world.random.below(30)).into();
    json!({ "auto_date_histogram": body })
}

pub(super) fn date_range(world: &mut World) -> Json {
    let field = field(world, |field| field.kind == FieldType::Date);
    let field = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
    json!({ "date_range": { "field": field, "keyed": world.random.chance(0.2), "ranges": [
        { "to": 1_000_000_000_000_u64 }, { "from": 1_000_000_000_000_u64, "to": 1_700_000_000_000_u64, "key": "then" },
        { "from": 0 }
    ] } })
}
