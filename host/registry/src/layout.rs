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

pub(crate) fn record_key(name: &str, version: &Version) -> String {
    format!("{ROOT}{name}/{version}/function.json")
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

/// The function whose record has this key; `None` for other keys.
pub(crate) fn function_of_record(key: &str) -> Option<(&str, Version)> {
    let (name, rest) = key.strip_prefix(ROOT)?.split_once('/')?;
    let version = rest.strip_suffix("/function.json")?;
    Some((name, Version::parse(version).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_records_are_functions() {
        let version = Version::new(1, 2, 3);
        assert_eq!(function_of_record(&record_key("f", &version)), Some(("f", version.clone())));
        for key in [
            component_key("f", &version, "00"),
            ahead_of_time_key("f", &version, "00", "11"),
            "functions/f/latest/function.json".to_owned(),
            "functions/f/function.json".to_owned(),
            "other/f/1.2.3/function.json".to_owned(),
        ] {
            assert_eq!(function_of_record(&key), None, "{key}");
        }
    }
}
