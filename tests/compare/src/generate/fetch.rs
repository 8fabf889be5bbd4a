//! Random keys of a search that say what a response has of each hit.

use serde_json::{Map, Value as Json, json};

use super::field_type::FieldType;
use super::highlight::highlight;
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
    for (key, probability) in [("explain", 0.1), ("version", 0.05), ("seq_no_primary_term", 0.05)] {
        if world.random.chance(probability) {
            body.insert(key.to_owned(), true.into());
        }
    }
}

fn date_format(world: &mut World) -> Json {
    world.random.pick(&[
        json!("yyyy"),
        json!("epoch_millis"),
        json!("uuuu-MM-dd HH:mm"),
        json!("strict_date_optional_time"),
        json!("EEE d MMM uuuu hh:mm a"),
        json!("MMMM"),
        json!("strict_date_time"),
        json!("basic_date"),
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
        format!("doc['{name}'].size() > 1 ? doc['{name}'].get(1) : 'none'"),
        format!("doc['{name}'].size()"),
        format!("doc['{name}']"),
        format!("doc['{name}'].size() == 0 ? null : doc['{name}'].value"),
    ]);
    json!({ "s": { "script": script }, "t": { "script": "7", "ignore_failure": true } })
}
