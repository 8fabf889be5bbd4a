//! The syntax of Lucene's regular expressions.
//!
//! The grammar is that of Lucene's class `RegExp`; characters that are not as the grammar wants them stand for themselves:
//!
//! ```text
//! union      = intersection ("|" union)?
//! intersection = concat ("&" intersection)?
//! concat     = repeat concat?
//! repeat     = complement ("?" | "*" | "+" | "{n}" | "{n,}" | "{n,m}")*
//! complement = "~" complement | class
//! class      = "[" "^"? item+ "]" | simple
//! simple     = "." | "#" | "@" | "\"" text "\"" | "(" union? ")" | "<n-m>" | "\d" (and D, s, S, w, W) | "\"? character
//! ```
//!
//! An expression always matches a whole term, so that `^` and `$` are ordinary characters.

use super::operators::Operators;
use crate::query::term_pattern::PatternError;
use crate::terms::{CharSet, Expression, LetterCase};

/// Parses an expression.
pub(super) fn parse_expression(text: &str, operators: Operators, case: LetterCase) -> Result<Expression, PatternError> {
    if text.is_empty() {
        return Ok(Expression::Empty);
    }
    let mut parser = Parser { characters: text.chars().collect(), position: 0, operators, case };
    let expression = parser.union()?;
    if parser.has_more() {
        return Err(parser.mistake("end-of-string expected"));
    }
    Ok(expression)
}

struct Parser {
    characters: Vec<char>,
    position: usize,
    operators: Operators,
    case: LetterCase,
}

impl Parser {
    fn has_more(&self) -> bool {
        self.position < self.characters.len()
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.position).copied()
    }

    fn next(&mut self) -> Result<char, PatternError> {
        let next = self.peek().ok_or(PatternError::UnexpectedEnd)?;
        self.position += 1;
        Ok(next)
    }

    fn accept(&mut self, character: char) -> bool {
        let is_next = self.peek() == Some(character);
        self.position += usize::from(is_next);
        is_next
    }

    /// Takes an operator, if it is one.
    fn accept_operator(&mut self, operator: Operators, character: char) -> bool {
        self.operators.has(operator) && self.accept(character)
    }

    fn mistake(&self, what: impl Into<String>) -> PatternError {
        PatternError::Syntax { what: what.into(), position: self.position }
    }

    fn union(&mut self) -> Result<Expression, PatternError> {
        let mut alternatives = vec![self.intersection()?];
        while self.accept('|') {
            alternatives.push(self.intersection()?);
        }
        Ok(only_or(alternatives, Expression::Union))
    }

    fn intersection(&mut self) -> Result<Expression, PatternError> {
        let mut conditions = vec![self.concatenation()?];
        while self.accept_operator(Operators::INTERSECTION, '&') {
            conditions.push(self.concatenation()?);
        }
        Ok(only_or(conditions, Expression::Intersection))
    }

    fn concatenation(&mut self) -> Result<Expression, PatternError> {
        let mut parts = vec![self.repetition()?];
        loop {
            match self.peek() {
                None | Some(')' | '|') => break,
                Some('&') if self.operators.has(Operators::INTERSECTION) => break,
                Some(_) => parts.push(self.repetition()?),
            }
        }
        Ok(only_or(parts, Expression::Concat))
    }

    fn repetition(&mut self) -> Result<Expression, PatternError> {
        let mut expression = self.complement()?;
        while let Some(operator @ ('?' | '*' | '+' | '{')) = self.peek() {
            self.position += 1;
            let (min, max) = match operator {
                '?' => (0, Some(1)),
                '*' => (0, None),
                '+' => (1, None),
                _ => self.counts()?,
            };
            expression = expression.repeated(min, max);
        }
        Ok(expression)
    }

    /// What follows `{`.
    fn counts(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        let min = self.digits()?.ok_or_else(|| self.mistake("integer expected"))?;
        let max = if self.accept(',') { self.digits()? } else { Some(min) };
        if !self.accept('}') {
            return Err(self.mistake("expected '}'"));
        }
        match max {
            Some(max) if min > max => {
                Err(self.mistake(format!("a repetition must not be at least {min} and at most {max} times")))
            }
            max => Ok((min, max)),
        }
    }

    /// The digits of a number; `None` if there are none.
    fn digits(&mut self) -> Result<Option<u32>, PatternError> {
        let start = self.position;
        while self.peek().is_some_and(|character| character.is_ascii_digit()) {
            self.position += 1;
        }
        let digits: String = self.characters[start..self.position].iter().collect();
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse::<i32>() {
            Ok(number) => Ok(Some(number.unsigned_abs())),
            Err(_) => Err(self.mistake(format!("the number {digits} is too large"))),
        }
    }

    fn complement(&mut self) -> Result<Expression, PatternError> {
        let mut is_complement = false;
        while self.accept_operator(Operators::COMPLEMENT, '~') {
            is_complement = !is_complement;
        }
        let inner = if self.accept('[') { self.class()? } else { self.simple()? };
        Ok(if is_complement { inner.complement() } else { inner })
    }

    /// What follows `[`.
    fn class(&mut self) -> Result<Expression, PatternError> {
        let is_negated = self.accept('^');
        let mut set = self.class_item()?;
        while self.peek().is_some_and(|character| character != ']') {
            set = set.union(&self.class_item()?);
        }
        if !self.accept(']') {
            return Err(self.mistake("expected ']'"));
        }
        Ok(Expression::Char(if is_negated { set.negated() } else { set }))
    }

    /// A character, a range of them, or a predefined class.
    fn class_item(&mut self) -> Result<CharSet, PatternError> {
        if let Some(predefined) = self.predefined()? {
            return Ok(predefined);
        }
        let first = self.character()?;
        if !self.accept('-') {
            return Ok(CharSet::one(first, self.case));
        }
        let last = self.character()?;
        if first > last {
            let (first, last) = (u32::from(first), u32::from(last));
            return Err(self.mistake(format!("invalid range: from ({first}) cannot be > to ({last})")));
        }
        Ok(CharSet::from_ranges(&[(first, last)]))
    }

    fn simple(&mut self) -> Result<Expression, PatternError> {
        if self.accept('.') {
            return Ok(Expression::any_char());
        }
        if self.accept_operator(Operators::EMPTY, '#') {
            return Ok(Expression::Nothing);
        }
        if self.accept_operator(Operators::ANY_STRING, '@') {
            return Ok(Expression::any_text());
        }
        if self.accept('"') {
            let text = self.until('"')?;
            return Ok(Expression::text(&text, self.case));
        }
        if self.accept('(') {
            if self.accept(')') {
                return Ok(Expression::Empty);
            }
            let inner = self.union()?;
            return if self.accept(')') { Ok(inner) } else { Err(self.mistake("expected ')'")) };
        }
        let has_intervals = self.operators.has(Operators::INTERVAL) || self.operators.has(Operators::NAMES);
        if has_intervals && self.accept('<') {
            return self.interval();
        }
        if let Some(predefined) = self.predefined()? {
            return Ok(Expression::Char(predefined));
        }
        Ok(Expression::char(self.character()?, self.case))
    }

    /// What comes before a character, which is taken, too.
    fn until(&mut self, end: char) -> Result<String, PatternError> {
        let start = self.position;
        while self.peek().is_some_and(|character| character != end) {
            self.position += 1;
        }
        let text = self.characters[start..self.position].iter().collect();
        if self.accept(end) { Ok(text) } else { Err(self.mistake(format!("expected '{end}'"))) }
    }

    /// What follows `<`.
    fn interval(&mut self) -> Result<Expression, PatternError> {
        let text = self.until('>')?;
        if !text.contains('-') && self.operators.has(Operators::NAMES) {
            return Err(self.mistake(format!("'{text}' not found")));
        }
        let bounds = text.split_once('-').and_then(|(min, max)| {
            let number = |text: &str| text.parse::<i32>().ok()?.try_into().ok();
            Some((number(min)?, number(max)?, (min.len() == max.len()).then_some(min.len())))
        });
        let Some((one, other, digits)) = bounds.filter(|_| self.operators.has(Operators::INTERVAL)) else {
            self.position -= 1;
            return Err(self.mistake("interval syntax error"));
        };
        let (min, max): (u32, u32) = (u32::min(one, other), u32::max(one, other));
        Ok(Expression::decimals(min, max, digits))
    }

    /// A class of ASCII characters, such as `\d`.
    fn predefined(&mut self) -> Result<Option<CharSet>, PatternError> {
        if self.peek() != Some('\\') {
            return Ok(None);
        }
        let Some(&letter) = self.characters.get(self.position + 1) else { return Ok(None) };
        let set = match letter.to_ascii_lowercase() {
            'd' => CharSet::from_ranges(&[('0', '9')]),
            's' => CharSet::from_ranges(&[('\t', '\n'), ('\r', '\r'), (' ', ' ')]),
            'w' => CharSet::from_ranges(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
            'a'..='z' => {
                self.position += 1;
                return Err(self.mistake(format!("invalid character class \\{letter}")));
            }
            _ => return Ok(None),
        };
        self.position += 2;
        Ok(Some(if letter.is_ascii_uppercase() { set.negated() } else { set }))
    }

    /// A character, which may follow a backslash.
    fn character(&mut self) -> Result<char, PatternError> {
        self.accept('\\');
        self.next()
    }
}

fn only_or(mut parts: Vec<Expression>, several: fn(Vec<Expression>) -> Expression) -> Expression {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => Expression::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{MAX_EFFORT, TermAutomaton};

    /// Those of the terms that match.
    fn matching<'a>(expression: &str, operators: Operators, terms: &[&'a str]) -> Vec<&'a str> {
        let expression = parse_expression(expression, operators, LetterCase::Sensitive).expect("valid");
        let automaton = TermAutomaton::compile(&expression, MAX_EFFORT).expect("not too complex");
        terms.iter().copied().filter(|term| automaton.accepts(term)).collect()
    }

    #[test]
    fn operators_have_their_meaning() {
        const TERMS: &[&str] = &["", "a", "b", "ab", "aab", "7", "07", "12", "^a$", "größe", "a\nb", "a-b"];
        for (expression, expected) in [
            ("a|ab", vec!["a", "ab"]),
            ("a.b", vec!["aab", "a\nb", "a-b"]),
            ("a*b?", vec!["", "a", "b", "ab", "aab"]),
            ("a{2}b{1,}", vec!["aab"]),
            ("^a$", vec!["^a$"]),
            ("[^a-z]", vec!["7"]),
            (r"\d+", vec!["7", "07", "12"]),
            (r"a\-b", vec!["a-b"]),
            ("\"a-b\"", vec!["a-b"]),
            ("()", vec![""]),
            ("gr..e", vec!["größe"]),
            ("~(.*a.*)&.+", vec!["b", "7", "07", "12", "größe"]),
            ("~~a", vec!["a"]),
            ("<1-12>", vec!["7", "07", "12"]),
            ("<01-12>", vec!["07", "12"]),
            ("<12-1>", vec!["7", "07", "12"]),
            ("a@", vec!["a", "ab", "aab", "a\nb", "a-b"]),
            ("a|#", vec!["a"]),
            ("@&~(@a@|@b@)", vec!["", "7", "07", "12", "größe"]),
        ] {
            assert_eq!(matching(expression, Operators::ALL, TERMS), expected, "{expression}");
        }
    }

    #[test]
    fn operators_without_a_flag_are_characters() {
        let none = Operators::NONE;
        assert_eq!(matching("~a&b@#<1-2>", none, &["~a&b@#<1-2>", "b"]), ["~a&b@#<1-2>"]);
        assert_eq!(matching("\"a\"", none, &["a", "\"a\""]), ["a"]);
        assert_eq!(matching("~a@", Operators::COMPLEMENT, &["b@", "a@", "bb"]), ["b@"]);
    }

    #[test]
    fn operators_in_other_places_are_characters() {
        for text in ["*a", "+", "?", "{1}", "}", "]", ")", "|a", "&a"] {
            assert_eq!(matching(text, Operators::ALL, &[text, "a"]), [text]);
        }
        assert_eq!(matching("[-a]", Operators::ALL, &["-", "a", "b"]), ["-", "a"]);
        assert_eq!(matching("a||b", Operators::ALL, &["a", "|b", "b"]), ["a", "|b"]);
    }

    #[test]
    fn only_characters_and_texts_have_two_cases() {
        let matches = |expression: &str, term: &str| {
            let expression = parse_expression(expression, Operators::ALL, LetterCase::Insensitive).expect("valid");
            TermAutomaton::compile(&expression, MAX_EFFORT).expect("not too complex").accepts(term)
        };
        assert!(matches("[A]\"B\"c", "abC") && !matches("[A-B]", "a") && !matches("Ä", "ä"));
    }

    #[test]
    fn mistakes_say_where_they_are() {
        let mistake = |text: &str| {
            parse_expression(text, Operators::ALL, LetterCase::Sensitive).expect_err("is invalid").to_string()
        };
        assert_eq!(mistake("(a"), "expected ')' at position 2");
        assert_eq!(mistake("a{1"), "expected '}' at position 3");
        assert_eq!(mistake("[a"), "expected ']' at position 2");
        assert_eq!(mistake("[]"), "expected ']' at position 2");
        assert_eq!(mistake("a)"), "end-of-string expected at position 1");
        assert_eq!(mistake("a{,2}"), "integer expected at position 2");
        assert_eq!(mistake("[b-a]"), "invalid range: from (98) cannot be > to (97) at position 4");
        assert_eq!(mistake("a{3,1}"), "a repetition must not be at least 3 and at most 1 times at position 6");
        assert_eq!(mistake(r"Berl\in"), r"invalid character class \i at position 5");
        assert_eq!(mistake("<1-10"), "expected '>' at position 5");
        assert_eq!(mistake("<1-a>"), "interval syntax error at position 4");
        assert_eq!(mistake("<a>"), "'a' not found at position 3");
        assert_eq!(mistake("a&"), "unexpected end of the expression");
        assert_eq!(mistake("a{99999999999}"), "the number 99999999999 is too large at position 13");
    }
}
