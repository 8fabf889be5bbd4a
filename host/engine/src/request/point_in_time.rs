//! `pit`: the point in time that is searched.

use std::time::Duration;

use crate::json::{ErrorKind, Fields, Node, ParseError, parse_duration};

/// The point in time that a request searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointInTime {
    /// As it was returned when the point in time was created.
    pub id: String,
    /// How long the client will use it from now on.
    pub keep_alive: Option<Duration>,
}

impl PointInTime {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let id = fields.required_or(ErrorKind::Argument, "id", "[pit]")?;
        let id = id.text().map_err(|error| error.of_kind(ErrorKind::Object))?.to_owned();
        let keep_alive = Self::parse_rest(fields).map_err(|error| error.of_kind(ErrorKind::Object))?;
        Ok(PointInTime { id, keep_alive })
    }

    fn parse_rest(mut fields: Fields<'_>) -> Result<Option<Duration>, ParseError> {
        let keep_alive = fields.optional("keep_alive", |node| node.text().and_then(|_| parse_duration(node)))?;
        fields.finish("[pit]")?;
        Ok(keep_alive)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        let parse = |json: Json| PointInTime::parse(&Node::root(&json)).map_err(|error| error.kind);
        let minute = Some(Duration::from_secs(60));
        assert_eq!(parse(json!({"id": "a"})), Ok(PointInTime { id: "a".to_owned(), keep_alive: None }));
        assert_eq!(parse(json!({"id": "a", "keep_alive": "1m"})).map(|pit| pit.keep_alive), Ok(minute));
        assert_eq!(parse(json!("x")), Err(ErrorKind::Parsing));
        assert_eq!(parse(json!({})), Err(ErrorKind::Argument));
        for mistake in [json!({"id": 5}), json!({"id": "a", "keep_alive": 5}), json!({"id": "a", "keep_alive": "x"})] {
            assert_eq!(parse(mistake.clone()), Err(ErrorKind::Object), "{mistake}");
        }
        assert_eq!(parse(json!({"id": "a", "nope": 1})), Err(ErrorKind::Object));
    }
}
