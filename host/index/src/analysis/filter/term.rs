//! Filters that change the text of each token by itself.

use std::sync::Arc;

use super::super::analyzer::Analyzer;
use super::super::analyzer_parts::TokenFilter;
use super::super::light_stem::normalize_german;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

/// Changes the text of each token with a function.
pub(in super::super) struct EachTermFilter {
    change: fn(&mut String),
    changes: Changes,
}

#[derive(PartialEq)]
enum Changes {
    Characters,
    Words,
}

impl EachTermFilter {
    /// The function changes characters, wherever they stand.
    pub(in super::super) fn of_characters(change: fn(&mut String)) -> Self {
        EachTermFilter { change, changes: Changes::Characters }
    }

    /// The function needs whole words.
    pub(in super::super) fn of_words(change: fn(&mut String)) -> Self {
        EachTermFilter { change, changes: Changes::Words }
    }
}

impl TokenFilter for EachTermFilter {
    fn apply(&self, mut tokens: Vec<Token>) -> Vec<Token> {
        for token in &mut tokens {
            (self.change)(&mut token.text);
        }
        tokens
    }

    fn changes_characters(&self) -> bool {
        self.changes == Changes::Characters
    }
}

type Filter = Result<Arc<dyn TokenFilter>, IndexError>;

pub(super) fn read_uppercase(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(uppercase)))
}

pub(super) fn read_reverse(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_words(reverse)))
}

pub(super) fn read_decimal_digit(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(decimal_digits)))
}

pub(super) fn read_cjk_width(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(cjk_width)))
}

pub(super) fn read_german_normalization(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(normalize_german)))
}

pub(super) fn read_scandinavian_folding(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(fold_scandinavian)))
}

pub(super) fn read_scandinavian_normalization(_: &mut Options<'_>, _: &Analyzer) -> Filter {
    Ok(Arc::new(EachTermFilter::of_characters(normalize_scandinavian)))
}

/// Each character by itself: `ß` has no upper case of one character.
fn uppercase(term: &mut String) {
    let upper = |character: char| {
        let mut all = character.to_uppercase();
        match (all.next(), all.next()) {
            (Some(upper), None) => upper,
            _ => character,
        }
    };
    *term = term.chars().map(upper).collect();
}

pub(super) fn reverse(term: &mut String) {
    *term = term.chars().rev().collect();
}

/// Digits of all scripts become `0` to `9`.
fn decimal_digits(term: &mut String) {
    if term.is_ascii() {
        return;
    }
    *term = term.chars().map(|character| decimal_value(character).unwrap_or(character)).collect();
}

/// The ASCII digit of a decimal digit of another script. Each script has its ten digits in a row.
fn decimal_value(character: char) -> Option<char> {
    const ZEROS: [u32; 37] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
        0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0,
    ];
    let code = u32::from(character);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Full-width Latin letters become usual ones, and half-width Katakana full-width ones.
fn cjk_width(term: &mut String) {
    const KATAKANA: &str = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u{3099}\u{309a}";
    const VOICED: &str =
        "ウヴカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボワヷヰヸヱヹヲヺ";
    const SEMI_VOICED: &str = "ハパヒピフプヘペホポ";
    if term.is_ascii() {
        return;
    }
    let marked = |pairs: &str, character: char| {
        let mut pairs = pairs.chars();
        while let (Some(plain), Some(marked)) = (pairs.next(), pairs.next()) {
            if plain == character {
                return Some(marked);
            }
        }
        None
    };
    let mut folded = String::with_capacity(term.len());
    for character in term.chars() {
        let wide = match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
            '\u{ff65}'..='\u{ff9f}' => KATAKANA.chars().nth((u32::from(character) - 0xff65) as usize),
            other => Some(other),
        };
        let wide = wide.unwrap_or(character);
        let combined = match (character, folded.chars().next_back()) {
            ('\u{ff9e}', Some(before)) => marked(VOICED, before),
            ('\u{ff9f}', Some(before)) => marked(SEMI_VOICED, before),
            _ => None,
        };
        if combined.is_some() {
            folded.pop();
        }
        folded.push(combined.unwrap_or(wide));
    }
    *term = folded;
}

/// `å`, `ä` and `æ` become `a`, `ö` and `ø` become `o`; of `aa`, `ae`, `ao`, `oe` and `oo` the first letter stays.
fn fold_scandinavian(term: &mut String) {
    let mut folded = String::with_capacity(term.len());
    let mut characters = term.chars().peekable();
    while let Some(character) = characters.next() {
        folded.push(match character {
            'å' | 'ä' | 'æ' => 'a',
            'Å' | 'Ä' | 'Æ' => 'A',
            'ö' | 'ø' => 'o',
            'Ö' | 'Ø' => 'O',
            'a' | 'A' => {
                characters.next_if(|next| matches!(next, 'a' | 'A' | 'e' | 'E' | 'o' | 'O'));
                character
            }
            'o' | 'O' => {
                characters.next_if(|next| matches!(next, 'e' | 'E' | 'o' | 'O'));
                character
            }
            other => other,
        });
    }
    *term = folded;
}

/// Swedish letters become Danish ones, and pairs of letters become the letter that they stand for.
fn normalize_scandinavian(term: &mut String) {
    let mut folded = String::with_capacity(term.len());
    let mut characters = term.chars().peekable();
    while let Some(character) = characters.next() {
        let mut pair =
            |second: &[char], combined: char| characters.next_if(|next| second.contains(next)).map(|_| combined);
        folded.push(match character {
            'ä' => 'æ',
            'Ä' => 'Æ',
            'ö' => 'ø',
            'Ö' => 'Ø',
            'a' => pair(&['a', 'A', 'o', 'O'], 'å').or_else(|| pair(&['e', 'E'], 'æ')).unwrap_or('a'),
            'A' => pair(&['a', 'A', 'o', 'O'], 'Å').or_else(|| pair(&['e', 'E'], 'Æ')).unwrap_or('A'),
            'o' => pair(&['e', 'E', 'o', 'O'], 'ø').unwrap_or('o'),
            'O' => pair(&['e', 'E', 'o', 'O'], 'Ø').unwrap_or('O'),
            other => other,
        });
    }
    *term = folded;
}
