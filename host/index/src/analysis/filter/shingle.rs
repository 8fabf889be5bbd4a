//! The filter `shingle`: neighbouring tokens together.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::shingles::Shingles;
use super::super::token::{SHINGLE, Token};
use super::super::token_limit::TokenLimit;
use crate::IndexError;

pub(in super::super) struct Shingle {
    min: usize,
    max: usize,
    unigrams: Unigrams,
    separator: String,
    /// Stands in place of a token that was dropped.
    filler: String,
}

impl Shingle {
    /// Only sequences of this many tokens.
    pub(in super::super) fn with_words(words: usize) -> Self {
        Shingle { min: words, max: words, unigrams: Unigrams::Never, separator: " ".to_owned(), filler: "_".to_owned() }
    }
}

/// When single tokens are kept.
#[derive(PartialEq)]
enum Unigrams {
    Always,
    Never,
    IfNoShingles,
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    let min = options.count("min_shingle_size", 2)?;
    let max = options.count("max_shingle_size", 2)?;
    if min < 2 || max < min {
        let reason = "sizes of shingles are at least 2, and the largest is not less than the smallest";
        return Err(options.error("min_shingle_size", reason));
    }
    let always = options.flag("output_unigrams")?.unwrap_or(true);
    let otherwise = options.flag("output_unigrams_if_no_shingles")?.unwrap_or(false);
    let limit = options.limits.shingle;
    let difference = max - min + usize::from(always);
    if difference > limit {
        let reason = format!(
            "the difference between the sizes of shingles (+1 with output_unigrams) is {difference}, but at most {limit} is \
             allowed; the setting [index.max_shingle_diff] changes it"
        );
        return Err(options.error("max_shingle_size", reason));
    }
    Ok(Arc::new(Shingle {
        min,
        max,
        unigrams: match (always, otherwise) {
            (true, _) => Unigrams::Always,
            (false, true) => Unigrams::IfNoShingles,
            (false, false) => Unigrams::Never,
        },
        separator: options.text("token_separator")?.unwrap_or_else(|| " ".to_owned()),
        filler: options.text("filler_token")?.unwrap_or_else(|| "_".to_owned()),
    }))
}

impl TokenFilter for Shingle {
    fn shingles(&self) -> Option<Shingles> {
        let keeps_single_tokens = self.unigrams == Unigrams::Always;
        Some(Shingles { max: self.max, keeps_single_tokens, separator: self.separator.clone() })
    }

    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        self.apply_within(tokens, TokenLimit::NONE)
    }

    fn apply_within(&self, tokens: Vec<Token>, mut limit: TokenLimit) -> Vec<Token> {
        let words = self.with_fillers(&tokens);
        let keeps_unigrams = self.unigrams == Unigrams::Always;
        let mut shingles = Vec::new();
        let mut position = 0;
        for first in 0..words.len() {
            let before = shingles.len();
            let sizes = keeps_unigrams.then_some(1).into_iter().chain(self.min..=self.max);
            for size in sizes {
                let Some(window) = words.get(first..first + size) else { break };
                if let Some(shingle) = self.shingle(window, position) {
                    let fits = limit.take(shingle.text.len());
                    shingles.push(shingle);
                    if !fits {
                        return shingles;
                    }
                }
            }
            // Positions count the tokens at which anything begins.
            position += usize::from(shingles.len() > before);
        }
        if shingles.is_empty() && self.unigrams == Unigrams::IfNoShingles {
            return tokens;
        }
        shingles
    }
}

/// A token, or `None` with the offset of a token that was dropped.
type Word<'a> = (usize, Option<&'a Token>);

impl Shingle {
    fn with_fillers<'a>(&self, tokens: &'a [Token]) -> Vec<Word<'a>> {
        let mut words = Vec::with_capacity(tokens.len());
        let mut next = 0;
        for token in tokens {
            let dropped = token.position.saturating_sub(next).min(self.max - 1);
            words.extend(std::iter::repeat_n((token.start, None), dropped));
            words.push((token.start, Some(token)));
            next = token.position + 1;
        }
        words
    }

    /// Tokens together; `None` if all were dropped.
    fn shingle(&self, window: &[Word<'_>], position: usize) -> Option<Token> {
        let last = window.iter().rev().find_map(|(_, token)| *token)?;
        if let [(_, Some(token))] = window {
            return Some(Token { position, ..(*token).clone() });
        }
        let mut text = String::new();
        for (index, (_, token)) in window.iter().enumerate() {
            if index > 0 {
                text.push_str(&self.separator);
            }
            text.push_str(token.map_or(self.filler.as_str(), |token| &token.text));
        }
        let length = match self.unigrams {
            Unigrams::Always => window.len(),
            _ => window.len() - self.min + 1,
        };
        let (start, _) = window[0];
        // A dropped token at the end is as wide as nothing, and stands where the next token begins.
        let end = match window[window.len() - 1] {
            (offset, None) => offset,
            (_, Some(_)) => last.end,
        };
        Some(Token { text, start, end, kind: SHINGLE, position, length, is_keyword: false })
    }
}
