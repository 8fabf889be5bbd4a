//! Random highlighting.

use serde_json::{Map, Value as Json, json};

use super::field_type::FieldType;
use super::world::World;

/// The value of `highlight` in a search.
pub(super) fn highlight(world: &mut World) -> Json {
    let mut fields = Map::new();
    for _ in 0..=world.random.below(2) {
        let (name, field) = world.any_field();
        let (name, is_text) = if world.random.chance(0.6) {
            ("*".to_owned(), true)
        } else {
            (name, matches!(field.kind, FieldType::Text | FieldType::Keyword))
        };
        let mut options = field_options(world);
        // Values of other fields are texts only for the other server.
        if is_text && world.random.chance(0.2) {
            options["no_match_size"] = world.random.pick(&[json!(1), json!(8), json!(30)]);
        }
        fields.insert(name, options);
    }
    let mut highlight = Map::from_iter([("fields".to_owned(), fields.into())]);
    if world.random.chance(0.5) {
        highlight.insert("require_field_match".to_owned(), false.into());
    }
    for (key, value) in [
        ("encoder", json!("html")),
        ("order", json!("score")),
        ("tags_schema", json!("styled")),
        ("pre_tags", json!(["<b>", "<i>"])),
        ("number_of_fragments", json!(1)),
        ("fragment_size", json!(15)),
        ("type", json!("unified")),
    ] {
        if world.random.chance(0.1) {
            highlight.insert(key.to_owned(), value);
        }
    }
    if highlight.contains_key("pre_tags") {
        highlight.insert("post_tags".to_owned(), json!(["</b>"]));
    }
    highlight.into()
}

fn field_options(world: &mut World) -> Json {
    let mut options = Map::new();
    if world.random.chance(0.5) {
        let sizes = [json!(0), json!(1), json!(10), json!(25), json!(60)];
        options.insert("fragment_size".to_owned(), world.random.pick(&sizes));
    }
    if world.random.chance(0.4) {
        let counts = [json!(0), json!(1), json!(2), json!(20)];
        options.insert("number_of_fragments".to_owned(), world.random.pick(&counts));
    }
    if world.random.chance(0.2) {
        options.insert("boundary_scanner".to_owned(), "word".into());
    }
    if world.random.chance(0.1) {
        options.insert("order".to_owned(), "score".into());
    }
    if world.random.chance(0.1) {
        options.insert("require_field_match".to_owned(), world.random.chance(0.5).into());
    }
    if world.random.chance(0.2) {
        options.insert("highlight_query".to_owned(), world.query());
    }
    options.into()
}
