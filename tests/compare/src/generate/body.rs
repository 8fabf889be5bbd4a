//! Random search requests.

use serde_json::{Map, Value as Json, json};

use super::about::About;
use super::aggregation::aggregations;
use super::analysis::ANALYZERS;
use super::derived::add_derived_field;
use super::fetch::fetch_keys;
use super::hits::add_hit_keys;
use super::mistake::with_mistake;
use super::script::scripted;
use super::sort::sort_level;
use super::style::Style;
use super::suggest::suggest;
use super::words::text;
use super::world::World;

/// How likely a request has a mistake in it.
const MISTAKES: f64 = 0.08;

/// The types of fields, apart from the internal ones of the other server.
const FIELD_CAPS: &str = "_field_caps?fields=a*,b*,c*,d*,f*,g*,i*,k*,l*,n*,p*,t*,u*,w*";

/// A request to an index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// What follows the index in the path.
    pub(crate) route: String,
    pub(crate) body: Json,
}

impl World {
    /// A random request.
    pub(crate) fn request(&mut self) -> Request {
        let (route, mut body) = match self.random.below(40) {
            _ if self.about == About::Aggregations => ("_search".to_owned(), aggregated(self)),
            _ if self.about == About::Scripts => ("_search".to_owned(), scripted(self)),
            0 => ("_count".to_owned(), json!({ "query": self.query() })),
            1 => ("_validate/query".to_owned(), json!({ "query": self.query() })),
            2 => (FIELD_CAPS.to_owned(), json!({})),
            3 => ("_analyze".to_owned(), self.analysis()),
            4 if !self.ids.is_empty() => {
                (format!("_explain/{}", self.random.pick(&self.ids)), json!({ "query": self.query() }))
            }
            5 => ("_search?include_named_queries_score=true".to_owned(), Json::Object(search(self))),
            6 => ("_search?typed_keys=true".to_owned(), Json::Object(search(self))),
            _ => ("_search".to_owned(), Json::Object(search(self))),
        };
        // What is wrong with a request is compared with requests about everything.
        if self.about == About::Everything && self.random.chance(MISTAKES) {
            body = with_mistake(&mut self.random, body);
        }
        Request { route, body }
    }

    /// A text that is analyzed.
    fn analysis(&mut self) -> Json {
        let text = text(&mut self.random, Style::Edge);
        match self.random.below(3) {
            0 => json!({ "text": text, "field": self.any_field().0 }),
            1 => {
                let filters =
                    ["lowercase", "porter_stem", "words", "asciifolding", "subwords", "unique", "shingle", "few"];
                let filters: Vec<&str> = (0..self.random.below(3)).map(|_| self.random.pick(&filters)).collect();
                let tokenizer =
                    self.random.pick(&["standard", "whitespace", "letter", "grams", "edges", "parts", "keyword"]);
                json!({ "text": [text, "two words"], "tokenizer": tokenizer, "filter": filters })
            }
            _ => json!({ "text": text, "analyzer": self.random.pick(&ANALYZERS) }),
        }
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
    if world.random.chance(0.06) {
        add_derived_field(world, &mut body);
    }
    if world.random.chance(0.7) {
        body.insert("_source".to_owned(), source(world));
    }
    fetch_keys(world, &mut body);
    if body.contains_key("rescore") {
        // Explanations do not say how hits were scored again.
        body.shift_remove("explain");
    }
    body
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
