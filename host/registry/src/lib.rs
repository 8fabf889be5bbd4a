//! Published functions: names, versions, digests.
//!
//! A [`Registry`] keeps components in a [`quidditch_storage::Storage`] and is where the engine finds functions
//! ([`quidditch_function::FunctionResolver`]) and others learn what there is ([`quidditch_function::FunctionCatalog`]). A published version never changes. Below `functions/<name>/<version>/` lie
//!
//! - `function.json`, the [`Record`]: written last and only if there is none, so it is the moment of publication;
//! - `<sha256>.wasm`, the component, by the digest that the record names;
//! - `<sha256>-<compatibility>.cwasm`, its code compiled ahead of time, one for each kind of machine
//!   ([`quidditch_function::Target`]), with a digest of its own.
//!
//! Where functions come with the program instead, they are [`BundledFunctions`].
//!
//! This crate does not know how components run: a [`quidditch_function::Loader`] makes functions of them.

mod ahead_of_time;
mod bundled;
mod catalog;
mod digest;
mod error;
mod layout;
mod loaded;
mod name;
mod record;
mod registry;
mod settings;
mod versions;

pub use bundled::BundledFunctions;
pub use error::RegistryError;
pub use record::{ParameterRecord, Publication, Published, Record};
pub use registry::Registry;
pub use settings::Settings;
