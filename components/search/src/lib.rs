//! The Spin app: the search service as a component.
//!
//! It answers HTTP by [`quidditch_service`], reads indices from S3 over WASI's HTTP or from files that ship with the app, takes its
//! settings from Spin's variables, and calls the functions that `quidditch bundle` links to it. There is one thread and no
//! runtime: whatever waits, waits in the host.
//!
//! An instance may answer one request or many, one after another or at a time. What it has opened and read serves them all, and
//! nothing depends on it.

#![cfg_attr(not(target_family = "wasm"), allow(rustdoc::broken_intra_doc_links, reason = "it is empty elsewhere"))]

#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
mod functions;
#[cfg(target_family = "wasm")]
mod handler;
#[cfg(target_family = "wasm")]
mod log;
#[cfg(any(target_family = "wasm", test))]
mod settings;
#[cfg(target_family = "wasm")]
mod store;
#[cfg(target_family = "wasm")]
mod wasi_clock;
#[cfg(target_family = "wasm")]
mod wasi_http;
