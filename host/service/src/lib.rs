//! The HTTP API: one function from a request to its response, [`Service::handle`].
//!
//! It routes a request, reads its body and parameters within limits, opens the index (or takes the one that is open), asks
//! the engine, and writes the answer or the error in the shape that search clients expect.
//!
//! It does not know which front door called it: no sockets, no runtime, no threads. Nor does it know where functions come
//! from: they are [`quidditch_function::FunctionResolver`] to the engine, and a
//! [`quidditch_function::FunctionCatalog`] to those who ask what there is.

mod answer;
mod body;
mod call;
mod compression;
mod errors;
mod filter_path;
mod incoming;
mod measurements;
mod media_type;
mod parameters;
mod presentation;
mod pretty;
mod router;
mod routes;
mod service;
mod settings;
mod snapshots;

pub use compression::compress;
pub use incoming::read_body;
pub use measurements::Measurements;
pub use service::{Parts, Service};
pub use settings::Settings;
