//! The standard metadata of a component.

/// The contents of a component's standard metadata sections. Each may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// The name.
    pub name: Option<String>,
    /// The version.
    pub version: Option<String>,
    /// The authors.
    pub authors: Option<String>,
    /// The licences.
    pub licenses: Option<String>,
}
