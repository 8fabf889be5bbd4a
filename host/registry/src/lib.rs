//! Published functions: names, versions, digests.
//!
//! A [`Registry`] keeps components in a [`quidditch_storage::Storage`]. The engine resolves functions with it
//! ([`quidditch_function::FunctionResolver`]), and it lists what is published ([`quidditch_function::FunctionCatalog`]). A
//! published version never changes, except that it may be yanked and deprecated. Below `functions/<name>/<version>/` are
//!
//! - `function.json`, the [`Record`]: written last and only if there is none, so that it publishes the version;
//! - `yanked.json`, `deprecated.json` and `disabled.json` while the version is: each is written and deleted as a whole;
//! - `signatures/<key id>-<digest of the record>.json`, a signature of the record by one key;
//! - `<sha256>.wasm`, the component, named by the digest in the record;
//! - `<sha256>-<compatibility>.cwasm`, the component's code compiled ahead of time for one kind of machine
//!   ([`quidditch_function::Target`]), with a digest and a signature of its own.
//!
//! `functions/copies.json` has copies of all records, of which functions are listed faster.
//! `functions/<name>/disabled.json` disables all versions. A name may have a namespace: `functions/<namespace>/<name>/<version>/`.
//!
//! A script that is published as a function has only the record, which contains it.
//!
//! Stored scripts are in `scripts/<id>.json`.
//!
//! Functions that are part of the program are [`BundledFunctions`] instead.
//!
//! This crate does not know how components run: a [`quidditch_function::Loader`] makes functions of them.

mod ahead_of_time;
mod bundled;
mod catalog;
mod copies;
mod digest;
mod error;
mod layout;
mod name;
mod no_code;
mod published_function;
mod published_script;
mod record;
mod registry;
mod settings;
mod signatures;
mod trust;
mod versions;

pub use bundled::BundledFunctions;
pub use error::{DamagedRecord, RegistryError};
pub use record::{
    ParameterRecord, Publication, Published, PublishedVersion, Record, ScriptPublication, VersionSignature,
};
pub use registry::Registry;
pub use settings::Settings;
pub use trust::Trust;
