//! Random levels of a sort.

use serde_json::{Map, Value as Json, json};

use super::field_type::FieldType;
use super::schema::NESTED;
use super::world::World;

/// A level of a sort.
pub(super) fn sort_level(world: &mut World) -> Json {
    if world.random.chance(0.2) {
        return world
            .random
            .pick(&[
                json!("_score"),
                json!({ "_score": "asc" }),
                json!("_doc"),
                json!({ "_score": { "order": "desc" } }),
                json!({ "_id": "asc" }),
            ])
            .clone();
    }
    if world.random.chance(0.15)
        && let Some(field) = world.field(|field| field.kind == FieldType::GeoPoint)
    {
        let is_nested = field.is_nested();
        let mut sort = sort_by_distance(world, field.path);
        if is_nested {
            add_nested(world, &mut sort["_geo_distance"]);
        }
        return sort;
    }
    if world.random.chance(0.08) {
        return sort_by_script(world);
    }
    let Some(field) = world.field(|field| field.kind.has_column()) else { return json!("_score") };
    let name = if world.random.chance(0.03) { "unmapped".to_owned() } else { field.path.clone() };
    match world.random.below(5) {
        _ if field.is_nested() => {}
        0 => return name.into(),
        1 => return json!({ name: world.random.pick(&["asc", "desc"]) }),
        _ => {}
    }
    let mut body = Map::new();
    if world.random.chance(0.8) {
        body.insert("order".to_owned(), world.random.pick(&["asc", "desc"]).into());
    }
    if world.random.chance(0.5) {
        let missing = match world.random.below(3) {
            0 => json!("_first"),
            1 => json!("_last"),
            // Keywords take no other.
            _ if matches!(field.kind, FieldType::Keyword | FieldType::Ip) => json!("_last"),
            _ => world.query_value(&field),
        };
        body.insert("missing".to_owned(), missing);
    }
    if world.random.chance(0.3) {
        let modes: &[&str] =
            if field.kind.is_number() { &["min", "max", "avg", "sum", "median"] } else { &["min", "max"] };
        body.insert("mode".to_owned(), world.random.pick(modes).into());
    }
    if field.kind.is_number() && world.random.chance(0.1) {
        body.insert("numeric_type".to_owned(), world.random.pick(&["double", "long"]).into());
    }
    if world.random.chance(0.1) {
        body.insert("unmapped_type".to_owned(), "long".into());
    }
    let mut body = Json::Object(body);
    if field.is_nested() {
        add_nested(world, &mut body);
    }
    json!({ name: body })
}

/// Mostly says that the values are those of nested objects.
fn add_nested(world: &mut World, options: &mut Json) {
    if world.random.chance(0.1) {
        return;
    }
    let mut nested = json!({ "path": NESTED });
    if world.random.chance(0.4) {
        nested["filter"] = world.in_nested(World::term);
    }
    if world.random.chance(0.2) {
        nested["max_children"] = world.random.below(3).into();
    }
    options["nested"] = nested;
}

fn sort_by_script(world: &mut World) -> Json {
    let Some(field) = world.field(|field| field.kind.is_number() || field.kind == FieldType::Keyword) else {
        return json!("_score");
    };
    let doc = format!("doc['{}']", field.path);
    let (kind, source) = if field.kind == FieldType::Keyword {
        ("string", format!("{doc}.size() == 0 ? 'none' : {doc}.value.toLowerCase()"))
    } else {
        ("number", format!("{doc}.size() == 0 ? -1 : {doc}.value % 3"))
    };
    let order = world.random.pick(&["asc", "desc"]);
    json!({ "_script": { "type": kind, "script": source, "order": order } })
}

fn sort_by_distance(world: &mut World, field: String) -> Json {
    let mut options = Map::from_iter([(field, json!([world.random.below(180), world.random.below(90)]))]);
    if world.random.chance(0.5) {
        options.insert("order".to_owned(), world.random.pick(&["asc", "desc"]).into());
    }
    if world.random.chance(0.3) {
        options.insert("mode".to_owned(), world.random.pick(&["min", "max", "avg", "median"]).into());
    }
    if world.random.chance(0.5) {
        options.insert("unit".to_owned(), world.random.pick(&["km", "m", "mi", "nmi"]).into());
    }
    if world.random.chance(0.2) {
        options.insert("distance_type".to_owned(), world.random.pick(&["arc", "plane"]).into());
    }
    json!({ "_geo_distance": options })
}
