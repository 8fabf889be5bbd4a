//! How the numbers of a document are written.

use std::collections::HashMap;
use std::ptr;

use serde_json::{Map, Number, Value as Json};

/// The texts of those numbers of a document that become floats in memory, such as `1.10` and integers beyond 64 bits. They are
/// looked for when the first one is asked for: only keywords, texts and dates need them, and they rarely are such numbers.
pub(super) struct NumberTexts<'a> {
    /// The document, as it was parsed, and its text.
    document: &'a Map<String, Json>,
    text: &'a str,
    /// By where the number is in memory, in the document.
    found: Option<HashMap<*const Number, &'a str>>,
}

impl<'a> NumberTexts<'a> {
    /// `document` is what `text` was parsed to, perhaps without keys that contain no floats.
    pub(super) fn new(document: &'a Map<String, Json>, text: &'a str) -> Self {
        NumberTexts { document, text, found: None }
    }

    /// The text of a number, which must be a part of the document.
    pub(super) fn of(&mut self, number: &Number) -> String {
        if !number.is_f64() {
            return number.to_string();
        }
        let found = self.found.get_or_insert_with(|| {
            let mut floats = Vec::new();
            self.document.values().for_each(|value| collect_floats(value, &mut floats));
            let texts = NumberTokens { rest: self.text };
            let texts = texts.filter(|text| serde_json::from_str(text).is_ok_and(|number: Number| number.is_f64()));
            floats.into_iter().zip(texts).collect()
        });
        found.get(&ptr::from_ref(number)).expect("the number is a part of the document").to_string()
    }
}

/// Adds the floats of a value in the order in which they are written.
fn collect_floats(value: &Json, floats: &mut Vec<*const Number>) {
    match value {
        Json::Number(number) if number.is_f64() => floats.push(number),
        Json::Array(items) => items.iter().for_each(|item| collect_floats(item, floats)),
        Json::Object(entries) => entries.values().for_each(|value| collect_floats(value, floats)),
        _ => {}
    }
}

/// The numbers in a JSON text, which must be valid.
struct NumberTokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for NumberTokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let start = self.rest.find(|character: char| matches!(character, '"' | '-' | '0'..='9'))?;
            self.rest = &self.rest[start..];
            if let Some(string) = self.rest.strip_prefix('"') {
                self.rest = after_string(string);
                continue;
            }
            let is_part = |character: char| matches!(character, '+' | '-' | '.' | '0'..='9' | 'e' | 'E');
            let end = self.rest.find(|character| !is_part(character)).unwrap_or(self.rest.len());
            let (number, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some(number);
        }
    }
}

/// What follows a string, given the text after its opening quote.
fn after_string(mut text: &str) -> &str {
    loop {
        let Some(end) = text.find(['"', '\\']) else { return "" };
        if text[end..].starts_with('"') {
            return &text[end + 1..];
        }
        // What is escaped is one byte; of \uXXXX, the rest are letters of the string.
        text = text.get(end + 2..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let document: Map<String, Json> = serde_json::from_str(text).expect("valid");
        let mut texts = NumberTexts::new(&document, text);
        let mut found = Vec::new();
        for value in document.values() {
            visit(value, &mut |number| found.push(texts.of(number)));
        }
        found
    }

    fn visit(value: &Json, visitor: &mut impl FnMut(&Number)) {
        match value {
            Json::Number(number) => visitor(number),
            Json::Array(items) => items.iter().for_each(|item| visit(item, visitor)),
            Json::Object(entries) => entries.values().for_each(|value| visit(value, visitor)),
            _ => {}
        }
    }

    #[test]
    fn numbers_are_found_as_they_are_written() {
        let text = r#" {"1.5": 1.10, "\"2.5\\": [1e3,-0, 1E+3 ,{"\u00e4": -1.50}], "n": 106698291236395745351, "x": "3.25",
            "i": 7, "u": 18446744073709551615, "e": true, "f": false, "last": 0.0} "#;
        let expected =
            ["1.10", "1e3", "-0", "1E+3", "-1.50", "106698291236395745351", "7", "18446744073709551615", "0.0"];
        assert_eq!(texts(text), expected);
    }
}
