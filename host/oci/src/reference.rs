//! The name of an artifact.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What a reference begins with where it stands among other names.
pub const SCHEME: &str = "oci://";

/// The name of an artifact in a registry: `REGISTRY/REPOSITORY`, then `:TAG`, `@DIGEST`, both or neither. A tag may come to mean
/// another artifact; a digest never does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// A text that is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as ghcr.io/team/number_range:1.0.0: {reason}")]
pub struct InvalidReference {
    reason: String,
}

impl Reference {
    /// The registry, with its port if it has one.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The last part of the repository, which is what the artifact is called.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The tag, if it has one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Whether it names an artifact by its digest.
    pub fn has_digest(&self) -> bool {
        self.digest.is_some()
    }

    /// The same repository with the tag for a version. A tag has no `+`, which becomes `_`, as other tools do it.
    #[must_use]
    pub fn with_version(&self, version: &str) -> Self {
        self.tagged(version.replace('+', "_"))
    }

    /// The same repository with another tag.
    pub(crate) fn tagged(&self, tag: String) -> Self {
        Reference { tag: Some(tag), digest: None, ..self.clone() }
    }

    /// The semantic version that the tag stands for, as [`Reference::with_version`] makes it; `None` for a tag such as `latest`.
    pub fn version(&self) -> Option<String> {
        let version = self.tag.as_ref()?.replace('_', "+");
        semver::Version::parse(&version).is_ok().then_some(version)
    }

    /// The same reference, with the digest of a manifest.
    #[must_use]
    pub fn pinned(&self, digest: &str) -> Self {
        Reference { digest: Some(digest.to_owned()), ..self.clone() }
    }

    /// Whether the registry runs on this machine, so that nobody can listen to what is sent to it.
    pub(crate) fn is_on_loopback(&self) -> bool {
        let host = self.registry.rsplit_once(':').map_or(self.registry.as_str(), |(host, _)| host);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// For the client.
    pub(crate) fn for_client(&self) -> oci_client::Reference {
        let (registry, repository) = (self.registry.clone(), self.repository.clone());
        match (&self.tag, &self.digest) {
            (Some(tag), Some(digest)) => {
                oci_client::Reference::with_tag_and_digest(registry, repository, tag.clone(), digest.clone())
            }
            (None, Some(digest)) => oci_client::Reference::with_digest(registry, repository, digest.clone()),
            // What needs a tag has checked that there is one.
            (tag, None) => oci_client::Reference::with_tag(registry, repository, tag.clone().unwrap_or_default()),
        }
    }
}

impl FromStr for Reference {
    type Err = InvalidReference;

    /// Reads a reference, with or without [`SCHEME`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason: &str| InvalidReference { reason: reason.to_owned() };
        let text = text.strip_prefix(SCHEME).unwrap_or(text);
        // Without a registry, a name would be one of Docker Hub.
        let registry = text.split_once('/').map(|(first, _)| first).filter(|first| is_registry(first));
        if registry.is_none() {
            return Err(invalid("it does not begin with a registry"));
        }
        let parsed = text.parse::<oci_client::Reference>().map_err(|error| invalid(&error.to_string()))?;
        // The library gives `latest` to those without a tag.
        let name = text.split_once('@').map_or(text, |(name, _)| name);
        let has_tag = name.rsplit('/').next().is_some_and(|last| last.contains(':'));
        Ok(Reference {
            registry: parsed.registry().to_owned(),
            repository: parsed.repository().to_owned(),
            tag: parsed.tag().filter(|_| has_tag).map(str::to_owned),
            digest: parsed.digest().map(str::to_owned),
        })
    }
}

/// Whether the first part of a reference is a registry, and not a part of the repository.
fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':'])
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        text.parse().expect(text)
    }

    #[test]
    fn a_reference_is_written_as_it_is_read() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for text in [
            "localhost:5000/number_range".to_owned(),
            "ghcr.io/team/number_range:1.0.0".to_owned(),
            format!("127.0.0.1:5000/a/b/c@{digest}"),
            format!("ghcr.io/team/number_range:1.0.0@{digest}"),
        ] {
            assert_eq!(reference(&text).to_string(), text);
            assert_eq!(reference(&format!("{SCHEME}{text}")), reference(&text));
        }
    }

    #[test]
    fn a_reference_names_a_function_and_a_version() {
        let whole = reference("localhost:5000/team/number_range:1.0.0_build.7");
        assert_eq!((whole.registry(), whole.name()), ("localhost:5000", "number_range"));
        assert_eq!(whole.version().as_deref(), Some("1.0.0+build.7"));
        assert_eq!(reference("localhost:5000/f").with_version("1.0.0+build.7").tag(), Some("1.0.0_build.7"));
        assert_eq!(reference("localhost:5000/f:latest").version(), None);
        // The port is not a tag.
        assert_eq!(reference("localhost:5000/f").tag(), None);
    }

    #[test]
    fn invalid_references_are_explained() {
        let error = |text: &str| text.parse::<Reference>().expect_err("it is invalid").to_string();
        insta::assert_snapshot!(error("team/number_range:1.0.0"), @"must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as ghcr.io/team/number_range:1.0.0: it does not begin with a registry");
        insta::assert_snapshot!(error("ghcr.io/Team/f:1"), @"must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as ghcr.io/team/number_range:1.0.0: invalid reference format");
        insta::assert_snapshot!(error("ghcr.io/team/f@sha256:0123456789abcdef0123456789abcdef"), @"must be REGISTRY/REPOSITORY with :TAG or @DIGEST, such as ghcr.io/team/number_range:1.0.0: invalid checksum digest length");
        for text in ["", "f", "ghcr.io/", "ghcr.io/f:", "oci://f", "https://ghcr.io/f:1"] {
            error(text);
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for registry in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.1.2.3"] {
            assert!(reference(&format!("{registry}/f:1")).is_on_loopback(), "{registry}");
        }
        for registry in ["ghcr.io", "localhost.example.org", "128.0.0.1:5000", "127.0.0.1.example.org:5000"] {
            assert!(!reference(&format!("{registry}/f:1")).is_on_loopback(), "{registry}");
        }
    }
}
