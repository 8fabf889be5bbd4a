//! The tokenizer `path_hierarchy`: a path, and all paths above it.

use std::sync::Arc;

use super::super::analyzer_parts::Tokenizer;
use super::super::options::Options;
use super::super::token::{Token, WORD};
use super::super::token_limit::TokenLimit;
use crate::IndexError;

struct PathHierarchy {
    delimiter: char,
    replacement: char,
    /// How many parts are left out at the beginning, or at the end if reversed.
    skip: usize,
    direction: Direction,
}

enum Direction {
    /// `/a`, `/a/b`, `/a/b/c`
    Forward,
    /// `a.b.c`, `b.c`, `c`
    Reverse,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    let mut character = |key: &'static str| -> Result<Option<char>, IndexError> {
        let Some(text) = options.text(key)? else { return Ok(None) };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(Some(character)),
            _ => Err(options.error(key, format!("{text:?} is not one character"))),
        }
    };
    let delimiter = character("delimiter")?.unwrap_or('/');
    let replacement = character("replacement")?.unwrap_or(delimiter);
    // How much memory is allocated at once.
    options.size("buffer_size", 1024)?;
    let skip = options.count("skip", 0)?;
    let direction = if options.flag("reverse")?.unwrap_or(false) { Direction::Reverse } else { Direction::Forward };
    Ok(Arc::new(PathHierarchy { delimiter, replacement, skip, direction }))
}

impl Tokenizer for PathHierarchy {
    fn tokens(&self, text: &str) -> Vec<Token> {
        self.tokens_within(text, TokenLimit::NONE)
    }

    fn tokens_within(&self, text: &str, mut limit: TokenLimit) -> Vec<Token> {
        let delimiters = || text.match_indices(self.delimiter).map(|(offset, _)| offset);
        let ranges: Vec<(usize, usize)> = match self.direction {
            Direction::Forward => {
                // Every path ends before a delimiter that is not the first character, or at the end.
                let mut ends: Vec<usize> = delimiters().filter(|offset| *offset > 0).chain([text.len()]).collect();
                ends.dedup();
                let starts: Vec<usize> = std::iter::once(0).chain(delimiters().filter(|offset| *offset > 0)).collect();
                let Some(start) = starts.get(self.skip).copied() else { return Vec::new() };
                ends.into_iter().filter(|end| *end > start).map(|end| (start, end)).collect()
            }
            Direction::Reverse => {
                let after = |offset: usize| offset + self.delimiter.len_utf8();
                let starts: Vec<usize> = std::iter::once(0).chain(delimiters().map(after)).collect();
                let mut ends: Vec<usize> =
                    delimiters().map(after).filter(|end| *end < text.len()).chain([text.len()]).collect();
                ends.dedup();
                let Some(end) = ends.len().checked_sub(self.skip + 1).map(|index| ends[index]) else {
                    return Vec::new();
                };
                starts.into_iter().filter(|start| *start < end).map(|start| (start, end)).collect()
            }
        };
        let path = |(start, end): (usize, usize)| {
            let mut token = Token::new(&text[start..end], start, WORD, 0);
            if self.replacement != self.delimiter {
                token.text = token.text.chars().map(|character| self.replaced(character)).collect();
            }
            token
        };
        let mut tokens = Vec::with_capacity(ranges.len());
        for range in ranges {
            let token = path(range);
            let fits = limit.take(token.text.len());
            tokens.push(token);
            if !fits {
                break;
            }
        }
        tokens
    }
}

impl PathHierarchy {
    fn replaced(&self, character: char) -> char {
        if character == self.delimiter { self.replacement } else { character }
    }
}
