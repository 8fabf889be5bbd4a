//! Random aggregations of documents and of their terms: the best, samples, and what is significant.

use serde_json::{Value as Json, json};

use super::super::field_type::FieldType;
use super::super::world::World;
use super::field::{body, field, is_numeric, scripted};

/// The best documents, in an order without ties.
pub(super) fn top_hits(world: &mut World) -> Json {
    let mut body = json!({ "size": 1 + world.random.below(8), "_source": false });
    if world.random.chance(0.3) {
        body["from"] = world.random.below(4).into();
    }
    let level = match field(world, |field| field.kind.has_column()) {
        Some(field) if world.random.chance(0.6) => {
            let path = field.path;
            json!({ path: { "order": world.random.pick(&["asc", "desc"]) } })
        }
        _ => json!("_score"),
    };
    // The objects of a document have no ids: only their fields and their order distinguish them.
    body["sort"] = json!([level, if world.is_in_nested { "_doc" } else { "_id" }]);
    if world.random.chance(0.3) {
        body["track_scores"] = true.into();
    }
    if let Some(field) = field(world, |field| field.kind.has_column()).filter(|_| world.random.chance(0.4)) {
        body["docvalue_fields"] = json!([field.path]);
    }
    if world.random.chance(0.2) {
        body["fields"] = json!(["*"]);
    }
    json!({ "top_hits": body })
}

/// The best documents, with aggregations inside.
pub(super) fn sample(world: &mut World) -> Json {
    let size = world.random.pick(&[1, 3, 10, 100]);
    if world.random.chance(0.6) {
        return json!({ "sampler": { "shard_size": size } });
    }
    // What counts as the value of documents without one is another matter.
    let can_diversify = |kind: FieldType| {
        matches!(kind, FieldType::Keyword | FieldType::Long | FieldType::Integer | FieldType::Date | FieldType::Boolean)
    };
    let field = field(world, |field| can_diversify(field.kind) && field.density >= 1.0 && field.several == 0.0);
    let field = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
    let most = world.random.pick(&[1, 1, 2, 5]);
    json!({ "diversified_sampler": { "field": field, "shard_size": 100, "max_docs_per_value": most } })
}

pub(super) fn significant(world: &mut World) -> Json {
    let heuristic = world.random.pick(&["jlh", "mutual_information", "chi_square", "gnd", "percentage"]);
    let options = match heuristic {
        "mutual_information" | "chi_square" if world.random.chance(0.5) => json!({ "include_negatives": true }),
        _ => json!({}),
    };
    if world.random.chance(0.25) {
        let field = field(world, |field| field.kind == FieldType::Text);
        let Some(field) = field else { return json!({ "significant_terms": { "field": "unmapped" } }) };
        return json!({ "significant_text": {
            "field": field.path, "size": 1_000, "min_doc_count": 1 + world.random.below(3), heuristic: options
        } });
    }
    let kinds =
        [FieldType::Keyword, FieldType::Ip, FieldType::Long, FieldType::Integer, FieldType::Boolean, FieldType::Date];
    let field = field(world, |field| kinds.contains(&field.kind));
    let mut body = match field {
        None => json!({ "field": "unmapped" }),
        Some(field) => json!({ "field": field.path }),
    };
    // Which of equal terms come first is not defined.
    body["size"] = 1_000.into();
    body["min_doc_count"] = (1 + world.random.below(3)).into();
    if world.random.chance(0.3) {
        body["background_filter"] = world.query();
    }
    body[heuristic] = options;
    json!({ "significant_terms": body })
}

pub(super) fn ip_range(world: &mut World) -> Json {
    let field = field(world, |field| field.kind == FieldType::Ip);
    let field = field.map_or_else(|| "unmapped".to_owned(), |field| field.path);
    let range = world.random.pick(&[
        json!([{ "to": "10.0.0.5" }, { "from": "10.0.0.5" }]),
        json!([{ "mask": "10.0.0.0/8" }, { "mask": "192.168.0.0/16", "key": "home" }, { "mask": "2001:db8::/32" }]),
        json!([{}, { "from": "::", "to": "::ffff:1.2.3.4" }]),
    ]);
    json!({ "ip_range": { "field": field, "ranges": range, "keyed": world.random.chance(0.3) } })
}

pub(super) fn matrix_stats(world: &mut World) -> Json {
    let fields: Vec<String> = (0..=world.random.below(3))
        .map(|_| world.field(|field| field.kind.is_number()).map_or_else(|| "unmapped".to_owned(), |field| field.path))
        .collect();
    json!({ "matrix_stats": { "fields": fields } })
}

/// Buckets of values that are near to each other. What is inside of them is another matter.
pub(super) fn variable_width_histogram(world: &mut World) -> Json {
    let field = field(world, |field| field.kind.is_number());
    let mut body = body(world, field.as_ref());
    body["buckets"] = (1 + world.random.below(8)).into();
    json!({ "variable_width_histogram": body })
}

/// Figures of the distribution of values.
pub(super) fn distribution(world: &mut World) -> Json {
    let field = field(world, |field| is_numeric(field) && field.kind != FieldType::Date);
    let mut body = body(world, field.as_ref());
    match world.random.below(5) {
        0 => {
            body["percents"] = json!([0, 25, 50, 99.9]);
            // All values, where there are more than a digest of the usual size keeps.
            body["tdigest"] = json!({ "compression": 1_000 });
            scripted(world, &mut body, field.as_ref());
            json!({ "percentiles": body })
        }
        4 if !world.is_in_nested && field.is_some() => {
            body["script"] = "Math.abs(_value)".into();
            body["hdr"] = json!({ "number_of_significant_value_digits": world.random.below(4) });
            json!({ "percentiles": body })
        }
        1 => {
            body["values"] = json!([-10, 0, 7.5, 1e6]);
            body["tdigest"] = json!({ "compression": 1_000 });
            json!({ "percentile_ranks": body })
        }
        2 => {
            let weight = world.field(|field| field.kind.is_number() && field.several == 0.0);
            let weight = weight.map_or_else(|| "unmapped".to_owned(), |field| field.path);
            json!({ "weighted_avg": { "value": body, "weight": { "field": weight } } })
        }
        _ => {
            body["sigma"] = world.random.pick(&[json!(0), json!(1.5), json!(3)]);
            json!({ "extended_stats": body })
        }
    }
}
