//! Lucene's regular expressions, translated to the syntax of the crate `regex`.
//!
//! The grammar is that of Lucene's class `RegExp`:
//!
//! ```text
//! union   = concat ("|" concat)*
//! concat  = repeat*
//! repeat  = atom ("?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}")*
//! atom    = "(" union ")" | "[" class "]" | "\"" text "\"" | "." | "@" | "\" character | character
//! ```
//!
//! `^` and `$` are ordinary characters, since an expression always matches a whole term.

use crate::json::{Case, ErrorKind, Words};
use crate::query::term_pattern::{PatternError, push_escaped};

/// Which optional operators an expression has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Operators {
    /// All: `@`, `"..."`, and those that are not supported: `~`, `&`, `<n-m>`, `#`.
    All,
    /// None of them: they are ordinary characters.
    None,
}

/// `"flags"`.
pub(super) const FLAGS: Words<Operators> = Words {
    key: "flags",
    case: Case::Any,
    error: ErrorKind::Argument,
    words: &[("all", Operators::All), ("none", Operators::None)],
};

/// Translates an expression.
pub(super) fn translate(expression: &str, operators: Operators) -> Result<String, PatternError> {
    let mut translator = Translator { characters: expression.chars().collect(), position: 0, operators };
    let pattern = translator.union()?;
    if translator.position < translator.characters.len() {
        return Err(translator.expected("the end of the expression"));
    }
    Ok(pattern)
}

struct Translator {
    characters: Vec<char>,
    position: usize,
    operators: Operators,
}

impl Translator {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.position += usize::from(next.is_some());
        next
    }

    fn accept(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        self.position += usize::from(is_next);
        is_next
    }

    fn expected(&self, expected: &'static str) -> PatternError {
        PatternError::Expected { expected, position: self.position }
    }

    fn union(&mut self) -> Result<String, PatternError> {
        let mut pattern = self.concatenation()?;
        while self.accept('|') {
            pattern.push('|');
            pattern.push_str(&self.concatenation()?);
        }
        Ok(pattern)
    }

    fn concatenation(&mut self) -> Result<String, PatternError> {
        let mut pattern = String::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            pattern.push_str(&self.repetition()?);
        }
        Ok(pattern)
    }

    fn repetition(&mut self) -> Result<String, PatternError> {
        let mut pattern = self.atom()?;
        while let Some(operator @ ('?' | '*' | '+' | '{')) = self.peek() {
            self.position += 1;
            // In a group, since a second operator would change the first one.
            pattern = format!("(?:{pattern})");
            if operator == '{' {
                pattern.push_str(&self.counts()?);
            } else {
                pattern.push(operator);
            }
        }
        Ok(pattern)
    }

    /// What follows `{`.
    fn counts(&mut self) -> Result<String, PatternError> {
        let mut pattern = format!("{{{}", self.integer()?);
        if self.accept(',') {
            pattern.push(',');
            if self.peek() != Some('}') {
                pattern.push_str(&self.integer()?);
            }
        }
        if !self.accept('}') {
            return Err(self.expected("'}'"));
        }
        pattern.push('}');
        Ok(pattern)
    }

    fn integer(&mut self) -> Result<String, PatternError> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.position += 1;
        }
        if digits.is_empty() { Err(self.expected("integer")) } else { Ok(digits) }
    }

    fn atom(&mut self) -> Result<String, PatternError> {
        let start = self.position;
        let Some(character) = self.next() else { return Err(self.expected("an expression")) };
        match character {
            '.' => Ok(".".to_owned()),
            '(' => {
                let inner = self.union()?;
                if self.accept(')') { Ok(format!("(?:{inner})")) } else { Err(self.expected("')'")) }
            }
            '[' => self.class(),
            '\\' => self.escape(),
            '@' if self.operators == Operators::All => Ok("(?:.*)".to_owned()),
            '"' if self.operators == Operators::All => self.literal(),
            '~' | '&' | '<' | '#' if self.operators == Operators::All => {
                Err(PatternError::Unsupported { operator: character, position: start })
            }
            '?' | '*' | '+' | '{' => {
                self.position = start;
                Err(self.expected("an expression before the repetition"))
            }
            other => Ok(escaped(other)),
        }
    }

    /// What follows a double quote: text up to the next one.
    fn literal(&mut self) -> Result<String, PatternError> {
        let mut pattern = "(?:".to_owned();
        loop {
            match self.next() {
                Some('"') => break,
                Some(character) => pattern.push_str(&escaped(character)),
                None => return Err(self.expected("'\"'")),
            }
        }
        pattern.push(')');
        Ok(pattern)
    }

    /// What follows a backslash: a class of ASCII characters, or any character that is not a letter.
    fn escape(&mut self) -> Result<String, PatternError> {
        let Some(character) = self.next() else { return Err(self.expected("a character after the backslash")) };
        Ok(match character {
            'd' => "[0-9]".to_owned(),
            'D' => "[^0-9]".to_owned(),
            's' => "[ \\t\\n\\r]".to_owned(),
            'S' => "[^ \\t\\n\\r]".to_owned(),
            'w' => "[A-Za-z0-9_]".to_owned(),
            'W' => "[^A-Za-z0-9_]".to_owned(),
            letter if letter.is_ascii_alphabetic() => {
                self.position -= 1;
                return Err(self.expected("one of d, D, s, S, w, W after the backslash"));
            }
            other => escaped(other),
        })
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<String, PatternError> {
        let mut pattern = "[".to_owned();
        if self.accept('^') {
            pattern.push('^');
        }
        loop {
            pattern.push_str(&self.class_item()?);
            if self.accept(']') {
                pattern.push(']');
                return Ok(pattern);
            }
        }
    }

    /// A character, a range of them, or a predefined class.
    fn class_item(&mut self) -> Result<String, PatternError> {
        if self.peek() == Some('\\') {
            self.position += 1;
            return self.escape();
        }
        let Some(from) = self.next() else { return Err(self.expected("']'")) };
        if self.peek() != Some('-') || self.characters.get(self.position + 1) == Some(&']') {
            return Ok(escaped(from));
        }
        self.position += 1;
        let is_escaped = self.accept('\\');
        match self.next() {
            Some(to) if to >= from && !(is_escaped && to.is_ascii_alphabetic()) => {
                Ok(format!("{}-{}", escaped(from), escaped(to)))
            }
            Some(_) => {
                self.position -= 1;
                Err(self.expected("the end of a range that is not before its start"))
            }
            None => Err(self.expected("']'")),
        }
    }
}

fn escaped(character: char) -> String {
    let mut pattern = String::new();
    push_escaped(&mut pattern, character.encode_utf8(&mut [0; 4]));
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_keep_their_meaning() {
        for (lucene, rust) in [
            ("Ber(lin|n)", "Ber(?:lin|n)"),
            ("a.b", "a.b"),
            ("^a$", r"\^a\$"),
            ("a*?", "(?:(?:a)*)?"),
            ("a{2}b{1,}c{1,3}", "(?:a){2}(?:b){1,}(?:c){1,3}"),
            (r"[a-z&&b]\.", r"[a-z\&\&b]\."),
            (r"[^\d\-]", r"[^[0-9]\-]"),
            ("\"a.b\"+@", r"(?:(?:a\.b))+(?:.*)"),
            ("", ""),
            ("()", "(?:)"),
        ] {
            assert_eq!(translate(lucene, Operators::All).as_deref(), Ok(rust), "{lucene}");
        }
        assert_eq!(translate("a@~#\"", Operators::None).as_deref(), Ok(r#"a\@\~\#\""#));
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let mistake = |text: &str| translate(text, Operators::All).expect_err("is invalid").to_string();
        assert_eq!(mistake("(a"), "expected ')' at position 2");
        assert_eq!(mistake("a{1"), "expected '}' at position 3");
        assert_eq!(mistake("[a"), "expected ']' at position 2");
        assert_eq!(mistake("a)"), "expected the end of the expression at position 1");
        assert_eq!(mistake("*a"), "expected an expression before the repetition at position 0");
        assert_eq!(mistake("a{,2}"), "expected integer at position 2");
        assert_eq!(mistake("[b-a]"), "expected the end of a range that is not before its start at position 3");
        assert_eq!(mistake(r"Berl\in"), "expected one of d, D, s, S, w, W after the backslash at position 5");
        assert_eq!(
            mistake("a&b"),
            "operator [&] at position 1 is not supported; escape it with a backslash to match the character"
        );
    }
}
