//! All storages and wrappers, through their public interface.

mod conditional_writes;
mod conformance;
mod faulty;
mod hedged;
mod http_reader;
mod retrying;
mod s3;
