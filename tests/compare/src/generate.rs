//! Random mappings, documents and requests. All of them follow from a seed.
//!
//! `random_score` is left out: its numbers are another server's own affair.

mod about;
mod aggregation;
mod analysis;
mod body;
mod date;
mod decay;
mod derived;
mod documents;
mod fetch;
mod field_type;
mod function_score;
mod geo_query;
mod highlight;
mod hits;
mod mistake;
mod objects;
mod pattern_query;
mod position_query;
mod query;
mod schema;
mod script;
mod script_query;
mod selection;
mod sort;
mod style;
mod suggest;
mod term_query;
mod text_query;
mod values;
mod words;
mod world;

pub(crate) use about::About;
pub(crate) use body::Request;
pub(crate) use term_query::SEARCHED_INDEX;
pub(crate) use world::World;

/// The source of everything that is random here.
pub(crate) struct Random(fastrand::Rng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(fastrand::Rng::with_seed(seed))
    }

    /// One of the items, of which there must be at least one.
    pub(crate) fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.0.usize(..items.len())].clone()
    }

    /// Whether something happens that has this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// From 0 up to but not including `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    /// From `start` to `end`, both included.
    pub(crate) fn between(&mut self, start: i64, end: i64) -> i64 {
        self.0.i64(start..=end)
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use quidditch_tests::{Installation, ScenarioIndex};
    use std::time::Duration;

    use super::*;

    const SEEDS: u64 = 60;

    #[test]
    fn everything_follows_from_the_seed() {
        let generated = |seed| {
            let mut world = World::new(seed, About::Everything);
            let requests: Vec<String> = (0..20).map(|_| world.request().body.to_string()).collect();
            (world.index("x"), requests)
        };
        assert_eq!(generated(7), generated(7));
        assert_ne!(generated(7), generated(8));
    }

    #[test]
    fn every_request_is_answered_or_refused_with_400() {
        let installation = Installation::new(Duration::from_secs(10));
        installation.publish_examples();
        let (mut answered, mut refused) = (0, 0);
        let mut reasons = std::collections::BTreeMap::new();
        for (seed, about) in (0..SEEDS).zip(About::value_variants().iter().copied().cycle()) {
            let mut world = World::new(seed, about);
            let ScenarioIndex { name, mapping, .. } = world.index(&format!("seed-{seed}"));
            installation.create_index(&name, &mapping);
            for _ in 0..20 {
                let request = world.request();
                let body = request.body.to_string().replace(SEARCHED_INDEX, &name);
                match installation.search(&name, &serde_json::from_str(&body).expect("it is JSON")) {
                    (200, _) => answered += 1,
                    (400, json) => {
                        refused += 1;
                        let reason = json["error"]["root_cause"][0]["reason"].to_string();
                        *reasons.entry(reason.chars().take(60).collect::<String>()).or_insert(0) += 1;
                    }
                    (status, json) => panic!("seed {seed}: {status}: {}: {json}", request.body),
                }
            }
        }
        // Some requests contain a mistake on purpose, others what is not supported yet.
        assert!(answered > refused && refused > 0, "{answered} answered, {refused} refused: {reasons:#?}");
    }

    #[test]
    fn every_query_occurs() {
        let mut text = String::new();
        for seed in 0..SEEDS {
            let mut world = World::new(seed, About::Everything);
            (0..20).for_each(|_| text.push_str(&world.request().body.to_string()));
        }
        for key in [
            "_name",
            "_script",
            "_source",
            "aggs",
            "bool",
            "boosting",
            "cardinality",
            "case_insensitive",
            "collapse",
            "completion",
            "composite",
            "constant_score",
            "date_histogram",
            "derived",
            "dis_max",
            "distance_feature",
            "docvalue_fields",
            "exists",
            "exp",
            "explain",
            "field_value_factor",
            "fields",
            "filters",
            "from",
            "function_score",
            "fuzziness",
            "fuzzy",
            "gauss",
            "geo_bounding_box",
            "geo_distance",
            "geo_polygon",
            "global",
            "highlight",
            "histogram",
            "ids",
            "indices_boost",
            "inner_hits",
            "intervals",
            "linear",
            "match",
            "match_all",
            "match_bool_prefix",
            "match_none",
            "match_phrase",
            "match_phrase_prefix",
            "min_score",
            "minimum_should_match",
            "more_like_this",
            "multi_match",
            "multi_terms",
            "multi_value_mode",
            "nested",
            "phrase",
            "post_filter",
            "prefix",
            "query_string",
            "range",
            "regexp",
            "rescore",
            "reverse_nested",
            "rewrite",
            "script",
            "script_fields",
            "script_score",
            "search_after",
            "significant_terms",
            "simple_query_string",
            "slop",
            "sort",
            "span_near",
            "suggest",
            "term",
            "terms",
            "terms_set",
            "top_hits",
            "track_total_hits",
            "wasm_udf",
            "wildcard",
            "wrapper",
        ] {
            assert!(text.contains(&format!("\"{key}\":")), "{key} does not occur");
        }
    }

    #[test]
    fn every_aggregation_occurs_in_requests_about_aggregations() {
        let mut text = String::new();
        for seed in 0..SEEDS {
            let mut world = World::new(seed, About::Aggregations);
            (0..20).for_each(|_| text.push_str(&world.request().body.to_string()));
        }
        for name in quidditch_engine::aggregation_types() {
            assert!(text.contains(&format!("\"{name}\":")), "{name} does not occur");
        }
    }

    #[test]
    fn every_kind_of_script_occurs_in_requests_about_scripts() {
        let mut text = String::new();
        for seed in 0..SEEDS {
            let mut world = World::new(seed, About::Scripts);
            for _ in 0..20 {
                let body = world.request().body.to_string();
                assert_eq!(body.matches("\"source\":").count(), 1, "{body}");
                text.push_str(&body);
            }
        }
        for part in [
            "\"_script\":",
            "\"aggs\":",
            "\"derived\":",
            "\"lang\":\"expression\"",
            "\"minimum_should_match_script\":",
            "\"script_fields\":",
            "\"script_score\":",
            "\"query\":{\"script\":",
            "(int)(",
            ".arcDistance(",
            ".contains(",
            ".date.",
            ".sum()",
            "?.",
            "ChronoUnit.",
            "Long.MIN_VALUE",
            "Math.",
            "_score",
            "break;",
            "continue;",
            "do {",
            "double own(",
            "else {",
            "emit(",
            "for (def ",
            "for (int ",
            "instanceof",
            "num_terms",
            "params.nothing",
            "while (",
        ] {
            assert!(text.contains(part), "{part} does not occur");
        }
    }
}
