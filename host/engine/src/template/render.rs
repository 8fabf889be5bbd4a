//! Rendering templates.

use quidditch_index::float_text;
use serde_json::Value as Json;

use super::budget::RenderBudget;
use super::syntax::{Escaping, Node, ShownIf};
use super::template_error::TemplateError;

/// Makes the text of a template.
pub(super) struct Renderer<'a> {
    /// The parameters, and the items of the sections that are being rendered, the innermost last.
    contexts: Vec<&'a Json>,
    text: String,
    budget: &'a mut RenderBudget,
}

/// A value that a name stands for.
enum Found<'a> {
    Value(&'a Json),
    /// The number of items of a list, or of characters of a text.
    Length(usize),
}

impl<'a> Renderer<'a> {
    pub(super) fn new(params: &'a Json, budget: &'a mut RenderBudget) -> Self {
        Renderer { contexts: vec![params], text: String::new(), budget }
    }

    pub(super) fn into_text(self) -> String {
        self.budget.bytes = self.budget.bytes.saturating_sub(self.text.len());
        self.text
    }

    pub(super) fn nodes(&mut self, nodes: &[Node]) -> Result<(), TemplateError> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), TemplateError> {
        self.budget.step()?;
        match node {
            Node::Text(text) => self.push(text),
            Node::Variable { path, escaping } => {
                let text = match self.find(path)? {
                    None => return Ok(()),
                    Some(Found::Length(length)) => length.to_string(),
                    Some(Found::Value(value)) => plain(value),
                };
                match escaping {
                    Escaping::None => self.push(&text),
                    Escaping::Json => self.push(&escaped(&text)),
                }
            }
            Node::Section { path, shown, inner } => self.section(path, *shown, inner),
            Node::ToJson(inner) => match self.named_inside(inner)? {
                Some(value) => self.push(&value.to_string()),
                None => Ok(()),
            },
            Node::Join { delimiter, inner } => match self.named_inside(inner)? {
                Some(Json::Array(items)) => {
                    self.budget.work(items.len())?;
                    let items: Vec<String> = items.iter().map(|item| escaped(&plain(item))).collect();
                    self.push(&items.join(delimiter))
                }
                Some(other) => self.push(&escaped(&plain(other))),
                None => Ok(()),
            },
            Node::Url(inner) => {
                let text = self.inside(inner)?;
                self.push(&form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())
            }
        }
    }

    fn section(&mut self, path: &str, shown: ShownIf, inner: &[Node]) -> Result<(), TemplateError> {
        let value = match self.find(path)? {
            Some(Found::Value(value)) if !is_empty(value) => value,
            Some(Found::Length(_)) if shown == ShownIf::Present => return self.nodes(inner),
            Some(Found::Length(_)) => return Ok(()),
            _ if shown == ShownIf::Missing => return self.nodes(inner),
            _ => return Ok(()),
        };
        if shown == ShownIf::Missing {
            return Ok(());
        }
        let items = match value {
            Json::Array(items) => &items[..],
            single => std::slice::from_ref(single),
        };
        for item in items {
            self.budget.step()?;
            self.contexts.push(item);
            let rendered = self.nodes(inner);
            self.contexts.pop();
            rendered?;
        }
        Ok(())
    }

    /// The text of nodes on their own.
    fn inside(&mut self, nodes: &[Node]) -> Result<String, TemplateError> {
        let before = std::mem::take(&mut self.text);
        let rendered = self.nodes(nodes);
        let text = std::mem::replace(&mut self.text, before);
        rendered.map(|()| text)
    }

    /// The value of the parameter whose name is the text of these nodes.
    fn named_inside(&mut self, nodes: &[Node]) -> Result<Option<&'a Json>, TemplateError> {
        let name = self.inside(nodes)?;
        match self.find(name.trim())? {
            Some(Found::Value(value)) => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    /// The value of a dotted name.
    fn find(&mut self, path: &str) -> Result<Option<Found<'a>>, TemplateError> {
        self.budget.work(path.len())?;
        let Some((value, wants_length)) = self.look_up(path) else { return Ok(None) };
        if !wants_length {
            return Ok(Some(Found::Value(value)));
        }
        let length = match value {
            Json::Array(items) => items.len(),
            Json::String(text) => {
                self.budget.work(text.len())?;
                text.encode_utf16().count()
            }
            _ => return Ok(None),
        };
        Ok(Some(Found::Length(length)))
    }

    /// The value of a dotted name, and whether its length is wanted. The first part is looked up from the innermost context
    /// outwards.
    fn look_up(&self, path: &str) -> Option<(&'a Json, bool)> {
        if path == "." {
            return self.contexts.last().map(|value| (*value, false));
        }
        let mut parts = path.split('.').map(str::trim);
        let first = parts.next()?;
        let mut value = self.contexts.iter().rev().find_map(|context| context.get(first))?;
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            let is_length = matches!((value, part), (Json::Array(_), "size" | "length") | (Json::String(_), "length"));
            if is_length && parts.peek().is_none() {
                return Some((value, true));
            }
            value = match value {
                Json::Array(items) => items.get(part.parse::<usize>().ok()?)?,
                object => object.get(part)?,
            };
        }
        (!value.is_null()).then_some((value, false))
    }

    fn push(&mut self, text: &str) -> Result<(), TemplateError> {
        self.budget.work(text.len())?;
        if self.text.len() + text.len() > self.budget.bytes {
            return Err(self.budget.exceeded());
        }
        self.text.push_str(text);
        Ok(())
    }
}

/// Whether a section of this value is left out.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Number(_) | Json::Object(_) => false,
    }
}

/// A value as a text. Lists by their positions, as clients expect it; lists inside of objects as lists.
fn plain(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let entries: Vec<String> =
                items.iter().enumerate().map(|(position, item)| format!("{position}={}", nested(item))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => nested(other),
    }
}

fn nested(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::String(text) => text.clone(),
        Json::Number(number) => number_text(number),
        Json::Bool(value) => value.to_string(),
        Json::Array(items) => format!("[{}]", items.iter().map(nested).collect::<Vec<_>>().join(", ")),
        Json::Object(object) => {
            let entries: Vec<String> = object.iter().map(|(key, value)| format!("{key}={}", nested(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A number as Java writes it.
fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float_text(float),
        _ => number.to_string(),
    }
}

/// The inside of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = Json::String(text.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
