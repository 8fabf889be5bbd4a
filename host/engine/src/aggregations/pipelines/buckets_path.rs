//! Paths to values of buckets.

use crate::json::{ErrorKind, Node, ParseError};

/// A path such as `a>b.c` or `a['key']>b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BucketsPath {
    pub(super) text: String,
    pub(super) elements: Vec<Element>,
}

/// What is between two `>` of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    /// What follows in brackets or after the last dot: a value, or the key of a bucket in quotes.
    pub(super) key: Option<String>,
}

impl BucketsPath {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        Self::from_text(node.text()?, node)
    }

    /// The path of a text; `node` is where mistakes are.
    pub(super) fn from_text(text: &str, node: &Node<'_>) -> Result<Self, ParseError> {
        let parts: Vec<&str> = text.split('>').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            return Err(node.mistake(ErrorKind::Validation, "a path to buckets must not be empty"));
        }
        let elements = parts.split_last().and_then(|(last, others)| {
            others
                .iter()
                .map(|part| Element::parse(part))
                .chain([Element::parse_last(last)])
                .collect::<Option<Vec<_>>>()
        });
        let elements = elements.ok_or_else(|| {
            let reason =
                format!("invalid path to buckets [{text}]: a name is followed by [.value], [[value]] or [['key']]");
            node.mistake(ErrorKind::Aggregation, reason)
        })?;
        Ok(BucketsPath { text: text.to_owned(), elements })
    }

    /// The steps from a bucket to the value.
    pub(super) fn steps(&self) -> Vec<&str> {
        self.elements
            .iter()
            .flat_map(|element| [Some(element.name.as_str()), element.key.as_deref()])
            .flatten()
            .collect()
    }

    /// Whether it leads to something that every bucket has.
    pub(super) fn is_of_bucket(&self) -> bool {
        matches!(self.text.as_str(), "_count" | "_key")
    }
}

impl Element {
    /// A part of a path, which may have a key in brackets. `None` if it is malformed.
    fn parse(part: &str) -> Option<Self> {
        match part.rsplit_once('[') {
            Some((name, key)) => Self::with_key(name, key.strip_suffix(']')?),
            None => Some(Element { name: part.to_owned(), key: None }),
        }
    }

    /// The last part of a path, which may have a value after a dot, too.
    fn parse_last(part: &str) -> Option<Self> {
        match part.rsplit_once('.') {
            Some((name, key)) if !part.contains('[') => Self::with_key(name, key),
            _ => Self::parse(part),
        }
    }

    fn with_key(name: &str, key: &str) -> Option<Self> {
        (!name.is_empty() && !key.is_empty()).then(|| Element { name: name.to_owned(), key: Some(key.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps(text: &str) -> Vec<String> {
        let json = json!(text);
        let path = BucketsPath::parse(&Node::root(&json)).expect("a path");
        path.steps().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn paths_have_steps() {
        assert_eq!(steps("a"), ["a"]);
        assert_eq!(steps("a.max"), ["a", "max"]);
        assert_eq!(steps("a>b>c.d"), ["a", "b", "c", "d"]);
        assert_eq!(steps("a.b>c[99.9]"), ["a.b", "c", "99.9"]);
        assert_eq!(steps("a['x']>b"), ["a", "'x'", "b"]);
        assert_eq!(steps("a['x.y']"), ["a", "'x.y'"]);
    }

    #[test]
    fn malformed_paths_are_mistakes() {
        for (text, kind) in [
            ("", ErrorKind::Validation),
            (">", ErrorKind::Validation),
            ("a[", ErrorKind::Aggregation),
            ("a[]", ErrorKind::Aggregation),
            ("[x]", ErrorKind::Aggregation),
            (".x", ErrorKind::Aggregation),
            ("a['x'].y", ErrorKind::Aggregation),
        ] {
            let json = json!(text);
            assert_eq!(BucketsPath::parse(&Node::root(&json)).expect_err(text).kind, kind, "{text}");
        }
    }
}
