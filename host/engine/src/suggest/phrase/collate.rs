//! `collate`: corrections are kept only if a query has matches that is made of them.

use serde_json::{Map, Value as Json};

use crate::Error;
use crate::json::{ErrorKind, Node, ParseError};
use crate::suggest::context::Context;
use crate::template::{RenderBudget, Template, TemplateError};

/// The parameter of the template that is the corrected text.
const SUGGESTION: &str = "suggestion";

/// Most bytes that the queries of one suggestion have together. 1 MiB: 1,000 bytes for each of 1,000 corrections.
const MAX_QUERY_BYTES: usize = 1 << 20;

/// A parsed `collate`.
#[derive(Debug, PartialEq)]
pub(super) struct Collate {
    query: TemplateText,
    params: Map<String, Json>,
    unmatched: Unmatched,
}

/// Where the text of a template is.
#[derive(Debug, PartialEq)]
enum TemplateText {
    Inline(String),
    /// Stored under this id.
    Stored(String),
}

/// What becomes of corrections without a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unmatched {
    LeftOut,
    /// All corrections say whether they have one.
    Marked,
}

impl Collate {
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let query = fields.required_or(ErrorKind::Argument, "query", "[collate]")?;
        let params = fields.optional("params", |node| node.map().cloned())?.unwrap_or_default();
        let prune = fields.optional("prune", Node::boolean)?.unwrap_or(false);
        fields.finish("[collate] of the suggester [phrase]")?;
        let unmatched = if prune { Unmatched::Marked } else { Unmatched::LeftOut };
        Ok(Collate { query: TemplateText::parse(&query)?, params, unmatched })
    }

    /// The id of the stored template that it names.
    pub(super) fn stored_template(&self) -> Option<&str> {
        match &self.query {
            TemplateText::Stored(id) => Some(id),
            TemplateText::Inline(_) => None,
        }
    }

    /// The parsed template.
    ///
    /// # Errors
    /// A mistake in it.
    pub(super) fn template(&self, context: &Context<'_>) -> Result<Template, Error> {
        let text = match &self.query {
            TemplateText::Inline(text) => text,
            TemplateText::Stored(id) => &context.templates[id],
        };
        Template::parse(text).map_err(template_error)
    }

    /// Looks for a match of each correction, given with its text. Returns those that are left, and whether each has a match if that is
    /// shown.
    ///
    /// # Errors
    /// A query that cannot be read, or that does not fit the index; and the errors of searching.
    pub(super) fn collate<C>(
        &self,
        template: &Template,
        corrections: Vec<(String, C)>,
        context: &Context<'_>,
    ) -> Result<Vec<(C, Option<bool>)>, Error> {
        let mut budget = RenderBudget::new(MAX_QUERY_BYTES);
        let mut params = self.params.clone();
        let mut matched = Vec::with_capacity(corrections.len());
        for (text, _) in &corrections {
            params.insert(SUGGESTION.to_owned(), text.as_str().into());
            let query = template.render(&params, &mut budget).map_err(template_error)?;
            matched.push((context.has_match)(&query));
        }
        // All were searched for in spite of missing bytes, so that these are known at once.
        let matched = matched.into_iter().collect::<Result<Vec<bool>, Error>>()?;
        let collated = corrections.into_iter().map(|(_, correction)| correction).zip(matched);
        Ok(match self.unmatched {
            Unmatched::Marked => collated.map(|(correction, matched)| (correction, Some(matched))).collect(),
            Unmatched::LeftOut => {
                collated.filter(|(_, matched)| *matched).map(|(correction, _)| (correction, None)).collect()
            }
        })
    }
}

impl TemplateText {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        if let Json::String(text) = node.json() {
            return Ok(TemplateText::Inline(text.clone()));
        }
        Self::parse_object(node).map_err(|error| match error.kind {
            ErrorKind::Argument => error.inside(ErrorKind::Object),
            _ => error.of_kind(ErrorKind::Object),
        })
    }

    fn parse_object(node: &Node<'_>) -> Result<Self, ParseError> {
        let mut fields = node.fields()?;
        let (source, id) = (fields.take("source"), fields.take("id"));
        if let Some(language) = fields.take("lang")
            && language.text()? != "mustache"
        {
            return Err(language.mistake(ErrorKind::Argument, "the [query] of [collate] must be in [mustache]"));
        }
        fields.finish("[query] of [collate]")?;
        match (source, id) {
            (Some(source), None) if source.is_object() => Ok(TemplateText::Inline(source.json().to_string())),
            (Some(source), None) => Ok(TemplateText::Inline(source.text()?.to_owned())),
            (None, Some(id)) => Ok(TemplateText::Stored(id.text()?.to_owned())),
            _ => Err(node.mistake(ErrorKind::Argument, "[query] of [collate] requires either [source] or [id]")),
        }
    }
}

fn template_error(error: TemplateError) -> Error {
    match error {
        TemplateError::Syntax(reason) => Error::Shard { kind: ErrorKind::Template, reason },
        error @ TemplateError::TooLong { .. } => Error::shard_argument(error.to_string()),
    }
}
