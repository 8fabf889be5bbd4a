//! The filters `pattern_replace` and `pattern_capture`.

use std::sync::Arc;

use quidditch_java_regex::replacement as java_replacement;
use regex::Regex;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::java_regex::java_regex;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

struct PatternReplace {
    pattern: Regex,
    replacement: String,
    /// How many matches are replaced; 0 means all.
    limit: usize,
}

pub(super) fn read_replace(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let pattern = options.required_text("pattern")?;
    let flags = options.text("flags")?.unwrap_or_default();
    let pattern = java_regex(&pattern, &flags).map_err(|error| options.error("pattern", error))?;
    let replacement = java_replacement(&options.text("replacement")?.unwrap_or_default());
    let limit = if options.flag("all")?.unwrap_or(true) { 0 } else { 1 };
    Ok(Arc::new(PatternReplace { pattern, replacement, limit }))
}

impl TokenFilter for PatternReplace {
    fn changes_characters(&self) -> bool {
        true
    }

    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in &mut tokens {
            let replaced = self.pattern.replacen(&token.text, self.limit, &self.replacement);
            if let std::borrow::Cow::Owned(text) = replaced {
                token.text = text;
            }
        }
        tokens
    }
}

/// Adds what the groups of expressions match.
struct PatternCapture {
    patterns: Vec<Regex>,
    preserve_original: bool,
}

pub(super) fn read_capture(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let patterns = options.required_list("patterns")?;
    let compile = |pattern: &String| java_regex(pattern, "").map_err(|error| options.error("patterns", error));
    let patterns = patterns.iter().map(compile).collect::<Result<_, _>>()?;
    Ok(Arc::new(PatternCapture { patterns, preserve_original: options.flag("preserve_original")?.unwrap_or(true) }))
}

impl TokenFilter for PatternCapture {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        let mut captured = Vec::with_capacity(tokens.len());
        for token in tokens {
            // All groups by where they begin; of several that begin together, in the order of the expressions.
            let mut groups = Vec::new();
            for pattern in &self.patterns {
                for found in pattern.captures_iter(&token.text) {
                    groups.extend(found.iter().skip(1).flatten().filter(|group| !group.is_empty()));
                }
            }
            groups.sort_by_key(regex::Match::start);
            groups.retain(|group| !(self.preserve_original && group.len() == token.text.len()));
            if self.preserve_original || groups.is_empty() {
                captured.push(token.clone());
            }
            captured.extend(groups.iter().map(|group| token.with_text(group.as_str())));
        }
        captured
    }
}
