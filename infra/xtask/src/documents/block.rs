//! The code blocks of a Markdown file.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A block of code, or an HTML comment that is one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// File and line.
    pub(super) place: String,
    /// The words after the fence: the language, and what else is said of the block. Empty if it is indented instead.
    pub(super) words: Vec<String>,
    pub(super) text: String,
    /// The last inline code before it.
    pub(super) code_before: String,
}

/// How an HTML comment starts that is a block of code, which readers do not see. The words follow.
const HIDDEN: &str = "<!-- run: ";

/// The blocks of a file, in their order.
pub(super) fn blocks(file: &str, markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut code_before = String::new();
    // The place and the words of the block that is being read, and its text so far.
    let mut open: Option<Block> = None;
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        let block = |words: &str| Block {
            place: format!("{file}:{}", markdown[..range.start].matches('\n').count() + 1),
            words: words.split_whitespace().map(str::to_owned).collect(),
            text: String::new(),
            code_before: code_before.clone(),
        };
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(words))) => open = Some(block(&words)),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented) | Tag::HtmlBlock) => open = Some(block("")),
            Event::Text(text) | Event::Html(text) => {
                if let Some(open) = &mut open {
                    open.text.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
            Event::End(TagEnd::HtmlBlock) => blocks.extend(open.take().filter(is_hidden_block).map(hidden)),
            Event::Code(code) => code_before = code.into_string(),
            _ => {}
        }
    }
    blocks
}

/// Whether a comment is meant to be a block.
fn is_hidden_block(html: &Block) -> bool {
    html.text.contains("run:")
}

/// The block in an HTML comment; without words, which no block has, if it is not one.
fn hidden(html: Block) -> Block {
    let parse = || {
        let (words, text) = html.text.strip_prefix(HIDDEN)?.split_once('\n')?;
        Some((words.split_whitespace().map(str::to_owned).collect(), text.trim_end().strip_suffix("-->")?.to_owned()))
    };
    let (words, text) = parse().unwrap_or_default();
    Block { words, text, ..html }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_places_and_words() {
        let markdown = "Text with `code`.\n\n```json search books\n{}\n```\n\n1. A list\n\n   ```console\n   $ true\n   ```\n\n\
                        <!-- run: console\n$ hidden\n\n$ more\n-->\n\n<!-- a comment -->\n\n    indented\n\n\
                        <!--run: console\n$ misspelt\n-->\n";
        let block = |line: u32, words: &[&str], text: &str| Block {
            place: format!("a.md:{line}"),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            text: text.to_owned(),
            code_before: "code".to_owned(),
        };
        let expected = [
            block(3, &["json", "search", "books"], "{}\n"),
            block(9, &["console"], "$ true\n"),
            block(13, &["console"], "$ hidden\n\n$ more\n"),
            block(21, &[], "indented\n"),
            block(23, &[], ""),
        ];
        assert_eq!(blocks("a.md", markdown), expected);
    }
}
