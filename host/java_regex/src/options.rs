//! How an expression is meant.

/// How an expression is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What is asked of a text.
    pub search: Search,
    /// What `\w`, `\d`, `\s` and `\b` mean.
    pub classes: CharacterClasses,
    /// Whether the expression may contain flags.
    pub inline_flags: InlineFlags,
    /// Whether upper and lower case are the same.
    pub ignores_case: bool,
    /// Whether `^` and `$` match at every line.
    pub is_multi_line: bool,
    /// Whether `.` matches the ends of lines, too.
    pub dot_is_any: bool,
    /// Whether white space is ignored, and what follows a `#` in a line.
    pub has_comments: bool,
    /// Whether no character has a meaning of its own.
    pub is_literal: bool,
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// Whether a part of it matches.
    Part,
    /// Whether all of it matches.
    Whole,
    /// Which parts match.
    Spans,
}

/// What `\w`, `\d`, `\s` and `\b` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharacterClasses {
    /// Characters of ASCII, as in Java without flags.
    Ascii,
    /// Characters of Unicode.
    Unicode,
}

/// Whether an expression may contain flags, as in `(?i)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlineFlags {
    /// It may.
    Allowed,
    /// They are an error.
    Refused,
}

impl Options {
    /// An expression without flags.
    pub fn new(search: Search) -> Self {
        Options {
            search,
            classes: CharacterClasses::Ascii,
            inline_flags: InlineFlags::Allowed,
            ignores_case: false,
            is_multi_line: false,
            dot_is_any: false,
            has_comments: false,
            is_literal: false,
        }
    }
}
