//! What a response shows of aggregations.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use crate::hits::Hits;

/// What a response shows of aggregations: JSON, in which the sources of hits are texts as they were added.
#[derive(Debug, Default)]
pub struct AggregationsResponse(ShownObject);

/// A value of a response.
#[derive(Debug)]
pub(crate) enum Shown {
    Json(Json),
    Object(ShownObject),
    List(Vec<ShownObject>),
    Hits(Box<Hits>),
}

/// The entries of an object, in their order.
#[derive(Debug, Default)]
pub(crate) struct ShownObject(Vec<(String, Shown)>);

impl AggregationsResponse {
    pub(crate) fn new(object: ShownObject) -> Self {
        AggregationsResponse(object)
    }

    /// Makes the totals of hits plain numbers.
    pub(crate) fn with_number_totals(&mut self) {
        self.0.with_number_totals();
    }
}

impl ShownObject {
    pub(crate) fn new(map: Map<String, Json>) -> Self {
        ShownObject(map.into_iter().map(|(key, json)| (key, Shown::Json(json))).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds an entry. One of the first `reserved` entries with this key is replaced; no other may have the key.
    pub(crate) fn set(&mut self, key: String, value: Shown, reserved: usize) {
        match self.0.iter_mut().take(reserved).find(|(other, _)| *other == key) {
            Some((_, place)) => *place = value,
            None => self.0.push((key, value)),
        }
    }

    /// Adds entries whose keys are not there.
    pub(crate) fn extend(&mut self, entries: impl IntoIterator<Item = (String, Shown)>) {
        self.0.extend(entries);
    }

    pub(crate) fn append(&mut self, other: ShownObject) {
        self.0.extend(other.0);
    }

    fn with_number_totals(&mut self) {
        for (_, value) in &mut self.0 {
            match value {
                Shown::Json(_) => {}
                Shown::Object(object) => object.with_number_totals(),
                Shown::List(list) => list.iter_mut().for_each(ShownObject::with_number_totals),
                Shown::Hits(hits) => hits.with_number_total(),
            }
        }
    }
}

impl Serialize for AggregationsResponse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for ShownObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Json(json) => json.serialize(serializer),
            Shown::Object(object) => object.serialize(serializer),
            Shown::List(list) => list.serialize(serializer),
            Shown::Hits(hits) => hits.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_keep_their_order_and_reserved_ones_are_replaced() {
        let mut object = ShownObject::new(Map::from_iter([("doc_count".to_owned(), 3.into())]));
        object.set("b".to_owned(), Shown::Json(json!(1)), 1);
        object.set("doc_count".to_owned(), Shown::Json(json!({"value": 2})), 1);
        object.extend([("a".to_owned(), Shown::List(vec![ShownObject::default()]))]);
        let text = serde_json::to_string(&AggregationsResponse::new(object)).expect("it serialises");
        assert_eq!(text, r#"{"doc_count":{"value":2},"b":1,"a":[{}]}"#);
    }
}
