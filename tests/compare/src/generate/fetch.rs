//! Random keys of a search that say what a response has of each hit.

use serde_json::{Map, Value as Json, json};

use super::schema::FieldType;
use super::world::World;

/// Adds some of the keys, mostly none.
pub(super) fn fetch_keys(world: &mut World, body: &mut Map<String, Json>) {
    if world.random.chance(0.2) {
        let fields: Vec<Json> = (0..=world.random.below(3)).map(|_| source_field(world)).collect();
        body.insert("fields".to_owned(), fields.into());
    }
    if world.random.chance(0.15) {
        let fields: Vec<Json> = (0..=world.random.below(2)).filter_map(|_| column_field(world)).collect();
        body.insert("docvalue_fields".to_owned(), fields.into());
    }
    if world.random.chance(0.05) {
        let stored = world.random.pick(&[json!(["_source"]), json!("a"), json!([])]);
        body.insert("stored_fields".to_owned(), stored);
    }
    if world.random.chance(0.1) {
        body.insert("script_fields".to_owned(), script_fields(world));
    }
    if world.random.chance(0.3) {
        body.insert("highlight".to_owned(), highlight(world));
    }
    if world.random.chance(0.1) {
        body.insert("explain".to_owned(), true.into());
    }
}

fn date_format(world: &mut World) -> Json {
    world.random.pick(&[
        json!("yyyy"),
        json!("epoch_millis"),
        json!("uuuu-MM-dd HH:mm"),
        json!("strict_date_optional_time"),
    ])
}

fn source_field(world: &mut World) -> Json {
    let (name, field) = world.any_field();
    if name == field.path && world.random.chance(0.3) {
        match field.kind {
            FieldType::Date => return json!({ "field": name, "format": date_format(world) }),
            FieldType::GeoPoint => return json!({ "field": name, "format": world.random.pick(&["wkt", "geojson"]) }),
            _ => {}
        }
    }
    match world.random.below(4) {
        0 => json!(format!("{}*", name.chars().take(2).collect::<String>())),
        1 => json!({ "field": name }),
        _ => json!(name),
    }
}

fn column_field(world: &mut World) -> Option<Json> {
    let field = world.field(|field| field.kind.has_column() || field.kind == FieldType::GeoPoint)?;
    let name = field.path;
    Some(match field.kind {
        FieldType::Date if world.random.chance(0.3) => json!({ "field": name, "format": date_format(world) }),
        kind if kind.is_number() && world.random.chance(0.3) => {
            json!({ "field": name, "format": world.random.pick(&["0.0", "#.00", "#,##0.##"]) })
        }
        _ => json!(name),
    })
}

fn script_fields(world: &mut World) -> Json {
    let Some(field) = world.field(|field| field.kind.has_column()) else { return json!({}) };
    let name = field.path;
    let script = world.random.pick(&[
        format!("doc['{name}'].size()"),
        format!("doc['{name}']"),
        format!("doc['{name}'].size() == 0 ? null : doc['{name}'].value"),
    ]);
    json!({ "s": { "script": script }, "t": { "script": "7", "ignore_failure": true } })
}

fn highlight(world: &mut World) -> Json {
    let mut options = Map::new();
    if world.random.chance(0.5) {
        options.insert(
            "fragment_size".to_owned(),
            world.random.pick(&[json!(0), json!(1), json!(10), json!(25), json!(60)]),
        );
    }
    if world.random.chance(0.4) {
        options.insert("number_of_fragments".to_owned(), world.random.pick(&[json!(0), json!(1), json!(2), json!(20)]));
    }
    if world.random.chance(0.2) {
        options.insert("no_match_size".to_owned(), world.random.pick(&[json!(1), json!(8), json!(30)]));
    }
    if world.random.chance(0.2) {
        options.insert("boundary_scanner".to_owned(), "word".into());
    }
    if world.random.chance(0.2) {
        options.insert("highlight_query".to_owned(), world.query());
    }
    let mut highlight = Map::new();
    let name = if world.random.chance(0.6) { "*".to_owned() } else { world.any_field().0 };
    highlight.insert("fields".to_owned(), json!({ name: options }));
    if world.random.chance(0.5) {
        highlight.insert("require_field_match".to_owned(), false.into());
    }
    if world.random.chance(0.1) {
        highlight.insert("encoder".to_owned(), "html".into());
    }
    highlight.into()
}
