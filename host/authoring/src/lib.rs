//! Makes functions: projects from templates, and components from projects.
//!
//! A [`Project`] is a folder with the source of a function, in one of the languages of [`Language`]. [`create`] makes a new one, and
//! [`build()`] makes its component with the tools of the language, which must be installed. A project has [tests](TestCase) in the
//! same format for every language. Running them needs an engine, which this crate does not have.

mod about;
mod build;
mod cargo_toml;
mod component;
mod contract;
mod encoder;
mod error;
mod files;
mod language;
mod languages;
mod names;
mod options;
mod project;
mod sections;
mod short_names;
mod sources;
mod template;
mod test_case;
mod tool;

pub use about::About;
pub use build::{Built, build};
pub use error::AuthoringError;
pub use files::replace_file;
pub use language::Language;
pub use languages::{C_PACKAGES_OF_DEBIAN, CToolchain, is_installed};
pub use options::{Names, Options};
pub use project::Project;
pub use sources::{is_source, last_change};
pub use template::create;
pub use test_case::{InvalidTest, TestCase};
