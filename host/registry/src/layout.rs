//! The keys of all objects in the store.

use semver::Version;
use ulid::Ulid;

pub(crate) const ROOT: &str = "functions/";

pub(crate) fn name_prefix(name: &str) -> String {
    format!("{ROOT}{name}/")
}

pub(crate) fn version_prefix(name: &str, version: &Version) -> String {
    format!("{ROOT}{name}/{version}/")
}

/// The objects of a version whose names are always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The record: the version is published if it is there.
    Record,
    /// That the version is yanked, if it is there.
    Yank,
    /// That the version is deprecated, if it is there.
    Deprecation,
}

impl Part {
    const ALL: [Part; 3] = [Part::Record, Part::Yank, Part::Deprecation];

    fn file(self) -> &'static str {
        match self {
            Part::Record => "function.json",
            Part::Yank => "yanked.json",
            Part::Deprecation => "deprecated.json",
        }
    }

    /// For errors.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Part::Record => "record",
            Part::Yank => "yank",
            Part::Deprecation => "deprecation",
        }
    }
}

pub(crate) fn part_key(name: &str, version: &Version, part: Part) -> String {
    format!("{ROOT}{name}/{version}/{}", part.file())
}

pub(crate) fn component_key(name: &str, version: &Version, sha256: &str) -> String {
    format!("{ROOT}{name}/{version}/{sha256}.wasm")
}

pub(crate) fn ahead_of_time_key(name: &str, version: &Version, sha256: &str, compatibility: &str) -> String {
    format!("{ROOT}{name}/{version}/{sha256}-{compatibility}.cwasm")
}

/// An object that is written only to check that the store honours preconditions.
pub(crate) fn probe_key(name: &str, version: &Version, id: Ulid) -> String {
    format!("{ROOT}{name}/{version}/{id}.probe")
}

pub(crate) const SCRIPTS: &str = "scripts/";

pub(crate) fn script_key(id: &str) -> String {
    format!("{SCRIPTS}{id}.json")
}

/// The id of the stored script that has this key; `None` for other keys.
pub(crate) fn script_of_key(key: &str) -> Option<&str> {
    key.strip_prefix(SCRIPTS)?.strip_suffix(".json").filter(|id| !id.contains('/'))
}

/// The function whose part has this key, its version, and which part that is; `None` for other keys.
pub(crate) fn part_of_key(key: &str) -> Option<(&str, Version, Part)> {
    let (name, rest) = key.strip_prefix(ROOT)?.split_once('/')?;
    let (version, file) = rest.split_once('/')?;
    let part = Part::ALL.into_iter().find(|part| part.file() == file)?;
    Some((name, Version::parse(version).ok()?, part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_by_their_keys() {
        let version = Version::new(1, 2, 3);
        for part in Part::ALL {
            assert_eq!(part_of_key(&part_key("f", &version, part)), Some(("f", version.clone(), part)));
        }
        for key in [
            component_key("f", &version, "00"),
            ahead_of_time_key("f", &version, "00", "11"),
            "functions/f/latest/function.json".to_owned(),
            "functions/f/function.json".to_owned(),
            "functions/f/1.2.3/a/function.json".to_owned(),
            "other/f/1.2.3/function.json".to_owned(),
        ] {
            assert_eq!(part_of_key(&key), None, "{key}");
        }
    }
}
