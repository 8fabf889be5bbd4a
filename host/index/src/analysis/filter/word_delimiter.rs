//! The filters `word_delimiter_graph` and `word_delimiter`: the parts of words, and parts joined again.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::char_classes::unescape;
use super::super::options::Options;
use super::super::token::Token;
use super::word_parts::{Cutting, Part, class_named};
use crate::IndexError;

struct WordDelimiter {
    cutting: Cutting,
    outputs: Outputs,
    protected: HashSet<String>,
    /// Whether the parts have offsets of their own.
    adjusts_offsets: bool,
    ignores_keywords: bool,
    form: Form,
}

/// What is made of a word.
struct Outputs {
    word_parts: bool,
    number_parts: bool,
    catenated_words: bool,
    catenated_numbers: bool,
    catenated_all: bool,
    original: bool,
}

/// How tokens of several parts are placed.
#[derive(PartialEq)]
enum Form {
    /// They span the positions of their parts, and come before these.
    Graph,
    /// They stand at the position of their first part, after it.
    Flat,
}

pub(super) fn read_graph(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(read_with(options, Form::Graph)?))
}

pub(super) fn read(options: &mut Options<'_>, _: &Analyzer) -> Result<Arc<dyn TokenFilter>, IndexError> {
    Ok(Arc::new(read_with(options, Form::Flat)?))
}

fn read_with(options: &mut Options<'_>, form: Form) -> Result<WordDelimiter, IndexError> {
    let mut types = Vec::new();
    for rule in options.list("type_table")?.unwrap_or_default() {
        let invalid = || options.error("type_table", format!("invalid rule {rule:?}: expected `character => TYPE`"));
        let (character, class) = rule.split_once("=>").ok_or_else(invalid)?;
        let character = character.trim();
        let character = unescape(character).or_else(|| {
            let mut characters = character.chars();
            characters.next().filter(|_| characters.next().is_none())
        });
        types.push((character.ok_or_else(invalid)?, class_named(class.trim()).ok_or_else(invalid)?));
    }
    let is_graph = form == Form::Graph;
    Ok(WordDelimiter {
        cutting: Cutting {
            types,
            at_case_changes: options.flag("split_on_case_change")?.unwrap_or(true),
            at_digits: options.flag("split_on_numerics")?.unwrap_or(true),
            without_possessive: options.flag("stem_english_possessive")?.unwrap_or(true),
        },
        outputs: Outputs {
            word_parts: options.flag("generate_word_parts")?.unwrap_or(true),
            number_parts: options.flag("generate_number_parts")?.unwrap_or(true),
            catenated_words: options.flag("catenate_words")?.unwrap_or(false),
            catenated_numbers: options.flag("catenate_numbers")?.unwrap_or(false),
            catenated_all: options.flag("catenate_all")?.unwrap_or(false),
            original: options.flag("preserve_original")?.unwrap_or(false),
        },
        protected: options.list("protected_words")?.unwrap_or_default().into_iter().collect(),
        adjusts_offsets: if is_graph { options.flag("adjust_offsets")?.unwrap_or(true) } else { true },
        ignores_keywords: if is_graph { options.flag("ignore_keywords")?.unwrap_or(false) } else { false },
        form,
    })
}

impl TokenFilter for WordDelimiter {
    fn apply(&self, tokens: Vec<Token>) -> Vec<Token> {
        let mut output: Vec<Token> = Vec::with_capacity(tokens.len() * 2);
        // The position of the last token of the input, and how much further the next one is than the last of the output.
        let mut before = None;
        let mut step = 0;
        for token in tokens {
            step += before.map_or(token.position, |before| token.position - before);
            before = Some(token.position);
            let position = output.last().map_or(0, |last| last.position) + step;
            let characters: Vec<char> = token.text.chars().collect();
            let parts = self.cutting.parts(&characters);
            let is_whole = matches!(parts[..], [part] if part.start == 0 && part.end == characters.len());
            if is_whole
                || self.ignores_keywords && token.is_keyword
                || self.protected.contains(&token.text)
                || parts.is_empty() && self.outputs.original
            {
                output.push(Token { position, ..token });
                step = 0;
                continue;
            }
            let word = Word { token: &token, characters: &characters };
            let pieces = match self.form {
                // One part between delimiters is never left out, nor repeated.
                _ if parts.len() == 1 && !self.outputs.original => {
                    vec![Piece { parts: parts.clone(), first: 0, end: 1 }]
                }
                Form::Graph => self.graph(&parts, characters.len()),
                Form::Flat => self.flat(&parts, characters.len()),
            };
            for piece in &pieces {
                output.push(self.output(&word, piece, position));
                step = 0;
            }
        }
        output
    }
}

struct Word<'a> {
    token: &'a Token,
    characters: &'a [char],
}

/// A token to be made of parts of a word.
struct Piece {
    parts: Vec<Part>,
    /// The positions that it spans, from that of the word on.
    first: usize,
    end: usize,
}

/// Parts that are being joined.
struct Joined {
    parts: Vec<Part>,
    first: usize,
}

impl WordDelimiter {
    fn generates(&self, part: Part) -> bool {
        self.outputs.word_parts && part.is_alpha() || self.outputs.number_parts && part.is_digit()
    }

    fn catenates(&self, part: Part) -> bool {
        self.outputs.catenated_words && part.is_alpha() || self.outputs.catenated_numbers && part.is_digit()
    }

    fn graph(&self, parts: &[Part], characters: usize) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut position = 0;
        let mut joined: Option<Joined> = None;
        let mut last_joined = 0;
        for part in parts {
            if let Some(complete) = joined.take_if(|joined| !joined.parts[0].joins(*part)) {
                last_joined = complete.parts.len();
                self.finish(complete, &mut position, &mut pieces);
            }
            if self.catenates(*part) {
                joined.get_or_insert_with(|| Joined { parts: Vec::new(), first: position }).parts.push(*part);
            }
            if self.generates(*part) {
                pieces.push(Piece { parts: vec![*part], first: position, end: position + 1 });
                position += 1;
            }
        }
        if let Some(complete) = joined {
            last_joined = complete.parts.len();
            self.finish(complete, &mut position, &mut pieces);
        }
        if self.outputs.catenated_all && parts.len() > last_joined {
            position = position.max(1);
            pieces.push(Piece { parts: parts.to_vec(), first: 0, end: position });
        }
        if self.outputs.original {
            position = position.max(1);
            pieces.insert(0, original(&parts[0], characters, position));
        }
        pieces.sort_by_key(|piece| (piece.first, std::cmp::Reverse(piece.end)));
        pieces
    }

    /// Adds parts that were joined, unless it is one that is there already.
    fn finish(&self, joined: Joined, position: &mut usize, pieces: &mut Vec<Piece>) {
        if joined.parts.len() == 1 && self.generates(joined.parts[0]) {
            return;
        }
        if *position == joined.first {
            *position += 1;
        }
        pieces.push(Piece { parts: joined.parts, first: joined.first, end: *position });
    }

    fn flat(&self, parts: &[Part], characters: usize) -> Vec<Piece> {
        let mut pieces = self.graph(parts, characters);
        // In the order in which they begin, and the shorter first, except for the whole word.
        let is_original =
            |piece: &Piece| piece.parts.len() == 1 && piece.parts[0].end - piece.parts[0].start == characters;
        pieces.sort_by_key(|piece| {
            let end = piece.parts.last().map_or(0, |part| part.end);
            (!is_original(piece), piece.parts[0].start, end)
        });
        for piece in &mut pieces {
            piece.end = piece.first + 1;
        }
        pieces
    }

    fn output(&self, word: &Word<'_>, piece: &Piece, position: usize) -> Token {
        let token = word.token;
        let text: String = piece.parts.iter().flat_map(|part| &word.characters[part.start..part.end]).collect();
        let start = piece.parts[0].start;
        let end = piece.parts.last().map_or(start, |part| part.end);
        // If the text is not as long as its place in the document, its parts have no place of their own.
        let has_own_offsets = self.adjusts_offsets && token.end - token.start == token.text.len();
        let bytes = |characters: &[char]| characters.iter().map(|character| character.len_utf8()).sum::<usize>();
        let (from, to) = if has_own_offsets {
            let from = token.start + bytes(&word.characters[..start]);
            (from, from + bytes(&word.characters[start..end]))
        } else {
            (token.start, token.end)
        };
        Token {
            text,
            start: from,
            end: to,
            position: position + piece.first,
            length: piece.end - piece.first,
            ..token.clone()
        }
    }
}

fn original(first: &Part, characters: usize, end: usize) -> Piece {
    Piece { parts: vec![Part { start: 0, end: characters, ..*first }], first: 0, end }
}
