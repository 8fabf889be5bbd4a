//! `collapse`: the best hit of each group of documents with the same value.

use super::fetch_options::FetchOptions;
use super::parser::Parser;
use super::sort::Sort;
use crate::json::{ErrorKind, Node, ParseError};

/// Hits of a group where the request does not say how many.
const DEFAULT_SIZE: usize = 3;

/// What hits are grouped by.
pub(crate) struct Collapse {
    pub(crate) field: String,
    /// What is shown of each group in addition to its best hit.
    pub(crate) inner_hits: Vec<InnerHits>,
}

/// A page of the hits of each group.
pub(crate) struct InnerHits {
    pub(crate) name: String,
    pub(crate) from: usize,
    pub(crate) size: usize,
    /// Empty sorts by score.
    pub(crate) sort: Vec<Sort>,
    pub(crate) track_scores: bool,
    pub(crate) fetch: FetchOptions,
    /// The field by which the hits of the group are collapsed in turn.
    pub(crate) collapse: Option<String>,
}

impl Collapse {
    pub(crate) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        node.map()?;
        Self::parse_object(node, parser).map_err(|error| match error.kind {
            ErrorKind::Argument => error,
            _ if error.outer_kind.is_some() => error,
            _ => error.of_kind(ErrorKind::Object),
        })
    }

    fn parse_object(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let field = fields.required_or(ErrorKind::Argument, "field", "[collapse]")?;
        if field.text()?.is_empty() {
            return Err(field.error("the name of a field is empty"));
        }
        // Groups are searched together, in one pass.
        if let Some(searches) = fields.take("max_concurrent_group_searches")
            && searches.integer()? < 1
        {
            return Err(searches.error("[max_concurrent_group_searches] must be at least 1"));
        }
        let mut inner_hits: Vec<InnerHits> = Vec::new();
        if let Some(list) = fields.take("inner_hits") {
            for item in list.items() {
                let parsed = InnerHits::parse(&item, parser)?;
                if inner_hits.iter().any(|other| other.name == parsed.name) {
                    let reason = format!("[inner_hits] has the name [{}] twice", parsed.name);
                    return Err(item.mistake(ErrorKind::Argument, reason));
                }
                inner_hits.push(parsed);
            }
        }
        let field = field.text()?.to_owned();
        fields.finish("[collapse]")?;
        Ok(Collapse { field, inner_hits })
    }
}

impl InnerHits {
    fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let name = fields.required_or(ErrorKind::Argument, "name", "[inner_hits] of [collapse]")?.text()?.to_owned();
        let count = |node: &Node<'_>| node.count().map_err(|error| error.of_kind(ErrorKind::Object));
        let inner_hits = InnerHits {
            name,
            from: fields.optional("from", count)?.unwrap_or(0),
            size: fields.optional("size", count)?.unwrap_or(DEFAULT_SIZE),
            sort: fields.optional("sort", |node| Sort::parse_list(node, parser))?.unwrap_or_default(),
            track_scores: fields.optional("track_scores", Node::boolean)?.unwrap_or(false),
            fetch: parser.without_inner_hits(|parser| FetchOptions::take(&mut fields, parser))?,
            collapse: fields.optional("collapse", inner_collapse)?,
        };
        // There are no unmapped paths: it is an option of other inner hits.
        fields.optional("ignore_unmapped", Node::boolean)?;
        fields.finish("[inner_hits] of [collapse]")?;
        let max_window = parser.limits.max_result_window;
        if inner_hits.window() > max_window {
            let reason = format!(
                "Result window is too large, from + size must be less than or equal to: [{max_window}] but was [{}]",
                inner_hits.window()
            );
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
        Ok(inner_hits)
    }

    /// The position behind the last hit of the page, among all hits of a group.
    pub(crate) fn window(&self) -> usize {
        self.from.saturating_add(self.size)
    }
}

/// The field of a `collapse` inside of `inner_hits`, which has no other keys.
fn inner_collapse(node: &Node<'_>) -> Result<String, ParseError> {
    let parse = || -> Result<String, ParseError> {
        let mut fields = node.fields()?;
        let field = fields.required("field", "[collapse] of [inner_hits]")?.text()?.to_owned();
        fields.finish("[collapse] of [inner_hits]")?;
        Ok(field)
    };
    parse().map_err(|error| error.of_kind(ErrorKind::Parsing).inside(ErrorKind::Object))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::limits::Limits;
    use crate::query;

    fn parse(json: &Json) -> Result<Collapse, ParseError> {
        Collapse::parse(&Node::root(json), &mut query::parser(&Limits::default()))
    }

    #[test]
    fn inner_hits_are_one_or_several() {
        let names = |inner_hits: Json| {
            let collapse = parse(&json!({"field": "a", "inner_hits": inner_hits})).expect("valid");
            let inner_hits = collapse.inner_hits.into_iter();
            inner_hits.map(|inner| (inner.name, inner.from, inner.size)).collect::<Vec<_>>()
        };
        assert_eq!(names(json!({"name": "x"})), [("x".to_owned(), 0, 3)]);
        let several = json!([{"name": "x", "size": 1}, {"name": "y", "from": 2, "sort": ["n"], "version": true}]);
        assert_eq!(names(several), [("x".to_owned(), 0, 1), ("y".to_owned(), 2, 3)]);
        assert!(names(json!([])).is_empty());
    }

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        for (json, kind) in [
            (json!("a"), ErrorKind::Parsing),
            (json!({}), ErrorKind::Argument),
            (json!({"field": ""}), ErrorKind::Object),
            (json!({"field": 5}), ErrorKind::Object),
            (json!({"field": "a", "nope": 1}), ErrorKind::Object),
            (json!({"field": "a", "max_concurrent_group_searches": 0}), ErrorKind::Object),
            (json!({"field": "a", "inner_hits": "x"}), ErrorKind::Object),
            (json!({"field": "a", "inner_hits": {}}), ErrorKind::Argument),
            (json!({"field": "a", "inner_hits": {"name": 5}}), ErrorKind::Object),
            (json!({"field": "a", "inner_hits": {"name": "x", "nope": 1}}), ErrorKind::Object),
            (json!({"field": "a", "inner_hits": {"name": "x", "size": -1}}), ErrorKind::Object),
            (json!({"field": "a", "inner_hits": {"name": "x", "size": 10_001}}), ErrorKind::Argument),
            (json!({"field": "a", "inner_hits": [{"name": "x"}, {"name": "x"}]}), ErrorKind::Argument),
            (json!({"field": "a", "inner_hits": {"name": "x", "collapse": {}}}), ErrorKind::Parsing),
            (
                json!({"field": "a", "inner_hits": {"name": "x", "collapse": {"field": "b", "nope": 1}}}),
                ErrorKind::Parsing,
            ),
        ] {
            assert_eq!(parse(&json).err().map(|error| error.kind), Some(kind), "{json}");
        }
        assert!(parse(&json!({"field": "a", "inner_hits": {"name": "x", "from": 1, "size": 9_999}})).is_ok());
    }
}
