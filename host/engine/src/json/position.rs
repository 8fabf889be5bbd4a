//! From a path into JSON to its line and column in the text.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::node::Step;

/// A position in a request's text. Lines and columns start at 1; columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Where the value at the end of `path` starts. Only errors ask, so it may parse the text once more at each step.
pub(crate) fn locate(text: &str, path: &[Step]) -> Option<Position> {
    let mut here: &str = text;
    for step in path {
        here = match step {
            Step::Key(key) => {
                let entries: HashMap<String, &RawValue> = serde_json::from_str(here).ok()?;
                entries.get(key)?.get()
            }
            Step::Index(index) => {
                let items: Vec<&RawValue> = serde_json::from_str(here).ok()?;
                items.get(*index)?.get()
            }
        };
    }
    let here = here.trim_start();
    // `here` is a part of `text`, so the difference of their addresses is its offset.
    let offset = (here.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Position { line: before.matches('\n').count() + 1, column: offset - line_start + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_by_path() {
        let text = "{\n  \"a\": [1, {\"b\\u0063\": true}],\n\"c\": 2 }";
        let key = |key: &str| Step::Key(key.to_owned());
        let at = |path: &[Step]| locate(text, path).map(|position| (position.line, position.column));
        assert_eq!(at(&[]), Some((1, 1)));
        assert_eq!(at(&[key("a"), Step::Index(0)]), Some((2, 9)));
        assert_eq!(at(&[key("a"), Step::Index(1), key("bc")]), Some((2, 24)));
        assert_eq!(at(&[key("c")]), Some((3, 6)));
        assert_eq!(at(&[key("d")]), None);
    }
}
