//! Random keys of a search that decide which matches become hits, and in which order.

use serde_json::{Map, Value as Json, json};

use super::fetch::fetch_keys;
use super::schema::FieldSpec;
use super::world::World;

/// Adds some of these keys to a search.
pub(super) fn add_hit_keys(world: &mut World, body: &mut Map<String, Json>) {
    if world.random.chance(0.12) {
        body.insert("post_filter".to_owned(), world.query());
    }
    if world.random.chance(0.06) {
        // Which matches are the first is not defined over several segments.
        let count = world.random.pick(&[json!(0), json!(100), json!("1000")]);
        body.insert("terminate_after".to_owned(), count);
    }
    if world.random.chance(0.06) {
        let boost =
            world.random.pick(&[json!([{"*": 2}]), json!({"*": 0.5}), json!([{"nothing*": 3}]), json!([{"*": 0}])]);
        body.insert("indices_boost".to_owned(), boost);
    }
    if world.random.chance(0.08) {
        body.insert("rescore".to_owned(), rescore(world));
    }
    // Keys that exclude each other are mistakes with another status.
    if world.random.chance(0.08) && !body.contains_key("rescore") {
        body.insert("collapse".to_owned(), collapse(world));
    }
    if world.random.chance(0.3) && body.contains_key("sort") && !body.contains_key("collapse") {
        let after = search_after(world, &body["sort"]);
        body.insert("search_after".to_owned(), after);
        body.remove("from");
    }
}

/// Mostly over all hits: which of equal hits are in the window is not defined.
fn rescore(world: &mut World) -> Json {
    let mut round = || {
        let mut query = json!({ "rescore_query": world.query() });
        if world.random.chance(0.4) {
            query["query_weight"] = world.random.pick(&[json!(0.5), json!(2), json!(0), json!(-1)]);
        }
        if world.random.chance(0.4) {
            query["rescore_query_weight"] = world.random.pick(&[json!(0.25), json!(3), json!(-1)]);
        }
        if world.random.chance(0.6) {
            query["score_mode"] = world.random.pick(&["total", "multiply", "avg", "max", "min"]).into();
        }
        json!({ "window_size": 100, "query": query })
    };
    let first = round();
    let second = round();
    world.random.pick(&[first.clone(), json!([first]), json!([first, second])]).clone()
}

fn collapse(world: &mut World) -> Json {
    let can_group = |field: &FieldSpec| {
        // So are several values.
        field.several == 0.0 && field.kind.has_column()
    };
    let name = world.field(can_group).map_or("unmapped".to_owned(), |field| field.path);
    let mut collapse = json!({ "field": name });
    if world.random.chance(0.5) {
        let mut inner = json!({ "name": "group", "size": 20, "_source": false });
        if world.random.chance(0.5) {
            inner["sort"] = json!([world.random.pick(&["_doc", "_id"])]);
        }
        if world.random.chance(0.2) {
            // Which of equal hits is the best of its group is not defined.
            inner["sort"] = json!(["_id"]);
            inner["collapse"] =
                json!({ "field": world.field(can_group).map_or("unmapped".to_owned(), |field| field.path) });
        }
        if world.random.chance(0.4)
            && let Json::Object(inner) = &mut inner
        {
            fetch_keys(world, inner);
        }
        collapse["inner_hits"] = inner;
    }
    collapse
}

/// Values that may fit the levels of a sort.
fn search_after(world: &mut World, sort: &Json) -> Json {
    let levels: Vec<Json> = match sort {
        Json::Array(levels) => levels.clone(),
        level => vec![level.clone()],
    };
    let values = levels.iter().map(|level| after_value(world, level)).collect::<Vec<_>>();
    values.into()
}

fn after_value(world: &mut World, level: &Json) -> Json {
    let name = level.as_str().map(str::to_owned).or_else(|| level.as_object()?.keys().next().cloned());
    let name = name.unwrap_or_default();
    match name.as_str() {
        "_score" => world.random.pick(&[json!(0.5), json!(1.0), json!("2.5"), json!(0)]),
        "_doc" => world.random.below(40).into(),
        "_id" => world.random.below(40).to_string().into(),
        "_geo_distance" => world.random.pick(&[json!(1_000_000.5), json!("2500"), json!(0)]),
        _ => match world.field(|field| field.path == name) {
            Some(field) => world.query_value(&field),
            None => json!(7),
        },
    }
}
