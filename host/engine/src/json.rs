//! Reading JSON in a way that lets every mistake say where it is.

mod duration;
mod error_kind;
mod node;
mod position;
mod words;

pub(crate) use duration::{parse_duration, parse_timeout};
pub(crate) use node::{Fields, Node, ParseError, PathText};
pub(crate) use position::locate;
pub(crate) use quidditch_index::parse_json as parse;
pub(crate) use words::{Case, Words};

pub use duration::parse_time;
pub use error_kind::ErrorKind;
pub use position::Position;
