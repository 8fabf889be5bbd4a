//! `indices_boost`: factors of scores by index.

use quidditch_index::matches_pattern;
use serde::ser::{Serialize, SerializeSeq, Serializer};
use serde_json::{Value as Json, json};

use crate::Error;
use crate::json::{Node, ParseError};

/// Factors by the names of indices, or patterns of names. The first that fits counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct IndicesBoost(Vec<(String, f32)>);

impl IndicesBoost {
    /// `[{"name": 2.0}, {"pattern*": 1.5}]`, or an object.
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut boosts = Vec::new();
        if node.is_object() {
            for (name, boost) in node.fields()?.entries() {
                boosts.push((name.to_owned(), number(&boost)?));
            }
            return Ok(IndicesBoost(boosts));
        }
        for item in node.list()? {
            let mut entries = item.map()?.iter();
            let (Some((name, _)), None) = (entries.next(), entries.next()) else {
                return Err(item.error("an entry of [indices_boost] must have one name of an index and a number"));
            };
            let boost = item.child(name).unwrap_or(item);
            boosts.push((name.clone(), number(&boost)?));
        }
        Ok(IndicesBoost(boosts))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The factor of an index: 1 if no name fits.
    ///
    /// # Errors
    /// [`Error::Shard`] if it is negative.
    pub(crate) fn of(&self, index: &str) -> Result<f32, Error> {
        let fits = |(name, _): &&(String, f32)| matches_pattern(name, index);
        match self.0.iter().find(fits) {
            Some((_, boost)) if *boost < 0.0 => {
                Err(Error::shard_argument(format!("a factor of [indices_boost] must not be negative, got [{boost}]")))
            }
            Some((_, boost)) => Ok(*boost),
            None => Ok(1.0),
        }
    }
}

/// Unlike elsewhere, not a number in a string.
fn number(node: &Node<'_>) -> Result<f32, ParseError> {
    match node.json() {
        Json::Number(_) => node.float(),
        _ => Err(node.error("a factor of [indices_boost] must be a number")),
    }
}

impl Serialize for IndicesBoost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for (name, boost) in &self.0 {
            list.serialize_element(&json!({ name: boost }))?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_that_fits_counts() {
        let boosts = |json: Json| IndicesBoost::parse(&Node::root(&json)).map_err(|error| error.reason);
        let list = boosts(json!([{"cities": 2}, {"c*": 3.5}])).expect("valid");
        let of = |list: &IndicesBoost, index: &str| list.of(index).ok();
        assert_eq!([of(&list, "cities"), of(&list, "countries"), of(&list, "x")], [Some(2.0), Some(3.5), Some(1.0)]);
        assert_eq!(of(&boosts(json!({"c*": 3.5})).expect("valid"), "cities"), Some(3.5));
        assert_eq!(of(&boosts(json!({"c*": -1})).expect("valid"), "cities"), None);
        assert!(boosts(json!({})).expect("valid").is_empty());
        for mistake in
            [json!("x"), json!(null), json!([5]), json!([{}]), json!([{"a": 1, "b": 2}]), json!([{"a": "2"}])]
        {
            assert!(boosts(mistake.clone()).is_err(), "{mistake}");
        }
    }
}
