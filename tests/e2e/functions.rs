//! The example functions over all cities, compared with reference implementations in plain Rust.

use std::collections::HashMap;
use std::sync::LazyLock;

use quidditch_tests::{City, cities};
use serde_json::{Value as Json, json};

use crate::shared::installation;

static CITIES: LazyLock<Vec<City>> = LazyLock::new(cities);

const BERLIN: (f64, f64) = (52.52437, 13.41053);

/// Kilometres along the great circle.
fn haversine(city: &City, (lat, lon): (f64, f64)) -> f64 {
    let (city_lat, lat) = (city.location.lat.to_radians(), lat.to_radians());
    let half_lat = ((city_lat - lat) / 2.0).sin();
    let half_lon = ((city.location.lon - lon).to_radians() / 2.0).sin();
    let haversine = half_lat * half_lat + city_lat.cos() * lat.cos() * half_lon * half_lon;
    2.0 * 6371.0088 * haversine.sqrt().asin()
}

/// The number of characters to insert, remove or replace: the definition as a complete table.
fn levenshtein(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
    for i in 0..=left.len() {
        for j in 0..=right.len() {
            table[i][j] = match (i, j) {
                (0, other) | (other, 0) => other,
                _ => {
                    let replaced = table[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                    replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                }
            };
        }
    }
    table[left.len()][right.len()]
}

fn similarity(left: &str, right: &str) -> f64 {
    let longer = left.chars().count().max(right.chars().count());
    1.0 - levenshtein(left, right) as f64 / longer as f64
}

/// 1 at the point, one half at a distance of `scale_km`.
fn nearness(city: &City, place: (f64, f64), scale_km: f64) -> f64 {
    (haversine(city, place).powi(2) * 0.5_f64.ln() / scale_km.powi(2)).exp()
}

fn udf(name: &str, parameters: Json) -> Json {
    json!({ "wasm_udf": { "name": name, "parameters": parameters } })
}

/// Searches the cities; returns the response.
fn search(query: Json, size: usize) -> Json {
    let body = json!({
        "query": query, "size": size, "_source": false, "track_total_hits": true, "profile": true
    });
    let (status, response) = installation().search("cities", &body);
    assert_eq!(status, 200, "{response:#}");
    response
}

/// The ids and scores of the hits, in order.
fn hits(response: &Json) -> Vec<(String, f64)> {
    let hits = response["hits"]["hits"].as_array().expect("hits");
    let hit = |hit: &Json| (hit["_id"].as_str().expect("an id").to_owned(), hit["_score"].as_f64().expect("a score"));
    hits.iter().map(hit).collect()
}

/// The number of documents that each function of a request was called with.
fn documents(response: &Json) -> Vec<u64> {
    let functions = response["profile"]["functions"].as_array().expect("functions");
    functions.iter().map(|function| function["documents"].as_u64().expect("a number")).collect()
}

/// The number of calls of each function of a request.
fn calls(response: &Json) -> Vec<u64> {
    let functions = response["profile"]["functions"].as_array().expect("functions");
    functions.iter().map(|function| function["calls"].as_u64().expect("a number")).collect()
}

/// Checks that a filter keeps exactly the cities that `expected` keeps, and was called with no city twice, in full batches: with all
/// of them, unless it announces ranges that it matches in.
#[track_caller]
fn check_filter(name: &str, parameters: Json, expected: impl Fn(&City) -> bool) {
    let response = search(json!({ "bool": { "filter": udf(name, parameters) } }), 10_000);
    let expected: Vec<String> = CITIES.iter().filter(|city| expected(city)).map(|city| city.id.clone()).collect();
    assert!(!expected.is_empty() && expected.len() < 10_000, "only {} cities", expected.len());
    let found: Vec<String> = hits(&response).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, expected);
    assert_eq!(response["hits"]["total"]["value"], expected.len());
    let (documents, calls) = (documents(&response), calls(&response));
    assert_eq!((documents.len(), calls.len()), (1, 1));
    assert!((expected.len() as u64..=CITIES.len() as u64).contains(&documents[0]), "{documents:?}");
    assert!(calls[0] <= CITIES.len().div_ceil(4096) as u64, "{calls:?}");
}

/// Checks that the hits are the best cities by `expected`, which returns `None` for cities that do not match, and that each has
/// the expected score up to `tolerance`.
#[track_caller]
fn check_scores(response: &Json, tolerance: f64, expected: impl Fn(&City) -> Option<f64>) {
    let mut ranked: Vec<(&str, f64)> =
        CITIES.iter().filter_map(|city| Some((city.id.as_str(), expected(city)?))).collect();
    let by_id: HashMap<&str, f64> = ranked.iter().copied().collect();
    // The sort is stable: equal scores keep the order of the documents.
    ranked.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    assert_eq!(response["hits"]["total"]["value"], ranked.len());
    let found = hits(response);
    assert!(found.len() >= 100.min(ranked.len()), "only {} hits", found.len());
    for ((id, score), (_, expected)) in found.iter().zip(&ranked) {
        assert!((score - expected).abs() <= tolerance * expected.abs(), "{id} scores {score}, the rank {expected}");
        let own = by_id.get(id.as_str()).unwrap_or_else(|| panic!("{id} does not match"));
        assert!((score - own).abs() <= tolerance * own.abs(), "{id} scores {score}, not {own}");
    }
}

#[test]
fn number_range_keeps_numbers_in_the_range() {
    check_filter("number_range", json!({ "field": "population", "min": 1e6 }), |city| city.population >= 1_000_000);
    check_filter("number_range", json!({ "field": "population", "min": 50_000, "max": 60_000 }), |city| {
        (50_000..=60_000).contains(&city.population)
    });
}

#[test]
fn string_distance_keeps_similar_strings() {
    for (text, max_distance) in [("Berlin", 2), ("San José", 3), ("北京", 2), ("Saint Petersburg-on-the-Neva", 14)] {
        let parameters = json!({ "field": "name.raw", "text": text, "max_distance": max_distance });
        check_filter("string_distance", parameters, |city| levenshtein(text, &city.name) <= max_distance);
    }
    let parameters = json!({ "field": "name.raw", "text": "SANTA MARIA", "max_distance": 3, "ignore_case": true });
    check_filter("string_distance", parameters, |city| levenshtein("santa maria", &city.name.to_lowercase()) <= 3);
}

#[test]
fn string_distance_scores_by_similarity() {
    let scorer = udf("string_distance", json!({ "field": "name.raw", "text": "Villa Nueva" }));
    let all =
        search(json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": scorer["wasm_udf"] } }), 1_000);
    check_scores(&all, 1e-6, |city| Some(similarity("Villa Nueva", &city.name)));
    assert_eq!(documents(&all), [CITIES.len() as u64]);
}

#[test]
fn geo_distance_keeps_points_within_the_radius() {
    for (place, radius) in
        [(BERLIN, 100.0), ((0.0, 179.9), 3_000.0), ((-89.0, 0.0), 5_000.0), ((35.6895, 139.69171), 0.1)]
    {
        let parameters = json!({ "field": "location", "lat": place.0, "lon": place.1, "radius_km": radius });
        check_filter("geo_distance", parameters, |city| haversine(city, place) <= radius);
    }
}

#[test]
fn geo_distance_agrees_with_the_built_in_query() {
    let function = udf("geo_distance", json!({ "field": "location", "lat": 48.85, "lon": 2.35, "radius_km": 200 }));
    let built_in = json!({ "geo_distance": { "distance": "200km", "location": { "lat": 48.85, "lon": 2.35 } } });
    let found = |query: Json| hits(&search(query, 10_000)).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(found(function), found(built_in));
}

#[test]
fn geo_distance_scores_by_nearness() {
    let parameters = json!({ "field": "location", "lat": BERLIN.0, "lon": BERLIN.1, "scale_km": 300 });
    let scorer = udf("geo_distance", parameters);
    let response =
        search(json!({ "script_score": { "query": { "match_all": {} }, "wasm_udf": scorer["wasm_udf"] } }), 1_000);
    check_scores(&response, 1e-5, |city| Some(nearness(city, BERLIN, 300.0)));
}

#[test]
fn custom_score_is_score_times_boost_plus_factor_times_field() {
    let scorer = udf("custom_score", json!({ "field": "population", "boost": 7, "factor": 0.001 }));
    let query = json!({ "script_score": {
        "query": { "constant_score": { "filter": { "term": { "country_code": "JP" } }, "boost": 3 } },
        "wasm_udf": scorer["wasm_udf"],
    } });
    let response = search(query, 1_000);
    let japanese = CITIES.iter().filter(|city| city.country_code == "JP").count();
    assert_eq!(documents(&response), [japanese as u64], "only candidates of the query");
    check_scores(&response, 1e-6, |city| {
        (city.country_code == "JP").then_some(3.0 * 7.0 + 0.001 * city.population as f64)
    });
}

#[test]
fn two_filters_and_two_scorers_in_one_request() {
    let population = |city: &City| (100_000..=2_000_000).contains(&city.population);
    let near = |city: &City| haversine(city, BERLIN) <= 1_000.0;
    let query = json!({ "function_score": {
        "query": { "bool": {
            "must": { "constant_score": { "filter": { "terms": { "country_code": ["DE", "PL", "FR", "CZ"] } } } },
            "filter": [
                udf("number_range", json!({ "field": "population", "min": 100_000, "max": 2_000_000 })),
                udf("geo_distance", json!({
                    "field": "location", "lat": BERLIN.0, "lon": BERLIN.1, "radius_km": 1_000
                })),
            ],
        } },
        "functions": [
            { "weight": 5, "wasm_udf": { "name": "string_distance",
                                         "parameters": { "field": "name.raw", "text": "Hamburg" } } },
            { "weight": 3, "wasm_udf": { "name": "geo_distance", "parameters": {
                "field": "location", "lat": BERLIN.0, "lon": BERLIN.1, "scale_km": 200 } } },
        ],
        "score_mode": "sum",
        "boost_mode": "replace",
    } });
    let response = search(query, 1_000);
    let candidate = |city: &City| ["DE", "PL", "FR", "CZ"].contains(&city.country_code.as_str());
    check_scores(&response, 1e-5, |city| {
        (candidate(city) && population(city) && near(city))
            .then(|| 5.0 * similarity("Hamburg", &city.name) + 3.0 * nearness(city, BERLIN, 200.0))
    });
    // The first filter gets the candidates of the query, the second what the first kept, the scorers what both kept.
    let count = |keep: &dyn Fn(&City) -> bool| CITIES.iter().filter(|city| keep(city)).count() as u64;
    let candidates = count(&candidate);
    let large = count(&|city| candidate(city) && population(city));
    let both = count(&|city| candidate(city) && population(city) && near(city));
    assert!(both > 0 && both < large && large < candidates);
    // The filters announce the ranges that they match in: all others are left out before.
    let [first, second, third, fourth] = documents(&response)[..] else { panic!("four functions are called") };
    assert_eq!((first, third, fourth), (large, both, both));
    assert!((both..=large).contains(&second), "{second} documents");
    let batches = candidates.div_ceil(4096);
    assert_eq!(calls(&response), [batches; 4]);
}

#[test]
fn one_function_twice_with_different_arguments() {
    let near_to = |text: &str| udf("string_distance", json!({ "field": "name.raw", "text": text, "max_distance": 3 }));
    let both = search(json!({ "bool": { "filter": [near_to("Santos"), near_to("Sants")] } }), 10_000);
    let near = |text: &str, city: &City| levenshtein(text, &city.name) <= 3;
    let expected: Vec<&City> = CITIES.iter().filter(|city| near("Santos", city) && near("Sants", city)).collect();
    let found = hits(&both);
    assert!(!found.is_empty());
    assert_eq!(
        found.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        expected.iter().map(|city| &city.id).collect::<Vec<_>>()
    );
    let first = CITIES.iter().filter(|city| near("Santos", city)).count() as u64;
    assert_eq!(documents(&both), [CITIES.len() as u64, first]);

    let either = search(json!({ "bool": { "should": [near_to("Santos"), near_to("Madrid")] } }), 10_000);
    check_scores(&either, 0.0, |city| {
        let matched = u8::from(near("Santos", city)) + u8::from(near("Madrid", city));
        (matched > 0).then(|| f64::from(matched))
    });
}

#[test]
fn random_scores_depend_on_the_seed() {
    let scores = |random: Json| {
        let query = json!({ "function_score": { "random_score": random, "boost_mode": "replace" } });
        hits(&search(query, 1_000))
    };
    let first = scores(json!({ "seed": 7 }));
    assert_eq!(first, scores(json!({ "seed": 7 })));
    assert_ne!(first, scores(json!({ "seed": 8 })));
    assert!(first.iter().all(|(_, score)| (0.0..1.0).contains(score)));
    // 25,000 uniformly distributed numbers: the best thousand are above about 0.96.
    assert!(first.last().is_some_and(|(_, score)| (0.95..0.97).contains(score)));
}
