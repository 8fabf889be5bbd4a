//! A parsed `suggest`.

use serde_json::Value as Json;

use super::completion::CompletionSuggester;
use super::input::Input;
use super::phrase::PhraseSuggester;
use super::term::TermSuggester;
use crate::json::{ErrorKind, Node, ParseError};

/// Most suggestions of a request: each reads dictionaries of all splits.
const MAX_SUGGESTIONS: usize = 100;

/// A parsed `suggest`: suggestions with names.
#[derive(Debug, PartialEq)]
pub(crate) struct Suggestions {
    pub(super) list: Vec<Suggestion>,
}

/// What is suggested under one name.
#[derive(Debug, PartialEq)]
pub(super) struct Suggestion {
    pub(super) name: String,
    pub(super) input: Input,
    pub(super) suggester: Suggester,
}

#[derive(Debug, PartialEq)]
pub(super) enum Suggester {
    Term(TermSuggester),
    Phrase(PhraseSuggester),
    Completion(CompletionSuggester),
}

impl Suggestions {
    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        let fields = node.fields()?;
        let mut list = Vec::new();
        let mut text = None;
        for (name, value) in fields.entries() {
            match value.json() {
                Json::Object(_) => list.push(Suggestion::parse(name, &value)?),
                _ if name == "text" => text = Some(value.scalar()?.into_owned()),
                _ => return Err(value.mistake(ErrorKind::Argument, format!("[suggest] does not support [{name}]"))),
            }
        }
        if list.len() > MAX_SUGGESTIONS {
            let reason = format!("too many suggestions: found {}; at most {MAX_SUGGESTIONS} are allowed", list.len());
            return Err(node.mistake(ErrorKind::Argument, reason));
        }
        for suggestion in &mut list {
            let own = suggestion.input.text.take();
            suggestion.input.text = own.or_else(|| text.clone());
        }
        Ok(Suggestions { list })
    }

    /// The ids of the stored templates that are named.
    pub(crate) fn stored_templates(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        for suggestion in &self.list {
            if let Suggester::Phrase(phrase) = &suggestion.suggester {
                ids.extend(phrase.stored_template());
            }
        }
        ids
    }

    /// Whether nothing is to be suggested.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl Suggestion {
    fn parse(name: &str, node: &Node<'_>) -> Result<Self, ParseError> {
        let fields = node.fields()?;
        let (mut text, mut prefix, mut regex) = (None, None, None);
        let mut parsed: Option<(Input, Suggester)> = None;
        for (key, value) in fields.entries() {
            if value.is_object() {
                if parsed.is_some() {
                    return Err(value.error(format!("suggestion [{name}] has several suggesters, found [{key}]")));
                }
                parsed = Some(Suggester::parse(key, &value)?);
                continue;
            }
            let given = match key {
                "text" => &mut text,
                "prefix" => &mut prefix,
                "regex" => &mut regex,
                _ => return Err(value.error(format!("a suggestion does not support [{key}]"))),
            };
            *given = Some(value.scalar()?.into_owned());
        }
        let Some((mut input, suggester)) = parsed else {
            let reason = format!("suggestion [{name}] needs [term], [phrase] or [completion]");
            return Err(node.mistake(ErrorKind::Value, reason));
        };
        input.text = text.clone().or_else(|| prefix.clone()).or_else(|| regex.clone());
        input.prefix = prefix.or(text);
        input.regex = regex;
        Ok(Suggestion { name: name.to_owned(), input, suggester })
    }
}

impl Suggester {
    fn parse(key: &str, node: &Node<'_>) -> Result<(Input, Self), ParseError> {
        if key == "completion" {
            return CompletionSuggester::parse(node)
                .map(|(input, suggester)| (input, Suggester::Completion(suggester)))
                .map_err(|error| if error.kind == ErrorKind::Value { error } else { error.inside(ErrorKind::Object) });
        }
        let mut fields = node.fields()?;
        let parsed = match key {
            "term" => (Input::take(&mut fields)?, Suggester::Term(TermSuggester::take(&mut fields)?)),
            "phrase" => (Input::take(&mut fields)?, Suggester::Phrase(PhraseSuggester::take(&mut fields)?)),
            _ => {
                let reason = format!("unknown suggester [{key}], use [term], [phrase] or [completion]");
                return Err(node.mistake(ErrorKind::UnknownName, reason));
            }
        };
        fields.finish(&format!("suggester [{key}]"))?;
        Ok(parsed)
    }

    /// The name of its type, which clients may ask for.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Suggester::Term(_) => "term",
            Suggester::Phrase(_) => "phrase",
            Suggester::Completion(_) => "completion",
        }
    }
}
