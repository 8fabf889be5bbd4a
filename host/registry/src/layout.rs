//! The keys of all objects in the store.

use quidditch_function::is_name;
use quidditch_signing::KeyId;
use semver::Version;
use ulid::Ulid;

use crate::digest::sha256_hex;

pub(crate) const ROOT: &str = "functions/";

/// Copies of all records, for listings.
pub(crate) const COPIES: &str = "functions/copies.json";

pub(crate) fn name_prefix(name: &str) -> String {
    format!("{ROOT}{name}/")
}

pub(crate) fn version_prefix(name: &str, version: &Version) -> String {
    format!("{ROOT}{name}/{version}/")
}

const DISABLED_FILE: &str = "disabled.json";
const SIGNATURES: &str = "signatures/";

/// The objects of a version whose names are always the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The record: the version is published if it is there.
    Record,
    /// That the version is yanked, if it is there.
    Yank,
    /// That the version is deprecated, if it is there.
    Deprecation,
    /// That the version is disabled, if it is there.
    Disablement,
}

impl Part {
    const ALL: [Part; 4] = [Part::Record, Part::Yank, Part::Deprecation, Part::Disablement];

    fn file(self) -> &'static str {
        match self {
            Part::Record => "function.json",
            Part::Yank => "yanked.json",
            Part::Deprecation => "deprecated.json",
            Part::Disablement => DISABLED_FILE,
        }
    }

    /// For errors.
    pub(crate) fn description(self) -> &'static str {
        match self {
            Part::Record => "record",
            Part::Yank => "yank",
            Part::Deprecation => "deprecation",
            Part::Disablement => "disablement",
        }
    }
}

pub(crate) fn part_key(name: &str, version: &Version, part: Part) -> String {
    format!("{ROOT}{name}/{version}/{}", part.file())
}

/// That all versions of a function are disabled, if it is there.
pub(crate) fn function_disabled_key(name: &str) -> String {
    format!("{ROOT}{name}/{DISABLED_FILE}")
}

/// A signature of a record, by its name. It has the digest of the record, so that publishers of different records never overwrite
/// each other's signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedSignature {
    pub(crate) key: KeyId,
    pub(crate) record: RecordDigest,
}

/// The beginning of a record's SHA-256 digest, in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordDigest(String);

impl RecordDigest {
    const LEN: usize = 16;

    pub(crate) fn of(record: &[u8]) -> Self {
        RecordDigest(sha256_hex(record)[..Self::LEN].to_owned())
    }
}

/// The signature of a version's record by a key.
pub(crate) fn signature_key(name: &str, version: &Version, signature: &ListedSignature) -> String {
    let ListedSignature { key, record: RecordDigest(record) } = signature;
    format!("{ROOT}{name}/{version}/{SIGNATURES}{key}-{record}.json")
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

/// What an object says of functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Object<'a> {
    /// All versions of a function are disabled.
    FunctionDisabled(&'a str),
    /// A part of a version.
    Part(&'a str, Version, Part),
    /// Somebody has signed a version.
    Signature(&'a str, Version, ListedSignature),
}

/// What the object with this key is; `None` for other ones, such as components.
pub(crate) fn object_of_key(key: &str) -> Option<Object<'_>> {
    let (name, rest) = split_name(key.strip_prefix(ROOT)?)?;
    if rest == DISABLED_FILE {
        return Some(Object::FunctionDisabled(name));
    }
    let (version, file) = rest.split_once('/')?;
    let version = Version::parse(version).ok()?;
    if let Some(file) = file.strip_prefix(SIGNATURES) {
        let (key, record) = file.strip_suffix(".json")?.split_once('-')?;
        let signature = ListedSignature { key: KeyId::parse(key)?, record: RecordDigest(record.to_owned()) };
        return Some(Object::Signature(name, version, signature));
    }
    let part = Part::ALL.into_iter().find(|part| part.file() == file)?;
    Some(Object::Part(name, version, part))
}

/// Splits a key after the name of a function, which may have a namespace. A version begins with a digit and a file has a dot, so
/// neither is taken for a name.
fn split_name(key: &str) -> Option<(&str, &str)> {
    let (first, rest) = key.split_once('/')?;
    let (second, after) = rest.split_once('/').unwrap_or((rest, ""));
    if !is_name(second) {
        return Some((first, rest));
    }
    Some((&key[..first.len() + 1 + second.len()], after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_known_by_their_keys() {
        let version = Version::new(1, 2, 3);
        let key = KeyId::parse("0123456789abcdef").expect("an id");
        let signature = ListedSignature { key, record: RecordDigest::of(b"{}") };
        for name in ["f", "team/f"] {
            for part in Part::ALL {
                let expected = Object::Part(name, version.clone(), part);
                assert_eq!(object_of_key(&part_key(name, &version, part)), Some(expected));
            }
            let expected = Object::Signature(name, version.clone(), signature.clone());
            assert_eq!(object_of_key(&signature_key(name, &version, &signature)), Some(expected));
            assert_eq!(object_of_key(&function_disabled_key(name)), Some(Object::FunctionDisabled(name)));
            for key in [component_key(name, &version, "00"), ahead_of_time_key(name, &version, "00", "11")] {
                assert_eq!(object_of_key(&key), None, "{key}");
            }
        }
        for key in [
            "functions/f/latest/function.json",
            "functions/f/function.json",
            "functions/f/1.2.3/a/function.json",
            "functions/a/b/c/1.2.3/function.json",
            "functions/f/1.2.3/signatures/0123-00.json",
            "functions/f/1.2.3/signatures/0123456789abcdef.json",
            "functions/f/1.2.3/signatures/0123456789abcdef-00",
            "functions/function.json",
            COPIES,
            "functions/team/f",
            "other/f/1.2.3/function.json",
        ] {
            assert_eq!(object_of_key(key), None, "{key}");
        }
    }
}
