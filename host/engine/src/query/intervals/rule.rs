//! The parsed rules of an `intervals` query.

use super::super::fuzziness::Fuzziness;
use super::super::term_pattern::TermPattern;
use crate::scores::Relation;
use crate::terms::Transpositions;

/// Most terms that a pattern stands for, unless the query says otherwise.
pub(super) const MAX_EXPANSIONS: usize = 128;

/// A rule for a field.
pub(super) struct IntervalsQuery {
    pub(super) field: String,
    pub(super) rule: Rule,
    pub(super) boost: f32,
}

/// What has intervals.
pub(super) struct Rule {
    pub(super) kind: RuleKind,
    pub(super) filter: Option<Box<Filter>>,
}

pub(super) enum RuleKind {
    Match { text: String, analyzer: Option<String>, use_field: Option<String>, arrangement: Arrangement },
    AllOf { rules: Vec<Rule>, arrangement: Arrangement },
    AnyOf(Vec<Rule>),
    Pattern { pattern: Pattern, use_field: Option<String>, max_expansions: usize },
}

/// How parts stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrangement {
    pub(super) mode: Mode,
    /// `None` allows any number of positions between the parts.
    pub(super) max_gaps: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Ordered,
    Unordered,
    UnorderedWithoutOverlaps,
}

/// Terms that match a pattern.
pub(super) enum Pattern {
    Prefix {
        text: String,
        analyzer: Option<String>,
    },
    Wildcard {
        text: String,
        analyzer: Option<String>,
    },
    /// Compiled when the query is parsed.
    Regexp(TermPattern),
    Fuzzy {
        text: String,
        analyzer: Option<String>,
        fuzziness: Fuzziness,
        prefix_length: usize,
        transpositions: Transpositions,
    },
}

/// Which intervals of a rule count.
pub(super) struct Filter {
    pub(super) relation: FilterRelation,
    pub(super) rule: Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilterRelation {
    Is(Relation),
    Before,
    After,
}
