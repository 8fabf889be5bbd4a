//! The character filter `html_strip`: removes tags and comments, and replaces character references.

use std::sync::Arc;

use super::super::analyzer_parts::CharFilter;
use super::super::offsets::Replaced;
use super::super::options::Options;
use super::entities::character_reference;
use crate::IndexError;

/// Tags inside of sentences: nothing is in their place. In the place of every other tag is a line break.
const INLINE: [&str; 35] = [
    "a", "abbr", "acronym", "b", "basefont", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "img", "input",
    "kbd", "label", "q", "s", "samp", "select", "small", "span", "strike", "strong", "sub", "sup", "textarea", "tt",
    "u", "var", "object", "applet", "map", "del",
];

struct HtmlStrip {
    /// Tags that stay.
    escaped: Vec<String>,
}

pub(super) fn read(options: &mut Options<'_>) -> Result<Arc<dyn CharFilter>, IndexError> {
    let escaped = options.texts("escaped_tags")?.unwrap_or_default();
    Ok(Arc::new(HtmlStrip { escaped: escaped.iter().map(|tag| tag.to_ascii_lowercase()).collect() }))
}

impl CharFilter for HtmlStrip {
    fn filter(&self, text: &str, max_bytes: usize) -> Option<Replaced> {
        let mut replaced = Replaced::within(text.len(), max_bytes);
        let ends = Ends { tag: text.rfind('>'), comment: text.rfind("-->") };
        let mut at = 0;
        while let Some(found) = text[at..].find(['<', '&']) {
            let start = at + found;
            replaced.keep(&text[at..start]);
            let rest = &text[start..];
            at = start
                + match self.markup(rest, start, &ends) {
                    Some(Markup::Replace { length, by }) => {
                        replaced.replace(&rest[..length], &by);
                        length
                    }
                    // A CDATA section: only its ends are removed, and what looks like tags in it stays.
                    Some(Markup::Text { before, length, after }) => {
                        replaced.replace(&rest[..before], "");
                        replaced.keep(&rest[before..before + length]);
                        replaced.replace(&rest[before + length..before + length + after], "");
                        before + length + after
                    }
                    None => {
                        replaced.keep(&rest[..1]);
                        1
                    }
                };
        }
        replaced.keep(&text[at..]);
        replaced.finished()
    }
}

/// Where the last tag and the last comment of a text end. Nothing is searched beyond, so that the time is linear.
struct Ends {
    tag: Option<usize>,
    comment: Option<usize>,
}

/// Longest tag in bytes. A longer one is text.
const MAX_TAG_BYTES: usize = 8 * 1024;

enum Markup {
    Replace { length: usize, by: String },
    Text { before: usize, length: usize, after: usize },
}

fn removed(length: usize) -> Option<Markup> {
    Some(Markup::Replace { length, by: String::new() })
}

impl HtmlStrip {
    /// What begins at the `<` or `&` at the beginning of a text; `None` if that is only a character.
    fn markup(&self, text: &str, start: usize, ends: &Ends) -> Option<Markup> {
        if text.starts_with('&') {
            let (length, character) = character_reference(text)?;
            return Some(Markup::Replace { length, by: character.to_string() });
        }
        if ends.tag.is_none_or(|end| end < start) {
            return None;
        }
        if let Some(comment) = text.strip_prefix("<!--") {
            ends.comment.filter(|end| *end >= start + 4)?;
            return removed(4 + comment.find("-->")? + 3);
        }
        if let Some(content) = text.strip_prefix("<![CDATA[") {
            let (length, after) = content.find("]]>").map_or((content.len(), 0), |length| (length, 3));
            return Some(Markup::Text { before: 9, length, after });
        }
        if text.starts_with("<!") || text.starts_with("<?") {
            return removed(text.find('>')? + 1);
        }
        let (name, length) = tag(text)?;
        if self.escaped.contains(&name) {
            return None;
        }
        if let "script" | "style" = name.as_str()
            && !text.starts_with("</")
        {
            return Some(Markup::Replace {
                length: length + content_length(&text[length..], &name),
                by: "\n".to_owned(),
            });
        }
        let by = if INLINE.contains(&name.as_str()) { "" } else { "\n" };
        Some(Markup::Replace { length, by: by.to_owned() })
    }
}

/// The name of a tag in lower case, and its length with the brackets.
fn tag(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('<')?;
    let inner = inner.trim_start();
    let inner = inner.strip_prefix('/').unwrap_or(inner).trim_start();
    if !inner.starts_with(|character: char| character.is_alphabetic() || character == '_' || character == ':') {
        return None;
    }
    let is_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | ':' | '-' | '.');
    let name_end = inner.find(|character| !is_name(character)).unwrap_or(inner.len());
    let start = text.len() - inner.len();
    let mut quote = None;
    for (offset, byte) in inner.bytes().enumerate().take(MAX_TAG_BYTES).skip(name_end) {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return Some((inner[..name_end].to_ascii_lowercase(), start + offset + 1)),
            (None, b'<') => return None,
            _ => {}
        }
    }
    None
}

/// The length of the content of a script or style, with the tag that ends it.
fn content_length(text: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        at += found;
        if let Some((end, length)) = tag(&text[at..])
            && end == name
        {
            return at + length;
        }
        at += 2;
    }
    text.len()
}
