//! `sort`: by fields, `_score`, `_doc`.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json};

use crate::json::{Node, ParseError};

/// One level of the sort.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sort {
    pub(crate) by: SortBy,
    pub(crate) direction: Direction,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SortBy {
    Score,
    /// The order in the index.
    Doc,
    Field {
        name: String,
        missing: Missing,
        mode: Option<Mode>,
        is_optional: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// Where documents without a value go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Missing {
    First,
    Last,
    /// They sort as if they had this.
    Value(Json),
}

/// Which of several values counts. Without one, the smallest for an ascending sort and the largest for a descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Min,
    Max,
}

impl Sort {
    pub(crate) fn parse_list(node: &Node<'_>) -> Result<Vec<Self>, ParseError> {
        node.items().map(|item| Self::parse(&item)).collect()
    }

    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if let Json::String(name) = node.json() {
            return Ok(Self::simple(name, None));
        }
        let (name, body) = node.only_entry("a sort")?;
        if body.json().is_string() {
            return Ok(Self::simple(name, Some(Direction::parse(&body)?)));
        }
        let mut fields = body.fields()?;
        let mut sort = Self::simple(name, fields.optional("order", Direction::parse)?);
        if let SortBy::Field { missing, mode, is_optional, .. } = &mut sort.by {
            *missing = fields.nullable("missing", Missing::parse)?.unwrap_or(Missing::Last);
            *mode = fields.optional("mode", Mode::parse)?;
            // What a field that is nowhere mapped would be does not matter: it has no values.
            *is_optional = fields.take("unmapped_type").is_some();
        }
        fields.finish("a sort")?;
        Ok(sort)
    }

    /// A sort by name; `_score` goes down by default, all else up.
    pub(crate) fn simple(name: &str, direction: Option<Direction>) -> Self {
        let (by, default) = match name {
            "_score" => (SortBy::Score, Direction::Descending),
            "_doc" => (SortBy::Doc, Direction::Ascending),
            _ => {
                let name = name.to_owned();
                (SortBy::Field { name, missing: Missing::Last, mode: None, is_optional: false }, Direction::Ascending)
            }
        };
        Sort { by, direction: direction.unwrap_or(default) }
    }
}

impl Serialize for Sort {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut options = Map::new();
        let order = if self.direction == Direction::Ascending { "asc" } else { "desc" };
        options.insert("order".to_owned(), order.into());
        let name = match &self.by {
            SortBy::Score => "_score",
            SortBy::Doc => "_doc",
            SortBy::Field { name, missing, mode, is_optional } => {
                let missing = match missing {
                    Missing::First => "_first".into(),
                    Missing::Last => "_last".into(),
                    Missing::Value(value) => value.clone(),
                };
                options.insert("missing".to_owned(), missing);
                if let Some(mode) = mode {
                    options.insert("mode".to_owned(), if *mode == Mode::Min { "min" } else { "max" }.into());
                }
                if *is_optional {
                    // Which type does not matter.
                    options.insert("unmapped_type".to_owned(), "long".into());
                }
                name
            }
        };
        let mut entry = serializer.serialize_map(Some(1))?;
        entry.serialize_entry(name, &options)?;
        entry.end()
    }
}

impl Direction {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.text()? {
            "asc" => Ok(Direction::Ascending),
            "desc" => Ok(Direction::Descending),
            other => Err(node.error(format!("a sort's order must be [asc] or [desc], got [{other}]"))),
        }
    }
}

impl Missing {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Ok(match node.json() {
            Json::String(text) if text == "_last" => Missing::Last,
            Json::String(text) if text == "_first" => Missing::First,
            value => Missing::Value(value.clone()),
        })
    }
}

impl Mode {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.text()? {
            "min" => Ok(Mode::Min),
            "max" => Ok(Mode::Max),
            other => Err(node.error(format!("a sort's mode must be [min] or [max], got [{other}]"))),
        }
    }
}
