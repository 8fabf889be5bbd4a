//! Request bodies: collected from a stream, and decoded to text, or read in parts.

mod decode;
mod parts;
mod stream;

pub(crate) use decode::{decode, decode_component};
pub use parts::{BodyPart, BodyParts, PieceError, Pieces, RequestBody};
pub use stream::read_body;
