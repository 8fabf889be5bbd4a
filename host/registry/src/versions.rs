//! The versions of a function, and which one a request refers to.

use std::collections::BTreeMap;
use std::time::Duration;

use quidditch_function::Cause;
use quidditch_storage::Entry;
use semver::Version;

use crate::layout::function_of_record;
use crate::name::bracketed;

/// The versions of one function at the time of a listing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    /// Each with the version of its record in the store, which changes when it is deleted and published again.
    pub(crate) records: BTreeMap<Version, quidditch_storage::Version>,
    /// When they were listed.
    pub(crate) listed: Duration,
}

/// The version that a request refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    HighestRelease,
    Exactly(&'a str),
}

impl Versions {
    pub(crate) fn from_listing(entries: Vec<Entry>, listed: Duration) -> Self {
        let record = |entry: Entry| Some((function_of_record(&entry.key)?.1, entry.version));
        Versions { records: entries.into_iter().filter_map(record).collect(), listed }
    }

    /// The version that a request refers to, and the version of its record in the store.
    pub(crate) fn choose(&self, wanted: Wanted<'_>) -> Result<(Version, quidditch_storage::Version), Cause> {
        let version = choose(self.records.keys(), wanted)?;
        Ok((version.clone(), self.records[version].clone()))
    }
}

/// The version that a request refers to, of `known` in ascending order. Pre-releases must be named explicitly.
pub(crate) fn choose<'a>(
    mut known: impl DoubleEndedIterator<Item = &'a Version> + Clone,
    wanted: Wanted<'_>,
) -> Result<&'a Version, Cause> {
    let all: Vec<&Version> = known.clone().collect();
    let found = match wanted {
        Wanted::HighestRelease => known.rfind(|version| version.pre.is_empty()),
        Wanted::Exactly(text) => known.find(|version| version.to_string() == text),
    };
    found.ok_or_else(|| {
        let known = bracketed(&all, ", ");
        Cause::NotFound(match wanted {
            Wanted::HighestRelease => format!("only pre-releases are published ({known}), name one explicitly"),
            Wanted::Exactly(text) => format!("unknown version [{text}], published: {known}"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(versions: &[&str]) -> Versions {
        let record = |text: &&str| (Version::parse(text).expect("a version"), quidditch_storage::Version::new("1"));
        Versions { records: versions.iter().map(record).collect(), listed: Duration::ZERO }
    }

    fn chosen(known: &[&str], wanted: Wanted<'_>) -> String {
        versions(known).choose(wanted).map_or_else(|cause| cause.to_string(), |(version, _)| version.to_string())
    }

    #[test]
    fn the_highest_release_is_the_default() {
        let known = ["1.9.0", "1.10.0", "2.0.0-beta.1"];
        assert_eq!(chosen(&known, Wanted::HighestRelease), "1.10.0");
        assert_eq!(chosen(&known, Wanted::Exactly("1.9.0")), "1.9.0");
        assert_eq!(chosen(&known, Wanted::Exactly("2.0.0-beta.1")), "2.0.0-beta.1");
    }

    #[test]
    fn unknown_version_lists_known_ones() {
        insta::assert_snapshot!(chosen(&["1.0.0", "1.1.0"], Wanted::Exactly("latest")), @"unknown version [latest], published: [1.0.0], [1.1.0]");
        insta::assert_snapshot!(chosen(&["1.0.0-a"], Wanted::HighestRelease), @"only pre-releases are published ([1.0.0-a]), name one explicitly");
    }
}
