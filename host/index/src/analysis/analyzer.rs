//! An analyzer: character filters, a tokenizer and token filters.

use std::sync::Arc;

use tantivy::tokenizer as tantivy_tokens;

use super::analyzer_parts::{CharFilter, TokenFilter, Tokenizer};
use super::offsets::Replaced;
use super::shingles::Shingles;
use super::token::{SHINGLE, Token};
use super::token_limit::TokenLimit;
use super::tokenizer::KEYWORD;

/// How much the positions of several values of a field are apart, so that no phrase matches across them.
pub(crate) const POSITION_GAP: usize = 100;

/// What a text passes through, in order.
#[derive(Clone)]
pub(crate) struct Analyzer {
    pub(super) char_filters: Vec<Arc<dyn CharFilter>>,
    pub(super) tokenizer: Arc<dyn Tokenizer>,
    pub(super) filters: Vec<Arc<dyn TokenFilter>>,
    pub(super) position_gap: usize,
}

impl Analyzer {
    pub(super) fn new(tokenizer: impl Tokenizer + 'static) -> Self {
        Analyzer {
            char_filters: Vec::new(),
            tokenizer: Arc::new(tokenizer),
            filters: Vec::new(),
            position_gap: POSITION_GAP,
        }
    }

    /// The whole text as one token.
    pub(crate) fn keyword() -> Self {
        Analyzer::new(KEYWORD)
    }

    /// The same, with the values of a field one right after the other.
    pub(crate) fn without_position_gap(self) -> Self {
        Analyzer { position_gap: 0, ..self }
    }

    /// The analyzer without its filters, with the first of them, with the first two, and so on up to the whole.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Analyzer> {
        (0..=self.filters.len()).map(|filters| {
            let mut upto = self.clone();
            upto.filters.truncate(filters);
            upto
        })
    }

    /// How it puts tokens together; `None` if it does not.
    pub(crate) fn shingles(&self) -> Option<Shingles> {
        self.filters.iter().find_map(|filter| filter.shingles())
    }

    pub(super) fn filter(mut self, filter: impl TokenFilter + 'static) -> Self {
        self.filters.push(Arc::new(filter));
        self
    }

    /// The tokens of a text. Offsets are those in the text, and lie between characters.
    pub(super) fn tokens(&self, text: &str) -> Vec<Token> {
        self.tokens_within(text, TokenLimit::NONE).unwrap_or_else(|tokens| tokens)
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// What a tokenizer or filter has made when that became more than `limit`; nothing if character filters make more.
    pub(super) fn tokens_within(&self, text: &str, limit: TokenLimit) -> Result<Vec<Token>, Vec<Token>> {
        let check = |tokens: Vec<Token>| {
            let fits = limit == TokenLimit::NONE || limit.after(&tokens).is_some();
            if fits { Ok(tokens) } else { Err(tokens) }
        };
        let mut replaced: Vec<Replaced> = Vec::with_capacity(self.char_filters.len());
        let mut room = limit.bytes;
        for filter in &self.char_filters {
            let input = replaced.last().map_or(text, |before| &before.text);
            let next = filter.filter(input, room).ok_or_else(Vec::new)?;
            room = room.saturating_sub(next.bytes());
            replaced.push(next);
        }
        let input = replaced.last().map_or(text, |before| before.text.as_str());
        let mut tokens = check(self.tokenizer.tokens_within(input, limit))?;
        // From the last filter back to the first.
        for index in (0..replaced.len()).rev() {
            let old = index.checked_sub(1).map_or(text, |before| &replaced[before].text);
            let corrector = replaced[index].corrector(old);
            for token in &mut tokens {
                token.start = corrector.byte_in_old(token.start);
                token.end = corrector.byte_in_old(token.end).max(token.start);
            }
        }
        for filter in &self.filters {
            tokens = check(filter.apply_within(tokens, limit))?;
        }
        if !replaced.is_empty() {
            for token in &mut tokens {
                token.start = text.floor_char_boundary(token.start);
                token.end = text.floor_char_boundary(token.end);
            }
        }
        Ok(tokens)
    }

    /// The text of a keyword as a normalizer changes it.
    pub(crate) fn normalize(&self, text: &str) -> String {
        self.tokens(text).into_iter().map(|token| token.text).collect()
    }

    /// What it makes of a part of a term: only what changes characters is left.
    pub(super) fn for_parts(mut self) -> Self {
        self.tokenizer = Arc::new(KEYWORD);
        self.filters.retain(|filter| filter.changes_characters());
        self
    }

    /// How many words a text has: tokens of one position count once, and so does what filters left out before the last token.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.tokens(text).last().map_or(0, |token| token.position + 1)
    }

    /// The analyzer as a tokenizer of tantivy.
    pub(super) fn build(self) -> tantivy_tokens::TextAnalyzer {
        let tokens = Vec::new();
        tantivy_tokens::TextAnalyzer::builder(ChainTokenizer { analyzer: Arc::new(self), tokens }).build()
    }
}

/// An analyzer for tantivy.
#[derive(Clone)]
struct ChainTokenizer {
    analyzer: Arc<Analyzer>,
    /// The tokens of the current text.
    tokens: Vec<tantivy_tokens::Token>,
}

struct ChainStream<'a> {
    tokens: &'a mut [tantivy_tokens::Token],
    /// How many tokens have been read.
    read: usize,
}

impl tantivy_tokens::Tokenizer for ChainTokenizer {
    type TokenStream<'a> = ChainStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ChainStream<'a> {
        self.tokens.clear();
        self.tokens.extend(self.analyzer.tokens(text).into_iter().map(|token| tantivy_tokens::Token {
            offset_from: token.start,
            offset_to: token.end,
            position: token.position,
            text: token.text,
            // Clients expect that queries for shingles are not graphs.
            position_length: if token.kind == SHINGLE { 1 } else { token.length },
        }));
        ChainStream { tokens: &mut self.tokens, read: 0 }
    }
}

impl tantivy_tokens::TokenStream for ChainStream<'_> {
    fn advance(&mut self) -> bool {
        self.read += 1;
        self.read <= self.tokens.len()
    }

    fn token(&self) -> &tantivy_tokens::Token {
        &self.tokens[self.read - 1]
    }

    fn token_mut(&mut self) -> &mut tantivy_tokens::Token {
        &mut self.tokens[self.read - 1]
    }
}
