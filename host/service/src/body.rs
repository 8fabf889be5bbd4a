//! Request bodies: collected from a stream, and decoded to text.

mod decode;
mod stream;

pub(crate) use decode::decode;
pub use stream::read_body;
