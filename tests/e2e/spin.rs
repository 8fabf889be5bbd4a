//! The Spin app: bundled by the command, run as a process under a host of WASI 0.3, spoken to over sockets.

mod app;
mod bundling;
mod failing;
mod files;
mod from_s3;
mod kept_alive;
mod logging;
mod scripts;
