//! Inputs of completions, as documents contain them and as they are indexed.
//!
//! An input is indexed as one term: the form that the analyzer gives it, which is what a completion is compared with, its weight,
//! and the input itself. So the terms that begin with a form are those of the inputs that begin with it.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::completion_context::{CONTEXT_END, split_context};
use super::{Field, FieldKind, TextForm};
use crate::excerpt::json_excerpt;
use crate::{InvalidValue, ValueError};

/// Between the parts of a term.
const SEPARATOR: char = '\0';

/// Between the words of a form.
pub(crate) const WORD_SEPARATOR: char = '\u{1f}';

/// Characters that an input must not contain: they have a meaning in terms.
const RESERVED: [char; 4] = [SEPARATOR, CONTEXT_END, '\u{1e}', WORD_SEPARATOR];

/// Longest input that a mapping may allow, in UTF-16 code units: a term is shorter than 65,530 bytes.
pub(crate) const MAX_INPUT_LENGTH: u32 = 10_000;

/// The options of the type `completion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletionOptions {
    /// Whether words are compared with the space between them.
    pub preserve_separators: bool,
    /// Whether a word that the analyzer drops leaves a gap.
    pub preserve_position_increments: bool,
    /// Where longer inputs are cut, in UTF-16 code units.
    pub max_input_length: u32,
}

/// An input of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionInput {
    /// What is suggested.
    pub text: String,
    /// How much it is preferred.
    pub weight: u32,
}

/// A term of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompletionTerm<'a> {
    /// The number and the value of the context that the input has it for.
    pub context: Option<(usize, &'a str)>,
    /// What is compared.
    pub form: &'a str,
    /// How much the input is preferred.
    pub weight: u32,
    /// What is suggested.
    pub input: &'a str,
}

impl CompletionInput {
    /// The term of the input in one form.
    pub fn term(&self, form: &str) -> String {
        let mut term = String::with_capacity(form.len() + self.text.len() + 10);
        let _ = write!(term, "{form}{SEPARATOR}{:08x}{SEPARATOR}{}", self.weight, self.text);
        term
    }
}

/// The parts of a term; `None` if it is not one of inputs.
pub fn read_completion_term(term: &str) -> Option<CompletionTerm<'_>> {
    let (context, term) = match split_context(term) {
        Some((number, value, rest)) => (Some((number, value)), rest),
        None => (None, term),
    };
    let (form, rest) = term.split_once(SEPARATOR)?;
    let (weight, input) = rest.split_once(SEPARATOR)?;
    Some(CompletionTerm { context, form, weight: u32::from_str_radix(weight, 16).ok()?, input })
}

impl Field {
    /// The options of a `completion`; `None` for every other kind.
    pub fn completion_options(&self) -> Option<CompletionOptions> {
        match self.kind {
            FieldKind::Text { form: TextForm::Completion(options), .. } => Some(options),
            _ => None,
        }
    }

    /// The inputs in JSON of a document: a string, or `{"input": "..." or [...], "weight": 3}`. `None` stands for an input of white
    /// space, which is not an input.
    ///
    /// # Errors
    /// If it is something else.
    pub fn completion_inputs(&self, json: &Json) -> Result<Vec<Option<CompletionInput>>, ValueError> {
        let refused = |reason: String| self.error(InvalidValue::Unsuitable(reason));
        let mut weight = 1;
        let mut texts = Vec::new();
        match json {
            Json::String(text) => texts.push(text.as_str()),
            Json::Object(object) => {
                for (key, value) in object {
                    match (key.as_str(), value) {
                        ("input", Json::String(text)) => texts.push(text),
                        ("input", Json::Array(items)) => {
                            for item in items {
                                let text = item.as_str().ok_or_else(|| {
                                    refused(format!("[input] must be strings, but contains {}", json_excerpt(item)))
                                })?;
                                texts.push(text);
                            }
                        }
                        ("input", other) => {
                            return Err(refused(format!("[input] must be strings, but is {}", json_excerpt(other))));
                        }
                        ("weight", value) => weight = self.weight(value)?,
                        // They are read apart.
                        ("contexts", _) => {}
                        (other, _) => {
                            return Err(refused(format!(
                                "unknown key [{other}], must be one of [input, weight, contexts]"
                            )));
                        }
                    }
                }
            }
            other => return Err(refused(format!("{} is neither a string nor an object", json_excerpt(other)))),
        }
        let max_length = self.completion_options().map_or(0, |options| options.max_input_length);
        let mut inputs = Vec::with_capacity(texts.len());
        for text in texts {
            if text.trim_matches(|character| character <= ' ').is_empty() {
                inputs.push(None);
                continue;
            }
            if let Some(reserved) = text.chars().find(|character| RESERVED.contains(character)) {
                return Err(refused(format!("{} contains the reserved character {reserved:?}", json_excerpt(json))));
            }
            inputs.push(Some(CompletionInput { text: cut(text, max_length as usize).to_owned(), weight }));
        }
        Ok(inputs)
    }

    fn weight(&self, json: &Json) -> Result<u32, ValueError> {
        let number = match json {
            Json::Number(number) => number.as_u64(),
            Json::String(text) => text.parse().ok(),
            _ => None,
        };
        let weight = number.and_then(|number| i32::try_from(number).ok()).and_then(|number| u32::try_from(number).ok());
        let reason = || format!("[weight] must be an integer from 0 to {}, but is {}", i32::MAX, json_excerpt(json));
        weight.ok_or_else(|| self.error(InvalidValue::Unsuitable(reason())))
    }
}

/// A text of at most this many UTF-16 code units. No character is cut.
fn cut(text: &str, units: usize) -> &str {
    let mut left = units;
    for (start, character) in text.char_indices() {
        match left.checked_sub(character.len_utf16()) {
            Some(rest) => left = rest,
            None => return &text[..start],
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(max_input_length: u32) -> Field {
        let options =
            CompletionOptions { preserve_separators: true, preserve_position_increments: true, max_input_length };
        let simple = || "simple".to_owned();
        let form = TextForm::Completion(options);
        Field::new("c".to_owned(), FieldKind::Text { analyzer: simple(), search_analyzer: simple(), form })
    }

    fn inputs(json: &Json) -> Vec<(String, u32)> {
        let inputs = field(5).completion_inputs(json).expect("valid");
        inputs.into_iter().flatten().map(|input| (input.text, input.weight)).collect()
    }

    #[test]
    fn inputs_are_texts_with_a_weight() {
        let one = |text: &str, weight| vec![(text.to_owned(), weight)];
        assert_eq!(inputs(&json!("abc")), one("abc", 1));
        assert_eq!(inputs(&json!({"input": "abcdef", "weight": "7"})), one("abcde", 7));
        assert_eq!(
            inputs(&json!({"weight": 3, "input": ["a", " ", "😀😀😀"]})),
            [("a".to_owned(), 3), ("😀😀".to_owned(), 3)]
        );
        for json in [json!(""), json!({}), json!({"weight": 3}), json!({"input": []}), json!("\u{1f}")] {
            assert!(inputs(&json).is_empty(), "{json}");
        }
    }

    #[test]
    fn other_values_are_refused() {
        let refused = |json: Json| field(5).completion_inputs(&json).expect_err("refused").to_string();
        insta::assert_snapshot!(refused(json!(5)), @"field [c] of type [completion]: 5 is neither a string nor an object");
        insta::assert_snapshot!(refused(json!({"input": "x", "weight": -1})), @"field [c] of type [completion]: [weight] must be an integer from 0 to 2147483647, but is -1");
        for json in [
            json!({"input": 5}),
            json!({"input": null}),
            json!({"input": ["x", null]}),
            json!({"input": "x", "weight": 1.5}),
            json!({"input": "x", "weight": 3_000_000_000_u32}),
            json!({"input": "x", "weight": true}),
            json!({"input": "x", "nope": 1}),
            json!("a\0b"),
            json!("a\u{1e}b"),
        ] {
            refused(json);
        }
    }

    #[test]
    fn terms_contain_the_form_the_weight_and_the_input() {
        let term = CompletionInput { text: "Never Mind".to_owned(), weight: 300 }.term("never\u{1f}mind");
        let read = read_completion_term(&term).expect("a term");
        assert_eq!(read, CompletionTerm { context: None, form: "never\u{1f}mind", weight: 300, input: "Never Mind" });
        assert_eq!(read_completion_term("x"), None);
    }
}
