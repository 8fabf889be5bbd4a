//! Components in OCI registries, in the form that the tools for WebAssembly share.
//!
//! An OCI registry keeps *artifacts*: a manifest, which is found by a tag or by its digest, and the blobs that it lists. A component
//! is one layer of the media type `application/wasm`, with a configuration of the media type `application/vnd.wasm.config.v0+json`
//! ([the form](https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/)). [`RegistryClient`] pushes and pulls them, a
//! [`Reference`] names one, and an [`Artifact`] is what is pushed.
//!
//! This crate does not know what a component does, and does not check it: it hands out bytes whose digest is that of the manifest. On
//! request, it first verifies that the owner of a [`CosignKey`] has signed that manifest with cosign.

mod artifact;
mod component_layer;
mod config;
mod cosign;
mod credentials;
mod error;
mod pull;
mod reference;
mod registry_client;

pub use artifact::{Artifact, ComponentDescription};
pub use cosign::CosignKey;
pub use error::OciError;
pub use pull::PulledComponent;
pub use reference::{InvalidReference, Reference, SCHEME};
pub use registry_client::{RegistryClient, Transport};
