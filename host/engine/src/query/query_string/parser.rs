//! The grammar of `query_string`, which is that of Lucene's classic query parser.
//!
//! ```text
//! group  = (words | clause) (words | [AND | OR] clause)*
//! words  = term term+                              unless an operator for the last one follows
//! clause = [+ | - | NOT] [field :] (part | "(" group ")" [^ number])
//! part   = (term | prefix | wildcard | regexp | phrase) [~...] [^ number]
//!        | ("[" | "{") bound TO bound ("]" | "}") [^ number]
//! ```

use super::error::SyntaxError;
use super::escapes::unescape;
use super::group::{Conjunction, Group, GroupClause, Part, PartKind, RangePart, Sign};
use super::tokens::{Token, TokenKind, tokens};

/// Deepest nesting of parentheses. Parsing and planning recurse, so this bounds the stack.
pub(super) const MAX_DEPTH: usize = 100;

/// Tokens of a clause, at most: an operator, a sign, a field, a range, a boost.
const TOKENS_OF_A_CLAUSE: usize = 16;

/// Parses a query. It may have at most `max_clauses` clauses.
pub(super) fn parse(text: &str, max_clauses: usize) -> Result<Group, SyntaxError> {
    let tokens = tokens(text, max_clauses.saturating_mul(TOKENS_OF_A_CLAUSE))?;
    let mut parser = Parser { tokens, next: 0, depth: 0, clauses: 0, max_clauses };
    let group = parser.group(None)?;
    parser.expect(TokenKind::End, "an operator or a term")?;
    Ok(group)
}

struct Parser {
    /// The last one is the end.
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    clauses: usize,
    max_clauses: usize,
}

impl Parser {
    fn peek(&self, ahead: usize) -> TokenKind {
        self.tokens.get(self.next + ahead).map_or(TokenKind::End, |token| token.kind)
    }

    /// The next token. The end stays the next one.
    fn take(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn take_if(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek(0) == kind).then(|| self.take())
    }

    fn expect(&mut self, kind: TokenKind, what: &str) -> Result<Token, SyntaxError> {
        if self.peek(0) == kind { Ok(self.take()) } else { Err(self.unexpected(what)) }
    }

    fn unexpected(&self, what: &str) -> SyntaxError {
        let token = &self.tokens[self.next];
        let found = match token.kind {
            TokenKind::End => "the end".to_owned(),
            _ => format!("[{}]", token.text),
        };
        SyntaxError::new(format!("expected {what}, found {found}"), token.position)
    }

    fn group(&mut self, field: Option<&str>) -> Result<Group, SyntaxError> {
        let mut clauses: Vec<GroupClause> = Vec::new();
        while clauses.is_empty() || self.starts_clause() {
            self.count_clause()?;
            if self.starts_words() {
                clauses.push(GroupClause { conjunction: None, sign: None, part: self.words(field)? });
                continue;
            }
            let conjunction = if clauses.is_empty() { None } else { self.conjunction() };
            let sign = self.sign();
            clauses.push(GroupClause { conjunction, sign, part: self.clause(field)? });
        }
        Ok(Group { clauses })
    }

    fn count_clause(&mut self) -> Result<(), SyntaxError> {
        self.clauses += 1;
        if self.clauses <= self.max_clauses {
            return Ok(());
        }
        let position = self.tokens[self.next].position;
        let reason = format!("too many clauses: at most {} are allowed in a query", self.max_clauses);
        Err(SyntaxError::new(reason, position))
    }

    fn starts_clause(&self) -> bool {
        !matches!(
            self.peek(0),
            TokenKind::Close | TokenKind::Colon | TokenKind::Caret | TokenKind::Tilde | TokenKind::End
        )
    }

    fn conjunction(&mut self) -> Option<Conjunction> {
        let conjunction = match self.peek(0) {
            TokenKind::And => Conjunction::And,
            TokenKind::Or => Conjunction::Or,
            _ => return None,
        };
        self.take();
        Some(conjunction)
    }

    fn sign(&mut self) -> Option<Sign> {
        let sign = match self.peek(0) {
            TokenKind::Plus => Sign::Required,
            TokenKind::Minus | TokenKind::Not => Sign::Prohibited,
            _ => return None,
        };
        self.take();
        Some(sign)
    }

    /// Whether the next term is a word among others: no operator for it follows.
    fn is_word(&self, ahead: usize) -> bool {
        let follows = self.peek(ahead + 1);
        self.peek(ahead) == TokenKind::Term
            && !matches!(
                follows,
                TokenKind::Colon
                    | TokenKind::Star
                    | TokenKind::Tilde
                    | TokenKind::Caret
                    | TokenKind::And
                    | TokenKind::Or
            )
    }

    fn starts_words(&self) -> bool {
        self.peek(0) == TokenKind::Term && self.is_word(1)
    }

    fn words(&mut self, field: Option<&str>) -> Result<Part, SyntaxError> {
        let first = self.take();
        let mut text = unescape(&first.text, first.position)?;
        while self.is_word(0) {
            let word = self.take();
            text.push(' ');
            text.push_str(&unescape(&word.text, word.position)?);
        }
        Ok(Part { field: field.map(str::to_owned), kind: PartKind::Words(text), boost: None })
    }

    fn clause(&mut self, field: Option<&str>) -> Result<Part, SyntaxError> {
        let mut own_field = None;
        if self.peek(1) == TokenKind::Colon && matches!(self.peek(0), TokenKind::Term | TokenKind::Star) {
            let name = self.take();
            own_field = Some(unescape(&name.text, name.position)?);
            self.take();
        }
        let field = own_field.as_deref().or(field);
        if self.peek(0) != TokenKind::Open {
            return self.part(field);
        }
        let position = self.take().position;
        if self.depth == MAX_DEPTH {
            let reason = format!("nested too deeply: at most {MAX_DEPTH} levels of parentheses are allowed");
            return Err(SyntaxError::new(reason, position));
        }
        self.depth += 1;
        let group = self.group(field)?;
        self.depth -= 1;
        self.expect(TokenKind::Close, "an operator, a term or [)]")?;
        let boost = self.boost()?;
        Ok(Part { field: field.map(str::to_owned), kind: PartKind::Group(group), boost })
    }

    fn part(&mut self, field: Option<&str>) -> Result<Part, SyntaxError> {
        let field = field.map(str::to_owned);
        if self.peek(0) == TokenKind::RangeStart {
            let kind = PartKind::Range(self.range()?);
            return Ok(Part { field, kind, boost: self.boost()? });
        }
        let is_part = matches!(
            self.peek(0),
            TokenKind::Term
                | TokenKind::Star
                | TokenKind::Prefix
                | TokenKind::Wildcard
                | TokenKind::Regexp
                | TokenKind::BareOperator
                | TokenKind::Quoted
        );
        if !is_part {
            return Err(self.unexpected("a term, a phrase, a range or [(]"));
        }
        let token = self.take();
        let mut boost = self.boost()?;
        let tilde = self.take_if(TokenKind::Tilde).map(|tilde| tilde.text[1..].to_owned());
        if boost.is_none() && tilde.is_some() {
            boost = self.boost()?;
        }
        Ok(Part { field, kind: part_kind(&token, tilde)?, boost })
    }

    fn boost(&mut self) -> Result<Option<f32>, SyntaxError> {
        if self.take_if(TokenKind::Caret).is_none() {
            return Ok(None);
        }
        let number = self.expect(TokenKind::Number, "a number after [^]")?;
        match number.text.parse::<f32>() {
            Ok(boost) if boost.is_finite() => Ok(Some(boost)),
            _ => Err(SyntaxError::new(format!("the boost [{}] is too large", number.text), number.position)),
        }
    }

    fn range(&mut self) -> Result<RangePart, SyntaxError> {
        let includes_lower = self.take().text == "[";
        let lower = self.bound()?;
        self.expect(TokenKind::To, "[TO]")?;
        let upper = self.bound()?;
        let includes_upper = self.expect(TokenKind::RangeEnd, "[]] or [}]")?.text == "]";
        Ok(RangePart { lower, upper, includes_lower, includes_upper })
    }

    fn bound(&mut self) -> Result<Option<String>, SyntaxError> {
        match self.peek(0) {
            TokenKind::RangeQuoted => {
                let token = self.take();
                let inner = &token.text[1..token.text.len() - 1];
                unescape(inner, token.position + 1).map(Some)
            }
            TokenKind::RangeBound | TokenKind::To => {
                let token = self.take();
                if token.text == "*" { Ok(None) } else { unescape(&token.text, token.position).map(Some) }
            }
            _ => Err(self.unexpected("a bound of the range")),
        }
    }
}

fn part_kind(token: &Token, tilde: Option<String>) -> Result<PartKind, SyntaxError> {
    let text = token.text.as_str();
    let inner = |from: usize, to: usize| text[from..text.len() - to].to_owned();
    Ok(match token.kind {
        TokenKind::Star | TokenKind::Wildcard => PartKind::Wildcard(text.to_owned()),
        TokenKind::Prefix => PartKind::Prefix(unescape(&inner(0, 1), token.position)?),
        TokenKind::Regexp => PartKind::Regexp(inner(1, 1)),
        TokenKind::Quoted => PartKind::Phrase { text: unescape(&inner(1, 1), token.position + 1)?, slop: tilde },
        // Only the operator, without the space after it.
        TokenKind::BareOperator => term(text[..1].to_owned(), tilde),
        _ => term(unescape(text, token.position)?, tilde),
    })
}

fn term(text: String, tilde: Option<String>) -> PartKind {
    match tilde {
        Some(fuzziness) => PartKind::Fuzzy { text, fuzziness },
        None => PartKind::Term(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_parsed_or_rejected(text in "[a-cäTO0-9+!():^\\[\\]\"{}~*?|&/\\\\ .<>=-]{0,40}") {
            if let Ok(group) = parse(&text, 100) {
                prop_assert!(!group.clauses.is_empty());
            }
        }
    }

    /// The parsed query, written with all its parentheses.
    fn parsed(text: &str) -> String {
        match parse(text, 1_024) {
            Ok(group) => write_group(&group),
            Err(error) => format!("error: {error}"),
        }
    }

    fn write_group(group: &Group) -> String {
        let clauses = group.clauses.iter().map(|clause| {
            let conjunction = match clause.conjunction {
                Some(Conjunction::And) => "AND ",
                Some(Conjunction::Or) => "OR ",
                None => "",
            };
            let sign = match clause.sign {
                Some(Sign::Required) => "+",
                Some(Sign::Prohibited) => "-",
                None => "",
            };
            format!("{conjunction}{sign}{}", write_part(&clause.part))
        });
        clauses.collect::<Vec<_>>().join(" ")
    }

    fn write_part(part: &Part) -> String {
        let field = part.field.as_ref().map(|field| format!("{field}:")).unwrap_or_default();
        let boost = part.boost.map(|boost| format!("^{boost}")).unwrap_or_default();
        let kind = match &part.kind {
            PartKind::Term(text) => text.clone(),
            PartKind::Words(text) => format!("<{text}>"),
            PartKind::Phrase { text, slop } => format!("\"{text}\"{}", slop.as_deref().unwrap_or("")),
            PartKind::Fuzzy { text, fuzziness } => format!("{text}~{fuzziness}"),
            PartKind::Prefix(text) => format!("prefix({text})"),
            PartKind::Wildcard(text) => format!("wildcard({text})"),
            PartKind::Regexp(text) => format!("/{text}/"),
            PartKind::Range(range) => format!("{:?}..{:?}", range.lower, range.upper),
            PartKind::Group(group) => format!("({})", write_group(group)),
        };
        format!("{field}{kind}{boost}")
    }

    #[test]
    fn words_are_analyzed_together_unless_an_operator_follows() {
        assert_eq!(parsed("a b c"), "<a b c>");
        assert_eq!(parsed("a b AND c"), "a b AND c");
        assert_eq!(parsed("a b c AND d"), "<a b> c AND d");
        assert_eq!(parsed("a b^2 c"), "a b^2 c");
        assert_eq!(parsed("a b c:d"), "<a b> c:d");
        assert_eq!(parsed("a b -c d"), "<a b> -c d");
    }

    #[test]
    fn operators_and_groups() {
        assert_eq!(parsed("a AND NOT b OR -c"), "a AND -b OR -c");
        assert_eq!(parsed("x:(a OR y:b)^3 !c"), "x:(x:a OR y:b)^3 -c");
        assert_eq!(parsed("*:*"), "*:wildcard(*)");
        assert_eq!(parsed("+ a"), "+ a");
    }

    #[test]
    fn parts_of_all_kinds() {
        assert_eq!(
            parsed("a~1^2 b^2~ c* d?e /f\\/g/ \"h i\"~3"),
            "a~1^2 b~^2 prefix(c) wildcard(d?e) /f\\/g/ \"h i\"3"
        );
        assert_eq!(parsed("n:[1 TO *}^2"), "n:Some(\"1\")..None^2");
        assert_eq!(parsed("d:{\"a b\" TO TO]"), "d:Some(\"a b\")..Some(\"TO\")");
        assert_eq!(parsed("n:>=3"), "n:>=3");
    }

    #[test]
    fn mistakes_say_where_they_are() {
        assert_eq!(parsed("a AND"), "error: expected a term, a phrase, a range or [(], found the end at position 5");
        assert_eq!(parsed("(a"), "error: expected an operator, a term or [)], found the end at position 2");
        assert_eq!(parsed("a)"), "error: expected an operator or a term, found [)] at position 1");
        assert_eq!(parsed("AND a"), "error: expected a term, a phrase, a range or [(], found [AND] at position 0");
        assert_eq!(parsed("n:[1 3]"), "error: expected [TO], found [3] at position 5");
        assert_eq!(parsed("a:b:c"), "error: expected an operator or a term, found [:] at position 3");
        assert_eq!(
            parsed("a^99999999999999999999999999999999999999999"),
            "error: the boost [99999999999999999999999999999999999999999] is too large at position 2"
        );
    }

    #[test]
    fn nesting_and_clauses_are_limited() {
        let nested = |depth: usize| parsed(&format!("{}a{}", "(".repeat(depth), ")".repeat(depth)));
        assert!(nested(MAX_DEPTH).starts_with("(("));
        assert_eq!(
            nested(MAX_DEPTH + 1),
            "error: nested too deeply: at most 100 levels of parentheses are allowed at position 100"
        );
        assert!(nested(1_000).starts_with("error: nested too deeply"));
        let clauses = |count: usize| parse(&vec!["a"; count].join(" OR "), 1_024).map(|group| group.clauses.len());
        assert_eq!(clauses(1_024), Ok(1_024));
        insta::assert_snapshot!(clauses(1_025).expect_err("too many"), @"too many clauses: at most 1024 are allowed in a query at position 5117");
    }
}
