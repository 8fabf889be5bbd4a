//! Random search requests.

use serde_json::{Map, Value as Json, json};

use super::about::About;
use super::aggregation::aggregations;
use super::fetch::fetch_keys;
use super::hits::add_hit_keys;
use super::mistake::with_mistake;
use super::schema::FieldType;
use super::suggest::suggest;
use super::world::World;

/// How likely a request has a mistake in it.
const MISTAKES: f64 = 0.08;

/// A request to an index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// What follows the index in the path.
    pub(crate) route: &'static str,
    pub(crate) body: Json,
}

impl World {
    /// A random request.
    pub(crate) fn request(&mut self) -> Request {
        let is_count = self.about == About::Everything && self.random.chance(0.03);
        let mut body = match self.about {
            About::Aggregations => aggregated(self),
            About::Everything if is_count => json!({ "query": self.query() }),
            About::Everything => Json::Object(search(self)),
        };
        // What is wrong with a request is compared with requests about everything.
        if self.about == About::Everything && self.random.chance(MISTAKES) {
            body = with_mistake(&mut self.random, body);
        }
        Request { route: if is_count { "_count" } else { "_search" }, body }
    }
}

/// A search for nothing but aggregations.
fn aggregated(world: &mut World) -> Json {
    let mut body = json!({ "size": 0, "aggs": aggregations(world, 1) });
    if world.random.chance(0.5) {
        body["query"] = world.query();
    }
    body
}

fn search(world: &mut World) -> Map<String, Json> {
    let mut body = Map::new();
    if world.random.chance(0.95) {
        body.insert("query".to_owned(), world.query());
    }
    if world.random.chance(0.4) {
        let levels: Vec<Json> = (0..=world.random.below(3)).map(|_| sort_level(world)).collect();
        let sort = if levels.len() == 1 && world.random.chance(0.3) { levels[0].clone() } else { levels.into() };
        body.insert("sort".to_owned(), sort);
    }
    // Mostly all hits, so that ties are not cut.
    let size = if world.random.chance(0.8) { 100 } else { world.random.below(12) };
    body.insert("size".to_owned(), size.into());
    if world.random.chance(0.15) {
        body.insert("from".to_owned(), world.random.below(20).into());
    }
    if world.random.chance(0.1) {
        let min_score = world.random.pick(&[json!(0.5), json!(1), json!(0), json!(2.5)]);
        body.insert("min_score".to_owned(), min_score);
    }
    if world.random.chance(0.15) {
        let total = world.random.pick(&[json!(true), json!(false), json!(3), json!(1), json!(1000)]);
        body.insert("track_total_hits".to_owned(), total);
    }
    if world.random.chance(0.15) {
        body.insert("track_scores".to_owned(), world.random.chance(0.7).into());
    }
    if world.random.chance(0.25) {
        body.insert("aggs".to_owned(), aggregations(world, 1));
    }
    if world.random.chance(0.12) {
        body.insert("suggest".to_owned(), suggest(world));
    }
    add_hit_keys(world, &mut body);
    if world.random.chance(0.7) {
        body.insert("_source".to_owned(), source(world));
    }
    fetch_keys(world, &mut body);
    body
}

fn sort_level(world: &mut World) -> Json {
    if world.random.chance(0.2) {
        return world
            .random
            .pick(&[
                json!("_score"),
                json!({ "_score": "asc" }),
                json!("_doc"),
                json!({ "_score": { "order": "desc" } }),
            ])
            .clone();
    }
    if world.random.chance(0.15)
        && let Some(field) = world.field(|field| field.kind == FieldType::GeoPoint)
    {
        return sort_by_distance(world, field.path);
    }
    let Some(field) = world.field(|field| field.kind.has_column()) else { return json!("_score") };
    let name = if world.random.chance(0.03) { "unmapped".to_owned() } else { field.path.clone() };
    match world.random.below(5) {
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
        body.insert("mode".to_owned(), world.random.pick(&["min", "max"]).into());
    }
    if world.random.chance(0.1) {
        body.insert("unmapped_type".to_owned(), "long".into());
    }
    json!({ name: body })
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

fn source(world: &mut World) -> Json {
    if world.random.chance(0.6) {
        return world.random.chance(0.1).into();
    }
    let mut pattern = || {
        let (name, _) = world.any_field();
        match world.random.below(5) {
            0 => format!("{}*", name.chars().take(3).collect::<String>()),
            1 => name.split('.').next().unwrap_or_default().to_owned(),
            2 => format!("*{}", name.chars().last().unwrap_or('x')),
            3 => "part.*".to_owned(),
            _ => name,
        }
    };
    let (first, second) = (pattern(), pattern());
    world
        .random
        .pick(&[
            json!(first),
            json!([first, second]),
            json!({ "includes": [first] }),
            json!({ "excludes": [first, second] }),
            json!({ "includes": [first, "part"], "excludes": [second] }),
        ])
        .clone()
}
