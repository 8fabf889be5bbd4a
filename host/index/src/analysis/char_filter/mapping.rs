//! The character filter `mapping`: replaces texts with others.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::analyzer_parts::CharFilter;
use super::super::offsets::Replaced;
use super::super::options::Options;
use crate::IndexError;

struct CharMapping {
    replacements: HashMap<String, String>,
    /// The first characters of what is replaced, to skip most positions.
    first: Vec<char>,
    /// Length of the longest text that is replaced, in characters.
    longest: usize,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn CharFilter>, IndexError> {
    let mut filter = CharMapping { replacements: HashMap::new(), first: Vec::new(), longest: 0 };
    for rule in options.required_list("mappings")? {
        let invalid = |reason: &str| Err(options.error("mappings", format!("invalid mapping {rule:?}: {reason}")));
        let Some((from, to)) = rule.rsplit_once("=>") else { return invalid("it lacks `=>`") };
        let (Some(from), Some(to)) = (unescaped(from.trim()), unescaped(to.trim())) else {
            return invalid("invalid escape");
        };
        let Some(first) = from.chars().next() else { return invalid("nothing is before `=>`") };
        filter.first.push(first);
        filter.longest = filter.longest.max(from.chars().count());
        filter.replacements.insert(from, to);
    }
    Ok(Arc::new(filter))
}

impl CharFilter for CharMapping {
    fn filter(&self, text: &str, max_bytes: usize) -> Option<Replaced> {
        let mut replaced = Replaced::within(text.len(), max_bytes);
        let mut kept = 0;
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            match self.longest_at(&text[at..], character) {
                Some((length, replacement)) => {
                    replaced.keep(&text[kept..at]);
                    replaced.replace(&text[at..at + length], replacement);
                    at += length;
                    kept = at;
                }
                None => at += character.len_utf8(),
            }
        }
        replaced.keep(&text[kept..]);
        replaced.finished()
    }
}

impl CharMapping {
    /// The longest text at the beginning that is replaced: its length in bytes, and its replacement.
    fn longest_at(&self, text: &str, first: char) -> Option<(usize, &str)> {
        if !self.first.contains(&first) {
            return None;
        }
        let ends = text.char_indices().map(|(offset, character)| offset + character.len_utf8()).take(self.longest);
        let found = ends.filter_map(|end| Some((end, self.replacements.get(&text[..end])?.as_str())));
        found.last()
    }
}

/// The text without its escapes: `\\`, `\"`, `\'`, `\n`, `\t`, `\r`, `\b`, `\f` and `\u0041`.
fn unescaped(text: &str) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        result.push(match characters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let digits: String = characters.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            other => other,
        });
    }
    Some(result)
}
