//! Values that contain pages of hits, such as aggregations.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::hits;
use crate::near::equal;

/// Whether two values are the same. Of hits with the same score or sort values, the order does not count.
pub(super) fn same(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Object(ours), Json::Object(theirs)) => {
            let is_same = |(key, ours): (&String, &Json)| {
                theirs.get(key).is_some_and(|theirs| {
                    if key == "hits" && is_page(ours) && is_page(theirs) {
                        return hits::compare(ours, theirs).is_empty();
                    }
                    same(ours, theirs) || key == "buckets" && are_empty_address_ranges(ours, theirs)
                })
            };
            ours.len() == theirs.len() && ours.iter().all(is_same)
        }
        (Json::Array(ours), Json::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        // A date after the year 9999, which is a number here.
        (Json::String(ours), Json::String(theirs)) if theirs.starts_with('+') && ours.parse::<f64>().is_ok() => true,
        _ => equal(ours, theirs),
    }
}

/// Whether these are buckets of an `ip_range` in a bucket without documents, where the other server may show none of them.
fn are_empty_address_ranges(ours: &Json, theirs: &Json) -> bool {
    let is_none = theirs.as_array().is_some_and(Vec::is_empty) || theirs.as_object().is_some_and(Map::is_empty);
    let is_range = |bucket: &Json| bucket["doc_count"] == 0 && !bucket["from"].is_number() && !bucket["to"].is_number();
    is_none
        && match ours {
            Json::Array(buckets) => {
                let has_ends = |bucket: &Json| bucket["key"].as_str().is_some_and(|key| key.contains(['-', '*', '/']));
                buckets.iter().all(|bucket| is_range(bucket) && has_ends(bucket))
            }
            Json::Object(buckets) => buckets.values().all(is_range),
            _ => false,
        }
}

/// Whether these are hits that can be told from each other.
fn is_page(json: &Json) -> bool {
    let Some(hits) = json["hits"].as_array() else { return false };
    let ids: BTreeSet<String> = hits.iter().filter_map(hits::hit_id).collect();
    ids.len() == hits.len()
}
