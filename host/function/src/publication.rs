//! What is known of a published version besides its description: where it comes from, and what has become of it.

use serde::{Deserialize, Serialize};

/// What the standard sections of a component say. They are for people: nothing depends on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// The name.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// The rest.
    pub about: About,
}

/// Who made a component, and from what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The authors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    /// The licence, as an SPDX expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// A page about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Where its source code is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The revision of the source code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// Who published a version, when, and from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// When, in milliseconds since the Unix epoch.
    pub published_unix_millis: i64,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_by: Option<String>,
    /// From where: the name of a file, or of an interface, or a reference to an OCI registry with a digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_from: Option<String>,
}

/// What has become of a published version. Unlike the rest, it may change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VersionState {
    /// That only calls which name the version exactly find it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Yanked>,
    /// That callers are told to use something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecated>,
    /// That it is not called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
    /// That no version of the function is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_disabled: Option<Disabled>,
}

impl VersionState {
    /// Why the version is not called; `None` if it is.
    pub fn disabled(&self) -> Option<&Disabled> {
        self.disabled.as_ref().or(self.function_disabled.as_ref())
    }
}

/// A version is yanked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Yanked {
    /// When, in milliseconds since the Unix epoch.
    pub unix_millis: i64,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A version is deprecated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deprecated {
    /// What its callers are told.
    pub note: String,
    /// When, in milliseconds since the Unix epoch.
    pub unix_millis: i64,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A version, or all versions of a function, are not called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Why, which callers are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When, in milliseconds since the Unix epoch.
    pub unix_millis: i64,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
