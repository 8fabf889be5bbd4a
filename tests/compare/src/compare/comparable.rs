//! Aggregations and suggestions without what does not count.

use serde_json::{Map, Value as Json};

/// The same without what depends on how a server is built: the empty `meta` that the other server adds to some of them, the words
/// of explanations, and the order of what has none.
pub(super) fn comparable(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let mut comparable_members = Map::new();
            for (key, value) in members {
                let is_empty_meta = key == "meta" && value.as_object().is_some_and(Map::is_empty);
                let value = match key.as_str() {
                    "_shard" | "_node" => continue,
                    _ if is_empty_meta => continue,
                    "_explanation" => value["value"].clone(),
                    "matched_queries" => sorted(value),
                    _ => comparable(value),
                };
                comparable_members.insert(key.clone(), value);
            }
            Json::Object(comparable_members)
        }
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(comparable).collect();
            // Significant terms with the same score, and the fields of statistics.
            let order = |item: &Json| match (item.get("bg_count"), item.get("kurtosis")) {
                (Some(_), _) => Some(item["key"].to_string()),
                (_, Some(_)) => Some(item["name"].to_string()),
                _ => None,
            };
            if items.iter().all(|item| order(item).is_some()) {
                items.sort_by_key(order);
            }
            Json::Array(items)
        }
        other => other.clone(),
    }
}

/// A list in an order of its own.
fn sorted(json: &Json) -> Json {
    let mut items = json.as_array().cloned().unwrap_or_default();
    items.sort_by_key(Json::to_string);
    Json::Array(items)
}
