//! Random aggregations of combinations, page by page, and of dates.

use serde_json::{Value as Json, json};

use super::super::field_type::FieldType;
use super::super::world::World;
use super::field::{body, field, is_numeric};

pub(super) fn composite(world: &mut World) -> Json {
    let sources: Vec<Json> = (0..=world.random.below(3))
        .map(|number| {
            let source = source(world);
            json!({ format!("s{number}"): source })
        })
        .collect();
    json!({ "composite": { "size": 1 + world.random.below(30), "sources": sources } })
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
    json!({ "date_range": { "field": field, "ranges": [
        { "to": 1_000_000_000_000_u64 }, { "from": 1_000_000_000_000_u64, "to": 1_700_000_000_000_u64, "key": "then" },
        { "from": 0 }
    ] } })
}
