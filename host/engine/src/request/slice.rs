//! `slice`: a part of the documents, so that several clients can read an index together.

use serde::Serialize;

use crate::Error;
use crate::json::{ErrorKind, Fields, Node, ParseError};

/// Most slices; 1,024 is what clients expect.
const MAX_SLICES: usize = 1_024;

/// One of several parts of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Slice {
    pub(crate) id: usize,
    pub(crate) max: usize,
    /// The field by whose values clients may ask to cut. Documents are cut by their positions in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
}

impl Slice {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Self::parse_fields(node.fields()?, node).map_err(|error| error.of_kind(ErrorKind::Object))
    }

    fn parse_fields(mut fields: Fields<'_>, node: &Node<'_>) -> Result<Self, ParseError> {
        let id = fields.required("id", "[slice]")?.count()?;
        let max = fields.required("max", "[slice]")?.count()?;
        let field = fields.optional("field", |node| node.text().map(str::to_owned))?;
        fields.finish("[slice]")?;
        if max < 2 || max <= id {
            return Err(node.error("[max] of [slice] must be greater than 1 and greater than [id]"));
        }
        Ok(Slice { id, max, field })
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.max <= MAX_SLICES {
            return Ok(());
        }
        let max = self.max;
        Err(Error::shard_argument(format!(
            "The number of slices [{max}] is too large. It must be at most [{MAX_SLICES}]"
        )))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn a_slice_is_one_of_several() {
        let parse = |json: Json| Slice::parse(&Node::root(&json)).map_err(|error| error.kind);
        assert_eq!(parse(json!({"id": 1, "max": 2})), Ok(Slice { id: 1, max: 2, field: None }));
        for mistake in [
            json!({"id": 2, "max": 2}),
            json!({"id": -1, "max": 2}),
            json!({"id": 0, "max": 1}),
            json!({"id": 0}),
            json!({"id": "a", "max": 2}),
            json!({"id": 0, "max": 2, "nope": 1}),
        ] {
            assert_eq!(parse(mistake.clone()), Err(ErrorKind::Object), "{mistake}");
        }
        let with_max = |max| Slice { id: 0, max, field: None }.check();
        assert!(with_max(1_024).is_ok());
        assert!(with_max(1_025).is_err());
    }
}
