//! Passages as a response shows them.

use super::content::Content;
use super::passages::Passage;
use crate::request::{Encoder, HighlightOptions};

/// The text of a passage, with its matches between tags.
pub(super) fn snippet(content: &Content, passage: &Passage, options: &HighlightOptions) -> String {
    let mut out = String::new();
    let mut position = passage.start;
    let push = |out: &mut String, start: usize, end: usize| {
        let text = content.text(start, end);
        match options.encoder {
            Encoder::AsIs => out.push_str(&text),
            Encoder::Html => text.chars().for_each(|character| push_html(out, character)),
        }
    };
    let mut matches = passage.matches.iter().peekable();
    while let Some(found) = matches.next() {
        let mut end = found.end;
        // Matches that overlap are marked as one, up to the end of the last one.
        while let Some(overlapping) = matches.next_if(|next| next.start < end) {
            end = overlapping.end;
        }
        // A term may be longer than its passage.
        let end = end.min(passage.end);
        if found.start > position {
            push(&mut out, position, found.start);
        }
        if end > position {
            out.push_str(&options.pre_tag);
            push(&mut out, position.max(found.start), end);
            out.push_str(&options.post_tag);
            position = end;
        }
    }
    push(&mut out, position, position.max(passage.end));
    trimmed(&out).to_owned()
}

/// Without the separators of values and paragraphs at its end, and without white space and control characters around it.
fn trimmed(text: &str) -> &str {
    let text = text.strip_suffix(['\u{2029}', '\0']).unwrap_or(text);
    text.trim_matches(|character: char| character <= ' ')
}

fn push_html(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("&quot;"),
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\'' => out.push_str("&#x27;"),
        '/' => out.push_str("&#x2F;"),
        other => out.push(other),
    }
}
