//! The text of a field in a document: its values, one after another.

use quidditch_index::{Field, Snapshot};

/// How far the words of two values are from each other, so that phrases do not match across values.
const VALUE_GAP: usize = 100;

/// The values of a field in UTF-16 code units, in which clients count, with one unit between them.
pub(super) struct Content {
    pub(super) units: Vec<u16>,
    /// Where each value is in `units`.
    pub(super) values: Vec<(usize, usize)>,
}

/// A token of a value.
pub(super) struct Token<'a> {
    pub(super) term: &'a str,
    pub(super) position: usize,
    /// The first code unit, and the one after the last.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Content {
    pub(super) fn new(values: &[String]) -> Self {
        let mut content = Content { units: Vec::new(), values: Vec::new() };
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                content.units.push(0);
            }
            let start = content.units.len();
            content.units.extend(value.encode_utf16());
            content.values.push((start, content.units.len()));
        }
        content
    }

    pub(super) fn text(&self, start: usize, end: usize) -> String {
        String::from_utf16_lossy(&self.units[start..end])
    }

    /// The number of the value that a code unit belongs to.
    pub(super) fn value_of(&self, unit: usize) -> usize {
        self.values.partition_point(|(_, end)| *end < unit).min(self.values.len() - 1)
    }
}

/// Analyzes the values as documents are. Of each value, tokens that start after `max_offset` code units are left out.
pub(super) fn tokenize(
    snapshot: &Snapshot,
    field: &Field,
    values: &[String],
    max_offset: usize,
    on_token: &mut dyn FnMut(Token<'_>),
) {
    let (mut first_unit, mut first_position) = (0, 0);
    for value in values {
        let offsets = Offsets::new(value);
        let mut last_position = None;
        snapshot.analyze_document(field, value, &mut |token| {
            let start = offsets.unit(token.start);
            if start <= max_offset {
                last_position = last_position.max(Some(token.position));
                on_token(Token {
                    term: token.text,
                    position: first_position + token.position,
                    start: first_unit + start,
                    end: first_unit + offsets.unit(token.end),
                });
            }
        });
        first_position += last_position.map_or(0, |last| last + 1) + VALUE_GAP;
        first_unit += offsets.units + 1;
    }
}

/// From bytes of UTF-8 to code units of UTF-16.
struct Offsets {
    /// The code unit of each byte; empty if they are the same.
    of_bytes: Vec<u32>,
    units: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Offsets { of_bytes: Vec::new(), units: text.len() };
        }
        let mut of_bytes = Vec::with_capacity(text.len() + 1);
        let mut units = 0;
        for character in text.chars() {
            of_bytes.extend(std::iter::repeat_n(units as u32, character.len_utf8()));
            units += character.len_utf16();
        }
        of_bytes.push(units as u32);
        Offsets { of_bytes, units }
    }

    fn unit(&self, byte: usize) -> usize {
        self.of_bytes.get(byte).map_or(byte, |unit| *unit as usize).min(self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_in_code_units() {
        let offsets = Offsets::new("aé😀b");
        assert_eq!([0, 1, 3, 7, 8].map(|byte| offsets.unit(byte)), [0, 1, 2, 4, 5]);
        assert_eq!(Offsets::new("abc").unit(2), 2);
    }

    #[test]
    fn values_are_separated_by_one_unit() {
        let content = Content::new(&["ab".to_owned(), String::new(), "c".to_owned()]);
        assert_eq!(content.values, [(0, 2), (3, 3), (4, 5)]);
        assert_eq!([0, 1, 3, 4].map(|unit| content.value_of(unit)), [0, 0, 1, 2]);
    }
}
