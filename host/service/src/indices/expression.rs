//! Names, patterns and exclusions of indices, such as `logs-*,-logs-old,cities`.

use std::collections::{BTreeMap, BTreeSet};

use quidditch_index::{Aliases, IndexError, check_index_name, matches_pattern};
use serde_json::{Value as Json, json};

use super::options::{IfEmpty, IfUnavailable, IndicesOptions, Wildcards};
use crate::error::ApiError;

/// The indices that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    text: String,
    parts: Vec<Part>,
}

/// One name or pattern of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// Without the minus of an exclusion.
    name: String,
    effect: Effect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Add,
    Remove,
}

/// Names that may stand for indices.
pub(crate) struct Known<'a> {
    /// Indices. Some of them may be gone when they are opened.
    pub(crate) indices: &'a BTreeSet<String>,
    pub(crate) aliases: &'a Aliases,
}

/// How an index was found, and which of its documents are meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    by: FoundBy,
    /// The query that documents must match: the filters of the aliases.
    pub(crate) filter: Option<Json>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundBy {
    /// Its own name. If it does not exist, that is a mistake.
    Name,
    /// A pattern, or an alias.
    Other,
}

impl Found {
    /// Whether a request ignores the index if it does not exist: the folder may be what is left of a deleted index.
    pub(crate) fn is_optional(&self, options: &IndicesOptions) -> bool {
        self.by == FoundBy::Other || options.if_unavailable == IfUnavailable::Ignore
    }
}

impl Expression {
    /// The indices that a path names; without one, all.
    pub fn from_path(text: Option<&str>) -> Self {
        let text = text.unwrap_or("_all");
        let names: Vec<&str> = if text == "_all" { vec!["*"] } else { text.split(',').collect() };
        Expression { text: text.to_owned(), ..Self::from_names(names) }
    }

    /// The indices of a list.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut parts, mut texts, mut has_pattern) = (Vec::new(), Vec::new(), false);
        for name in names {
            texts.push(name);
            // Before the first pattern, a minus is part of a name.
            let excluded = name.strip_prefix('-').filter(|name| has_pattern && !name.is_empty());
            let effect = if excluded.is_some() { Effect::Remove } else { Effect::Add };
            has_pattern |= name.contains('*');
            parts.push(Part { name: excluded.unwrap_or(name).to_owned(), effect });
        }
        Expression { text: texts.join(","), parts }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many names and patterns it has.
    pub(crate) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The only name, if it is a name rather than a pattern or a list.
    pub fn only_name(&self) -> Option<&str> {
        match &self.parts[..] {
            [only] if !only.is_pattern() => Some(&only.name),
            _ => None,
        }
    }

    /// Whether it means all indices, whatever aliases there are.
    pub(crate) fn is_all(&self) -> bool {
        matches!(&self.parts[..], [only] if only.name == "*")
    }

    pub(crate) fn has_patterns(&self) -> bool {
        self.parts.iter().any(Part::is_pattern)
    }

    /// The names that are not patterns.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(|part| !part.is_pattern()).map(|part| part.name.as_str())
    }

    /// The indices that are meant, by their names.
    ///
    /// # Errors
    /// [`IndexError::NotFound`] and [`IndexError::InvalidName`].
    pub(crate) fn resolve(
        &self,
        options: &IndicesOptions,
        known: &Known<'_>,
    ) -> Result<BTreeMap<String, Found>, ApiError> {
        let mut meant = Meant::default();
        for part in &self.parts {
            let Part { name, effect } = part;
            if name.starts_with('_') {
                let reason = "it begins with `_`";
                return Err(IndexError::InvalidName { name: name.clone(), reason }.into());
            }
            match (part.is_pattern(), effect) {
                (true, _) => {
                    let matched =
                        if options.wildcards == Wildcards::Expand { known.matching(name) } else { Vec::new() };
                    if matched.is_empty() && options.if_empty == IfEmpty::Fail && *effect == Effect::Add {
                        return Err(not_found(name));
                    }
                    for name in matched {
                        meant.change_by_pattern(name, *effect, known);
                    }
                }
                (false, _) if !known.contains(name) => {
                    if options.if_unavailable == IfUnavailable::Fail {
                        // The reason why there can be no such index, if there is one.
                        check_index_name(name)?;
                        return Err(not_found(name));
                    }
                }
                (false, Effect::Add) => meant.add_name(name, known),
                (false, Effect::Remove) => meant.remove_name(name),
            }
        }
        Ok(meant.into_found(known))
    }

    /// The error that there is no index at all.
    pub fn not_found(&self) -> ApiError {
        not_found(&self.text)
    }
}

/// What the parts of an expression have led to so far.
#[derive(Default)]
struct Meant<'a> {
    indices: BTreeMap<&'a str, FoundBy>,
    /// Aliases that were named, and not by a pattern.
    aliases: BTreeSet<&'a str>,
    /// All names of indices and aliases: they say which filters apply.
    names: BTreeSet<&'a str>,
}

impl<'a> Meant<'a> {
    /// A pattern means the indices of an alias, so that they can be excluded by their own names.
    fn change_by_pattern(&mut self, name: &'a str, effect: Effect, known: &Known<'a>) {
        let indices = known.indices_of(name);
        match effect {
            Effect::Add => {
                self.names.insert(name);
                for index in indices {
                    self.indices.entry(index).or_insert(FoundBy::Other);
                }
            }
            Effect::Remove => {
                self.remove_name(name);
                self.indices.retain(|index, _| !indices.contains(index));
            }
        }
    }

    fn add_name(&mut self, name: &'a str, known: &Known<'a>) {
        self.names.insert(name);
        if known.indices.contains(name) {
            self.indices.insert(name, FoundBy::Name);
        } else {
            self.aliases.insert(name);
        }
    }

    fn remove_name(&mut self, name: &'a str) {
        self.names.remove(name);
        self.aliases.remove(name);
        self.indices.remove(name);
    }

    fn into_found(mut self, known: &Known<'a>) -> BTreeMap<String, Found> {
        for alias in &self.aliases {
            for index in known.indices_of(alias) {
                self.indices.entry(index).or_insert(FoundBy::Other);
            }
        }
        let found = |(index, by): (&&str, &FoundBy)| {
            let filter = self.filter_of(index, known);
            ((*index).to_owned(), Found { by: *by, filter })
        };
        self.indices.iter().map(found).collect()
    }

    /// The query that documents of an index must match: one of the filters of the aliases that were named, unless the index was
    /// named itself, or an alias without a filter.
    fn filter_of(&self, index: &str, known: &Known<'_>) -> Option<Json> {
        if self.names.contains(index) {
            return None;
        }
        let mut filters = Vec::new();
        for (alias, options) in known.aliases.of_index(index) {
            if self.names.contains(alias) {
                filters.push(options.filter.clone()?);
            }
        }
        match filters.len() {
            0 | 1 => filters.pop(),
            _ => Some(json!({ "bool": { "should": filters } })),
        }
    }
}

impl<'a> Known<'a> {
    fn contains(&self, name: &str) -> bool {
        self.indices.contains(name) || self.aliases.indices(name).is_some()
    }

    /// The names of indices and aliases that match a pattern.
    fn matching(&self, pattern: &str) -> Vec<&'a str> {
        let names = self.indices.iter().chain(self.aliases.by_name.keys());
        names.map(String::as_str).filter(|name| matches_pattern(pattern, name)).collect()
    }

    /// The indices that a name stands for.
    fn indices_of(&self, name: &str) -> Vec<&'a str> {
        match (self.indices.get(name), self.aliases.indices(name)) {
            (Some(index), _) => vec![index],
            (None, Some(indices)) => indices.keys().map(String::as_str).collect(),
            (None, None) => Vec::new(),
        }
    }
}

impl Part {
    fn is_pattern(&self) -> bool {
        self.name.contains('*')
    }
}

fn not_found(name: &str) -> ApiError {
    IndexError::NotFound { name: name.to_owned() }.into()
}

#[cfg(test)]
mod tests {
    use quidditch_index::AliasOptions;

    use super::*;

    fn aliases() -> Aliases {
        let red = || AliasOptions { filter: Some(json!({"term": {"k": "red"}})), is_write_index: None };
        let blue = || AliasOptions { filter: Some(json!({"term": {"k": "blue"}})), is_write_index: None };
        let entries = [
            ("al", vec![("a", AliasOptions::default()), ("b", AliasOptions::default())]),
            ("fa", vec![("a", red())]),
            ("fb", vec![("a", blue()), ("b", blue())]),
        ];
        let indices = |indices: Vec<(&str, AliasOptions)>| {
            indices.into_iter().map(|(index, options)| (index.to_owned(), options)).collect()
        };
        let by_name = entries.map(|(alias, of)| (alias.to_owned(), indices(of)));
        Aliases { change: String::new(), by_name: by_name.into_iter().collect() }
    }

    fn resolve_with(text: &str, options: &IndicesOptions) -> String {
        let indices = ["a", "b", "c", "x-1"].map(str::to_owned).into_iter().collect();
        let aliases = aliases();
        let found = Expression::from_path(Some(text)).resolve(options, &Known { indices: &indices, aliases: &aliases });
        match found {
            Ok(found) => {
                let one = |(name, found): (&String, &Found)| match &found.filter {
                    Some(filter) => format!("{name} {filter}"),
                    None => name.clone(),
                };
                found.iter().map(one).collect::<Vec<_>>().join("; ")
            }
            Err(ApiError::Index(error)) => error.to_string(),
            Err(error) => error.to_string(),
        }
    }

    fn resolve(text: &str) -> String {
        resolve_with(text, &IndicesOptions::DEFAULT)
    }

    #[test]
    fn lists_patterns_and_exclusions_are_resolved() {
        assert_eq!(resolve("b,a,b"), "a; b");
        assert_eq!(resolve("_all"), "a; b; c; x-1");
        assert_eq!(resolve("*,-x*"), "a; b; c");
        assert_eq!(resolve("*,-a"), "b; c; x-1", "aliases do not bring it back");
        assert_eq!(resolve("nope*"), "");
        assert_eq!(resolve("a,nope*"), "a");
    }

    #[test]
    fn aliases_stand_for_indices_and_filters() {
        assert_eq!(resolve("al"), "a; b");
        assert_eq!(resolve("fa"), r#"a {"term":{"k":"red"}}"#);
        assert_eq!(
            resolve("fa,fb"),
            r#"a {"bool":{"should":[{"term":{"k":"red"}},{"term":{"k":"blue"}}]}}; b {"term":{"k":"blue"}}"#
        );
        assert_eq!(resolve("fa,a"), "a");
        assert_eq!(resolve("al,fa"), "a; b");
        assert_eq!(resolve("f*"), resolve("fa,fb"));
        assert_eq!(resolve("*,-al"), "a; b; c; x-1", "the alias is removed, and not its indices");
        assert_eq!(resolve("*,-f*"), "c; x-1", "a pattern removes the indices of aliases");
    }

    #[test]
    fn unknown_names_are_errors_unless_ignored() {
        assert_eq!(resolve("a,nope"), "no such index [nope]");
        assert_eq!(resolve("a,-b"), "invalid index name [-b]: it begins with `_`, `-` or `+`");
        assert_eq!(resolve("*,-nope"), "no such index [nope]");
        assert_eq!(resolve("a,,b"), "invalid index name []: it is empty");
        assert_eq!(resolve("a,_b"), "invalid index name [_b]: it begins with `_`");
        let ignoring = IndicesOptions { if_unavailable: IfUnavailable::Ignore, ..IndicesOptions::DEFAULT };
        assert_eq!(resolve_with("a,nope,*,-b", &ignoring), "a; c; x-1");
        assert_eq!(resolve_with("nope", &ignoring), "");
        let strict = IndicesOptions { if_empty: IfEmpty::Fail, ..IndicesOptions::DEFAULT };
        assert_eq!(resolve_with("a,nope*", &strict), "no such index [nope*]");
        let literal = IndicesOptions { wildcards: Wildcards::MatchNothing, ..IndicesOptions::DEFAULT };
        assert_eq!(resolve_with("*,a", &literal), "a");
    }
}
