//! The configuration of a component's artifact.

use std::collections::BTreeSet;

use serde::Serialize;

/// Its media type.
pub(crate) const CONFIG_MEDIA_TYPE: &str = "application/vnd.wasm.config.v0+json";

/// The configuration, as the form for components describes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Config<'a> {
    /// When, in the form of RFC 3339.
    pub(crate) created: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<&'a str>,
    pub(crate) architecture: Architecture,
    pub(crate) os: Os,
    /// The digests of the layers, which make the digest of the configuration one of its own.
    pub(crate) layer_digests: [&'a str; 1],
    pub(crate) component: Interfaces<'a>,
}

/// The only architecture.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Architecture {
    Wasm,
}

/// The system that a component is made for: all components have this one, whether they use it or not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Os {
    Wasip2,
}

/// What the component has to do with others.
#[derive(Debug, Serialize)]
pub(crate) struct Interfaces<'a> {
    pub(crate) exports: BTreeSet<&'a str>,
    pub(crate) imports: BTreeSet<&'a str>,
}
