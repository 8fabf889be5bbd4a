//! Texts that were changed before they are split into tokens, and where their parts were before.

/// A text that is built from another by replacing parts.
#[derive(Debug)]
pub(super) struct Replaced {
    pub(super) text: String,
    /// Length of `text` so far, in UTF-16 code units.
    length: usize,
    /// From each of these offsets in the new text on, offsets in the old text are larger by this many. In UTF-16 code units, as the
    /// rules for the middle of a replacement count these.
    corrections: Vec<(usize, isize)>,
    max_bytes: usize,
    /// Whether something did not fit.
    is_cut: bool,
}

impl Replaced {
    /// For a text of this many bytes. What becomes larger than `max_bytes` is not built.
    pub(super) fn within(bytes: usize, max_bytes: usize) -> Self {
        let text = String::with_capacity(bytes.min(max_bytes));
        Replaced { text, length: 0, corrections: Vec::new(), max_bytes, is_cut: false }
    }

    /// Its memory in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + size_of_val(self.corrections.as_slice())
    }

    /// Whether a part with this many bytes may be added.
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        !self.is_cut && self.bytes().saturating_add(bytes) <= self.max_bytes
    }

    /// The text; `None` if it is larger than it may be.
    pub(super) fn finished(self) -> Option<Self> {
        (!self.is_cut && self.bytes() <= self.max_bytes).then_some(self)
    }

    /// Adds a part that stays.
    pub(super) fn keep(&mut self, part: &str) {
        self.is_cut |= !self.has_room_for(part.len());
        if self.is_cut {
            return;
        }
        self.text.push_str(part);
        self.length += utf16_length(part);
    }

    /// Adds a replacement for a part. What is beyond the length of the part belongs to the end of it.
    pub(super) fn replace(&mut self, part: &str, replacement: &str) {
        let before = utf16_length(part);
        let after = utf16_length(replacement);
        // Each code unit that is added needs a correction.
        let corrections = after.saturating_sub(before) * size_of::<(usize, isize)>();
        self.is_cut |= !self.has_room_for(replacement.len() + corrections);
        if self.is_cut {
            return;
        }
        let mut difference = self.corrections.last().map_or(0, |(_, difference)| *difference);
        if after < before {
            difference += (before - after) as isize;
            self.correct(self.length + after, difference);
        }
        for extra in before..after {
            difference -= 1;
            self.correct(self.length + extra, difference);
        }
        self.text.push_str(replacement);
        self.length += after;
    }

    fn correct(&mut self, offset: usize, difference: isize) {
        match self.corrections.last_mut() {
            Some((last, changed)) if *last == offset => *changed = difference,
            _ => self.corrections.push((offset, difference)),
        }
    }

    /// Turns byte offsets in the new text, in any order, into byte offsets in the old text.
    pub(super) fn corrector(&self, old: &str) -> Corrector<'_> {
        Corrector { corrections: &self.corrections, new: Units::new(&self.text), old: Units::new(old) }
    }
}

/// Turns offsets in a replaced text into offsets in the text before.
pub(super) struct Corrector<'a> {
    corrections: &'a [(usize, isize)],
    new: Units,
    old: Units,
}

impl Corrector<'_> {
    pub(super) fn byte_in_old(&self, byte_in_new: usize) -> usize {
        let offset = self.new.utf16(byte_in_new);
        let index = self.corrections.partition_point(|(start, _)| *start <= offset);
        let difference = index.checked_sub(1).map_or(0, |index| self.corrections[index].1);
        self.old.byte(offset.saturating_add_signed(difference))
    }
}

/// Converts between byte offsets and offsets in UTF-16 code units.
pub(super) struct Units {
    length: usize,
    /// The byte offset of each code unit; empty if the text is ASCII, where both are the same.
    bytes: Vec<usize>,
}

impl Units {
    pub(super) fn new(text: &str) -> Self {
        let mut bytes = Vec::new();
        if !text.is_ascii() {
            for (byte, character) in text.char_indices() {
                bytes.extend(std::iter::repeat_n(byte, character.len_utf16()));
            }
        }
        Units { length: text.len(), bytes }
    }

    pub(super) fn utf16(&self, byte: usize) -> usize {
        if self.bytes.is_empty() { byte.min(self.length) } else { self.bytes.partition_point(|known| *known < byte) }
    }

    fn byte(&self, utf16: usize) -> usize {
        if self.bytes.is_empty() {
            return utf16.min(self.length);
        }
        self.bytes.get(utf16).copied().unwrap_or(self.length)
    }
}

fn utf16_length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_text_before() {
        let old = "ä<b>x</b>ü:)y";
        let mut replaced = Replaced::within(old.len(), usize::MAX);
        replaced.keep("ä");
        replaced.replace("<b>", "");
        replaced.keep("x");
        replaced.replace("</b>", "");
        replaced.keep("ü");
        replaced.replace(":)", "smile");
        replaced.keep("y");
        assert_eq!(replaced.text, "äxüsmiley");
        let corrector = replaced.corrector(old);
        let offsets: Vec<_> = ["ä", "x", "ü", "smile", "e", "y"]
            .iter()
            .map(|part| {
                let start = replaced.text.find(part).expect("it is there");
                (corrector.byte_in_old(start), corrector.byte_in_old(start + part.len()))
            })
            .collect();
        // A tag belongs to the token that ends before it.
        assert_eq!(offsets, [(0, 5), (5, 10), (10, 12), (12, 14), (13, 14), (14, 15)]);
    }
}
