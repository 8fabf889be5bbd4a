//! Source text to tokens.

use crate::failure::{Failure, Located};
use crate::language::Language;

/// A token and where it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The byte at which it starts.
    pub(crate) start: usize,
    /// The byte after it.
    pub(crate) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Name(String),
    /// A number with its suffix, as it was written.
    Number(String),
    Text(String),
    /// A regular expression and its flags, without the slashes.
    Regex(String, String),
    /// An operator or a punctuation mark.
    Symbol(&'static str),
    End,
}

/// Operators and punctuation marks of expressions; those that start with another one come first.
const EXPRESSION_SYMBOLS: &[&str] = &[
    ">>>", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+", "-", "*", "/", "%", "<", ">", "!", "~", "&", "|", "^",
    "?", ":", "(", ")", "[", "]", ",", ".",
];

/// Those of Painless.
const PAINLESS_SYMBOLS: &[&str] = &[
    ">>>=", "===", "!==", ">>>", "<<=", ">>=", "==~", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "++", "--", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "?.", "?:", "=~", "->", "::", "+", "-", "*", "/", "%", "<", ">", "!",
    "~", "&", "|", "^", "?", ":", "(", ")", "[", "]", "{", "}", ",", ";", ".", "=",
];

/// Splits a source. The last token is [`TokenKind::End`].
pub(crate) fn tokens(source: &str, language: Language) -> Result<Vec<Token>, Located> {
    let mut lexer = Lexer { source, language, position: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.position;
        let kind = lexer.token(tokens.last())?;
        let is_end = kind == TokenKind::End;
        tokens.push(Token { kind, start, end: lexer.position });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    source: &'a str,
    language: Language,
    position: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let comment = if self.language == Language::Expression {
                0
            } else if rest[blanks..].starts_with("//") {
                rest[blanks..].find('\n').unwrap_or(rest.len() - blanks)
            } else if rest[blanks..].starts_with("/*") {
                // Without its end it is an operator, which the parser rejects.
                rest[blanks..].find("*/").map_or(0, |end| end + 2)
            } else {
                0
            };
            self.position += blanks + comment;
            if comment == 0 {
                return;
            }
        }
    }

    fn token(&mut self, previous: Option<&Token>) -> Result<TokenKind, Located> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(TokenKind::End) };
        let second = rest[first.len_utf8()..].chars().next();
        let is_expression = self.language == Language::Expression;
        if first.is_ascii_alphabetic() || first == '_' || (first == '$' && is_expression) {
            let is_part = |character: char| {
                character.is_ascii_alphanumeric() || character == '_' || (character == '$' && is_expression)
            };
            return Ok(TokenKind::Name(self.take(rest.find(|character| !is_part(character)).unwrap_or(rest.len()))));
        }
        if first.is_ascii_digit()
            || (is_expression && first == '.' && second.is_some_and(|second| second.is_ascii_digit()))
        {
            // `list.0` is an index.
            let after_dot = matches!(previous, Some(Token { kind: TokenKind::Symbol("." | "?."), .. }));
            let length = if after_dot { digits(rest) } else { self.number_length(rest) };
            return Ok(TokenKind::Number(self.take(length)));
        }
        if first == '\'' || first == '"' {
            return self.text(first);
        }
        if first == '/' && !is_expression && !ends_value(previous) {
            return self.regex();
        }
        let symbols = if is_expression { EXPRESSION_SYMBOLS } else { PAINLESS_SYMBOLS };
        if let Some(symbol) = symbols.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.position += symbol.len();
            return Ok(TokenKind::Symbol(symbol));
        }
        Err(Failure::argument(format!("unexpected character [{first}].")).at(self.position))
    }

    fn take(&mut self, length: usize) -> String {
        let taken = &self.rest()[..length];
        self.position += length;
        taken.to_owned()
    }

    fn number_length(&self, rest: &str) -> usize {
        let bytes = rest.as_bytes();
        let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
        if at(0) == b'0' && matches!(at(1), b'x' | b'X') {
            let hex = rest[2..].find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(rest.len() - 2);
            return 2 + hex + self.suffix(at(2 + hex), b"lL");
        }
        let mut length = digits(rest);
        if at(length) == b'.' && (at(length + 1).is_ascii_digit() || self.language == Language::Expression) {
            length += 1 + digits(&rest[length + 1..]);
        }
        if matches!(at(length), b'e' | b'E') {
            let sign = usize::from(matches!(at(length + 1), b'+' | b'-'));
            let exponent = digits(&rest[length + 1 + sign..]);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        length + self.suffix(at(length), b"lLfFdD")
    }

    fn suffix(&self, byte: u8, suffixes: &[u8]) -> usize {
        usize::from(self.language == Language::Painless && suffixes.contains(&byte))
    }

    /// A regular expression between slashes, in which a backslash comes before a slash.
    fn regex(&mut self) -> Result<TokenKind, Located> {
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1);
        let mut pattern = String::new();
        while let Some((index, character)) = characters.next() {
            match character {
                '/' if !pattern.is_empty() => {
                    self.position += index + 1;
                    let is_flag = |character: char| "cimsUlux".contains(character);
                    let flags = self.rest();
                    let flags = self.take(flags.find(|character| !is_flag(character)).unwrap_or(flags.len()));
                    return Ok(TokenKind::Regex(pattern, flags));
                }
                '\n' | '/' => break,
                '\\' => match characters.next() {
                    Some((_, '/')) => pattern.push('/'),
                    Some((_, escaped)) if escaped != '\n' => pattern.extend(['\\', escaped]),
                    _ => break,
                },
                _ => pattern.push(character),
            }
        }
        let line = rest.lines().next().unwrap_or(rest);
        Err(Failure::argument(format!("unexpected character [{line}].")).at(self.position))
    }

    /// A text in quotes, in which a backslash comes before a quote or a backslash.
    fn text(&mut self, quote: char) -> Result<TokenKind, Located> {
        let start = self.position;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((index, character)) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some((_, escaped)) if escaped == quote || escaped == '\\' => text.push(escaped),
                    _ => {
                        let reason = format!(
                            "unexpected escape sequence. The only valid escape sequences in strings starting with [{quote}] are [\\\\] and [\\{quote}]."
                        );
                        return Err(Failure::argument(reason).at(start + index));
                    }
                },
                _ if character == quote => {
                    self.position += index + 1;
                    return Ok(TokenKind::Text(text));
                }
                _ => text.push(character),
            }
        }
        Err(Failure::argument("unexpected end of script: a string has no closing quote.").at(start))
    }
}

/// Whether a slash after this token divides. After anything else it begins a regular expression.
fn ends_value(token: Option<&Token>) -> bool {
    match token.map(|token| &token.kind) {
        Some(TokenKind::Name(name)) => !matches!(name.as_str(), "return" | "in" | "instanceof" | "else"),
        Some(TokenKind::Number(_) | TokenKind::Symbol(")" | "]" | "}")) => true,
        _ => false,
    }
}

fn digits(text: &str) -> usize {
    text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, language: Language) -> String {
        match tokens(source, language) {
            Ok(tokens) => {
                let show = |token: &Token| match &token.kind {
                    TokenKind::Name(name) => format!("name {name}"),
                    TokenKind::Number(number) => format!("number {number}"),
                    TokenKind::Text(text) => format!("text {text}"),
                    TokenKind::Regex(pattern, flags) => format!("regex {pattern} flags {flags}"),
                    TokenKind::Symbol(symbol) => (*symbol).to_owned(),
                    TokenKind::End => format!("end at {}", token.start),
                };
                tokens.iter().map(show).collect::<Vec<_>>().join(", ")
            }
            Err(error) => format!("{} at {}", error.failure.reason, error.offset),
        }
    }

    #[test]
    fn painless() {
        let tokens = |source| shown(source, Language::Painless);
        assert_eq!(tokens("a>>>=1L /* x */ +.5 // y"), "name a, >>>=, number 1L, +, ., number 5, end at 24");
        assert_eq!(tokens(r#"'it\'s' "\\""#), r"text it's, text \, end at 12");
        assert_eq!(
            tokens("l.0 1.5e-3f 0x1FL 1."),
            "name l, ., number 0, number 1.5e-3f, number 0x1FL, number 1, ., end at 20"
        );
        assert_eq!(tokens(r"a =~ /x\/\d/i / 2 /"), r"name a, =~, regex x/\d flags i, regex  2  flags , end at 19");
        assert_eq!(tokens("a @"), "unexpected character [@]. at 2");
        assert_eq!(tokens("a 'b"), "unexpected end of script: a string has no closing quote. at 2");
    }

    #[test]
    fn expressions() {
        let tokens = |source| shown(source, Language::Expression);
        assert_eq!(tokens("$a .5 5. 1L ++"), "name $a, number .5, number 5., number 1, name L, +, +, end at 14");
    }
}
