//! `filter_path`: which parts of an answer are sent.
//!
//! Patterns are paths, joined by commas: `hits.hits._id,-hits.hits._source`. `*` stands for any characters of one key, `**`
//! for any number of keys, and a pattern that begins with `-` leaves out. Lists are seen through: a path goes on in their
//! items. What a pattern names comes whole.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The parts of an answer that are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FilterPath {
    /// Empty wants all.
    includes: Vec<Vec<Step>>,
    excludes: Vec<Vec<Step>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// One key, a pattern with `*`.
    Key(String),
    /// `**`: any number of keys, also none.
    AnyKeys,
}

/// What patterns say about the value at some place: which steps they have left there.
#[derive(Clone, Default)]
struct Here<'a> {
    is_included: bool,
    is_excluded: bool,
    includes: Vec<&'a [Step]>,
    excludes: Vec<&'a [Step]>,
}

impl FilterPath {
    pub(crate) fn parse(text: &str) -> Self {
        let mut filter = FilterPath::default();
        for pattern in text.split(',').map(str::trim).filter(|pattern| !pattern.is_empty()) {
            match pattern.strip_prefix('-') {
                Some(pattern) => filter.excludes.push(steps(pattern)),
                None => filter.includes.push(steps(pattern)),
            }
        }
        filter
    }

    /// The wanted parts of a JSON text, as they stand in it; `{}` where nothing is wanted.
    pub(crate) fn apply(&self, json: &str) -> serde_json::Result<String> {
        let root = Here {
            is_included: self.includes.is_empty(),
            is_excluded: false,
            includes: self.includes.iter().map(Vec::as_slice).collect(),
            excludes: self.excludes.iter().map(Vec::as_slice).collect(),
        };
        let mut out = String::new();
        if !write(&mut out, serde_json::from_str(json)?, &root)? {
            out.push_str("{}");
        }
        Ok(out)
    }
}

fn steps(pattern: &str) -> Vec<Step> {
    let step = |key: &str| if key == "**" { Step::AnyKeys } else { Step::Key(key.to_owned()) };
    pattern.split('.').map(step).collect()
}

impl<'a> Here<'a> {
    /// What the patterns say about the value under a key.
    fn enter(&self, key: &str) -> Here<'a> {
        let mut there = Here { is_included: self.is_included, ..Here::default() };
        for steps in &self.includes {
            there.is_included |= advance(steps, key, &mut there.includes);
        }
        for steps in &self.excludes {
            there.is_excluded |= advance(steps, key, &mut there.excludes);
        }
        there
    }
}

/// Whether a pattern ends at this key; else `left` gets what it has left below.
fn advance<'a>(steps: &'a [Step], key: &str, left: &mut Vec<&'a [Step]>) -> bool {
    match steps {
        [] | [Step::AnyKeys] => true,
        [Step::AnyKeys, rest @ ..] => {
            left.push(steps);
            advance(rest, key, left)
        }
        [Step::Key(pattern), rest @ ..] if matches(pattern, key) => {
            if !rest.is_empty() {
                left.push(rest);
            }
            rest.is_empty()
        }
        _ => false,
    }
}

/// Whether a pattern with `*` fits the whole key.
fn matches(pattern: &str, key: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == key };
    let Some(mut key) = key.strip_prefix(start) else { return false };
    let Some((middle, end)) = rest.rsplit_once('*') else { return key.ends_with(rest) };
    for part in middle.split('*') {
        let Some(found) = key.find(part) else { return false };
        key = &key[found + part.len()..];
    }
    key.ends_with(end)
}

/// Writes what is wanted of a value; `false` if nothing is, and then nothing was written.
fn write(out: &mut String, value: &RawValue, here: &Here<'_>) -> serde_json::Result<bool> {
    if here.is_excluded || !here.is_included && here.includes.is_empty() {
        return Ok(false);
    }
    let text = value.get();
    if here.is_included && here.excludes.is_empty() {
        out.push_str(text);
        return Ok(true);
    }
    let start = out.len();
    let written = match text.as_bytes().first() {
        Some(b'{') => write_object(out, &serde_json::from_str::<Entries<'_>>(text)?, here)?,
        Some(b'[') => write_array(out, &serde_json::from_str::<Vec<&RawValue>>(text)?, here)?,
        _ if here.is_included => {
            out.push_str(text);
            true
        }
        _ => false,
    };
    // What a pattern names stays, even if it became empty.
    let kept = written || here.is_included;
    if !kept {
        out.truncate(start);
    }
    Ok(kept)
}

fn write_object(out: &mut String, entries: &Entries<'_>, here: &Here<'_>) -> serde_json::Result<bool> {
    out.push('{');
    let start = out.len();
    for (key, value) in &entries.0 {
        let before = out.len();
        if before > start {
            out.push(',');
        }
        out.push_str(&serde_json::to_string(key)?);
        out.push(':');
        if !write(out, value, &here.enter(key))? {
            out.truncate(before);
        }
    }
    let written = out.len() > start;
    out.push('}');
    Ok(written)
}

fn write_array(out: &mut String, items: &[&RawValue], here: &Here<'_>) -> serde_json::Result<bool> {
    out.push('[');
    let start = out.len();
    for item in items {
        let before = out.len();
        if before > start {
            out.push(',');
        }
        if !write(out, item, here)? {
            out.truncate(before);
        }
    }
    let written = out.len() > start;
    out.push(']');
    Ok(written)
}

/// The entries of an object in their order, the values as text.
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

    const ANSWER: &str = r#"{"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"1","_source":{"name":"a","n":12345678901234567890123}},{"_id":"2","_source":{"other":[]}}]},"empty":{}}"#;

    fn apply(filter: &str) -> String {
        FilterPath::parse(filter).apply(ANSWER).expect("JSON")
    }

    #[test]
    fn paths_include() {
        assert_eq!(apply(""), ANSWER);
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
    fn stars_stand_for_keys() {
        assert_eq!(apply("*.total"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("t*k"), r#"{"took":3}"#);
        assert_eq!(apply("**.value"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("hits.**.name"), r#"{"hits":{"hits":[{"_source":{"name":"a"}}]}}"#);
        assert_eq!(apply("**.total.value"), r#"{"hits":{"total":{"value":2}}}"#);
        assert_eq!(apply("hits.total.**"), r#"{"hits":{"total":{"value":2}}}"#);
    }

    #[test]
    fn a_minus_leaves_out() {
        assert_eq!(
            apply("-hits.hits._source,-empty"),
            r#"{"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"1"},{"_id":"2"}]}}"#
        );
        assert_eq!(apply("hits.total,-**.value"), r#"{"hits":{"total":{}}}"#);
        assert_eq!(apply("hits.hits,-hits.hits._s*"), r#"{"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}}"#);
    }

    /// As the definition says it.
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
            prop_assert_eq!(matches(&pattern, &key), matches_naively(&characters(&pattern), &characters(&key)));
        }
    }
}
