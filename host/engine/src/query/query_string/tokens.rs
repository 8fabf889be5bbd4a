//! The tokens of the language of `query_string`: the longest one that fits is taken, as in Lucene.

use super::error::SyntaxError;

/// A token and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// As it is written, with escapes.
    pub(super) text: String,
    /// The index of its first character.
    pub(super) position: usize,
}

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    And,
    Or,
    /// `NOT` or `!`
    Not,
    Plus,
    Minus,
    /// `+`, `-` or `!` before a space: an ordinary character.
    BareOperator,
    Open,
    Close,
    Colon,
    Star,
    Caret,
    Number,
    Quoted,
    Term,
    /// `~` and what follows it.
    Tilde,
    /// A term that ends in `*`.
    Prefix,
    /// A term with `*` or `?`.
    Wildcard,
    /// `/.../`
    Regexp,
    /// `[` or `{`
    RangeStart,
    /// `]` or `}`
    RangeEnd,
    /// `TO` in a range.
    To,
    RangeQuoted,
    RangeBound,
    End,
}

/// Where in the text: what is a token depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Query,
    AfterCaret,
    Range,
}

/// The tokens of a text. `limit` bounds their number.
pub(super) fn tokens(text: &str, limit: usize) -> Result<Vec<Token>, SyntaxError> {
    let characters: Vec<char> = text.chars().collect();
    let mut lexer = Lexer { characters: &characters, position: 0, place: Place::Query };
    let mut tokens = Vec::new();
    loop {
        if tokens.len() == limit {
            return Err(SyntaxError::new(format!("the query has more than {limit} parts"), lexer.position));
        }
        let token = lexer.next()?;
        let is_end = token.kind == TokenKind::End;
        tokens.push(token);
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    characters: &'a [char],
    position: usize,
    place: Place,
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{3000}')
}

/// Whether a term may start with this character, if it is not escaped.
fn starts_term(character: char) -> bool {
    !is_space(character)
        && !matches!(
            character,
            '+' | '-' | '!' | '(' | ')' | ':' | '^' | '[' | ']' | '"' | '{' | '}' | '~' | '*' | '?' | '\\' | '/'
        )
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Token, SyntaxError> {
        match self.place {
            Place::Query => self.in_query(),
            Place::AfterCaret => self.number(),
            Place::Range => self.in_range(),
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.position + ahead).copied()
    }

    fn take(&mut self, kind: TokenKind, length: usize) -> Token {
        let position = self.position;
        self.position += length;
        let text = self.characters[position..self.position].iter().collect();
        Token { kind, text, position }
    }

    fn error(&self, reason: &str) -> SyntaxError {
        SyntaxError::new(reason, self.position)
    }

    fn in_query(&mut self) -> Result<Token, SyntaxError> {
        while self.peek(0).is_some_and(is_space) {
            self.position += 1;
        }
        let Some(first) = self.peek(0) else { return Ok(self.take(TokenKind::End, 0)) };
        let before_space = self.peek(1).is_some_and(is_space);
        Ok(match first {
            '+' | '-' | '!' if before_space => self.take(TokenKind::BareOperator, 2),
            '+' => self.take(TokenKind::Plus, 1),
            '-' => self.take(TokenKind::Minus, 1),
            '!' => self.take(TokenKind::Not, 1),
            '(' => self.take(TokenKind::Open, 1),
            ')' => self.take(TokenKind::Close, 1),
            ':' => self.take(TokenKind::Colon, 1),
            '^' => {
                self.place = Place::AfterCaret;
                self.take(TokenKind::Caret, 1)
            }
            '[' | '{' => {
                self.place = Place::Range;
                self.take(TokenKind::RangeStart, 1)
            }
            '"' => {
                let length = self.quoted().ok_or_else(|| self.error("the quote does not end"))?;
                self.take(TokenKind::Quoted, length)
            }
            '/' => {
                let length = self.delimited('/').ok_or_else(|| {
                    self.error(
                        "the regular expression does not end; escape [/] with a backslash to match the character",
                    )
                })?;
                self.take(TokenKind::Regexp, length)
            }
            '~' => {
                let length = 1 + self.term_length(1, |_| false)?;
                self.take(TokenKind::Tilde, length)
            }
            ']' | '}' => return Err(self.error("expected a term or an operator, found the end of a range")),
            _ => self.term()?,
        })
    }

    /// A term, which may be a word of the language or a pattern.
    fn term(&mut self) -> Result<Token, SyntaxError> {
        let is_wildcard = |character| matches!(character, '*' | '?');
        let whole = self.term_length(0, is_wildcard)?;
        let plain = if self.peek(0).is_some_and(is_wildcard) { 0 } else { self.term_length(0, |_| false)? };
        let is_prefix = plain > 0 && whole == plain + 1 && self.peek(plain) == Some('*');
        let mut token = self.take(TokenKind::Wildcard, whole);
        token.kind = match token.text.as_str() {
            "AND" | "&&" => TokenKind::And,
            "OR" | "||" => TokenKind::Or,
            "NOT" => TokenKind::Not,
            "*" => TokenKind::Star,
            _ if whole == plain => TokenKind::Term,
            _ if is_prefix => TokenKind::Prefix,
            _ => TokenKind::Wildcard,
        };
        Ok(token)
    }

    /// How many characters from `ahead` on belong to a term, or are `others`.
    fn term_length(&self, ahead: usize, others: impl Fn(char) -> bool) -> Result<usize, SyntaxError> {
        let mut length = 0;
        while let Some(character) = self.peek(ahead + length) {
            if character == '\\' {
                if self.peek(ahead + length + 1).is_none() {
                    return Err(SyntaxError::new("a backslash has nothing to escape", self.position + ahead + length));
                }
                length += 2;
            } else if starts_term(character) || matches!(character, '-' | '+') || others(character) {
                length += 1;
            } else {
                break;
            }
        }
        Ok(length)
    }

    /// The length of `"..."`, in which a backslash escapes a character.
    fn quoted(&self) -> Option<usize> {
        let mut length = 1;
        loop {
            match self.peek(length)? {
                '"' => return Some(length + 1),
                '\\' => {
                    self.peek(length + 1)?;
                    length += 2;
                }
                _ => length += 1,
            }
        }
    }

    /// The length of a text between two `delimiter`s, where one after a backslash does not end it, unless there is no other.
    fn delimited(&self, delimiter: char) -> Option<usize> {
        let mut end = None;
        let mut length = 1;
        while let Some(character) = self.peek(length) {
            length += 1;
            if character == delimiter {
                end = Some(length);
                if self.peek(length - 2) != Some('\\') {
                    break;
                }
            }
        }
        end
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        self.place = Place::Query;
        let digits = |from: usize| (from..).take_while(|at| self.peek(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let mut length = digits(0);
        if length == 0 {
            return Err(self.error("expected a number after [^]"));
        }
        if self.peek(length) == Some('.') {
            let fraction = digits(length + 1);
            if fraction > 0 {
                length += 1 + fraction;
            }
        }
        Ok(self.take(TokenKind::Number, length))
    }

    fn in_range(&mut self) -> Result<Token, SyntaxError> {
        loop {
            let Some(first) = self.peek(0) else { return Ok(self.take(TokenKind::End, 0)) };
            let is_bound = |character| !matches!(character, ' ' | ']' | '}');
            let length = (0..).take_while(|ahead| self.peek(*ahead).is_some_and(is_bound)).count();
            if first == ' ' || is_space(first) && length == 1 {
                self.position += 1;
                continue;
            }
            if matches!(first, ']' | '}') {
                self.place = Place::Query;
                return Ok(self.take(TokenKind::RangeEnd, 1));
            }
            let quoted = if first == '"' { self.delimited('"').filter(|length| *length > 2) } else { None };
            return Ok(match quoted {
                Some(quoted) if quoted >= length => self.take(TokenKind::RangeQuoted, quoted),
                _ if length == 2 && first == 'T' && self.peek(1) == Some('O') => self.take(TokenKind::To, 2),
                _ => self.take(TokenKind::RangeBound, length),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TokenKind::*;
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        let mut kinds: Vec<_> = tokens(text, 100).expect("valid").into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds.pop(), Some(End));
        kinds
    }

    #[test]
    fn the_longest_token_is_taken() {
        assert_eq!(kinds("a AND ANDROID && a&&b || OR NOT !c"), [Term, And, Term, And, Term, Or, Or, Not, Not, Term]);
        assert_eq!(kinds("* a* a*b ?x *a a?* \\*"), [Star, Prefix, Wildcard, Wildcard, Wildcard, Wildcard, Term]);
        assert_eq!(kinds("+a -b a-b + c"), [Plus, Term, Minus, Term, Term, BareOperator, Term]);
        assert_eq!(kinds("a~ a~1 \"b\"~2 /x\\/y/ /z/"), [Term, Tilde, Term, Tilde, Quoted, Tilde, Regexp, Regexp]);
        assert_eq!(kinds("a^2.5b (c):d"), [Term, Caret, Number, Term, Open, Term, Close, Colon, Term]);
    }

    #[test]
    fn ranges_have_tokens_of_their_own() {
        assert_eq!(kinds("[a TO \"b c\"} x"), [RangeStart, RangeBound, To, RangeQuoted, RangeEnd, Term]);
        assert_eq!(kinds("{* TO TOP]"), [RangeStart, RangeBound, To, RangeBound, RangeEnd]);
        assert_eq!(kinds("[\"a\"b TO c"), [RangeStart, RangeBound, To, RangeBound]);
    }

    #[test]
    fn mistakes_have_positions() {
        let error = |text: &str| tokens(text, 100).expect_err("invalid").to_string();
        insta::assert_snapshot!(error("a \"b"), @"the quote does not end at position 2");
        insta::assert_snapshot!(error("a/b"), @"the regular expression does not end; escape [/] with a backslash to match the character at position 1");
        insta::assert_snapshot!(error("a^ 2"), @"expected a number after [^] at position 2");
        insta::assert_snapshot!(error("ab\\"), @"a backslash has nothing to escape at position 2");
        insta::assert_snapshot!(error("ä ]"), @"expected a term or an operator, found the end of a range at position 2");
    }

    #[test]
    fn their_number_is_limited() {
        assert_eq!(tokens("a b", 3).map(|tokens| tokens.len()), Ok(3));
        insta::assert_snapshot!(tokens("a b c", 3).expect_err("too many"), @"the query has more than 3 parts at position 5");
    }
}
