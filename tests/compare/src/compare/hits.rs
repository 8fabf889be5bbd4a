//! Comparing the hits of two search responses, and values that contain hits, such as aggregations.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value as Json};

use super::comparable::comparable;
use super::explanations::explain_the_same;
use crate::answer::shortened;
use crate::difference::{Difference, Kind};
use crate::near::equal;

/// What depends on how a server is built.
const IGNORED: [&str; 2] = ["_shard", "_node"];

/// What our `hits` differ in from theirs.
pub(super) fn compare(ours: &Json, theirs: &Json) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut check = |kind: Kind, path: &str, ours: &Json, theirs: &Json| {
        if !equal(ours, theirs) {
            let text = |json: &Json| shortened(&json.to_string());
            differences.push(Difference { kind, path: path.to_owned(), ours: text(ours), theirs: text(theirs) });
        }
    };
    check(Kind::Total, "hits.total", &ours["total"], &theirs["total"]);
    check(Kind::MaxScore, "hits.max_score", &ours["max_score"], &theirs["max_score"]);
    match (Page::new(ours), Page::new(theirs)) {
        (Some(ours), Some(theirs)) => differences.extend(ours.compare(&theirs)),
        _ => check(Kind::Value("hits.hits".to_owned()), "hits.hits", &ours["hits"], &theirs["hits"]),
    }
    differences
}

/// What tells a hit from others.
fn hit_id(hit: &Json) -> Option<String> {
    let id = hit.get("_id")?.as_str()?;
    Some(hit.get("_nested").map_or_else(|| id.to_owned(), |place| format!("{id} {place}")))
}

/// Hits of a response, in their order.
struct Page<'a> {
    hits: Vec<Hit<'a>>,
    /// Whether there are no other matches than these.
    is_complete: bool,
}

struct Hit<'a> {
    /// For a nested object, also where it is in its document.
    id: String,
    members: &'a Map<String, Json>,
}

impl<'a> Page<'a> {
    /// `None` if these are not hits with ids: a filter may have removed them.
    fn new(response: &'a Json) -> Option<Self> {
        let hit = |hit: &'a Json| Some(Hit { id: hit_id(hit)?, members: hit.as_object()? });
        let hits: Vec<Hit<'a>> = response["hits"].as_array()?.iter().map(hit).collect::<Option<_>>()?;
        let is_complete = response["total"]["value"] == hits.len() && response["total"]["relation"] == "eq";
        Some(Page { hits, is_complete })
    }

    fn compare(&self, theirs: &Page<'_>) -> Vec<Difference> {
        let mut differences = Vec::new();
        let by_id: HashMap<&str, &Hit<'_>> = theirs.hits.iter().map(|hit| (hit.id.as_str(), hit)).collect();
        let is_cut = self.hits.len() == theirs.hits.len() && !self.is_complete && !theirs.is_complete;
        for hit in &self.hits {
            match by_id.get(hit.id.as_str()) {
                Some(theirs) => differences.extend(hit.compare(theirs)),
                None if is_cut && self.is_at_edge(hit) => {}
                None => differences.push(only_one_has(hit, &hit.key().to_string(), "none")),
            }
        }
        for hit in &theirs.hits {
            let is_missing = self.hits.iter().all(|ours| ours.id != hit.id);
            if is_missing && !(is_cut && theirs.is_at_edge(hit)) {
                differences.push(only_one_has(hit, "none", &hit.key().to_string()));
            }
        }
        if differences.is_empty() {
            differences.extend(self.compare_order(theirs));
        }
        differences
    }

    /// Whether a hit is as good as the first or last of the page: others that are as good may be on another page.
    fn is_at_edge(&self, hit: &Hit<'_>) -> bool {
        [self.hits.first(), self.hits.last()].into_iter().flatten().any(|edge| equal(edge.key(), hit.key()))
    }

    /// The first place at which a hit of another rank is.
    fn compare_order(&self, theirs: &Page<'_>) -> Option<Difference> {
        let places = self.hits.iter().zip(&theirs.hits).enumerate();
        let (place, (ours, theirs)) =
            places.into_iter().find(|(_, (ours, theirs))| !equal(ours.key(), theirs.key()))?;
        let shown = |hit: &Hit<'_>| format!("[{}] with {}", hit.id, hit.key());
        let path = format!("hits.hits[{place}]");
        Some(Difference { kind: Kind::Order, path, ours: shown(ours), theirs: shown(theirs) })
    }
}

fn only_one_has(hit: &Hit<'_>, ours: &str, theirs: &str) -> Difference {
    let path = format!("hit [{}]", hit.id);
    Difference { kind: Kind::Hits, path, ours: ours.to_owned(), theirs: theirs.to_owned() }
}

impl<'a> Hit<'a> {
    /// What the hits are ordered by.
    fn key(&self) -> &'a Json {
        self.members.get("sort").or_else(|| self.members.get("_score")).unwrap_or(&Json::Null)
    }

    /// Compares two hits with the same id.
    fn compare(&self, theirs: &Hit<'_>) -> Vec<Difference> {
        let mut keys: Vec<&String> = self.members.keys().collect();
        keys.extend(theirs.members.keys().filter(|key| !self.members.contains_key(key.as_str())));
        let mut differences = Vec::new();
        for key in keys.into_iter().filter(|key| !IGNORED.contains(&key.as_str())) {
            let value = |hit: &Hit<'a>| hit.members.get(key).unwrap_or(&Json::Null);
            let (ours, theirs) = (value(self), theirs.members.get(key).unwrap_or(&Json::Null));
            let is_same = match key.as_str() {
                // Those of the other server come out of a hash set.
                "matched_queries" | "_ignored" => have_same_names(ours, theirs),
                "_explanation" => explain_the_same(ours, theirs),
                "inner_hits" => same(&comparable(ours), &comparable(theirs)),
                "fields" => have_same_fields(ours, theirs),
                _ => false,
            };
            if is_same || equal(ours, theirs) {
                continue;
            }
            let kind = match key.as_str() {
                "_score" => Kind::Score,
                "sort" => Kind::Sort,
                _ => Kind::Value(key.clone()),
            };
            let text = |json: &Json| shortened(&json.to_string());
            differences.push(Difference {
                kind,
                path: format!("{key} of [{}]", self.id),
                ours: text(ours),
                theirs: text(theirs),
            });
        }
        differences
    }
}

/// The values of fields, apart from flat objects: the other server shows these as texts, also under a name with a point at its end.
fn have_same_fields(ours: &Json, theirs: &Json) -> bool {
    let (none_of_ours, none_of_theirs) = (Map::new(), Map::new());
    let (ours, theirs) = (ours.as_object().unwrap_or(&none_of_ours), theirs.as_object().unwrap_or(&none_of_theirs));
    let is_flat = |name: &str| {
        let is_text = |json: &Json| json.as_str().is_some_and(|text| text.starts_with('{'));
        let are = |values: Option<&Json>, test: &dyn Fn(&Json) -> bool| {
            values.and_then(Json::as_array).is_some_and(|values| values.iter().all(test))
        };
        name.ends_with('.') || are(ours.get(name), &Json::is_object) && are(theirs.get(name), &is_text)
    };
    let names = ours.keys().chain(theirs.keys()).filter(|name| !is_flat(name));
    let value = |fields: &Map<String, Json>, name: &str| fields.get(name).cloned().unwrap_or_default();
    names.into_iter().all(|name| equal(&value(ours, name), &value(theirs, name)))
}

/// The names of matched queries have no order.
fn have_same_names(ours: &Json, theirs: &Json) -> bool {
    let names = |json: &Json| {
        let mut names: Vec<Json> = json.as_array()?.clone();
        names.sort_by_key(Json::to_string);
        Some(names)
    };
    names(ours).is_some() && names(ours) == names(theirs)
}

/// Whether two values are the same. Of hits with the same score or sort values, the order does not count.
pub(super) fn same(ours: &Json, theirs: &Json) -> bool {
    match (ours, theirs) {
        (Json::Object(ours), Json::Object(theirs)) => {
            let is_same = |(key, ours): (&String, &Json)| {
                theirs.get(key).is_some_and(|theirs| {
                    if key == "hits" && is_page(ours) && is_page(theirs) {
                        return compare(ours, theirs).is_empty();
                    }
                    // All counts are exact here, and there it may not be known.
                    let is_exact = key == "doc_count_error_upper_bound" && *ours == 0 && *theirs == -1;
                    is_exact || same(ours, theirs) || key == "buckets" && are_empty_address_ranges(ours, theirs)
                })
            };
            ours.len() == theirs.len() && ours.iter().all(is_same)
        }
        (Json::Array(ours), Json::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Json::String(ours), Json::String(theirs)) if is_far_date(ours, theirs) => true,
        _ => equal(ours, theirs),
    }
}

/// Whether these may be the same date after the year 9999, which is a number here.
fn is_far_date(ours: &str, theirs: &str) -> bool {
    /// The last millisecond of the year 9999.
    const LAST: f64 = 253_402_300_799_999.0;
    theirs.starts_with('+') && ours.parse::<f64>().is_ok_and(|millis| millis > LAST)
}

/// Whether these are buckets of an `ip_range` in a bucket without documents, where the other server may show none of them.
fn are_empty_address_ranges(ours: &Json, theirs: &Json) -> bool {
    let is_none = theirs.as_array().is_some_and(Vec::is_empty) || theirs.as_object().is_some_and(Map::is_empty);
    let is_range = |bucket: &Json| bucket["doc_count"] == 0 && (bucket["from"].is_string() || bucket["to"].is_string());
    is_none
        && match ours {
            Json::Array(buckets) => {
                let has_ends = |bucket: &Json| bucket["key"].as_str().is_some_and(|key| key.contains(['-', '*', '/']));
                let is_of_all = |bucket: &Json| bucket["doc_count"] == 0 && bucket["key"] == "*-*";
                buckets.iter().all(|bucket| is_range(bucket) && has_ends(bucket) || is_of_all(bucket))
            }
            Json::Object(buckets) => buckets.values().all(is_range),
            _ => false,
        }
}

/// Whether these are hits that can be told from each other.
fn is_page(json: &Json) -> bool {
    let Some(hits) = json["hits"].as_array() else { return false };
    let ids: BTreeSet<String> = hits.iter().filter_map(hit_id).collect();
    ids.len() == hits.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A page of hits with scores.
    fn scored(total: usize, hits: &[(&str, f64)]) -> Json {
        let max_score = hits.iter().map(|(_, score)| *score).reduce(f64::max);
        let hits: Vec<Json> = hits.iter().map(|(id, score)| json!({ "_id": id, "_score": score })).collect();
        json!({ "total": { "value": total, "relation": "eq" }, "max_score": max_score, "hits": hits })
    }

    /// A page of hits with sort values.
    fn sorted(total: usize, hits: &[(&str, Json)]) -> Json {
        let hits: Vec<Json> =
            hits.iter().map(|(id, sort)| json!({ "_id": id, "_score": null, "sort": sort })).collect();
        json!({ "total": { "value": total, "relation": "eq" }, "max_score": null, "hits": hits })
    }

    fn compared(ours: &Json, theirs: &Json) -> Vec<String> {
        compare(ours, theirs).iter().map(|difference| format!("{} | {difference}", difference.kind)).collect()
    }

    #[test]
    fn only_what_is_described_may_differ_in_values() {
        assert!(same(&json!("253402300800000"), &json!("+10000-01-01T00:00:00.000Z")));
        assert!(!same(&json!("7"), &json!("+10000-01-01T00:00:00.000Z")));
        let none = json!({ "buckets": [] });
        let of_addresses = json!({ "buckets": [{ "key": "10.0.0.0-*", "from": "10.0.0.0", "doc_count": 0 }] });
        assert!(same(&of_addresses, &none));
        assert!(!same(&json!({ "buckets": [{ "key": "a-b", "doc_count": 0 }] }), &none));
        let found = json!({ "buckets": [{ "key": "10.0.0.0-*", "from": "10.0.0.0", "doc_count": 1 }] });
        assert!(!same(&found, &none));
    }

    #[test]
    fn equal_pages_do_not_differ() {
        let page = scored(2, &[("a", 2.0), ("b", 1.0)]);
        assert_eq!(compared(&page, &page), [""; 0]);
        assert_eq!(compared(&page, &scored(2, &[("a", 2.000_001), ("b", 1.0)])), [""; 0]);
        let empty = scored(0, &[]);
        assert_eq!(compared(&empty, &empty), [""; 0]);
    }

    #[test]
    fn ties_come_in_any_order() {
        let ours = scored(3, &[("a", 2.0), ("b", 1.0), ("c", 1.000_001)]);
        let theirs = scored(3, &[("a", 2.0), ("c", 1.0), ("b", 1.0)]);
        assert_eq!(compared(&ours, &theirs), [""; 0]);
        let ours = sorted(3, &[("a", json!([1, "x"])), ("b", json!([1, "x"])), ("c", json!([1, "y"]))]);
        let theirs = sorted(3, &[("b", json!([1, "x"])), ("a", json!([1, "x"])), ("c", json!([1, "y"]))]);
        assert_eq!(compared(&ours, &theirs), [""; 0]);
    }

    #[test]
    fn a_page_may_end_within_a_tie() {
        let ours = scored(5, &[("a", 2.0), ("b", 1.0)]);
        assert_eq!(compared(&ours, &scored(5, &[("a", 2.0), ("c", 1.0)])), [""; 0]);
        // Whoever has the better score may not be missing.
        assert_eq!(
            compared(
                &scored(5, &[("a", 3.0), ("b", 2.0), ("c", 1.0)]),
                &scored(5, &[("a", 3.0), ("x", 2.0), ("c", 1.0)])
            ),
            ["hits | hit [b]: 2.0 instead of none", "hits | hit [x]: none instead of 2.0"]
        );
        // Nor may anyone if there are no more.
        assert_eq!(compared(&scored(1, &[("a", 1.0)]), &scored(1, &[("b", 1.0)])).len(), 2);
    }

    #[test]
    fn ranges_of_addresses_without_documents_may_be_missing() {
        let buckets = |buckets: Json| json!({ "a": { "buckets": buckets } });
        let range = json!({ "key": "10.0.0.1-*", "from": "10.0.0.1", "doc_count": 0 });
        let all = |count: u32| json!({ "key": "*-*", "doc_count": count });
        assert!(same(&buckets(json!([range, all(0)])), &buckets(json!([]))));
        assert!(!same(&buckets(json!([range, all(1)])), &buckets(json!([]))));
        assert!(!same(&buckets(json!([range])), &buckets(json!([all(0)]))));
        assert!(!same(&buckets(json!([{ "key": "a", "doc_count": 0 }])), &buckets(json!([]))));
        assert!(!same(&buckets(json!([])), &buckets(json!([all(0)]))));
    }

    #[test]
    fn scores_that_are_off_are_found() {
        let ours = scored(2, &[("a", 2.0), ("b", 1.0001)]);
        assert_eq!(
            compared(&ours, &scored(2, &[("a", 2.0), ("b", 1.0)])),
            ["score | _score of [b]: 1.0001 instead of 1.0"]
        );
    }

    #[test]
    fn totals_and_hits_that_differ_are_found() {
        let ours = scored(2, &[("a", 2.0), ("b", 1.0)]);
        let theirs = scored(3, &[("a", 2.0), ("b", 1.0), ("c", 1.0)]);
        assert_eq!(
            compared(&ours, &theirs),
            [
                r#"total | hits.total: {"value":2,"relation":"eq"} instead of {"value":3,"relation":"eq"}"#,
                "hits | hit [c]: none instead of 1.0"
            ]
        );
    }

    #[test]
    fn order_that_differs_is_found() {
        let ours = sorted(2, &[("a", json!([1])), ("b", json!([2]))]);
        let theirs = sorted(2, &[("b", json!([2])), ("a", json!([1]))]);
        assert_eq!(compared(&ours, &theirs), ["order | hits.hits[0]: [a] with [1] instead of [b] with [2]"]);
    }

    #[test]
    fn sort_values_that_differ_are_found() {
        let ours = sorted(1, &[("a", json!([null]))]);
        let theirs = sorted(1, &[("a", json!([9_223_372_036_854_775_807_i64]))]);
        assert_eq!(compared(&ours, &theirs), ["sort values | sort of [a]: [null] instead of [9223372036854775807]"]);
    }

    #[test]
    fn sources_that_differ_are_found() {
        let with = |source: Json| {
            let mut page = scored(1, &[("a", 1.0)]);
            page["hits"][0]["_source"] = source;
            page
        };
        assert_eq!(
            compared(&with(json!({ "x": 1 })), &with(json!({}))),
            [r#"value of _source | _source of [a]: {"x":1} instead of {}"#]
        );
    }

    #[test]
    fn hits_without_ids_are_compared_as_they_are() {
        let page = |value: u32| json!({ "hits": [{ "_source": { "x": value } }] });
        assert_eq!(compared(&page(1), &page(1)), [""; 0]);
        assert_eq!(compared(&page(1), &page(2)).len(), 1);
    }
}
