//! Parsing templates.

use super::template_error::TemplateError;

/// How deep sections may be nested. Rendering recurses, so this bounds the stack; 30 as for queries.
const MAX_DEPTH: usize = 30;

/// A part of a template.
#[derive(Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Variable {
        path: String,
        escaping: Escaping,
    },
    Section {
        path: String,
        shown: ShownIf,
        inner: Vec<Node>,
    },
    /// The JSON of the parameter that the text inside names.
    ToJson(Vec<Node>),
    /// The items of the list that the text inside names.
    Join {
        delimiter: String,
        inner: Vec<Node>,
    },
    /// The text inside as a part of a URL.
    Url(Vec<Node>),
}

/// Whether a value is escaped for a JSON string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escaping {
    Json,
    None,
}

/// When a section is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShownIf {
    Present,
    Missing,
}

/// A section whose end has not been found yet.
struct Open {
    tag: String,
    shown: ShownIf,
    before: Vec<Node>,
}

/// Parses a template.
pub(super) fn parse(source: &str) -> Result<Vec<Node>, TemplateError> {
    let (mut nodes, mut open, mut rest) = (Vec::new(), Vec::new(), source);
    while let Some(start) = rest.find("{{") {
        if start > 0 {
            nodes.push(Node::Text(rest[..start].to_owned()));
        }
        let (opening, closing) = if rest[start..].starts_with("{{{") { ("{{{", "}}}") } else { ("{{", "}}") };
        let inside = &rest[start + opening.len()..];
        let end = inside.find(closing).ok_or_else(|| syntax("Improperly closed variable"))?;
        let tag = inside[..end].trim();
        rest = &inside[end + closing.len()..];
        if opening == "{{{" {
            nodes.push(Node::Variable { path: tag.to_owned(), escaping: Escaping::None });
        } else {
            read_tag(tag, &mut nodes, &mut open)?;
        }
    }
    if let Some(Open { tag, .. }) = open.pop() {
        return Err(syntax(format!("Failed to close '{tag}' tag")));
    }
    if !rest.is_empty() {
        nodes.push(Node::Text(rest.to_owned()));
    }
    Ok(nodes)
}

fn read_tag(tag: &str, nodes: &mut Vec<Node>, open: &mut Vec<Open>) -> Result<(), TemplateError> {
    let name = tag.get(1..).unwrap_or_default().trim();
    match tag.chars().next() {
        Some('!') => {}
        Some('&') => nodes.push(Node::Variable { path: name.to_owned(), escaping: Escaping::None }),
        Some('#' | '^') => {
            if open.len() == MAX_DEPTH {
                return Err(syntax(format!("sections are nested more than {MAX_DEPTH} levels deep")));
            }
            let shown = if tag.starts_with('#') { ShownIf::Present } else { ShownIf::Missing };
            open.push(Open { tag: name.to_owned(), shown, before: std::mem::take(nodes) });
        }
        Some('/') => {
            let found = open.pop();
            let expected = found.as_ref().map_or("null", |open| open.tag.as_str());
            if expected != name {
                return Err(syntax(format!("Mismatched start/end tags: {expected} != {name}")));
            }
            if let Some(Open { tag, shown, before }) = found {
                let inner = std::mem::replace(nodes, before);
                nodes.push(section(tag, shown, inner));
            }
        }
        Some('>') => return Err(syntax(format!("Template {name} not found: partials are not supported"))),
        Some('=') => return Err(syntax("other delimiters than {{ and }} are not supported")),
        _ => nodes.push(Node::Variable { path: tag.to_owned(), escaping: Escaping::Json }),
    }
    Ok(())
}

fn section(tag: String, shown: ShownIf, inner: Vec<Node>) -> Node {
    if shown == ShownIf::Present {
        let delimiter = tag.strip_prefix("join delimiter='").and_then(|rest| rest.strip_suffix('\''));
        match (tag.as_str(), delimiter) {
            ("toJson", _) => return Node::ToJson(inner),
            ("url", _) => return Node::Url(inner),
            ("join", _) => return Node::Join { delimiter: ",".to_owned(), inner },
            (_, Some(delimiter)) => return Node::Join { delimiter: delimiter.to_owned(), inner },
            _ => {}
        }
    }
    Node::Section { path: tag, shown, inner }
}

fn syntax(reason: impl Into<String>) -> TemplateError {
    TemplateError::Syntax(reason.into())
}
