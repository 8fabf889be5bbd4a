//! Reading JSON in a way that lets every mistake say where it is.

mod duration;
mod node;
mod parse;
mod position;

pub(crate) use duration::parse_duration;
pub(crate) use node::{Fields, Node, ParseError, PathText};
pub(crate) use parse::parse;
pub(crate) use position::locate;

pub use position::Position;
