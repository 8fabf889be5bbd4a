//! Filters for repeated tokens: `unique`, `remove_duplicates` and `fingerprint`.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

/// Keeps the first of equal tokens.
struct Unique {
    scope: Scope,
}

enum Scope {
    Text,
    Position,
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let scope = if options.flag("only_on_same_position")?.unwrap_or(false) { Scope::Position } else { Scope::Text };
    Ok(Arc::new(Unique { scope }))
}

pub(super) fn read_remove_duplicates(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(Unique { scope: Scope::Position }))
}

impl TokenFilter for Unique {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        match self.scope {
            Scope::Position => {
                let mut seen: HashSet<String> = HashSet::new();
                let mut position = None;
                tokens.retain(|token| {
                    if position.replace(token.position) != Some(token.position) {
                        seen.clear();
                    }
                    seen.insert(token.text.clone())
                });
            }
            Scope::Text => {
                // The steps from one token to the next are kept, so that what is dropped leaves no gap.
                let mut seen: HashSet<String> = HashSet::new();
                let mut before = None;
                let mut dropped = 0;
                tokens.retain_mut(|token| {
                    let step = before.map_or(0, |before| token.position - before);
                    before = Some(token.position);
                    if !seen.insert(token.text.clone()) {
                        dropped += step;
                        return false;
                    }
                    token.position -= dropped;
                    true
                });
            }
        }
        tokens
    }
}

/// Makes one token of all different ones, in order.
pub(in super::super) struct Fingerprint {
    pub(in super::super) separator: String,
    /// With more characters there is no token at all.
    pub(in super::super) max_characters: usize,
}

pub(super) fn read_fingerprint(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(Fingerprint::read(options)?))
}

impl Fingerprint {
    pub(in super::super) fn read(options: &mut Options<'_>) -> Result<Self, IndexError> {
        let separator = options.text("separator")?.unwrap_or_else(|| " ".to_owned());
        Ok(Fingerprint { separator, max_characters: options.count("max_output_size", 255)? })
    }
}

impl TokenFilter for Fingerprint {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        let Some(end) = tokens.iter().map(|token| token.end).max() else { return Vec::new() };
        let mut terms: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        // By UTF-16 code units, as Java compares.
        terms.sort_unstable_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        terms.dedup();
        let text = terms.join(&self.separator);
        if text.chars().map(char::len_utf16).sum::<usize>() > self.max_characters {
            return Vec::new();
        }
        vec![Token { text, start: 0, end, kind: "fingerprint", position: 0, length: 1, is_keyword: false }]
    }
}
