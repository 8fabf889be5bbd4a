//! Random aggregations.

mod documents;
mod field;
mod objects;
mod pages;
mod pipeline;
mod points;

use serde_json::{Map, Value as Json, json};

use super::field_type::FieldType;
use super::world::World;
use field::{body, field, is_numeric, scripted};

/// Aggregations inside of aggregations, at most.
const DEPTH: usize = 3;

/// Some aggregations of one level, and pipelines next to them.
pub(super) fn aggregations(world: &mut World, depth: usize) -> Json {
    let mut level = Map::new();
    for number in 0..=world.random.below(if depth == 1 { 3 } else { 2 }) {
        let name = format!("a{number}");
        let (aggregation, beside) = aggregation(world, depth, &name);
        level.insert(name, aggregation);
        if let Some(pipeline) = beside {
            level.insert(format!("b{number}"), pipeline);
        }
    }
    Json::Object(level)
}

/// What is inside of an aggregation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Buckets {
    None,
    /// One bucket.
    One,
    Several,
    /// Several buckets, one after another.
    Sequence,
}

/// An aggregation, and now and then a pipeline that reads its buckets.
fn aggregation(world: &mut World, depth: usize, name: &str) -> (Json, Option<Json>) {
    let was_in_nested = world.is_in_nested;
    let of_objects = if depth < DEPTH { objects::of_objects(world) } else { None };
    // Those inside are about other documents.
    let of_objects = of_objects.map(|aggregation| (aggregation, Buckets::One));
    let (mut aggregation, buckets) = of_objects.unwrap_or_else(|| any(world, depth));
    add_inside(world, &mut aggregation, buckets, depth);
    let mut beside = None;
    if matches!(buckets, Buckets::Several | Buckets::Sequence) && world.random.chance(0.4) {
        add_pipelines(world, &mut aggregation, buckets);
        beside = world.random.chance(0.3).then(|| pipeline::beside(world, name));
    }
    if world.random.chance(0.05) {
        aggregation["meta"] = json!({ "note": [1, "x"] });
    }
    world.is_in_nested = was_in_nested;
    (aggregation, beside)
}

/// Adds aggregations to the buckets of another.
fn add_inside(world: &mut World, aggregation: &mut Json, buckets: Buckets, depth: usize) {
    // Without anything inside, these are mistakes or say nothing.
    const WITH_INSIDE: [&str; 4] = ["sampler", "diversified_sampler", "nested", "reverse_nested"];
    let needs_inside = WITH_INSIDE.iter().any(|kind| aggregation.get(kind).is_some());
    if !needs_inside && (buckets == Buckets::None || depth >= DEPTH || world.random.chance(0.5)) {
        return;
    }
    let inside = if depth < DEPTH { aggregations(world, depth + 1) } else { json!({ "f": figure(world) }) };
    match (aggregation.get_mut("aggs").and_then(Json::as_object_mut), inside) {
        (Some(aggs), Json::Object(inside)) => aggs.extend(inside),
        (_, inside) => aggregation["aggs"] = inside,
    }
}

fn any(world: &mut World, depth: usize) -> (Json, Buckets) {
    match world.random.below(22) {
        0..=2 => (figure(world), Buckets::None),
        3..=4 => (terms(world), Buckets::Several),
        5 => histogram(world),
        6 => date_histogram(world),
        7 => (range(world), Buckets::Several),
        8 => filters(world),
        9 => {
            let (aggregation, has_buckets) = points::points(world);
            (aggregation, if has_buckets { Buckets::Several } else { Buckets::None })
        }
        // Those of nested objects cannot have all others inside.
        10 if !world.is_in_nested => (rare_terms(world), Buckets::Several),
        10 => (terms(world), Buckets::Several),
        11 => (combinations(world), Buckets::Several),
        12 => (documents::top_hits(world), Buckets::None),
        13 => (documents::sample(world), Buckets::One),
        14 => (documents::significant(world), Buckets::None),
        15 => (documents::ip_range(world), Buckets::Several),
        16 => (documents::matrix_stats(world), Buckets::None),
        // It must not be inside of several buckets.
        17 if depth == 1 => (documents::variable_width_histogram(world), Buckets::None),
        17 | 18 => (documents::distribution(world), Buckets::None),
        19 if depth == 1 => (pages::composite(world), Buckets::Several),
        19 => (pages::auto_date_histogram(world), Buckets::Several),
        20 => (pages::date_range(world), Buckets::Several),
        _ => (missing(world, depth), Buckets::One),
    }
}

/// Adds figures, and pipelines of them.
fn add_pipelines(world: &mut World, aggregation: &mut Json, buckets: Buckets) {
    let number = world.field(is_numeric).map_or_else(|| "unmapped".to_owned(), |field| field.path);
    let kind = world.random.pick(&["sum", "avg", "max", "value_count"]);
    if aggregation.get("aggs").is_none() {
        aggregation["aggs"] = json!({});
    }
    aggregation["aggs"]["f0"] = json!({ kind: { "field": number } });
    aggregation["aggs"]["f1"] = json!({ "stats": { "field": number } });
    let pipelines = match buckets {
        Buckets::Sequence => pipeline::inside_histogram(world),
        _ if world.random.chance(0.5) => Map::from_iter([("p".to_owned(), pipeline::inside_buckets(world))]),
        _ => Map::new(),
    };
    for (name, pipeline) in pipelines {
        aggregation["aggs"][name] = pipeline;
    }
}

fn figure(world: &mut World) -> Json {
    if world.random.chance(0.3) {
        let field = field(world, |field| is_numeric(field) || matches!(field.kind, FieldType::Keyword | FieldType::Ip));
        let kind = world.random.pick(&["value_count", "cardinality"]);
        return json!({ kind: body(world, field.as_ref()) });
    }
    if world.random.chance(0.2) {
        let field = field(world, |field| field.kind.is_number());
        return json!({ "median_absolute_deviation": body(world, field.as_ref()) });
    }
    let field = field(world, is_numeric);
    let kind = match field.as_ref().map(|field| field.kind) {
        // Squares of dates are not dates.
        Some(FieldType::Date) => world.random.pick(&["min", "max", "sum", "avg", "stats"]),
        _ => world.random.pick(&["min", "max", "sum", "avg", "stats", "extended_stats"]),
    };
    let mut body = body(world, field.as_ref());
    scripted(world, &mut body, field.as_ref());
    json!({ kind: body })
}

fn rare_terms(world: &mut World) -> Json {
    let field = field(world, |field| {
        matches!(field.kind, FieldType::Keyword | FieldType::Long | FieldType::Date | FieldType::Boolean)
    });
    let mut body = body(world, field.as_ref());
    body["max_doc_count"] = (1 + world.random.below(4)).into();
    json!({ "rare_terms": body })
}

/// `multi_terms`, or `adjacency_matrix`.
fn combinations(world: &mut World) -> Json {
    if world.random.chance(0.4) {
        let filters = json!({ "first": world.query(), "second": world.query(), "third": world.query() });
        return json!({ "adjacency_matrix": { "filters": filters } });
    }
    let fields: Vec<Json> = (0..2 + world.random.below(2))
        .map(|_| {
            let field = field(world, |field| is_numeric(field) || field.kind == FieldType::Keyword);
            body(world, field.as_ref())
        })
        .collect();
    let mut body = json!({ "terms": fields });
    if world.random.chance(0.5) {
        body["size"] = (1 + world.random.below(20)).into();
    }
    if world.random.chance(0.2) {
        body["min_doc_count"] = (1 + world.random.below(3)).into();
    }
    if world.random.chance(0.3) {
        let (by, direction) = (world.random.pick(&["_count", "_key"]), world.random.pick(&["asc", "desc"]));
        body["order"] = json!({ by: direction });
    }
    json!({ "multi_terms": body })
}

fn terms(world: &mut World) -> Json {
    let field = field(world, |field| is_numeric(field) || matches!(field.kind, FieldType::Keyword | FieldType::Ip));
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
    if field.as_ref().is_some_and(|field| field.kind.is_number()) && world.random.chance(0.15) {
        body["format"] = world.random.pick(&["#,##0.00", "000", "0.0#"]).into();
    }
    scripted(world, &mut body, field.as_ref());
    if let Some(field) = field.filter(|_| world.random.chance(0.2)) {
        let key = world.random.pick(&["include", "exclude"]);
        body[key] = match field.kind {
            FieldType::Keyword if world.random.chance(0.4) => world.random.pick(&["n.*", "[a-l]+", "~(.*o.*)"]).into(),
            _ => json!([world.query_value(&field), world.query_value(&field)]),
        };
    }
    let mut aggregation = json!({ "terms": body });
    if world.random.chance(0.2) {
        // Equal figures are put in order by the keys.
        let number = world.field(is_numeric).map_or_else(|| "unmapped".to_owned(), |field| field.path);
        let (by, figure) = world.random.pick(&[("by", "max"), ("by", "value_count"), ("by.min", "stats")]);
        aggregation["terms"]["order"] = json!({ by: world.random.pick(&["asc", "desc"]) });
        aggregation["aggs"] = json!({ "by": { figure: { "field": number } } });
    }
    aggregation
}

fn histogram(world: &mut World) -> (Json, Buckets) {
    let field = field(world, |field| field.kind.is_number());
    let mut body = body(world, field.as_ref());
    body["interval"] = world.random.pick(&[json!(1000), json!(0.5), json!(7), json!(1e6)]);
    // Values are far apart: without this there would be too many buckets, unless bounds keep them few.
    let is_sequence = world.random.chance(0.4);
    body["min_doc_count"] = if is_sequence { 0 } else { 1 }.into();
    if is_sequence {
        body["interval"] = 100.into();
        body["hard_bounds"] = json!({ "min": -1_000, "max": 1_000 });
    } else if world.random.chance(0.3) {
        body["offset"] = world.random.pick(&[json!(1), json!(-0.25), json!(100)]);
    }
    if world.random.chance(0.15) {
        body["keyed"] = true.into();
    }
    if world.random.chance(0.3) {
        let (by, direction) = (world.random.pick(&["_count", "_key"]), world.random.pick(&["asc", "desc"]));
        body["order"] = json!({ by: direction });
    }
    if !is_sequence {
        scripted(world, &mut body, field.as_ref());
    }
    if world.random.chance(0.2) {
        body["hard_bounds"] = json!({ "min": world.random.between(-100, 0), "max": world.random.between(0, 1000) });
    }
    if world.random.chance(0.2) {
        body["keyed"] = true.into();
    }
    if world.random.chance(0.2) {
        body["order"] = json!({ world.random.pick(&["_key", "_count"]): "desc" });
    }
    (json!({ "histogram": body }), if is_sequence { Buckets::Sequence } else { Buckets::Several })
}

fn date_histogram(world: &mut World) -> (Json, Buckets) {
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
    let is_sequence = interval == "year";
    body["min_doc_count"] = if is_sequence { 0 } else { 1 }.into();
    if is_sequence {
        // From 1970 to 2030: without bounds there could be millions of buckets.
        body["hard_bounds"] = json!({ "min": 0, "max": 1_893_456_000_000_u64 });
    }
    if world.random.chance(0.4) {
        body["time_zone"] = world.random.pick(&["Europe/Berlin", "America/New_York", "+05:30", "Asia/Kolkata"]).into();
    }
    if world.random.chance(0.2) {
        body["offset"] = world.random.pick(&["+6h", "-1d", "30m"]).into();
    }
    if world.random.chance(0.2) {
        body["format"] = world.random.pick(&["yyyy-MM-dd", "epoch_millis", "yyyy/MM/dd HH:mm"]).into();
    }
    (json!({ "date_histogram": body }), if is_sequence { Buckets::Sequence } else { Buckets::Several })
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
    if world.random.chance(0.2) {
        body["keyed"] = true.into();
    }
    scripted(world, &mut body, field.as_ref());
    json!({ "range": body })
}

fn filters(world: &mut World) -> (Json, Buckets) {
    if world.random.chance(0.5) {
        return (json!({ "filter": world.query() }), Buckets::One);
    }
    let filters = json!({ "first": world.query(), "second": world.query() });
    let filters = if world.random.chance(0.3) { json!([filters["first"], filters["second"]]) } else { filters };
    let filters = json!({ "filters": { "filters": filters, "other_bucket": world.random.chance(0.5) } });
    (filters, Buckets::Several)
}

fn missing(world: &mut World, depth: usize) -> Json {
    if depth == 1 && !world.is_in_nested && world.random.chance(0.3) {
        return json!({ "global": {} });
    }
    let field = field(world, |field| field.kind.has_column() || field.kind == FieldType::GeoPoint);
    json!({ "missing": { "field": field.map_or_else(|| "unmapped".to_owned(), |field| field.path) } })
}
