//! The parts of a parsed `query_string`.

/// Clauses next to each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) clauses: Vec<GroupClause>,
}

/// A clause with what connects it to the one before.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct GroupClause {
    pub(super) conjunction: Option<Conjunction>,
    pub(super) sign: Option<Sign>,
    pub(super) part: Part,
}

/// What is between two clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conjunction {
    And,
    Or,
}

/// What is before a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `+`
    Required,
    /// `-`, `!` or `NOT`
    Prohibited,
}

/// What documents are searched for, and where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// `None` is the default.
    pub(super) field: Option<String>,
    pub(super) kind: PartKind,
    pub(super) boost: Option<f32>,
}

/// What documents are searched for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PartKind {
    /// A term, which the analyzer may split.
    Term(String),
    /// Several terms, which are analyzed together.
    Words(String),
    Phrase {
        text: String,
        /// What follows `~`.
        slop: Option<String>,
    },
    Fuzzy {
        text: String,
        /// What follows `~`.
        fuzziness: String,
    },
    /// Without the `*`.
    Prefix(String),
    /// With its escapes.
    Wildcard(String),
    /// Without the slashes.
    Regexp(String),
    Range(RangePart),
    Group(Group),
}

/// The bounds of a range; `None` is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RangePart {
    pub(super) lower: Option<String>,
    pub(super) upper: Option<String>,
    pub(super) includes_lower: bool,
    pub(super) includes_upper: bool,
}
