//! Parses `highlight`.

use std::sync::Arc;

use super::super::parser::Parser;
use super::{Boundary, Encoder, FragmentOrder, Highlight, HighlightField, HighlightOptions, MatchedFields};
use crate::clause::Clause;
use crate::json::{Case, ErrorKind, Fields, Node, ParseError, Words};

/// Options that are given for all fields, or for one.
#[derive(Clone, Default)]
struct Given {
    tags: Option<(String, String)>,
    number_of_fragments: Option<usize>,
    fragment_size: Option<usize>,
    order: Option<FragmentOrder>,
    no_match_size: Option<usize>,
    matched_fields: Option<MatchedFields>,
    boundary: Option<Boundary>,
    max_analyzer_offset: Option<i32>,
    query: Option<Arc<dyn Clause>>,
    mistake: Option<String>,
}

/// `chars` splits texts only in highlighters that are answered by this one.
const BOUNDARIES: Words<Option<Boundary>> = Words {
    key: "boundary_scanner",
    case: Case::Any,
    error: ErrorKind::Object,
    words: &[("sentence", Some(Boundary::Sentence)), ("word", Some(Boundary::Word)), ("chars", None)],
};

/// The types of highlighters in requests. One highlighter does the work of all.
const TYPES: [&str; 3] = ["unified", "plain", "fvh"];

impl Highlight {
    pub(in super::super) fn parse(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut keys = node.fields()?;
        let fields = keys.take("fields");
        let encoder = keys.optional("encoder", |node| object(node.text()))?;
        let encoder = if encoder == Some("html") { Encoder::Html } else { Encoder::AsIs };
        let schema = keys.optional("tags_schema", tags_schema)?.flatten();
        let mut global = Given::take(&mut keys, parser)?;
        global.tags = global.tags.or(schema);
        object(keys.finish("[highlight]"))?;
        let mut highlight = Highlight { fields: Vec::new(), mistake: None };
        let Some(fields) = fields else { return Ok(highlight) };
        if fields.is_object() {
            for (pattern, field) in fields.fields()?.entries() {
                highlight.add(pattern, &field, &global, encoder, parser)?;
            }
            return Ok(highlight);
        }
        for item in object(fields.list())? {
            let (pattern, field) = object(item.only_entry("an item of [fields]"))?;
            highlight.add(pattern, &field, &global, encoder, parser)?;
        }
        Ok(highlight)
    }

    fn add(
        &mut self,
        pattern: &str,
        node: &Node<'_>,
        global: &Given,
        encoder: Encoder,
        parser: &mut Parser<'_>,
    ) -> Result<(), ParseError> {
        let max_fields = parser.limits.max_fetched_fields;
        if self.fields.len() == max_fields {
            let reason = format!("too many highlighted fields: at most {max_fields} are allowed");
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
        let mut keys = object(node.fields())?;
        let given = Given::take(&mut keys, parser).map_err(|error| error.inside(ErrorKind::Object))?.over(global);
        // Where a fragment begins is decided by the matches in it, and the other fields have their own highlights.
        keys.optional("fragment_offset", |node| value(node.integer()))?;
        keys.optional("matched_fields", |node| object(node.items().try_for_each(|item| item.scalar().map(|_| ()))))?;
        object(keys.finish("a highlighted field"))?;
        self.mistake = self.mistake.take().or_else(|| given.mistake.clone());
        let (options, query) = given.into_options(encoder);
        self.fields.push(HighlightField { pattern: pattern.to_owned(), options, query });
        Ok(())
    }
}

impl Given {
    /// Takes the options that are allowed for all fields, and for each.
    fn take(keys: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        take_inactive(keys)?;
        let mut mistakes = Vec::new();
        let scanner = keys.optional("boundary_scanner", |node| BOUNDARIES.read(node))?;
        let highlighter = keys.optional("type", |node| object(node.text()))?.unwrap_or("unified");
        if !TYPES.contains(&highlighter) {
            mistakes.push(format!("unknown highlighter type [{highlighter}], use [unified]"));
        }
        if highlighter == "unified" && scanner == Some(None) {
            mistakes.push("Invalid boundary scanner type: [chars], use [sentence] or [word]".to_owned());
        }
        let max_analyzer_offset = keys.optional("max_analyzer_offset", |node| value(node.integer()))?;
        if let Some(offset) = max_analyzer_offset.filter(|offset| *offset <= 0) {
            mistakes.push(format!("the value [{offset}] of max_analyzer_offset is invalid"));
        }
        Ok(Given {
            tags: take_tags(keys)?,
            number_of_fragments: keys.optional("number_of_fragments", size)?.flatten(),
            fragment_size: keys.optional("fragment_size", size)?.flatten(),
            no_match_size: keys.optional("no_match_size", size)?.flatten(),
            order: keys.optional("order", |node| {
                let is_score = object(node.text())?.eq_ignore_ascii_case("score");
                Ok(if is_score { FragmentOrder::BestFirst } else { FragmentOrder::AsInText })
            })?,
            matched_fields: keys.optional("require_field_match", |node| {
                Ok(if value(node.boolean())? { MatchedFields::Own } else { MatchedFields::All })
            })?,
            boundary: scanner.flatten(),
            max_analyzer_offset,
            mistake: mistakes.into_iter().next(),
            query: match keys.take("highlight_query") {
                Some(node) if !node.is_object() => {
                    return Err(node.mistake(ErrorKind::Object, "[highlight_query] must be a query"));
                }
                Some(node) => {
                    let query = parser.query(&node).map_err(|error| error.inside(ErrorKind::Object))?;
                    Some(Arc::from(query))
                }
                None => None,
            },
        })
    }

    /// The options of a field, and those of all fields where it has none.
    fn over(self, global: &Given) -> Self {
        let global = global.clone();
        Given {
            tags: self.tags.or(global.tags),
            number_of_fragments: self.number_of_fragments.or(global.number_of_fragments),
            fragment_size: self.fragment_size.or(global.fragment_size),
            order: self.order.or(global.order),
            no_match_size: self.no_match_size.or(global.no_match_size),
            matched_fields: self.matched_fields.or(global.matched_fields),
            boundary: self.boundary.or(global.boundary),
            max_analyzer_offset: self.max_analyzer_offset.or(global.max_analyzer_offset),
            query: self.query.or(global.query),
            mistake: self.mistake.or(global.mistake),
        }
    }

    fn into_options(self, encoder: Encoder) -> (HighlightOptions, Option<Arc<dyn Clause>>) {
        let (pre_tag, post_tag) = self.tags.unwrap_or_else(|| ("<em>".to_owned(), "</em>".to_owned()));
        let options = HighlightOptions {
            pre_tag,
            post_tag,
            number_of_fragments: self.number_of_fragments.unwrap_or(5),
            fragment_size: self.fragment_size.unwrap_or(100),
            order: self.order.unwrap_or(FragmentOrder::AsInText),
            no_match_size: self.no_match_size.unwrap_or(0),
            matched_fields: self.matched_fields.unwrap_or(MatchedFields::Own),
            boundary: self.boundary.unwrap_or(Boundary::Sentence),
            encoder,
            max_analyzer_offset: self.max_analyzer_offset,
        };
        (options, self.query)
    }
}

/// Options of the other highlighters, which change nothing here.
fn take_inactive(keys: &mut Fields<'_>) -> Result<(), ParseError> {
    keys.optional("boundary_chars", |node| object(node.text()))?;
    keys.optional("boundary_max_scan", |node| value(node.integer()))?;
    // The rules are the same in all languages.
    keys.optional("boundary_scanner_locale", |node| object(node.text()))?;
    keys.optional("fragmenter", |node| object(node.text()))?;
    keys.optional("phrase_limit", |node| value(node.integer()))?;
    keys.optional("force_source", |node| value(node.boolean()))?;
    keys.optional("options", |node| object(node.map().map(|_| ())))?;
    Ok(())
}

/// Only the first tags are used: they are all for the same kind of match.
fn take_tags(keys: &mut Fields<'_>) -> Result<Option<(String, String)>, ParseError> {
    let pre = keys.optional("pre_tags", first_tag)?;
    let node = keys.take("pre_tags");
    let post = keys.optional("post_tags", first_tag)?;
    match (pre, post, node) {
        (Some(pre), Some(post), _) => Ok(Some((pre, post))),
        (None, Some(post), _) => Ok(Some(("<em>".to_owned(), post))),
        (Some(_), None, Some(node)) => Err(node.error("pre_tags are set but post_tags are not set")),
        _ => Ok(None),
    }
}

fn first_tag(node: &Node<'_>) -> Result<String, ParseError> {
    let Some(first) = node.items().next() else {
        return Err(node.mistake(ErrorKind::Argument, "a list of tags is empty"));
    };
    object(first.text()).map(str::to_owned)
}

fn tags_schema(node: &Node<'_>) -> Result<Option<(String, String)>, ParseError> {
    match object(node.text())? {
        "default" => Ok(None),
        "styled" => Ok(Some(("<em class=\"hlt1\">".to_owned(), "</em>".to_owned()))),
        other => {
            Err(node.mistake(ErrorKind::Object, format!("unknown tag schema [{other}], use [styled] or [default]")))
        }
    }
}

/// A number of which a negative one means the default.
fn size(node: &Node<'_>) -> Result<Option<usize>, ParseError> {
    Ok(usize::try_from(value(node.integer())?).ok())
}

/// A mistake as clients expect it inside of `highlight`.
fn object<T>(result: Result<T, ParseError>) -> Result<T, ParseError> {
    result.map_err(|error| error.of_kind(ErrorKind::Object))
}

/// A value that cannot be read, as clients expect it inside of `highlight`.
fn value<T>(result: Result<T, ParseError>) -> Result<T, ParseError> {
    result.map_err(|error| error.inside(ErrorKind::Object))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::limits::Limits;
    use crate::query;

    fn parse(json: &Json) -> Result<Highlight, ParseError> {
        let limits = Limits::default();
        Highlight::parse(&Node::root(json), &mut query::parser(&limits))
    }

    fn options(json: &Json) -> HighlightOptions {
        parse(json).expect("valid").fields.remove(0).options
    }

    #[test]
    fn options_of_a_field_come_before_those_of_all() {
        let options = options(&json!({
            "fields": {"t": {"fragment_size": 7, "order": "none"}},
            "fragment_size": 9, "order": "score", "number_of_fragments": 0, "encoder": "html", "tags_schema": "styled",
        }));
        assert_eq!((options.fragment_size, options.number_of_fragments), (7, 0));
        assert_eq!((options.order, options.encoder), (FragmentOrder::AsInText, Encoder::Html));
        assert_eq!(options.pre_tag, "<em class=\"hlt1\">");
    }

    #[test]
    fn negative_sizes_are_the_defaults() {
        let options = options(&json!({"fields": [{"t": {"number_of_fragments": -1, "fragment_size": "-1"}}]}));
        assert_eq!((options.number_of_fragments, options.fragment_size), (5, 100));
    }

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        let kind = |json: Json| parse(&json).err().map(|error| error.outer_kind.unwrap_or(error.kind));
        for json in [
            json!({"fields": "t"}),
            json!({"fields": ["t"]}),
            json!({"fields": [{"a": {}, "b": {}}]}),
            json!({"fields": {"t": {"x": 1}}}),
            json!({"fields": {"t": {"encoder": "html"}}}),
            json!({"fields": {"t": {"number_of_fragments": "x"}}}),
            json!({"fields": {"t": {"highlight_query": {"nope": {}}}}}),
            json!({"fields": {"t": {"pre_tags": ["a"]}}}),
            json!({"x": 1}),
            json!({"order": 1}),
            json!({"tags_schema": "x"}),
            json!({"boundary_scanner": "x"}),
            json!({"highlight_query": null}),
            json!({"matched_fields": ["a"]}),
        ] {
            assert_eq!(kind(json.clone()), Some(ErrorKind::Object), "{json}");
        }
        assert_eq!(kind(json!({"pre_tags": ["a"]})), Some(ErrorKind::Parsing));
        assert_eq!(kind(json!({"pre_tags": [], "post_tags": []})), Some(ErrorKind::Argument));
        let mistake = |json: Json| parse(&json).expect("valid").mistake.unwrap_or_default();
        insta::assert_snapshot!(mistake(json!({"fields": {"t": {}}, "type": "x"})), @"unknown highlighter type [x], use [unified]");
        insta::assert_snapshot!(mistake(json!({"fields": {"t": {"boundary_scanner": "chars"}}})), @"Invalid boundary scanner type: [chars], use [sentence] or [word]");
        insta::assert_snapshot!(mistake(json!({"fields": {"t": {"max_analyzer_offset": 0}}})), @"the value [0] of max_analyzer_offset is invalid");
        insta::assert_snapshot!(mistake(json!({"fields": {"t": {"type": "plain", "boundary_scanner": "chars"}}})), @"");
        for json in
            [json!({}), json!({"fields": {}}), json!({"type": "plain", "boundary_scanner": "chars", "phrase_limit": 3})]
        {
            assert_eq!(kind(json.clone()), None, "{json}");
        }
    }
}
