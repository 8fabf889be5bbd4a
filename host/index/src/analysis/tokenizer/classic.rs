//! The tokenizer `classic`: words by an older grammar, made for English.

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::super::analyzer_parts::Tokenizer;
use super::super::options::Options;
use super::super::token::Token;
use crate::IndexError;

/// The rules of the grammar. The longest match counts, and of several of the same length the first.
static RULES: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
    // Letters and digits of the grammar; ideographs have a rule of their own.
    let cj = r"\x{3040}-\x{318f}\x{3100}-\x{312f}\x{3040}-\x{309f}\x{30a0}-\x{30ff}\x{31f0}-\x{31ff}\x{3300}-\x{337f}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{ff65}-\x{ff9f}";
    let digit = r"\x{30}-\x{39}\x{660}-\x{669}\x{6f0}-\x{6f9}\x{966}-\x{96f}\x{9e6}-\x{9ef}\x{a66}-\x{a6f}\x{ae6}-\x{aef}\x{b66}-\x{b6f}\x{be7}-\x{bef}\x{c66}-\x{c6f}\x{ce6}-\x{cef}\x{d66}-\x{d6f}\x{e50}-\x{e59}\x{ed0}-\x{ed9}\x{1040}-\x{1049}\x{ff10}-\x{ff19}";
    let letter = format!(r"[[\p{{L}}\p{{Mn}}\p{{Mc}}&&[\x{{0}}-\x{{ffff}}]]--[{cj}]]");
    let alphanum = format!("(?:{letter}|[{digit}])+");
    let has_digit = format!("(?:{letter}|[{digit}])*[{digit}](?:{letter}|[{digit}])*");
    let between = "[_/.,-]";
    // Parts with and without digits in turn.
    let numbers = [
        format!("{alphanum}{between}{has_digit}"),
        format!("{has_digit}{between}{alphanum}"),
        format!("{alphanum}(?:{between}{has_digit}{between}{alphanum})+"),
        format!("{has_digit}(?:{between}{alphanum}{between}{has_digit})+"),
        format!("{alphanum}{between}{has_digit}(?:{between}{alphanum}{between}{has_digit})+"),
        format!("{has_digit}{between}{alphanum}(?:{between}{has_digit}{between}{alphanum})+"),
    ];
    [
        (alphanum.clone(), "<ALPHANUM>"),
        (format!("{letter}+(?:'{letter}+)+"), "<APOSTROPHE>"),
        (format!(r"{letter}\.(?:{letter}\.)+"), "<ACRONYM>"),
        (format!("{letter}+[&@]{letter}+"), "<COMPANY>"),
        (format!(r"{alphanum}(?:[._-]{alphanum})*@{alphanum}(?:[.-]{alphanum})+"), "<EMAIL>"),
        (format!(r"{alphanum}(?:\.{alphanum})+"), "<HOST>"),
        (format!("[{cj}]"), "<CJ>"),
    ]
    .into_iter()
    .chain(numbers.map(|number| (number, "<NUM>")))
    .map(|(pattern, kind)| (Regex::new(&format!("^(?:{pattern})")).expect("it is valid"), kind))
    .collect()
});

struct Classic {
    max_characters: usize,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn Tokenizer>, IndexError> {
    Ok(Arc::new(Classic { max_characters: options.size("max_token_length", 255)? }))
}

impl Tokenizer for Classic {
    fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut position = 0;
        let mut done = 0;
        while let Some(character) = text[done..].chars().next() {
            // No token contains white space, so that matching looks at one run of other characters only.
            let rest = &text[done..];
            let run = &rest[..rest.find(char::is_whitespace).unwrap_or(rest.len())];
            let mut longest: Option<(usize, &'static str)> = None;
            for (rule, kind) in RULES.iter() {
                if let Some(found) = rule.find(run)
                    && longest.is_none_or(|(length, _)| found.end() > length)
                {
                    longest = Some((found.end(), kind));
                }
            }
            let Some((length, kind)) = longest else {
                done += character.len_utf8();
                continue;
            };
            // A token that is too long is left out, but its position counts.
            if run[..length].chars().nth(self.max_characters).is_none() {
                tokens.push(Token::new(&run[..length], done, kind, position));
            }
            position += 1;
            done += length;
        }
        tokens
    }
}
