//! Reading JSON in a way that lets every mistake say where it is.

mod duration;
mod node;
mod position;

pub(crate) use duration::parse_duration;
pub(crate) use node::{Fields, Node, ParseError, PathText};
pub(crate) use position::locate;
pub(crate) use quidditch_index::parse_json as parse;

pub use position::Position;
