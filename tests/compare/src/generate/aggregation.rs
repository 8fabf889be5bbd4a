//! Random aggregations.

use serde_json::{Map, Value as Json, json};

use super::schema::{FieldSpec, FieldType};
use super::world::World;

/// Aggregations inside of aggregations, at most.
const DEPTH: usize = 3;

/// Some aggregations of one level.
pub(super) fn aggregations(world: &mut World, depth: usize) -> Json {
    let mut level = Map::new();
    for number in 0..=world.random.below(if depth == 1 { 3 } else { 2 }) {
        level.insert(format!("a{number}"), aggregation(world, depth));
    }
    Json::Object(level)
}

fn aggregation(world: &mut World, depth: usize) -> Json {
    let (mut aggregation, has_buckets) = match world.random.below(10) {
        0..=2 => (figure(world), false),
        3..=4 => (terms(world), true),
        5 => (histogram(world), true),
        6 => (date_histogram(world), true),
        7 => (range(world), true),
        8 => (filters(world), true),
        _ => (missing(world, depth), true),
    };
    if has_buckets && depth < DEPTH && world.random.chance(0.5) {
        aggregation["aggs"] = aggregations(world, depth + 1);
    }
    if world.random.chance(0.05) {
        aggregation["meta"] = json!({ "note": [1, "x"] });
    }
    aggregation
}

fn is_numeric(field: &FieldSpec) -> bool {
    field.kind.is_number() || matches!(field.kind, FieldType::Date | FieldType::Boolean)
}

/// A field, or now and then one that does not fit.
fn field(world: &mut World, fits: impl Fn(&FieldSpec) -> bool) -> Option<FieldSpec> {
    if world.random.chance(0.03) { world.field(|_| true) } else { world.field(fits) }
}

/// The body of an aggregation of a field, sometimes with a value for missing ones.
fn body(world: &mut World, field: Option<&FieldSpec>) -> Json {
    let Some(field) = field else { return json!({ "field": "unmapped" }) };
    let mut body = json!({ "field": field.path });
    if world.random.chance(0.2) {
        body["missing"] = world.query_value(field);
    }
    body
}

fn figure(world: &mut World) -> Json {
    if world.random.chance(0.3) {
        let field = field(world, |field| is_numeric(field) || field.kind == FieldType::Keyword);
        let kind = world.random.pick(&["value_count", "cardinality"]);
        return json!({ kind: body(world, field.as_ref()) });
    }
    let field = field(world, is_numeric);
    let kind = world.random.pick(&["min", "max", "sum", "avg", "stats", "extended_stats"]);
    json!({ kind: body(world, field.as_ref()) })
}

fn terms(world: &mut World) -> Json {
    let field = field(world, |field| is_numeric(field) || field.kind == FieldType::Keyword);
    let mut body = body(world, field.as_ref());
    if world.random.chance(0.5) {
        body["size"] = (1 + world.random.below(20)).into();
    }
    if world.random.chance(0.2) {
        body["min_doc_count"] = world.random.below(3).into();
    }
    if world.random.chance(0.4) {
        let (by, direction) = (world.random.pick(&["_count", "_key"]), world.random.pick(&["asc", "desc"]));
        body["order"] = json!({ by: direction });
    }
    if let Some(field) = field.filter(|_| world.random.chance(0.2)) {
        let key = world.random.pick(&["include", "exclude"]);
        body[key] = json!([world.query_value(&field), world.query_value(&field)]);
    }
    json!({ "terms": body })
}

fn histogram(world: &mut World) -> Json {
    let field = field(world, |field| field.kind.is_number());
    let mut body = body(world, field.as_ref());
    body["interval"] = world.random.pick(&[json!(1000), json!(0.5), json!(7), json!(1e6)]);
    // Values are far apart: without this there would be too many buckets.
    body["min_doc_count"] = 1.into();
    if world.random.chance(0.3) {
        body["offset"] = world.random.pick(&[json!(1), json!(-0.25), json!(100)]);
    }
    if world.random.chance(0.2) {
        body["hard_bounds"] = json!({ "min": world.random.between(-100, 0), "max": world.random.between(0, 1000) });
    }
    json!({ "histogram": body })
}

fn date_histogram(world: &mut World) -> Json {
    let field = field(world, |field| field.kind == FieldType::Date);
    let mut body = body(world, field.as_ref());
    let (key, interval) = world.random.pick(&[
        ("calendar_interval", "year"),
        ("calendar_interval", "month"),
        ("calendar_interval", "week"),
        ("calendar_interval", "1d"),
        ("fixed_interval", "30d"),
        ("fixed_interval", "12h"),
    ]);
    body[key] = interval.into();
    body["min_doc_count"] = 1.into();
    if world.random.chance(0.4) {
        body["time_zone"] = world.random.pick(&["Europe/Berlin", "America/New_York", "+05:30", "Asia/Kolkata"]).into();
    }
    if world.random.chance(0.2) {
        body["offset"] = world.random.pick(&["+6h", "-1d", "30m"]).into();
    }
    json!({ "date_histogram": body })
}

fn range(world: &mut World) -> Json {
    let field = field(world, |field| field.kind.is_number());
    let mut body = body(world, field.as_ref());
    let ranges: Vec<Json> = (0..=world.random.below(3))
        .map(|_| {
            let (from, to) = (world.random.between(-100, 100), world.random.between(0, 10_000));
            world.random.pick(&[
                json!({ "to": to }),
                json!({ "from": from }),
                json!({ "from": from, "to": to, "key": "x" }),
            ])
        })
        .collect();
    body["ranges"] = ranges.into();
    json!({ "range": body })
}

fn filters(world: &mut World) -> Json {
    if world.random.chance(0.5) {
        return json!({ "filter": world.query() });
    }
    let filters = json!({ "first": world.query(), "second": world.query() });
    json!({ "filters": { "filters": filters, "other_bucket": world.random.chance(0.5) } })
}

fn missing(world: &mut World, depth: usize) -> Json {
    if depth == 1 && world.random.chance(0.3) {
        return json!({ "global": {} });
    }
    let field = field(world, |field| field.kind != FieldType::Text);
    json!({ "missing": { "field": field.map_or_else(|| "unmapped".to_owned(), |field| field.path) } })
}
