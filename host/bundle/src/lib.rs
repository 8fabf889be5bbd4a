//! Puts a Spin app together: the search module, and any number of published functions linked to it.
//!
//! A component cannot load another at run time, so an app gets its functions when it is made. [`bundle`] composes
//!
//! - the search component: the code of `components/search`, which calls all functions by one interface
//!   (`components/search/wit/edge.wit`), and a dispatcher, written here for each bundle, which passes a call on to the function that
//!   it is meant for;
//! - the functions, byte for byte as they were published, each with a log of its own;
//! - a catalog of them.
//!
//! Nothing is compiled but these few small pieces, which are WebAssembly text. [`spin_manifest`] writes what Spin wants to know
//! of an app.
//!
//! This crate does not know where functions come from, and it does not check them: whoever publishes has done that.

mod bundle;
mod catalog;
mod dispatcher;
mod error;
mod log;
mod manifest;
mod piece;
mod roles;
mod search_component;

pub use bundle::{BundledFunction, bundle};
pub use error::BundleError;
pub use manifest::{AppStore, spin_manifest};
