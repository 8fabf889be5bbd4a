//! Names and versions of functions.

use std::fmt;

/// Identifies a function by the name and version under which it was published.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId {
    /// The name.
    pub name: String,
    /// The semantic version; empty if it is not known yet.
    pub version: String,
}

impl FunctionId {
    /// Combines a name and a version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        FunctionId { name: name.into(), version: version.into() }
    }
}

impl fmt::Display for FunctionId {
    /// Writes `name@version`, or only the name if the version is not known.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        if !self.version.is_empty() {
            write!(formatter, "@{}", self.version)?;
        }
        Ok(())
    }
}

/// Splits `NAME` or `NAME@VERSION`, the two ways to refer to a function in text.
pub fn name_and_version(text: &str) -> (&str, Option<&str>) {
    match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    }
}

/// The namespace of search profiles, in which no function can be published.
pub const PROFILE_NAMESPACE: &str = "profile";

/// The name of a search profile in `profile/NAME`, the form in which a request names it; `None` for names of functions.
pub fn search_profile(name: &str) -> Option<&str> {
    name.strip_prefix(PROFILE_NAMESPACE)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_optional() {
        assert_eq!(name_and_version("f"), ("f", None));
        assert_eq!(name_and_version("f@1.0.0"), ("f", Some("1.0.0")));
        assert_eq!(name_and_version("f@"), ("f", Some("")));
        let id = FunctionId::new("f", "1.0.0");
        assert_eq!(name_and_version(&id.to_string()), ("f", Some("1.0.0")));
        assert_eq!(FunctionId::new("f", "").to_string(), "f");
    }

    #[test]
    fn search_profiles_have_a_namespace() {
        assert_eq!(search_profile("profile/Near.v2"), Some("Near.v2"));
        assert_eq!((search_profile("profile"), search_profile("profiles/f"), search_profile("f")), (None, None, None));
    }
}
