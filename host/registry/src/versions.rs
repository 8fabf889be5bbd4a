//! Which versions of a function there are, and which one is meant.

use std::collections::BTreeMap;
use std::time::Duration;

use quidditch_function::Cause;
use quidditch_storage::Entry;
use semver::Version;

use crate::layout::function_of_record;
use crate::name::bracketed;

/// The versions of one function at some moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    /// Each with the version that its record had in the store, to notice when it was deleted and published anew.
    pub(crate) records: BTreeMap<Version, quidditch_storage::Version>,
    /// When they were listed.
    pub(crate) listed: Duration,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    HighestRelease,
    Exactly(&'a str),
}

impl Versions {
    pub(crate) fn of_listing(entries: Vec<Entry>, listed: Duration) -> Self {
        let record = |entry: Entry| Some((function_of_record(&entry.key)?.1, entry.version));
        Versions { records: entries.into_iter().filter_map(record).collect(), listed }
    }

    /// The version that is meant, and the version of its record in the store.
    pub(crate) fn choose(&self, wanted: Wanted<'_>) -> Result<(Version, quidditch_storage::Version), Cause> {
        let version = choose(self.records.keys(), wanted)?;
        Ok((version.clone(), self.records[version].clone()))
    }
}

/// Which of these versions, from the oldest to the newest, is meant. Pre-releases must be named.
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
            Wanted::HighestRelease => format!("it has no release, only {known}, which must be named exactly"),
            Wanted::Exactly(text) => format!("there is no version [{text}] of it, there are {known}"),
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
    fn the_highest_release_is_meant_unless_a_version_is_named() {
        let known = ["1.9.0", "1.10.0", "2.0.0-beta.1"];
        assert_eq!(chosen(&known, Wanted::HighestRelease), "1.10.0");
        assert_eq!(chosen(&known, Wanted::Exactly("1.9.0")), "1.9.0");
        assert_eq!(chosen(&known, Wanted::Exactly("2.0.0-beta.1")), "2.0.0-beta.1");
    }

    #[test]
    fn who_misses_is_told_what_there_is() {
        insta::assert_snapshot!(chosen(&["1.0.0", "1.1.0"], Wanted::Exactly("latest")), @"there is no version [latest] of it, there are [1.0.0], [1.1.0]");
        insta::assert_snapshot!(chosen(&["1.0.0-a"], Wanted::HighestRelease), @"it has no release, only [1.0.0-a], which must be named exactly");
    }
}
