//! All storages and wrappers, through their public interface.
#![expect(clippy::disallowed_methods, reason = "these tests run in real time")]

mod conditional_writes;
mod conformance;
mod faulty;
mod hedged;
mod http_reader;
mod retrying;
mod s3;
