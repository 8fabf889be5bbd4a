//! The versions of a function, and which one a request refers to.

use std::collections::BTreeMap;
use std::time::Duration;

use quidditch_function::Cause;
use quidditch_storage::{Entry, Version as StoredVersion};
use semver::{Version, VersionReq};

use crate::layout::{ListedSignature, Object, Part, object_of_key};

/// The versions of one function at the time of a listing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Versions {
    pub(crate) by_version: BTreeMap<Version, ListedVersion>,
    /// When they were listed.
    pub(crate) listed: Duration,
}

/// A published version as a listing shows it: the versions of its objects in the store, which change with their contents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListedVersion {
    pub(crate) record: StoredVersion,
    pub(crate) yank: Option<StoredVersion>,
    pub(crate) deprecation: Option<StoredVersion>,
    pub(crate) disablement: Option<StoredVersion>,
    /// The same for all versions of the function.
    pub(crate) function_disablement: Option<StoredVersion>,
    /// Its signatures, which are not verified yet.
    pub(crate) signatures: Vec<ListedSignature>,
}

/// A version that a request may refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub(crate) version: &'a Version,
    pub(crate) is_yanked: bool,
}

/// The version that a request refers to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// The highest that is neither a pre-release nor yanked.
    HighestRelease,
    /// This one, even if it is yanked.
    Exactly(Version),
    /// The highest that matches and is not yanked. A pre-release matches only a requirement that names one of the same release.
    Matching(VersionReq),
}

/// All published versions in a listing, by name and version. Without a record, a version is not published.
pub(crate) fn published(entries: &[Entry]) -> BTreeMap<(String, Version), ListedVersion> {
    let (mut parts, mut signatures, mut disabled) =
        (BTreeMap::new(), BTreeMap::<_, Vec<ListedSignature>>::new(), BTreeMap::new());
    for entry in entries {
        match object_of_key(&entry.key) {
            Some(Object::Part(name, version, part)) => {
                parts.insert((name, version, part), entry.version.clone());
            }
            Some(Object::Signature(name, version, signature)) => {
                signatures.entry((name, version)).or_default().push(signature);
            }
            Some(Object::FunctionDisabled(name)) => {
                disabled.insert(name, entry.version.clone());
            }
            None => {}
        }
    }
    let records = parts.iter().filter(|((_, _, part), _)| *part == Part::Record);
    let listed = records.map(|((name, version, _), record)| {
        let part = |part| parts.get(&(*name, version.clone(), part)).cloned();
        let listed = ListedVersion {
            record: record.clone(),
            yank: part(Part::Yank),
            deprecation: part(Part::Deprecation),
            disablement: part(Part::Disablement),
            function_disablement: disabled.get(name).cloned(),
            signatures: signatures.get(&(*name, version.clone())).cloned().unwrap_or_default(),
        };
        (((*name).to_owned(), version.clone()), listed)
    });
    listed.collect()
}

impl Versions {
    /// Those of one function in a listing, which may have functions of a namespace with the same name.
    pub(crate) fn from_listing(name: &str, entries: &[Entry], listed: Duration) -> Self {
        let versions = published(entries).into_iter().filter(|((function, _), _)| function == name);
        Versions { by_version: versions.map(|((_, version), listed)| (version, listed)).collect(), listed }
    }

    /// The version that a request refers to.
    pub(crate) fn choose(&self, wanted: &Wanted) -> Result<(Version, ListedVersion), Cause> {
        let versions = self.by_version.iter();
        let candidates: Vec<Candidate<'_>> =
            versions.map(|(version, listed)| Candidate { version, is_yanked: listed.yank.is_some() }).collect();
        let version = choose(&candidates, wanted)?;
        Ok((version.clone(), self.by_version[version].clone()))
    }
}

impl Wanted {
    /// Reads a version such as `1.0.0`, or a requirement such as `^1.2`.
    ///
    /// # Errors
    /// [`Cause::InvalidArgument`] if it is neither.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Cause> {
        let Some(text) = text else { return Ok(Wanted::HighestRelease) };
        if let Ok(version) = Version::parse(text) {
            return Ok(Wanted::Exactly(version));
        }
        let invalid = |_| {
            let expected = "must be a version such as 1.0.0, or a requirement such as ^1.2";
            Cause::InvalidArgument(format!("invalid version [{text}], {expected}"))
        };
        VersionReq::parse(text).map(Wanted::Matching).map_err(invalid)
    }
}

/// The version that a request refers to, of candidates in ascending order.
pub(crate) fn choose<'a>(candidates: &[Candidate<'a>], wanted: &Wanted) -> Result<&'a Version, Cause> {
    let is_wanted = |Candidate { version, is_yanked }: &Candidate<'_>| match wanted {
        Wanted::Exactly(exact) => *version == exact,
        Wanted::HighestRelease => !is_yanked && version.pre.is_empty(),
        Wanted::Matching(requirement) => !is_yanked && requirement.matches(version),
    };
    match candidates.iter().rfind(|candidate| is_wanted(candidate)) {
        Some(candidate) => Ok(candidate.version),
        None => Err(Cause::NotFound(not_found(candidates, wanted))),
    }
}

fn not_found(candidates: &[Candidate<'_>], wanted: &Wanted) -> String {
    let shown = |Candidate { version, is_yanked }: &Candidate<'_>| {
        let yanked = if *is_yanked { " (yanked)" } else { "" };
        format!("[{version}]{yanked}")
    };
    let published = candidates.iter().map(shown).collect::<Vec<_>>().join(", ");
    match wanted {
        Wanted::Exactly(version) => format!("unknown version [{version}], published: {published}"),
        Wanted::Matching(requirement) => format!("no version matches [{requirement}], published: {published}"),
        Wanted::HighestRelease if candidates.iter().all(|candidate| !candidate.version.pre.is_empty()) => {
            format!("only pre-releases are published ({published}), name one explicitly")
        }
        Wanted::HighestRelease => format!("all releases are yanked ({published}), name one exactly to call it"),
    }
}

#[cfg(test)]
mod tests {
    use crate::layout::part_key;

    use super::*;

    /// Versions, of which those that end with `!` are yanked.
    fn versions(versions: &[&str]) -> Versions {
        let entry = |version: &str, part| {
            let key = part_key("f", &Version::parse(version).expect("a version"), part);
            Entry { key, size: 1, version: StoredVersion::new("1") }
        };
        let mut entries = Vec::new();
        for text in versions {
            let version = text.trim_end_matches('!');
            entries.push(entry(version, Part::Record));
            if text.ends_with('!') {
                entries.push(entry(version, Part::Yank));
            }
        }
        Versions::from_listing("f", &entries, Duration::ZERO)
    }

    fn chosen(known: &[&str], wanted: Option<&str>) -> String {
        let chosen = Wanted::parse(wanted).and_then(|wanted| versions(known).choose(&wanted));
        chosen.map_or_else(|cause| cause.to_string(), |(version, _)| version.to_string())
    }

    #[test]
    fn the_highest_release_is_the_default() {
        let known = ["1.9.0", "1.10.0", "2.0.0-beta.1"];
        assert_eq!(chosen(&known, None), "1.10.0");
        assert_eq!(chosen(&known, Some("1.9.0")), "1.9.0");
        assert_eq!(chosen(&known, Some("2.0.0-beta.1")), "2.0.0-beta.1");
    }

    #[test]
    fn a_requirement_takes_the_highest_version_that_matches() {
        let known = ["0.9.0", "1.2.0", "1.2.7", "1.10.0", "2.0.0-beta.1", "2.0.0-beta.2"];
        for (requirement, expected) in [
            ("^1.2", "1.10.0"),
            ("1", "1.10.0"),
            ("~1.2", "1.2.7"),
            ("=1.2.0", "1.2.0"),
            ("<1.10", "1.2.7"),
            (">=0.9, <1", "0.9.0"),
            ("*", "1.10.0"),
            (">=2.0.0-beta.1", "2.0.0-beta.2"),
        ] {
            assert_eq!(chosen(&known, Some(requirement)), expected, "{requirement}");
        }
    }

    #[test]
    fn a_yanked_version_must_be_named_exactly() {
        let known = ["1.0.0", "1.1.0!", "1.2.0-a"];
        for (wanted, expected) in
            [(None, "1.0.0"), (Some("^1"), "1.0.0"), (Some("1.1.0"), "1.1.0"), (Some(">=1.2.0-a"), "1.2.0-a")]
        {
            assert_eq!(chosen(&known, wanted), expected, "{wanted:?}");
        }
        insta::assert_snapshot!(chosen(&known, Some("=1.1.0")), @"no version matches [=1.1.0], published: [1.0.0], [1.1.0] (yanked), [1.2.0-a]");
        insta::assert_snapshot!(chosen(&["1.0.0!", "1.1.0-a"], None), @"all releases are yanked ([1.0.0] (yanked), [1.1.0-a]), name one exactly to call it");
    }

    #[test]
    fn unknown_version_lists_known_ones() {
        let known = ["1.0.0", "1.1.0"];
        insta::assert_snapshot!(chosen(&known, Some("1.2.0")), @"unknown version [1.2.0], published: [1.0.0], [1.1.0]");
        insta::assert_snapshot!(chosen(&known, Some("^2")), @"no version matches [^2], published: [1.0.0], [1.1.0]");
        insta::assert_snapshot!(chosen(&known, Some("latest")), @"invalid version [latest], must be a version such as 1.0.0, or a requirement such as ^1.2");
        insta::assert_snapshot!(chosen(&known, Some("")), @"invalid version [], must be a version such as 1.0.0, or a requirement such as ^1.2");
        insta::assert_snapshot!(chosen(&["1.0.0-a"], None), @"only pre-releases are published ([1.0.0-a]), name one explicitly");
    }

    #[test]
    fn a_yank_without_a_record_is_no_version() {
        let version = Version::new(1, 0, 0);
        let entry = |part| Entry { key: part_key("f", &version, part), size: 1, version: StoredVersion::new("1") };
        assert!(published(&[entry(Part::Yank), entry(Part::Deprecation)]).is_empty());
    }
}
