//! Runs functions that are WebAssembly components, and holds them to their limits.
//!
//! A component goes through stages, each a type: bytes; checked (what it imports and exports); compiled (wasmtime's
//! `Component`, or ahead-of-time code); linked (a [`quidditch_function::Function`]); instance (a
//! [`quidditch_function::BoundFilter`] or [`quidditch_function::BoundScorer`]).
//!
//! Nothing that a component does harms the process or another function: it can call nothing but `log`, its memory, stack
//! and time are limited, each answer is checked, and every failure is a [`quidditch_function::FunctionError`] that says what
//! to mend. An instance that failed is dropped at once.
//!
//! One thing is out of reach here: compiling hostile bytes can take long and much memory. Who takes components from
//! strangers compiles them in a process that has limits of its own.
//!
//! The sandbox does not know where components come from, and nothing of queries or indexes. It alone knows wasmtime.

mod bound;
mod clock;
mod component_function;
mod config;
mod contract;
mod error;
mod exports;
mod failure;
mod guest;
mod host;
mod limits;
mod linker;
mod log;
mod metadata;
#[cfg(feature = "compiler")]
mod outline;
#[cfg(feature = "compiler")]
mod report;
mod sandbox;
mod state;
mod ticker;

pub use error::SandboxError;
pub use limits::Limits;
pub use log::{Level, LogSink};
#[cfg(feature = "compiler")]
pub use outline::package;
#[cfg(feature = "compiler")]
pub use report::{Finding, Package, Report};
pub use sandbox::Sandbox;
