//! The tokenizer `pattern`: what matches a regular expression, or what is between its matches.

use std::sync::Arc;

use regex::Regex;

use super::super::analyzer_parts::Tokenizer;
use super::super::java_regex::java_regex;
use super::super::options::Options;
use super::super::token::{Token, words};
use crate::IndexError;

/// Splits a text by a regular expression.
pub(in super::super) struct PatternTokenizer {
    pub(in super::super) pattern: Regex,
    /// The group that is a token; `None` if tokens are what is between the matches.
    pub(in super::super) group: Option<usize>,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let pattern = options.text("pattern")?.unwrap_or_else(|| r"\W+".to_owned());
    let flags = options.text("flags")?.unwrap_or_default();
    let pattern = java_regex(&pattern, &flags).map_err(|error| options.error("pattern", error))?;
    let group = match options.text("group")?.as_deref() {
        None | Some("-1") => None,
        Some(text) => match text.parse() {
            Ok(group) if group < pattern.captures_len() => Some(group),
            _ => return Err(options.error("group", format!("the pattern has no group {text}"))),
        },
    };
    Ok(Arc::new(PatternTokenizer { pattern, group }))
}

impl Tokenizer for PatternTokenizer {
    fn tokens(&self, text: &str) -> Vec<Token> {
        match self.group {
            Some(group) => {
                let groups = self.pattern.captures_iter(text).filter_map(|found| found.get(group));
                words(groups.filter(|group| !group.is_empty()).map(|group| (group.start(), group.as_str())))
            }
            None => {
                let mut done = 0;
                let mut parts = Vec::new();
                for found in self.pattern.find_iter(text) {
                    parts.push((done, &text[done..found.start()]));
                    done = found.end();
                }
                parts.push((done, &text[done..]));
                words(parts.into_iter().filter(|(_, part)| !part.is_empty()))
            }
        }
    }
}
