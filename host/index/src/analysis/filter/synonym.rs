//! The filters `synonym_graph`, `synonym` and `flatten_graph`.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::options::Options;
use super::super::token::Token;
use super::super::token_limit::TokenLimit;
use super::synonym_rules::{Replacement, SynonymRules};
use crate::IndexError;

/// The type of tokens that are synonyms.
const SYNONYM: &str = "SYNONYM";

/// Adds synonyms so that each path through the positions is one form of the text.
struct SynonymGraph {
    rules: SynonymRules,
}

/// Adds synonyms at the positions of the words, one after another.
struct SynonymFilter {
    rules: SynonymRules,
}

pub(super) fn read_graph(options: &mut Options<'_>, before: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(SynonymGraph { rules: SynonymRules::read(options, before)? }))
}

pub(super) fn read(options: &mut Options<'_>, before: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(SynonymFilter { rules: SynonymRules::read(options, before)? }))
}

impl TokenFilter for SynonymGraph {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        self.apply_within(tokens, TokenLimit::NONE)
    }

    fn apply_within(&self, tokens: Vec<Token>, mut limit: TokenLimit) -> Vec<Token> {
        let mut output: Vec<Token> = Vec::with_capacity(tokens.len());
        // Where the word after the last one would stand in the input, and where in the output.
        let mut input_next = 0;
        let mut output_next = 0;
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            // Gaps stay; several tokens at one position, too.
            let position = (output_next + token.position).saturating_sub(input_next);
            match self.rules.longest_match(tokens[index..].iter().map(|token| token.text.as_str())) {
                Some((length, rule)) => {
                    let matched = &tokens[index..index + length];
                    let made = output.len();
                    output_next = add_paths(&mut output, matched, rule, position);
                    match limit.after(&output[made..]) {
                        Some(left) => limit = left,
                        None => return output,
                    }
                    input_next = matched[length - 1].position + 1;
                    index += length;
                }
                None => {
                    output_next = position + 1;
                    input_next = token.position + 1;
                    output.push(Token { position, ..token.clone() });
                    index += 1;
                }
            }
        }
        output
    }
}

/// Adds the synonyms of some tokens, and the tokens themselves if the rule keeps them. Returns the position after all of them.
fn add_paths(output: &mut Vec<Token>, matched: &[Token], rule: &Replacement, position: usize) -> usize {
    let (first, last) = (&matched[0], &matched[matched.len() - 1]);
    // Every word but the last of each path ends at a position of its own.
    let inner = |words: usize| words - 1;
    let synonyms: usize = rule.outputs.iter().map(|path| inner(path.len())).sum();
    let originals = if rule.keeps_original { inner(matched.len()) } else { 0 };
    let end = position + synonyms + originals + 1;

    let synonym = |text: &str, from: usize, to: usize| Token {
        text: text.to_owned(),
        start: first.start,
        end: last.end,
        kind: SYNONYM,
        position: from,
        length: to - from,
        is_keyword: false,
    };
    // First the first word of each path, then the rest of each.
    let mut next = position + 1;
    let mut rests = Vec::new();
    for path in &rule.outputs {
        let to = if path.len() == 1 { end } else { next };
        output.push(synonym(&path[0], position, to));
        rests.push(to);
        next += inner(path.len());
    }
    let originals_from = if matched.len() == 1 { end } else { next };
    if rule.keeps_original {
        output.push(Token { position, length: originals_from - position, ..first.clone() });
    }
    for (path, from) in rule.outputs.iter().zip(rests) {
        for (index, word) in path.iter().enumerate().skip(1) {
            let from = from + index - 1;
            let to = if index + 1 == path.len() { end } else { from + 1 };
            output.push(synonym(word, from, to));
        }
    }
    if rule.keeps_original {
        for (index, token) in matched.iter().enumerate().skip(1) {
            let from = originals_from + index - 1;
            let to = if index + 1 == matched.len() { end } else { from + 1 };
            output.push(Token { position: from, length: to - from, ..token.clone() });
        }
    }
    end
}

impl TokenFilter for SynonymFilter {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        self.apply_within(tokens, TokenLimit::NONE)
    }

    fn apply_within(&self, tokens: Vec<Token>, mut limit: TokenLimit) -> Vec<Token> {
        // The synonyms at each token, and beyond the last one.
        let mut synonyms: Vec<Vec<Synonym<'_>>> = Vec::new();
        synonyms.resize_with(tokens.len(), Vec::new);
        let mut is_replaced = vec![false; tokens.len()];
        let mut index = 0;
        let mut fits = true;
        while index < tokens.len() && fits {
            let words = tokens[index..].iter().map(|token| token.text.as_str());
            let Some((length, rule)) = self.rules.longest_match(words) else {
                index += 1;
                continue;
            };
            let end = tokens[index + length - 1].end;
            for path in &rule.outputs {
                if synonyms.len() < index + path.len() {
                    synonyms.resize_with(index + path.len(), Vec::new);
                }
                // A synonym of one word stands for all words.
                let span = if path.len() == 1 { Some((end, length)) } else { None };
                for (offset, word) in path.iter().enumerate() {
                    fits &= limit.take(word.len());
                    synonyms[index + offset].push(Synonym { word, span });
                }
            }
            if !rule.keeps_original {
                is_replaced[index..index + length].fill(true);
            }
            index += length;
        }
        place(&tokens, &synonyms, &is_replaced)
    }
}

struct Synonym<'a> {
    word: &'a str,
    /// Where it ends, and how many positions it spans; `None` if as the token at whose position it stands.
    span: Option<(usize, usize)>,
}

fn place(tokens: &[Token], synonyms: &[Vec<Synonym<'_>>], is_replaced: &[bool]) -> Vec<Token> {
    let mut output: Vec<Token> = Vec::with_capacity(tokens.len());
    for (index, here) in synonyms.iter().enumerate() {
        let token = tokens.get(index);
        let is_kept = token.is_some() && !is_replaced[index];
        if !is_kept && here.is_empty() {
            continue;
        }
        let Some(place) = token.or_else(|| tokens.last()) else { break };
        // The step from the token before; words that were replaced by fewer leave no gap.
        let step = match (token, index.checked_sub(1).and_then(|before| tokens.get(before))) {
            (Some(token), Some(before)) => token.position - before.position,
            (Some(token), None) => token.position,
            (None, _) => 1,
        };
        let position = output.last().map_or(0, |last| last.position) + step;
        if is_kept {
            output.push(Token { position, ..place.clone() });
        }
        for synonym in here {
            let (end, length) = synonym.span.unwrap_or((place.end, 1));
            // One word for several that were replaced spans one position only.
            let length = if is_replaced.get(index).copied().unwrap_or(false) { 1 } else { length };
            output.push(Token {
                text: synonym.word.to_owned(),
                start: place.start,
                end,
                kind: SYNONYM,
                position,
                length,
                is_keyword: false,
            });
        }
    }
    output
}

/// Puts the paths of a graph on top of each other, so that it can be indexed.
struct FlattenGraph;

pub(super) fn read_flatten(_: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(FlattenGraph))
}

impl TokenFilter for FlattenGraph {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        // How far from the beginning each position is at least: one more than the furthest position from which a token leads to it.
        let end = tokens.iter().map(|token| token.position + token.length).max().unwrap_or(0);
        let mut depth = vec![0; end + 1];
        let mut reached = vec![false; end + 1];
        let mut by_start: Vec<usize> = (0..tokens.len()).collect();
        by_start.sort_by_key(|index| tokens[*index].position);
        let mut last = 0;
        for index in by_start {
            let token = &tokens[index];
            let from = token.position;
            for position in last + 1..=from {
                if !reached[position] {
                    depth[position] = depth[position - 1] + 1;
                }
            }
            last = last.max(from);
            let to = from + token.length;
            depth[to] = depth[to].max(depth[from] + 1);
            reached[to] = true;
        }
        for token in &mut tokens {
            let to = depth[token.position + token.length];
            token.position = depth[token.position];
            token.length = to.saturating_sub(token.position).max(1);
        }
        tokens.sort_by_key(|token| token.position);
        tokens
    }
}
