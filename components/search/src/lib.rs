//! The search component: what Spin apps are made from.
//!
//! It answers HTTP requests with [`quidditch_service`], reads indices from S3 through WASI's HTTP or from files that ship with the
//! app, takes its settings from Spin's variables, and calls the functions that `quidditch bundle` links into the app. It has one
//! thread and no async runtime: the host does all waiting.
//!
//! An instance may answer one or many requests, sequentially or concurrently. They share its open indices and caches, which
//! are only an optimisation.

#![cfg_attr(
    not(target_family = "wasm"),
    allow(rustdoc::broken_intra_doc_links, reason = "the crate is empty elsewhere")
)]

#[cfg(target_family = "wasm")]
mod app;
#[cfg(target_family = "wasm")]
mod app_functions;
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
