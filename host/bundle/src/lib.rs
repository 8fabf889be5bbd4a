//! Composes a Spin app from the search component and published functions.
//!
//! A component cannot load another one at run time, so functions are linked into an app when it is made. [`bundle()`] composes
//!
//! - the search component: the code of `components/search`, which calls all functions through one interface
//!   (`components/search/wit/spin.wit`), and a dispatcher, generated here for each bundle, which forwards each call to the right
//!   function;
//! - the functions as they were published, changed only to limit their steps ([`StepLimit`]), and their log;
//! - a catalog of them.
//!
//! Only the dispatcher, the log and the catalog are compiled here, from WebAssembly text. [`spin_manifest()`] writes the manifest
//! of an app for Spin, [`spin_settings()`] tells which settings of Spin the app needs.
//!
//! This crate does not know where functions come from, and does not check them: they were checked when they were published.

mod bundle;
mod catalog;
mod component_shape;
mod dispatcher;
mod error;
mod log;
mod search_component;
mod spin_manifest;
mod spin_settings;
mod step_limit;
mod wat_component;

pub use bundle::{BundledFunction, BundledScript, bundle};
pub use error::BundleError;
pub use spin_manifest::{AppStore, spin_manifest};
pub use spin_settings::{SpinSetting, spin_settings};
pub use step_limit::StepLimit;
