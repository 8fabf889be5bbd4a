//! The language of `simple_query_string`, in which every text is a query: what has no meaning is ignored.

use super::super::query_string::SyntaxError;
use super::flags::Flags;

/// Deepest nesting of parentheses. Parsing and planning recurse, so this bounds the stack.
pub(super) const MAX_DEPTH: usize = 100;

/// Greatest number of edits of a fuzzy term.
const MAX_EDITS: u32 = 2;

/// What is read one after the other: what operators connect is only known once it is clear which operands have words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Operand {
        operand: Operand,
        /// Whether it must not match.
        is_negated: bool,
    },
    /// `+`
    And,
    /// `|`
    Or,
    /// Something empty: the operator before it has no operand.
    Nothing,
}

/// What documents are searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Term(String),
    /// Without the `*`.
    Prefix(String),
    Fuzzy(String, u32),
    Phrase(String, u32),
    Group(Vec<Step>),
}

/// Reads a query. It may have at most `max_clauses` operands.
pub(super) fn parse(text: &str, flags: Flags, max_clauses: usize) -> Result<Vec<Step>, SyntaxError> {
    let characters: Vec<char> = text.chars().collect();
    let closing = closing_parentheses(&characters, flags);
    let end = characters.len();
    let mut parser =
        Parser { characters: &characters, closing, flags, position: 0, end, depth: 0, operands: 0, max_clauses };
    parser.steps()
}

/// For each opening parenthesis the index of its closing one.
fn closing_parentheses(characters: &[char], flags: Flags) -> Vec<Option<usize>> {
    let mut closing = vec![None; characters.len()];
    let mut open = Vec::new();
    let mut index = 0;
    while let Some(character) = characters.get(index) {
        match character {
            '\\' if flags.have(Flags::ESCAPE) => index += 1,
            '(' => open.push(index),
            ')' => {
                if let Some(opening) = open.pop() {
                    closing[opening] = Some(index);
                }
            }
            _ => {}
        }
        index += 1;
    }
    closing
}

struct Parser<'a> {
    characters: &'a [char],
    closing: Vec<Option<usize>>,
    flags: Flags,
    position: usize,
    /// Of the group that is read.
    end: usize,
    depth: usize,
    operands: usize,
    max_clauses: usize,
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        let index = self.position + ahead;
        if index < self.end { self.characters.get(index).copied() } else { None }
    }

    fn is(&self, character: char, operator: char, flag: Flags) -> bool {
        character == operator && self.flags.have(flag)
    }

    fn steps(&mut self) -> Result<Vec<Step>, SyntaxError> {
        let mut steps = Vec::new();
        let mut is_negated = false;
        while let Some(character) = self.peek(0) {
            if self.is(character, '-', Flags::NOT) {
                is_negated = !is_negated;
                self.position += 1;
                continue;
            }
            let step = if self.is(character, '(', Flags::PRECEDENCE) {
                self.group()?
            } else if self.is(character, ')', Flags::PRECEDENCE) {
                self.skip(None)
            } else if self.is(character, '"', Flags::PHRASE) {
                self.phrase()?
            } else if self.is(character, '+', Flags::AND) {
                self.skip(Some(Step::And))
            } else if self.is(character, '|', Flags::OR) {
                self.skip(Some(Step::Or))
            } else if is_space(character) && self.flags.have(Flags::WHITESPACE) {
                self.skip(None)
            } else {
                self.term()?
            };
            steps.extend(step.map(|step| match step {
                Step::Operand { operand, .. } => Step::Operand { operand, is_negated },
                other => other,
            }));
            // A negation is next to what it negates.
            is_negated = false;
        }
        Ok(steps)
    }

    /// Goes on after a character that stands for this.
    fn skip(&mut self, step: Option<Step>) -> Option<Step> {
        self.position += 1;
        step
    }

    fn operand(&mut self, operand: Operand) -> Result<Step, SyntaxError> {
        self.operands += 1;
        if self.operands > self.max_clauses {
            let reason = format!("too many clauses: at most {} are allowed in a query", self.max_clauses);
            return Err(SyntaxError::new(reason, self.position));
        }
        Ok(Step::Operand { operand, is_negated: false })
    }

    /// A parenthesis that is not closed is ignored.
    fn group(&mut self) -> Result<Option<Step>, SyntaxError> {
        let start = self.position + 1;
        let closing = self.closing[self.position].filter(|closing| *closing < self.end);
        let Some(closing) = closing else {
            self.position = start;
            return Ok(None);
        };
        if closing == start {
            self.position = closing + 1;
            return Ok(Some(Step::Nothing));
        }
        if self.depth == MAX_DEPTH {
            let reason = format!("nested too deeply: at most {MAX_DEPTH} levels of parentheses are allowed");
            return Err(SyntaxError::new(reason, self.position));
        }
        let outer_end = std::mem::replace(&mut self.end, closing);
        self.position = start;
        self.depth += 1;
        let steps = self.steps()?;
        self.depth -= 1;
        self.end = outer_end;
        self.position = closing + 1;
        self.operand(Operand::Group(steps)).map(Some)
    }

    /// A quote that does not end is ignored.
    fn phrase(&mut self) -> Result<Option<Step>, SyntaxError> {
        let start = self.position + 1;
        let mut text = String::new();
        self.position = start;
        loop {
            match self.peek(0) {
                None => {
                    self.position = start;
                    return Ok(None);
                }
                Some('"') => break,
                Some('\\') if self.flags.have(Flags::ESCAPE) => {
                    self.position += 1;
                    text.extend(self.peek(0));
                    self.position = (self.position + 1).min(self.end);
                }
                Some(character) => {
                    text.push(character);
                    self.position += 1;
                }
            }
        }
        let is_empty = self.position == start;
        self.position += 1;
        if is_empty {
            return Ok(Some(Step::Nothing));
        }
        let mut slop = 0;
        if self.peek(0) == Some('~') && self.flags.have(Flags::NEAR) {
            self.position += 1;
            if self.peek(0).is_some() {
                slop = self.number();
            }
        }
        self.operand(Operand::Phrase(text, slop)).map(Some)
    }

    fn term(&mut self) -> Result<Option<Step>, SyntaxError> {
        let mut text = String::new();
        let mut is_prefix = false;
        let mut edits = None;
        while let Some(character) = self.peek(0) {
            if self.is(character, '\\', Flags::ESCAPE) {
                is_prefix = false;
                self.position += 1;
                let Some(escaped) = self.peek(0) else { break };
                text.push(escaped);
                self.position += 1;
                continue;
            }
            if self.ends_term(character) {
                break;
            }
            if !text.is_empty() && self.is(character, '~', Flags::FUZZY) {
                self.position += 1;
                edits = Some(self.number().min(MAX_EDITS));
                break;
            }
            is_prefix = !text.is_empty() && self.is(character, '*', Flags::PREFIX);
            text.push(character);
            self.position += 1;
        }
        if text.is_empty() {
            return Ok(None);
        }
        let operand = match edits {
            Some(0) => Operand::Term(text),
            Some(edits) => Operand::Fuzzy(text, edits),
            None if is_prefix => {
                text.pop();
                Operand::Prefix(text)
            }
            None => Operand::Term(text),
        };
        self.operand(operand).map(Some)
    }

    /// The number up to the end of the term: without one it is 2, and what is not a number is 0.
    fn number(&mut self) -> u32 {
        let mut text = String::new();
        while let Some(character) = self.peek(0).filter(|character| !self.ends_term(*character)) {
            text.push(character);
            self.position += 1;
        }
        if text.is_empty() { 2 } else { text.parse::<i32>().map_or(0, |number| number.max(0) as u32) }
    }

    fn ends_term(&self, character: char) -> bool {
        self.is(character, '"', Flags::PHRASE)
            || self.is(character, '|', Flags::OR)
            || self.is(character, '+', Flags::AND)
            || self.is(character, '(', Flags::PRECEDENCE)
            || self.is(character, ')', Flags::PRECEDENCE)
            || is_space(character) && self.flags.have(Flags::WHITESPACE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_query(text in "[a-cä0-9+|()\"~*\\\\ -]{0,40}") {
            prop_assert!(parse(&text, Flags::ALL, 100).is_ok());
        }
    }

    fn steps(text: &str, flags: Flags) -> String {
        match parse(text, flags, 1_024) {
            Ok(steps) => write(&steps),
            Err(error) => format!("error: {error}"),
        }
    }

    fn write(steps: &[Step]) -> String {
        let steps = steps.iter().map(|step| match step {
            Step::And => "+".to_owned(),
            Step::Or => "|".to_owned(),
            Step::Nothing => "_".to_owned(),
            Step::Operand { operand, is_negated } => {
                let operand = match operand {
                    Operand::Term(text) => text.clone(),
                    Operand::Prefix(text) => format!("{text}*"),
                    Operand::Fuzzy(text, edits) => format!("{text}~{edits}"),
                    Operand::Phrase(text, slop) => format!("\"{text}\"~{slop}"),
                    Operand::Group(steps) => format!("({})", write(steps)),
                };
                if *is_negated { format!("-{operand}") } else { operand }
            }
        });
        steps.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn operators() {
        assert_eq!(steps("a + b | -c", Flags::ALL), "a + b | -c");
        assert_eq!(steps("a+b -c--d a-b - e", Flags::ALL), "a + b -c--d a-b e");
        assert_eq!(steps("--a ---b", Flags::ALL), "a -b");
        assert_eq!(steps("(a (b | c)) -(d)", Flags::ALL), "(a (b | c)) -(d)");
        assert_eq!(steps("a* b~ c~1 d~9 \"e f\" \"g\"~3 h~0 i~x", Flags::ALL), "a* b~2 c~1 d~2 \"e f\"~0 \"g\"~3 h i");
    }

    #[test]
    fn characters_without_meaning_are_ignored() {
        assert_eq!(steps("(a", Flags::ALL), "a");
        assert_eq!(steps("a) b", Flags::ALL), "a b");
        assert_eq!(steps("\"a b", Flags::ALL), "a b");
        assert_eq!(steps("\"\" () *a q*k ~b", Flags::ALL), "_ _ *a q*k ~b");
        assert_eq!(steps("a\\", Flags::ALL), "a");
        assert_eq!(steps("", Flags::ALL), "");
    }

    #[test]
    fn a_backslash_makes_an_ordinary_character() {
        assert_eq!(steps("a\\+b c\\* \\-d \"e\\\"f\" (g\\))", Flags::ALL), "a+b c* -d \"e\"f\"~0 (g))");
    }

    #[test]
    fn operators_without_a_flag_are_ordinary_characters() {
        assert_eq!(steps("a + b* \"c\"", Flags::AND), "a  +  b* \"c\"");
        assert_eq!(steps("a|b (c)", Flags::WHITESPACE), "a|b (c)");
    }

    #[test]
    fn nesting_and_operands_are_limited() {
        let nested = |depth: usize| steps(&format!("{}a{}", "(".repeat(depth), ")".repeat(depth)), Flags::ALL);
        assert!(nested(MAX_DEPTH).starts_with("(("));
        assert_eq!(
            nested(MAX_DEPTH + 1),
            "error: nested too deeply: at most 100 levels of parentheses are allowed at position 100"
        );
        // Not closed.
        assert_eq!(steps(&"(".repeat(1_000_000), Flags::ALL), "");
        assert_eq!(parse(&"a ".repeat(1_024), Flags::ALL, 1_024).map(|steps| steps.len()), Ok(1_024));
        insta::assert_snapshot!(parse(&"a ".repeat(1_025), Flags::ALL, 1_024).expect_err("too many"), @"too many clauses: at most 1024 are allowed in a query at position 2049");
    }
}
