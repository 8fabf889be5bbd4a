//! `filter_path`: which parts of a response are sent.
//!
//! Patterns are comma-separated paths: `hits.hits._id,-hits.hits._source`. `*` matches any characters of one key, `**` any
//! number of keys, and a pattern that begins with `-` excludes. A path continues in the items of an array as if they were in
//! its place. A value that a pattern names is included with everything inside it.

use std::borrow::Cow;
use std::fmt;

use quidditch_index::matches_pattern;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::ApiError;

/// Most paths of a request. 100: each is compared with each key of the response.
const MAX_PATHS: usize = 100;

/// Most steps of all paths together. 1,000: with `**`, a path may be at many of its steps at once.
const MAX_STEPS: usize = 1_000;

/// The parts of a response to send.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilterPath {
    /// Empty includes everything.
    includes: Vec<Vec<Step>>,
    excludes: Vec<Vec<Step>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// A pattern for one key, in which `*` matches any characters.
    Key(String),
    /// `**`: any number of keys, or none.
    AnyKeys,
}

/// How far the patterns have matched the path to a value: the steps that each has left below it.
#[derive(Clone, Default)]
struct PathState<'a> {
    is_included: bool,
    is_excluded: bool,
    includes: Vec<&'a [Step]>,
    excludes: Vec<&'a [Step]>,
}

impl FilterPath {
    /// # Errors
    /// More paths or steps than are allowed.
    pub(crate) fn parse(text: &str) -> Result<Self, ApiError> {
        let paths = text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty());
        let steps_in_all: usize = paths.clone().map(|pattern| pattern.split('.').count()).sum();
        for (what, count, limit) in [("paths", paths.count(), MAX_PATHS), ("steps", steps_in_all, MAX_STEPS)] {
            if count > limit {
                let reason = format!("[filter_path] has {count} {what}: at most {limit} are allowed");
                return Err(ApiError::Argument(reason));
            }
        }
        let mut filter = FilterPath::default();
        for pattern in text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()) {
            match pattern.strip_prefix('-') {
                Some(pattern) => filter.excludes.push(steps(pattern)),
                None => filter.includes.push(steps(pattern)),
            }
        }
        Ok(filter)
    }

    /// The included parts of a JSON text, as they are written in it; `{}` if there are none.
    pub(crate) fn apply(&self, json: &str) -> serde_json::Result<String> {
        let root = PathState {
            is_included: self.includes.is_empty(),
            is_excluded: false,
            includes: self.includes.iter().map(Vec::as_slice).collect(),
            excludes: self.excludes.iter().map(Vec::as_slice).collect(),
        };
        let mut out = String::new();
        if !write_included(&mut out, serde_json::from_str(json)?, &root)? {
            out.push_str("{}");
        }
        Ok(out)
    }
}

fn steps(pattern: &str) -> Vec<Step> {
    let step = |key: &str| if key == "**" { Step::AnyKeys } else { Step::Key(key.to_owned()) };
    let mut steps: Vec<Step> = pattern.split('.').map(step).collect();
    // `**.**` is `**`.
    steps.dedup_by(|step, before| *step == Step::AnyKeys && *before == Step::AnyKeys);
    steps
}

impl<'a> PathState<'a> {
    /// The state for the value under a key.
    fn enter(&self, key: &str) -> PathState<'a> {
        let mut child = PathState { is_included: self.is_included, ..PathState::default() };
        for steps in &self.includes {
            child.is_included |= match_key(steps, key, &mut child.includes);
        }
        for steps in &self.excludes {
            child.is_excluded |= match_key(steps, key, &mut child.excludes);
        }
        keep_each_once(&mut child.includes);
        keep_each_once(&mut child.excludes);
        child
    }
}

/// Drops repeated ends of paths: several `**` of a path reach the same one in many ways.
fn keep_each_once(ends: &mut Vec<&[Step]>) {
    ends.sort_unstable_by_key(|steps| steps.as_ptr());
    ends.dedup_by_key(|steps| steps.as_ptr());
}

/// Whether a pattern ends at this key. If it continues below, its remaining steps are added to `remaining`.
fn match_key<'a>(steps: &'a [Step], key: &str, remaining: &mut Vec<&'a [Step]>) -> bool {
    match steps {
        [] | [Step::AnyKeys] => true,
        [Step::AnyKeys, rest @ ..] => {
            remaining.push(steps);
            match_key(rest, key, remaining)
        }
        [Step::Key(pattern), rest @ ..] if matches_pattern(pattern, key) => {
            if !rest.is_empty() {
                remaining.push(rest);
            }
            rest.is_empty()
        }
        _ => false,
    }
}

/// Writes the included parts of a value. Returns `false`, and writes nothing, if there are none.
fn write_included(out: &mut String, value: &RawValue, state: &PathState<'_>) -> serde_json::Result<bool> {
    if state.is_excluded || !state.is_included && state.includes.is_empty() {
        return Ok(false);
    }
    let text = value.get();
    if state.is_included && state.excludes.is_empty() {
        out.push_str(text);
        return Ok(true);
    }
    let start = out.len();
    let written = match text.as_bytes().first() {
        Some(b'{') => write_object(out, &serde_json::from_str::<Entries<'_>>(text)?, state)?,
        Some(b'[') => write_array(out, &serde_json::from_str::<Vec<&RawValue>>(text)?, state)?,
        _ if state.is_included => {
            out.push_str(text);
            true
        }
        _ => false,
    };
    // A value that a pattern names is kept even if it is empty now.
    let kept = written || state.is_included;
    if !kept {
        out.truncate(start);
    }
    Ok(kept)
}

fn write_object(out: &mut String, entries: &Entries<'_>, state: &PathState<'_>) -> serde_json::Result<bool> {
    out.push('{');
    let start = out.len();
    for (key, value) in &entries.0 {
        let before = out.len();
        if before > start {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(key)?);
        out.push(':');
        if !write_included(out, value, &state.enter(key))? {
            out.truncate(before);
        }
    }
    let written = out.len() > start;
    out.push('}');
    Ok(written)
}

fn write_array(out: &mut String, items: &[&RawValue], state: &PathState<'_>) -> serde_json::Result<bool> {
    out.push('[');
    let start = out.len();
    for item in items {
        let before = out.len();
        if before > start {
            out.push(',');
        }
        if !write_included(out, item, state)? {
            out.truncate(before);
        }
    }
    let written = out.len() > start;
    out.push(']');
    Ok(written)
}

/// The entries of an object in their order, with values as text.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    entries.push((Cow::Owned(entry.0), entry.1));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RESPONSE: &str = r#"{"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"1","_source":{"name":"a","n":12345678901234567890123}},{"_id":"2","_source":{"other":[]}}]},"empty":{}}"#;

    fn apply(filter: &str) -> String {
        FilterPath::parse(filter).expect("valid").apply(RESPONSE).expect("JSON")
    }

    #[test]
    fn paths_select_parts() {
        assert_eq!(apply(""), RESPONSE);
        assert_eq!(apply("took"), r#"{"took":3}"#);
        assert_eq!(apply("took, hits.total"), r#"{"took":3,"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("hits.hits._id"), r#"{"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}}"#);
        assert_eq!(apply("hits.hits._source.name"), r#"{"hits":{"hits":[{"_source":{"name":"a"}}]}}"#);
        assert_eq!(apply("hits.hits._source.n"), r#"{"hits":{"hits":[{"_source":{"n":12345678901234567890123}}]}}"#);
        assert_eq!(apply("empty"), r#"{"empty":{}}"#);
        assert_eq!(apply("empty.x"), "{}");
        assert_eq!(apply("nothing"), "{}");
    }

    #[test]
    fn wildcards_match_keys() {
        assert_eq!(apply("*.total"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("t*k"), r#"{"took":3}"#);
        assert_eq!(apply("**.value"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("hits.**.name"), r#"{"hits":{"hits":[{"_source":{"name":"a"}}]}}"#);
        assert_eq!(apply("**.total.value"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("hits.total.**"), r#"{"hits":{"total":{"value":2}}}"#);
    }

    #[test]
    fn a_minus_excludes() {
        assert_eq!(
            apply("-hits.hits._source,-empty"),
            r#"{"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"1"},{"_id":"2"}]}}"#
        );
        assert_eq!(apply("hits.total,-**.value"), r#"{"hits":{"total":{}}}"#);
        assert_eq!(apply("hits.hits,-hits.hits._s*"), r#"{"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}}"#);
    }

    #[test]
    fn paths_with_many_wildcards_are_followed_once() {
        let depth = 60;
        let json = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let filter = |path: &str| FilterPath::parse(path).expect("valid").apply(&json).expect("JSON");
        assert_eq!(filter(&"**.a.".repeat(30)[..149]), json);
        assert_eq!(filter(&format!("{}nope", "**.a.".repeat(60))), "{}");
        assert_eq!(filter("**.**.**.a"), json);
    }

    #[test]
    fn the_numbers_of_paths_and_steps_are_limited() {
        let error = |text: String| FilterPath::parse(&text).err().map(|error| error.to_string());
        assert_eq!(error(vec!["a"; 100].join(",")), None);
        insta::assert_snapshot!(
            error(vec!["a"; 101].join(",")).unwrap_or_default(),
            @"[filter_path] has 101 paths: at most 100 are allowed"
        );
        assert_eq!(error(vec!["**"; 1_000].join(".")), None);
        insta::assert_snapshot!(
            error(vec!["**"; 1_001].join(".")).unwrap_or_default(),
            @"[filter_path] has 1001 steps: at most 1000 are allowed"
        );
    }

    /// The definition, as a recursion.
    fn matches_naively(pattern: &[char], key: &[char]) -> bool {
        match (pattern, key) {
            ([], _) => key.is_empty(),
            (['*', rest @ ..], _) => (0..=key.len()).any(|taken| matches_naively(rest, &key[taken..])),
            ([first, pattern @ ..], [character, key @ ..]) => first == character && matches_naively(pattern, key),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_as_defined(pattern in "[ab*]{0,6}", key in "[ab]{0,7}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches_pattern(&pattern, &key), matches_naively(&characters(&pattern), &characters(&key)));
        }
    }
}
