//! Random suggestions.

use serde_json::{Map, Value as Json, json};

use super::field_type::FieldType;
use super::world::World;

/// The value of `suggest` in a search.
pub(super) fn suggest(world: &mut World) -> Json {
    let mut suggestions = Map::new();
    let field = world.text_field();
    for name in ["one", "two"].into_iter().take(1 + world.random.below(2)) {
        let suggestion = match world.random.below(4) {
            0 | 1 => term(world, &field),
            2 => phrase(world, &field),
            _ => match world.field(|field| field.kind == FieldType::Completion) {
                Some(field) => completion(world, &field.path),
                None => term(world, &field),
            },
        };
        suggestions.insert(name.to_owned(), suggestion);
    }
    suggestions.into()
}

fn words(world: &mut World, most: usize) -> String {
    let words: Vec<String> = (0..=world.random.below(most)).map(|_| world.similar_word()).collect();
    words.join(" ")
}

fn term(world: &mut World, field: &str) -> Json {
    let mut options = json!({ "field": field });
    let mut set = |key: &str, choices: &[Json]| {
        if world.random.chance(0.25) {
            options[key] = world.random.pick(choices);
        }
    };
    set("suggest_mode", &[json!("always"), json!("popular"), json!("missing")]);
    set("max_edits", &[json!(1), json!(2)]);
    set("prefix_length", &[json!(0), json!(1), json!(2)]);
    set("min_word_length", &[json!(1), json!(3), json!(6)]);
    set("sort", &[json!("score"), json!("frequency")]);
    set("size", &[json!(1), json!(2), json!(10)]);
    set("max_term_freq", &[json!(0.1), json!(2), json!(0.5)]);
    set("min_doc_freq", &[json!(0.1), json!(1), json!(0)]);
    set(
        "string_distance",
        &["internal", "damerau_levenshtein", "levenshtein", "jaro_winkler", "ngram"].map(Json::from),
    );
    json!({ "text": words(world, 4), "term": options })
}

fn phrase(world: &mut World, field: &str) -> Json {
    let mut options = json!({ "field": field });
    let generator = json!({ "field": field, "suggest_mode": "always", "prefix_length": 0, "min_word_length": 2 });
    let mut set = |key: &str, choices: &[Json]| {
        if world.random.chance(0.3) {
            options[key] = world.random.pick(choices);
        }
    };
    set("confidence", &[json!(0), json!(1), json!(0.5)]);
    set("max_errors", &[json!(1), json!(2), json!(0.5)]);
    set("size", &[json!(1), json!(3)]);
    set("real_word_error_likelihood", &[json!(0.8), json!(0.5)]);
    set("highlight", &[json!({ "pre_tag": "<em>", "post_tag": "</em>" })]);
    set("direct_generator", &[json!([generator])]);
    set(
        "smoothing",
        &[
            json!({ "laplace": { "alpha": 0.7 } }),
            json!({ "stupid_backoff": { "discount": 0.3 } }),
            json!({ "linear_interpolation": { "trigram_lambda": 0.2, "bigram_lambda": 0.3, "unigram_lambda": 0.5 } }),
        ],
    );
    if world.random.chance(0.3) {
        let query = json!({ "match": { field: { "query": "{{suggestion}}", "operator": "{{operator}}" } } });
        options["collate"] = json!({
            "query": world.random.pick(&[json!(query.to_string()), json!({ "source": query })]),
            "params": { "operator": world.random.pick(&["and", "or"]) },
            "prune": world.random.chance(0.5),
        });
    }
    json!({ "text": words(world, 4), "phrase": options })
}

fn completion(world: &mut World, field: &str) -> Json {
    let word = words(world, 1);
    let beginning: String = word.chars().take(1 + world.random.below(4)).collect();
    let mut options = json!({ "field": field });
    if world.random.chance(0.3) {
        options["size"] = world.random.pick(&[1, 3, 50]).into();
    }
    if world.random.chance(0.3) {
        options["skip_duplicates"] = true.into();
    }
    if world.random.chance(0.2) {
        return json!({ "regex": format!("{beginning}.*"), "completion": options });
    }
    if world.random.chance(0.4) {
        options["fuzzy"] = world.random.pick(&[
            json!({}),
            json!({ "fuzziness": 2, "prefix_length": 0, "min_length": 1 }),
            json!({ "transpositions": false }),
            json!({ "unicode_aware": true }),
        ]);
    }
    json!({ "prefix": beginning, "completion": options })
}
