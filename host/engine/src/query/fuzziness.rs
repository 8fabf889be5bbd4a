//! How different terms may be from those of a query: `fuzziness`, and the options next to it.

use serde_json::Value as Json;

use super::rewrite::Rewrite;
use crate::json::{ErrorKind, Fields, Node, ParseError};
use crate::terms::{FuzzyTerm, Transpositions};

/// Most terms that a fuzzy term stands for, unless the query says otherwise.
const MAX_EXPANSIONS: usize = 50;

/// A parsed `fuzziness`: `0`, `1`, `2`, `"AUTO"`, `"AUTO:3,6"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fuzziness {
    /// At most this many edits.
    Edits(u8),
    /// None for terms of less than `one` characters, one for those of less than `two`, two for longer ones.
    Auto { one: usize, two: usize },
}

/// Why a text is not a fuzziness: a reason, and its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvalidFuzziness {
    pub(super) kind: ErrorKind,
    pub(super) reason: String,
}

impl Fuzziness {
    pub(super) const AUTO: Self = Fuzziness::Auto { one: 3, two: 6 };

    pub(crate) fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.json() {
            Json::Bool(_) => Err(node.mistake(ErrorKind::Argument, "[fuzziness] must be a number or [AUTO]")),
            _ => Self::parse_text(&node.scalar()?).map_err(|error| node.mistake(error.kind, error.reason)),
        }
    }

    /// Numbers with a fraction are rounded down, and more edits than two are two, as clients expect.
    pub(super) fn parse_text(text: &str) -> Result<Self, InvalidFuzziness> {
        let invalid = |kind, reason| Err(InvalidFuzziness { kind, reason });
        if let Some(lengths) = strip_auto(text) {
            let Some(lengths) = lengths else { return Ok(Self::AUTO) };
            let numbers: Vec<&str> = lengths.split(',').collect();
            let [one, two] = numbers[..] else {
                let reason = format!("[fuzziness] [{text}] needs two lengths, as in [AUTO:3,6]");
                return invalid(ErrorKind::Value, reason);
            };
            return match (one.trim().parse(), two.trim().parse()) {
                (Ok(one), Ok(two)) if 0 < one && one <= two => Ok(Fuzziness::Auto { one, two }),
                (Ok(0..), Ok(0_usize..)) => {
                    let reason = format!("the lengths of [fuzziness] [{text}] must be positive and in ascending order");
                    invalid(ErrorKind::Argument, reason)
                }
                _ => invalid(ErrorKind::Value, format!("the lengths of [fuzziness] [{text}] must be integers")),
            };
        }
        match text.parse::<f32>() {
            Ok(number) if (0.0..1.0).contains(&number) => Ok(Fuzziness::Edits(0)),
            Ok(number) if (1.0..2.0).contains(&number) => Ok(Fuzziness::Edits(1)),
            Ok(number) if number >= 2.0 => Ok(Fuzziness::Edits(2)),
            _ => invalid(
                ErrorKind::Argument,
                format!("invalid [fuzziness] [{text}], use [0], [1], [2], [AUTO] or [AUTO:3,6]"),
            ),
        }
    }

    /// The number of edits, if it does not depend on a text.
    pub(crate) fn fixed_edits(self) -> Option<u8> {
        match self {
            Fuzziness::Edits(edits) => Some(edits),
            Fuzziness::Auto { .. } => None,
        }
    }

    fn edits(self, text: &str) -> u8 {
        match self {
            Fuzziness::Edits(edits) => edits,
            Fuzziness::Auto { one, two } => {
                let length = text.chars().count();
                if length < one {
                    0
                } else if length < two {
                    1
                } else {
                    2
                }
            }
        }
    }
}

/// What follows `AUTO:`; `Some(None)` for `AUTO` alone.
fn strip_auto(text: &str) -> Option<Option<&str>> {
    const AUTO: &str = "auto";
    let word = text.get(..AUTO.len())?;
    if !word.eq_ignore_ascii_case(AUTO) {
        return None;
    }
    match &text[AUTO.len()..] {
        "" => Some(None),
        rest => rest.strip_prefix(':').map(Some),
    }
}

/// How terms are compared, and how many count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FuzzyOptions {
    /// How many characters at the beginning must be the same.
    pub(super) prefix_length: usize,
    /// Most terms that count: the most similar ones.
    pub(super) max_expansions: usize,
    pub(super) transpositions: Transpositions,
}

impl Default for FuzzyOptions {
    fn default() -> Self {
        FuzzyOptions { prefix_length: 0, max_expansions: MAX_EXPANSIONS, transpositions: Transpositions::OneEdit }
    }
}

impl FuzzyOptions {
    /// Takes the keys of a query on a text.
    pub(super) fn take(fields: &mut Fields<'_>) -> Result<Self, ParseError> {
        let default = FuzzyOptions::default();
        Ok(FuzzyOptions {
            prefix_length: fields.optional("prefix_length", Node::count)?.unwrap_or(default.prefix_length),
            max_expansions: fields.optional("max_expansions", positive)?.unwrap_or(default.max_expansions),
            transpositions: fields.optional("fuzzy_transpositions", transpositions)?.unwrap_or(default.transpositions),
        })
    }

    /// What terms are compared with.
    pub(super) fn term(self, text: &str, fuzziness: Fuzziness) -> FuzzyTerm {
        FuzzyTerm::new(text, fuzziness.edits(text), self.prefix_length, self.transpositions)
    }

    /// How a fuzzy term is scored unless the query says otherwise.
    pub(super) fn rewrite(self) -> Rewrite {
        Rewrite::TopTermsBlended(self.max_expansions)
    }
}

fn positive(node: &Node<'_>) -> Result<usize, ParseError> {
    match node.count()? {
        0 => Err(node.mistake(ErrorKind::Argument, "[max_expansions] must be greater than 0")),
        count => Ok(count),
    }
}

pub(crate) fn transpositions(node: &Node<'_>) -> Result<Transpositions, ParseError> {
    Ok(if node.boolean()? { Transpositions::OneEdit } else { Transpositions::TwoEdits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_auto() {
        let parse = |text: &str| Fuzziness::parse_text(text).expect("valid");
        assert_eq!(["0", "0.5", "1", "1.7", "2", "5"].map(parse), [0, 0, 1, 1, 2, 2].map(Fuzziness::Edits));
        assert_eq!(parse("auto"), Fuzziness::AUTO);
        assert_eq!(parse("Auto:1,4"), Fuzziness::Auto { one: 1, two: 4 });
    }

    #[test]
    fn auto_allows_more_edits_in_longer_terms() {
        let edits = |text: &str| Fuzziness::AUTO.edits(text);
        assert_eq!(["äö", "fox", "quick", "quicks"].map(edits), [0, 1, 1, 2]);
    }

    #[test]
    fn mistakes_have_kinds() {
        let kind = |text: &str| Fuzziness::parse_text(text).expect_err("invalid").kind;
        assert_eq!(["-1", "x", "", "AUTO:6,3", "AUTO:0,3"].map(kind), [ErrorKind::Argument; 5]);
        assert_eq!(["AUTO:6", "AUTO:x,y", "AUTO:1,2,3"].map(kind), [ErrorKind::Value; 3]);
    }
}
